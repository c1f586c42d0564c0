"""The report of a year: the plan's own matrix with its last column filled in, frozen, and in every form the same."""

import io
import re
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import docx
import page
import pytest
from flask import Flask
from pypdf import PdfReader
from sqlalchemy import select, update

from koordinering.db import db, i_dag, transaction
from koordinering.errors import IngenTilgang
from koordinering.plan.evaluering.models import Vurdering
from koordinering.plan.evaluering.rules import Konklusjon, Vurderingsstatus
from koordinering.plan.rapport import queries, services
from koordinering.plan.rapport.export import til_docx, til_pdf
from koordinering.plan.rapport.rules.innhold import Avsnitt, fra_json, til_json
from koordinering.tiltak.models import Tiltak
from koordinering.users import User
from tests.nettleser import Nettleser
from tests.statistikk.test_raatall import SKREVET, merk
from tests.statistikk.test_tall_sider import spoerringer
from tests.statistikk.utgivelse import AAR, bilde, kontrollert, publisert, slipp

pytestmark = pytest.mark.bare_sqlite  # the wall that each database has is tested by itself

KODER = ["tjeneste", "alder", "tiltak", "tjeneste_familier"]
PLAN = {"1": 2, "2": 3, "3": 2, "4": 2, "5": 1, "6": 1}
"""Main strategies and how many parts each has."""


def vurder(tiltak_id: str, status: Vurderingsstatus, av: User, aar: int = AAR) -> None:
    """An assessment of a measure's year, where its unit has come to."""
    ferdig = status is Vurderingsstatus.GODKJENT
    with transaction():
        tiltak = db.session.get_one(Tiltak, tiltak_id)
        hoved = next(a.enhet_id for a in tiltak.ansvar if a.hovedansvar)
        db.session.add(
            Vurdering(
                tiltak_id=tiltak_id,
                aar=aar,
                enhet_id=hoved,
                status=status,
                skrevet_av=av.id,
                gjort=f"GJORT-{tiltak_id}",
                effekt="Flere er med.",
                neste_steg="Gå videre.",
                medvirkning="Ungdomsrådet er spurt.",
                konklusjon=Konklusjon.VIDEREFOERES,
                godkjent=date(aar + 1, 2, 1) if ferdig else None,
            )  # fmt: skip
        )


@pytest.fixture
def aaret(app: Flask, folk: Any) -> Any:
    """A year with released figures, and assessments that have come to each of the places they can come to."""
    bilde(folk)
    publisert(folk, koder=KODER)
    for tiltak_id, status in zip(("4b-2", "4a-3", "4b-1", "2a-1"), Vurderingsstatus, strict=True):
        vurder(tiltak_id, status, folk.tiltak1)
    return folk


def test_the_report_is_the_plan_with_every_cell_filled_or_marked(aaret: Any) -> None:
    r = services.sett_sammen(AAR, av=aaret.koordinator1)
    assert [d.navn[:9] for d in r.delmaal] == ["Delmål 1 ", "Delmål 2 ", "Delmål 3"]
    assert len(r.strategier) == 11
    assert {nr: sum(s.id.startswith(nr) for s in r.strategier) for nr in PLAN} == PLAN
    assert len(r.tiltak) == 40
    assert [t.id for t in r.tiltak] == list(db.session.scalars(select(Tiltak.id).order_by(Tiltak.orden)))
    for t in r.tiltak:
        assert t.ansvar, t.id
        assert t.celle, t.id
        assert t.celle[0].tekst, t.id
        assert t.vurdert or (t.celle[0].navn == "Mangler" and "Tur: " in t.celle[0].tekst), (t.id, t.celle)
    celler = {t.id: t.celle for t in r.tiltak}
    assert [t.id for t in r.tiltak if t.vurdert] == ["2a-1"]
    assert celler["2a-1"][:2] == (Avsnitt("Konklusjon", "Videreføres."), Avsnitt("Hva er gjort", "GJORT-2a-1"))
    assert "er begynt og ikke sendt" in celler["4b-2"][0].tekst
    assert celler["4a-3"][0].tekst.endswith("Tur: Koordinatoren.")
    assert "sendt tilbake" in celler["4b-1"][0].tekst
    assert not [c for t in r.tiltak if not t.vurdert for c in t.celle if "GJORT" in c.tekst], "not approved, not told"


def test_figures_stand_beside_last_year_with_definitions_signs_and_the_release(aaret: Any) -> None:
    r = services.sett_sammen(AAR, av=aaret.koordinator1)
    (samlet,) = (t for t in r.hovedtall if t.hva == "Barn som er henvist")
    assert (samlet.enhet, samlet.naa) == ("barn", "50")
    kortet = {t.hva.partition(":")[0].partition(" (")[0]: t for s in r.strategier for t in s.tall if "4b-2" in t.tiltak}
    assert kortet["Antall Opplevelseskort som deles ut"].merknad == "Planen sier 40, uten årstall."
    assert kortet["Barn som er henvist"].naa == ":"
    assert [k.nummer for k in r.kilder] == [1]
    assert any("Tall under 5 er skjult" in linje for linje in r.skjult)
    assert [t.navn for t in r.tegn] == [":", ".", ".."]
    assert r.definisjoner


def test_what_is_frozen_reads_the_same_whatever_changes_around_it(aaret: Any, nettleser: Nettleser) -> None:
    hun, hver = nettleser.som(aaret.koordinator1), nettleser.som(aaret.nav1)
    assert hver.se(f"/plan/rapporter/utkast/{AAR}").status_code == 404
    assert hver.send(f"/plan/rapporter/utkast/{AAR}/frys").status_code == 404
    assert hun.se(f"/plan/rapporter/utkast/{AAR - 20}").status_code == 404
    utkast = hun.se(f"/plan/rapporter/utkast/{AAR}").get_data(as_text=True)
    assert "Rapporten er ikke frosset" in utkast
    svar = hun.send(f"/plan/rapporter/utkast/{AAR}/frys")
    assert svar.status_code == 303
    foer = hver.send(f"{svar.location}/fil", {"format": "pdf"}).get_data()
    side = hver.se(svar.location).get_data(as_text=True)
    assert "GJORT-2a-1" in side
    assert "er ikke frosset" not in side
    with transaction():
        db.session.execute(update(Tiltak).values(navn="Et annet navn"))
        db.session.execute(update(Vurdering).values(gjort="Noe annet"))
    bilde_nr_to = hver.se(svar.location).get_data(as_text=True)
    assert _uten_token(bilde_nr_to) == _uten_token(side)
    assert _pdftekst(hver.send(f"{svar.location}/fil", {"format": "pdf"}).get_data()) == _pdftekst(foer)
    with transaction():
        services.frys(AAR, av=aaret.koordinator2)
    assert [(rad.aar, rad.nr) for rad in queries.side(aaret.nav1, "").rader] == [(AAR, 2), (AAR, 1)]
    with pytest.raises(IngenTilgang):
        services.sett_sammen(AAR, av=aaret.nav1)


def _uten_token(html: str) -> str:
    return re.sub(r'name="csrf_token"[^>]*>|content="[^"]*"', "", html)


def _pdftekst(pdf: bytes) -> str:
    return "\n".join(side.extract_text() for side in PdfReader(io.BytesIO(pdf)).pages)


def test_a_year_without_released_figures_is_not_frozen(app: Flask, folk: Any, nettleser: Nettleser) -> None:
    hun = nettleser.som(folk.koordinator1)
    fjor = i_dag().year - 1
    assert "kan ikke fryses ennå" in hun.se(f"/plan/rapporter/utkast/{fjor}").get_data(as_text=True)
    assert hun.send(f"/plan/rapporter/utkast/{fjor}/frys").status_code == 409
    assert "Ingen rapport er frosset ennå" in hun.se("/plan/rapporter").get_data(as_text=True)
    assert til_pdf(services.sett_sammen(fjor, av=services.eier()), None).startswith(b"%PDF")
    assert not db.session.new, "whoever owns the installation is no account"


def _feil(pdf: bytes) -> list[str]:
    return [f"{f.rule_id}: {f.message}" for f in page.validate_pdf_bytes(pdf, profile="ua1").failures]


def test_the_pdf_is_tagged_and_conforms(aaret: Any, tmp_path: Path) -> None:
    r = services.sett_sammen(AAR, av=aaret.koordinator1)
    pdf = til_pdf(r, 1)
    (tmp_path / "planrapport-2025.pdf").write_bytes(pdf)
    assert _feil(pdf) == []
    leser = PdfReader(io.BytesIO(pdf))
    assert leser.metadata is not None
    assert leser.metadata.title == f"Evaluering av Handlingsplan mot barnefattigdom, {AAR}"
    roller = list(_roller(leser.trailer["/Root"]["/StructTreeRoot"]))  # type: ignore[index]
    assert roller.count("H1") == len(r.strategier) + 4 + bool(r.krav), "a heading for each strategy, and our own"
    for tabell in (stykke for stykke in _tabeller(leser.trailer["/Root"]["/StructTreeRoot"])):  # type: ignore[index]
        hode = [rad for rad in tabell if "TH" in rad]
        assert len(hode) == 1, "one header row"
        assert len({len(rad) for rad in tabell}) == 1, "no merged cells"
    tekst = " ".join(_pdftekst(pdf).split())
    for t in r.tiltak:
        assert t.id in tekst
    assert "Neste dato er" in tekst
    assert _feil(til_pdf(replace(r, vedtak="漢字 \U0001f600"), None)) == [], "what no font has becomes [?]"


def _roller(node: Any) -> Iterator[str]:
    """The roles of the structure tree, in order."""
    node = node.get_object() if hasattr(node, "get_object") else node
    if isinstance(node, list):
        for en in node:
            yield from _roller(en)
    elif hasattr(node, "get"):
        if "/S" in node:
            yield str(node["/S"])[1:]
        if "/K" in node:
            yield from _roller(node["/K"])


def _tabeller(node: Any) -> Iterator[list[list[str]]]:
    """Every table as rows of the roles of its cells."""
    node = node.get_object() if hasattr(node, "get_object") else node
    if isinstance(node, list):
        for en in node:
            yield from _tabeller(en)
    elif hasattr(node, "get"):
        if node.get("/S") == "/Table":
            yield list(_radene(node["/K"]))
        elif "/K" in node:
            yield from _tabeller(node["/K"])


def _radene(node: Any) -> Iterator[list[str]]:
    node = node.get_object() if hasattr(node, "get_object") else node
    for en in node if isinstance(node, list) else [node]:
        barn = en.get_object() if hasattr(en, "get_object") else en
        if not hasattr(barn, "get"):
            continue
        if barn.get("/S") == "/TR":
            yield list(_celler(barn["/K"]))
        elif "/K" in barn:
            yield from _radene(barn["/K"])


def _celler(node: Any) -> Iterator[str]:
    node = node.get_object() if hasattr(node, "get_object") else node
    for en in node if isinstance(node, list) else [node]:
        barn = en.get_object() if hasattr(en, "get_object") else en
        yield str(barn["/S"])[1:]


def test_the_document_to_edit_has_the_same(aaret: Any) -> None:
    r = services.sett_sammen(AAR, av=aaret.koordinator1)
    dokument = docx.Document(io.BytesIO(til_docx(r, None)))
    overskrifter = [a.text for a in dokument.paragraphs if a.style is not None and a.style.name == "Heading 1"]
    assert [o for o in overskrifter if o.startswith("Strategi")] == [f"Strategi {s.id}" for s in r.strategier]
    matriser = [t for t in dokument.tables if t.rows[0].cells[-1].text == f"Evaluering {AAR}"]
    assert [len(t.rows) - 1 for t in matriser] == [len(s.tiltak) for s in r.strategier]
    celler = {rad.cells[0].text.split()[0]: rad.cells[3].text for t in matriser for rad in t.rows[1:]}
    assert set(celler) == {t.id for t in r.tiltak}
    assert all(celler.values())
    assert "GJORT-2a-1" in celler["2a-1"]
    for tabell in dokument.tables:
        assert tabell.rows[0]._tr.xpath("./w:trPr/w:tblHeader"), "the header row is marked"
        assert not tabell._tbl.xpath(".//w:gridSpan | .//w:vMerge"), "no merged cells"
    assert "Rapporten er ikke frosset" in "\n".join(a.text for a in dokument.paragraphs)


MAKS_SPOERRINGER = 45
"""Statements of one page, with the session, the rights and the plan's version."""


def test_the_pages_cost_the_same_however_much_is_written(aaret: Any, nettleser: Nettleser) -> None:
    hun = nettleser.som(aaret.koordinator1)
    sider = (f"/plan/oversikt?aar={AAR}", f"/plan/rapporter/utkast/{AAR}", "/plan/rapporter", "/aapne-data")
    foer = {sti: _kostnad(hun, sti) for sti in sider}
    for tiltak_id in ("4b-3", "4b-4", "4b-5", "5a-1", "5a-2"):
        vurder(tiltak_id, Vurderingsstatus.GODKJENT, aaret.tiltak1)
        vurder(tiltak_id, Vurderingsstatus.GODKJENT, aaret.tiltak1, aar=AAR - 1)
    assert {sti: _kostnad(hun, sti) for sti in sider} == foer
    assert max(foer.values()) <= MAKS_SPOERRINGER, foer


def _kostnad(hun: Nettleser, sti: str) -> int:
    hun.se(sti)
    teller: AbstractContextManager[list[str]] = spoerringer()
    with teller as setninger:
        assert hun.se(sti).status_code == 200
    assert not any("raatall" in setning for setning in setninger), sti
    return len(setninger)


def test_the_document_is_read_back_as_it_was(aaret: Any) -> None:
    r = services.sett_sammen(AAR, av=aaret.koordinator1)
    assert fra_json(til_json(r)) == r
    assert til_json(fra_json(til_json(r))) == til_json(r)


def test_no_raw_count_reaches_the_report_the_overview_or_their_files(
    app: Flask, folk: Any, nettleser: Nettleser
) -> None:
    bilde(folk)
    ny = kontrollert(folk, koder=KODER)
    merk()
    slipp(folk.koordinator2, ny)  # what is frozen beside the tables is the marked count
    hun = nettleser.som(folk.koordinator1)
    sted = f"/plan/rapporter/utkast/{AAR}"
    sett = [hun.se(sti) for sti in (sted, "/plan/rapporter", f"/plan/oversikt?aar={AAR}", "/plan/oversikt")]
    frosset = hun.send(f"{sted}/frys").location
    assert frosset is not None
    sett += [hun.se(frosset)]
    filer = [hun.send(f"{sti}/fil", {"format": slag}) for sti, slag in ((sted, "docx"), (frosset, "pdf"))]
    assert {en.status_code for en in (*sett, *filer)} == {200}
    tekster = [en.get_data() for en in sett] + [_lest(en.get_data()).encode() for en in filer]
    assert not [tekst for tekst in tekster if SKREVET.search(tekst)]
    assert all(b"Barn som er henvist" in tekst for tekst in tekster if b"Strategi 4b" in tekst)


def _lest(fil: bytes) -> str:
    if fil.startswith(b"%PDF"):
        return _pdftekst(fil)
    dokument = docx.Document(io.BytesIO(fil))
    return "\n".join([a.text for a in dokument.paragraphs] + [c.text for t in dokument.tables for c in t._cells])
