"""The pages with counts: what they show, hide and hand out, who reaches them, and what they cost."""

import csv
import io
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import Any

import html5lib
import openpyxl
import pytest
from flask import Flask
from sqlalchemy import event, update

from koordinering.db import db, i_dag, tilfeldig_id, transaction
from koordinering.jobb import arbeider
from koordinering.saker.models import Barn, Henvisning, Sak
from koordinering.saker.rules import referanse
from koordinering.saker.rules.behov import JaNeiVetIkke, Spurt
from koordinering.saker.rules.overganger import Status
from koordinering.statistikk import services
from koordinering.statistikk.models import Oeyeblikksbilde
from koordinering.users import Koblingsmodus
from tests.nettleser import Nettleser

AAR = 2025
DAG = date(2026, 1, 15)
HTML = "{http://www.w3.org/1999/xhtml}"


def fyll(user_id: int, aar: int = AAR, **antall: int) -> None:
    """Families of one child by unit, two referrals to the cards each: were they as many as the families, it would be
    known that no family has two services."""
    tid = datetime(aar, 5, 1, tzinfo=UTC)
    for enhet, mange in antall.items():
        for _ in range(mange):
            sak = Sak(id=tilfeldig_id(), referanse=referanse.ny(), enhet_id=enhet, ansvarlig_id=user_id)
            sak.i_maalgruppe = True
            indeks = str(sak.id).encode().ljust(32, b".")
            barn = Barn(lopenummer=1, foedselsaar=2015, deltar=JaNeiVetIkke.NEI, spurt=Spurt.JA, blindindeks=indeks)
            sak.barn = [barn]
            sak.henvisninger = [
                Henvisning(tiltak_id="4b-2", avsender_id=enhet, status=Status.SENDT, sendt=tid, endret=tid)
                for _ in range(2)
            ]
            db.session.add(sak)


@pytest.fixture
def koordinator(folk: Any, nettleser: Nettleser) -> Nettleser:
    """The coordinator, in a town with one small class."""
    with transaction():
        fyll(folk.nav1.id, nav=31, to_helsestasjon=17, to_kultur_fritid=2)
    services.lag_bilde(AAR, DAG, av=None)
    return nettleser.som(folk.koordinator1)


def celler(html: str) -> list[list[str]]:
    """The first table of a page as text; what only screen readers hear is left out."""
    tre = html5lib.parse(html)
    tabell = next(t for t in tre.iter(f"{HTML}table"))
    return [
        [_synlig(celle) for celle in rad if celle.tag in {f"{HTML}th", f"{HTML}td"}] for rad in tabell.iter(f"{HTML}tr")
    ]


def _synlig(element: Any) -> str:
    if "ds-sr-only" in (element.get("class") or ""):
        return ""
    deler = [element.text or "", *(_synlig(barn) + (barn.tail or "") for barn in element)]
    return " ".join("".join(deler).split())


def test_the_table_shows_what_may_be_shown(koordinator: Nettleser) -> None:
    svar = koordinator.se(f"/tall/tjeneste/{AAR}").get_data(as_text=True)
    rader = {rad[0]: rad[1:] for rad in celler(svar)}
    assert rader["Tjeneste"] == ["Barn", "Familier"]
    assert rader["Bare Nav Lillehammer"] == ["31", "31"]
    assert rader["Bare Kultur og fritid"] == [":", ":"]
    assert rader["I alt"] == ["50", "50"]
    assert "Skjult for at ingen skal kunne kjennes igjen" in svar
    assert "Arbeidstall fra tellingen 15.01.2026. Ikke for publisering." in svar
    assert "(versjon 1)" in svar
    assert "Grensen for små tall er 5." in svar


def test_the_picture_has_gaps_where_numbers_are_hidden(koordinator: Nettleser) -> None:
    svar = koordinator.se(f"/tall/tjeneste/{AAR}").get_data(as_text=True)
    assert svar.count("soyle-skjult") == sum(rad[1] == ":" for rad in celler(svar))
    assert svar.count('class="soyle-verdi"') == sum(rad[1].isdigit() for rad in celler(svar)[1:-1])


@pytest.mark.parametrize("kode", ["tjeneste", "alder"])
def test_files_equal_the_page(koordinator: Nettleser, kode: str) -> None:
    paa_siden = [rad[1:] for rad in celler(koordinator.se(f"/tall/{kode}/{AAR}").get_data(as_text=True))[1:]]

    def fil(fmt: str) -> bytes:
        svar = koordinator.send(f"/tall/{kode}/{AAR}/eksport", {"format": fmt})
        assert svar.status_code == 200
        assert f"{kode}_{AAR}_per-2026-01-15" in svar.headers["Content-Disposition"]
        assert svar.headers["Content-Disposition"].startswith("attachment")
        return svar.get_data()

    komma = list(csv.reader(io.StringIO(fil("csv").decode())))
    assert [rad[1:] for rad in komma[1:]] == paa_siden
    semikolon = list(csv.reader(io.StringIO(fil("csv-excel").decode("utf-8-sig")), delimiter=";"))
    assert [rad[1:] for rad in semikolon[1:]] == paa_siden
    ark = openpyxl.load_workbook(io.BytesIO(fil("xlsx"))).worksheets[0]
    assert [[str(celle.value) for celle in rad[1:]] for rad in ark.iter_rows(min_row=2)] == paa_siden
    verdier = json.loads(fil("jsonstat"))
    vist = [str(v) if v is not None else verdier["status"][str(nr)] for nr, v in enumerate(verdier["value"])]
    assert vist == [celle for rad in paa_siden for celle in rad]


def test_what_cannot_be_given_says_so_and_is_not_hidden(koordinator: Nettleser) -> None:
    rader = {rad[0]: rad for rad in celler(koordinator.se(f"/tall/tiltak/{AAR}").get_data(as_text=True))}
    assert "." in rader["Utstyrsbanken"]


def test_an_unknown_kind_of_file_is_refused(koordinator: Nettleser) -> None:
    assert koordinator.send(f"/tall/alder/{AAR}/eksport", {"format": "pdf"}).status_code == 422
    assert koordinator.send(f"/tall/alder/{AAR}/eksport").status_code == 422


def test_last_year_stands_beside_when_counted_the_same_way(koordinator: Nettleser, folk: Any) -> None:
    with transaction():
        fyll(folk.nav1.id, AAR - 1, nav=20, to_helsestasjon=11)
    services.lag_bilde(AAR - 1, DAG, av=None)
    svar = koordinator.se(f"/tall/alder/{AAR}").get_data(as_text=True)
    tabell = celler(svar)
    assert tabell[0] == ["Aldersgruppe", "Barn", "Barn i 2024", "Familier", "Familier i 2024"]
    assert tabell[-1] == ["I alt", "50", "31", "50", "31"]
    assert "Brudd" not in svar
    with transaction():
        modus = update(Oeyeblikksbilde).where(Oeyeblikksbilde.aar == AAR - 1)
        db.session.execute(modus.values(koblingsmodus=Koblingsmodus.INGEN))
    svar = koordinator.se(f"/tall/alder/{AAR}").get_data(as_text=True)
    assert celler(svar)[0] == ["Aldersgruppe", "Barn", "Familier"]
    assert "Brudd: 2024 er telt på en annen måte." in svar


@pytest.mark.parametrize(
    ("modus", "ord_"),
    [
        (Koblingsmodus.INGEN, "Alle saker som er registrert slik, står uten kobling."),
        (Koblingsmodus.NUMMER, "Saker kobles med fødselsnummer"),
        (Koblingsmodus.REFERANSE, "Et barn med to hjem og to koder telles i begge"),
    ],
)
def test_pages_and_files_say_how_cases_were_linked_and_where_the_rest_stand(
    koordinator: Nettleser, modus: Koblingsmodus, ord_: str
) -> None:
    with transaction():
        db.session.execute(update(Oeyeblikksbilde).values(koblingsmodus=modus))
    html = koordinator.se(f"/tall/alder/{AAR}").get_data(as_text=True)
    for tekst in (modus.tekst, ord_, f'href="/tall/kobling/{AAR}"'):
        assert tekst in html
    data = koordinator.send(f"/tall/alder/{AAR}/eksport", {"format": "jsonstat"}).get_json(force=True)
    assert data["extension"]["kobling"] == modus.tekst
    bok = openpyxl.load_workbook(io.BytesIO(koordinator.send(f"/tall/alder/{AAR}/eksport", {"format": "xlsx"}).data))
    assert ("Kobling av saker", modus.tekst) in {(rad[0].value, rad[1].value) for rad in bok["Forklaring"].iter_rows()}


def test_a_town_too_small_to_show(folk: Any, nettleser: Nettleser) -> None:
    with transaction():
        fyll(folk.nav1.id, nav=4)
    services.lag_bilde(AAR, DAG, av=None)
    for kode, _ in services.katalog():
        svar = nettleser.som(folk.koordinator1).se(f"/tall/{kode}/{AAR}").get_data(as_text=True)
        assert not re.search(r"\d", "".join("".join(rad[1:]) for rad in celler(svar)[1:]))
        assert "tallene vises ikke" in svar


def test_a_year_that_is_not_counted(folk: Any, nettleser: Nettleser) -> None:
    koordinator = nettleser.som(folk.koordinator1)
    svar = koordinator.se(f"/tall/alder/{AAR}")
    assert (svar.status_code, "2025 er ikke telt ennå" in svar.get_data(as_text=True)) == (200, True)
    assert koordinator.send(f"/tall/alder/{AAR}/eksport", {"format": "csv"}).status_code == 404
    for adresse in ("/tall/finnes-ikke/2025", "/tall/alder/1999", f"/tall/alder/{i_dag().year + 1}"):
        assert koordinator.se(adresse).status_code == 404


def test_the_catalogue_lists_tables_and_counts(koordinator: Nettleser) -> None:
    svar = koordinator.se("/tall").get_data(as_text=True)
    for kode, tittel in services.katalog():
        assert tittel in svar
        assert f'href="/tall/{kode}/{AAR}"' in svar
    assert "15.01.2026" in svar
    assert "Lag ny telling" in svar


def test_ordering_a_count(koordinator: Nettleser) -> None:
    svar = koordinator.send("/tall/telling", {"aar": str(AAR)})
    assert (svar.status_code, svar.location) == (302, "/jobber")
    db.session.rollback()  # the order was written beside this session
    arbeider.arbeid(en_runde=True)
    assert [b.dato for b in services.bilder(AAR)] == [i_dag(), DAG]
    svar = koordinator.send("/tall/telling", {"aar": str(AAR)}, foelg=True)
    assert "allerede telt i dag" in svar.get_data(as_text=True)
    svar = koordinator.send("/tall/telling", {"aar": "1999"})
    assert svar.status_code == 422
    assert "Velg noe fra listen." in svar.get_data(as_text=True)


def test_only_the_coordinator_reaches_the_pages(koordinator: Nettleser, folk: Any) -> None:
    for navn, user in vars(folk).items():
        hvem = koordinator.som(user)
        ventet = 200 if navn.startswith("koordinator") else 404
        assert hvem.se("/tall").status_code == ventet, navn
        assert hvem.se(f"/tall/tjeneste/{AAR}").status_code == ventet, navn
        assert hvem.send(f"/tall/tjeneste/{AAR}/eksport", {"format": "csv"}).status_code == ventet, navn
        if not navn.startswith("koordinator"):
            assert hvem.send("/tall/telling", {"aar": str(AAR)}).status_code == 404, navn


@contextmanager
def spoerringer() -> Iterator[list[str]]:
    """The statements that run while it lasts."""
    sett: list[str] = []

    def noter(*args: Any) -> None:
        sett.append(args[2])

    event.listen(db.engine, "before_cursor_execute", noter)
    try:
        yield sett
    finally:
        event.remove(db.engine, "before_cursor_execute", noter)


@pytest.mark.parametrize("side", ["/tall", f"/tall/tiltak/{AAR}"])
def test_a_page_costs_the_same_however_many_are_counted(
    app: Flask, koordinator: Nettleser, folk: Any, side: str
) -> None:
    koordinator.se(side)
    with spoerringer() as faa:
        koordinator.se(side)
    with transaction():
        fyll(folk.nav1.id, nav=40, to_helsestasjon=30)
    for aar in (AAR - 2, AAR - 1, AAR):
        services.lag_bilde(aar, i_dag(), av=None)
    with spoerringer() as mange:
        koordinator.se(side)
    assert len(mange) == len(faa) <= 14
    assert not any("FROM barn" in setning or "FROM henvisning" in setning for setning in mange)
    assert not any("raatall" in setning for setning in mange)
