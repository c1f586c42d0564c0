"""Every page and file, for every role: nothing of a family stands there but what the table of fields allows."""

import contextvars
import inspect as kildekode
import io
import re
import zipfile
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, text
from werkzeug.test import TestResponse

from koordinering.audit import Innslag
from koordinering.db import db, i_dag, metadata, tilfeldig_id, transaction
from koordinering.personvern.krav import services as krav
from koordinering.personvern.krav.models import Kravdel
from koordinering.personvern.krav.rules.frist import Kravslag, Sjekk
from koordinering.saker.models import Henvisning, Sak, SakBehov, Samtykke
from koordinering.saker.rules.behov import STANDARD_OPPLYSNINGER, Behov, Kjoenn, Opplysning
from koordinering.saker.rules.innsyn import TABELL, Seer, dekkes_av, mottaker_ser
from koordinering.tildeling import services
from koordinering.tildeling.services import forslag
from koordinering.tiltak.models import Tilbud
from koordinering.tiltak.rules import Aktivitet
from koordinering.users import Enhet, kommune
from tests import fabrikk
from tests.arkitektur import test_ruter as ruter
from tests.fabrikk import ALLE_ROLLER, bruker
from tests.nettleser import Nettleser
from tests.saker.samordnet import samordning
from tests.tildeling.gjoer import gjoer

SAKENS_TABELLER = ("sak", "sak_behov", "barn", "oenske", "samtykke", "henvisning", "hendelse", "sakshendelse")
FOEDT = i_dag().year - 14
EGNE = {"helse1", "helseleder1"}
"""Those of the unit that has the case."""

MOTTAKERE = ("inkludering1", "nav1")
IKKE_HOS: Mapping[str, set[str]] = {"inkludering1": set(), "nav1": {"barn.foedselsaar", "oenske.aktivitet"}}
"""A card is for the whole family, and a family has no age and no wish."""

FAMILIENS = {
    "saker", "samordning", "krav", "sletting", "tildeling", "forside",
    "tiltak", "kort", "midler", "lag", "lagside", "klubbesoek",
}  # fmt: skip
"""Blueprints where a word that others use too means this family: the rest have units, years and groups of their own."""

MERKER: Mapping[str, tuple[str, str]] = {
    "sak.referanse": ("F-[0-9A-Z]{4}-[0-9A-Z]{2}", ""),
    "sak.egen_referanse": ("MERKE-EGEN", ""),
    "sak.ansvarlig_id": ("MERKEANSVARLIG", ""),
    "hendelse.fritekst": ("MERKENOTAT", ""),
    "sak.id": ("SAKSID", ""),
    "barn.id": ("BARNEID", ""),
    "samtykke.id": ("SAMTYKKEID", ""),
    "henvisning.id": ("HENVISNINGSID", ""),
    "henvisning.avsender_id": ("MERKEENHET", "f"),
    "sak_behov.behov": (re.escape(Behov.HOEYTID.tekst), "f"),
    "oenske.aktivitet": (Aktivitet.KORPS.tekst, "f"),
    "barn.foedselsaar": ("13–17 år", "f"),
    "barn.kjoenn": (Kjoenn.JENTE.tekst, "f"),
    "barn.lopenummer": (r"Barn 1\b", "f"),
    "barn.deltar": ("Deltar fast", "f"),
    "barn.spurt": ("Spurt", "f"),
    "sak.i_maalgruppe": ("I målgruppen", "f"),
    "samtykke.maate": ("Skriftlig", "f"),
    "sakshendelse.slag": ("Saken ble registrert", "f"),
}
"""A pattern that shows the field, and whether it is looked for on the family's own pages alone («f»)."""

AAR = "barn.foedselsaar som år"
_VALG = re.compile(r"<(option|label|legend|title)\b.*?</\1>", re.DOTALL)


class Familie:
    """A case with a mark in every field, one referral given a place, one in the queue and one refused with a note.

    Its guardian has asked to see it and consented to coordination, and Nav's leader has asked for a part of an answer.
    """

    def __init__(self, folk: Any) -> None:
        with transaction():
            kommune().registrer_kjoenn = True
            enhet = db.session.get_one(Enhet, folk.helse1.gjeldende[0].enhet_id)
            enhet.kortnavn = enhet.navn = "MERKEENHET"
            bruker("helse1").visningsnavn = "MERKEANSVARLIG"
        barn = fabrikk.barn(FOEDT, kjoenn=Kjoenn.JENTE, oensker=(Aktivitet.KORPS,))
        sak = fabrikk.sak(
            folk.helse1,
            barna=(barn, barn),
            tiltak=[("4a-3", 0), ("4a-3", 1), ("4b-2", None)],
            egen_referanse="MERKE-EGEN",
        )
        self.sak_id = sak.id
        with transaction():
            sak = db.session.get_one(Sak, sak.id)
            sak.behov = [SakBehov(behov=Behov.HOEYTID)]
        i_koe, gitt, kort = (h.id for h in sorted(sak.henvisninger, key=lambda h: (h.tiltak_id, h.barn_id or 0)))
        self.henvisninger = (i_koe, gitt, kort)
        self.tilbud_id = self._behandle(folk)
        with transaction():
            koe, tilbud = db.session.get_one(Henvisning, i_koe), db.session.get_one(Tilbud, self.tilbud_id)
            runde = forslag.lag_forslag(tilbud.tiltak, [koe.id], {tilbud.id: 1}, None, av=bruker("inkludering1"))
            self.forslag_id = runde.id
        self.samordning_id = self._samordne()
        self.krav_id, self.samlet_id, self.del_id = self._krev()
        sak = db.session.get_one(Sak, self.sak_id)
        self.ider = {
            "SAKSID": [sak.id],
            "BARNEID": [b.id for b in sak.barn],
            "SAMTYKKEID": [s.id for s in sak.samtykker],
            "HENVISNINGSID": list(self.henvisninger),
        }
        self.referanse = sak.referanse
        db.session.rollback()

    def _samordne(self) -> int:
        """The family's consent to coordinate; its key."""
        sak = db.session.get_one(Sak, self.sak_id)
        return samordning(sak, "helse1", "inkluderingskonsulent", "to_kulturskole").id

    def _krev(self) -> tuple[int, int, int]:
        """Keys of a request about the case, of a joint answer, and of the unit's part in it."""
        with transaction():
            sak = db.session.get_one(Sak, self.sak_id)
            kommune().innsyn_enhet_id = "nav"
            ett = krav.registrer(sak, Kravslag.INNSYN, i_dag(), av=bruker("helse1"))
            leder = bruker("navleder1")
            samlet = krav.be_om_deler(tilfeldig_id(), [sak.referanse], [], i_dag(), tuple(Sjekk), av=leder)
            del_ = db.session.scalars(select(Kravdel.id).where(Kravdel.krav_id == samlet.id)).one()
            return ett.id, samlet.id, del_

    def _behandle(self, folk: Any) -> int:
        """Give the one a place, refuse the card with a note; the key of the offer."""
        i_koe, gitt, kort = self.henvisninger
        for nr in (i_koe, gitt):
            gjoer(services.ta_imot, nr, av=folk.inkludering1)
        tilbud = fabrikk.tilbud(folk.inkludering1, alder_fra=6, alder_til=18)
        gjoer(services.gi, gitt, tilbud, av=folk.inkludering1)
        gjoer(services.ta_imot, kort, av=folk.nav1)
        gjoer(services.avslaa, kort, "annet", fritekst="MERKENOTAT", av=folk.nav1)
        return tilbud.id

    def dekk(self, opplysninger: tuple[Opplysning, ...]) -> None:
        """Have every consent of the case cover these kinds of information and no other."""
        with transaction():
            for samtykke in db.session.scalars(select(Samtykke).where(Samtykke.sak_id == self.sak_id)):
                samtykke.opplysninger = [o.value for o in opplysninger]

    def felter_i(self, blueprint: str, innhold: str) -> set[str]:
        """The fields of this family that show in a page or a file."""
        synlig = _VALG.sub(" ", innhold)
        funnet = set()
        for felt, (moenster, bare_familiens) in MERKER.items():
            tekst = synlig if bare_familiens else innhold
            if bare_familiens and blueprint not in FAMILIENS:
                continue
            if moenster in self.ider:
                treff = any(str(nr) in tekst for nr in self.ider[moenster])
            else:
                treff = bool(re.search(self.referanse if felt == "sak.referanse" else moenster, tekst))
            if treff:
                funnet.add(felt)
        if blueprint in FAMILIENS and re.search(rf"(?<![.\d]){FOEDT}\b", synlig):
            funnet.add(AAR)
        return funnet


def _innhold(svar: TestResponse) -> str:
    """The page's text; a workbook's parts one after the other."""
    raa = svar.get_data()
    if raa[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(raa)) as fil:
            raa = b"\n".join(fil.read(navn) for navn in fil.namelist())
    return raa.decode("utf-8", errors="replace")


def _gir_fil(visning: Callable[..., Any]) -> bool:
    """Whether a view answers with a file: it says so itself, or calls what does."""
    kilde, navnene = kildekode.getsource(visning), kildekode.unwrap(visning).__globals__

    def sier(navn: str) -> bool:
        return kildekode.isfunction(en := navnene.get(navn)) and "Content-Disposition" in kildekode.getsource(en)

    return "Content-Disposition" in kilde or any(sier(navn) for navn in set(re.findall(r"\b(\w+)\(", kilde)))


def _adresser(app: Flask, familie: Familie, ting: ruter.Ting) -> Iterator[tuple[str, str, str]]:
    """Blueprint, method and address of every page and file, for each of the family's rows that it can name.

    `ting` is what the other addresses name; those that name what is not there are left out.
    """
    egne: dict[str, list[int]] = {
        "sak_id": [familie.sak_id],
        "barn_id": familie.ider["BARNEID"][:1],
        "samtykke_id": familie.ider["SAMTYKKEID"][:1],
        "henvisning_id": list(familie.henvisninger),
        "tilbud_id": [familie.tilbud_id],
        "forslag_id": [familie.forslag_id],
        "samordning_id": [familie.samordning_id],
        "krav_id": [familie.krav_id],
        "samlet_id": [familie.samlet_id],
        "del_id": [familie.del_id],
    }
    for regel in ruter._regler(app):
        metoder = regel.methods or set()
        if "GET" not in metoder and not _gir_fil(app.view_functions[regel.endpoint]):
            continue
        if not regel.arguments <= egne.keys() | ting.keys():
            continue
        navngir = next((navn for navn in egne if navn in regel.arguments), "")
        for nr in egne.get(navngir, [0]):
            verdier: dict[str, Any] = {n: egne[n][0] if n in egne else ting[n][0] for n in regel.arguments}
            verdier |= {navngir: nr} if navngir else {}
            with app.test_request_context(base_url="http://localhost"):
                metode = "GET" if "GET" in metoder else "POST"
                sti = app.url_for(regel.endpoint, _method=metode, **verdier)
            for resten in SPOERRINGER.get(regel.endpoint, ("",)):
                yield regel.endpoint.split(".")[0], metode, sti + resten.format(f=familie)


SPOERRINGER: Mapping[str, tuple[str, ...]] = {
    "saker.liste": ("", "?filter=enheten", "?filter=avsluttede"),
    "tildeling.innboks": ("?filter=under_behandling", "?filter=innvilget", "?filter=avsluttet"),
    "tildeling.venteliste": ("", "?filter=lengst", "?filter=ingenting"),
    "tildeling.fordel": (
        "",
        "?henvisning={f.henvisninger[0]}",
        "?tilbud={f.tilbud_id}",
        "?oenske=korps",
        "?gruppe=13-17",
    ),
    "tiltak.tak": ("?tiltak=4a-3",),
    "tildeling.kort_endre": ("?tiltak=4b-2",),
}
"""Filters and choices of a list: it can show something under one that it does not show first."""


class Leser(Nettleser):
    """Reads pages without checking their HTML: other walkers have, and it costs most of the time."""

    def _kjoer(self, metode: str, url: str, **kw: Any) -> TestResponse:
        def svar() -> TestResponse:
            return self.klient.open(url, method=metode, base_url="http://localhost", **kw)

        resultat: TestResponse = contextvars.Context().run(svar)
        assert resultat.status_code < 500, (metode, url)
        return resultat


def _les(nettleser: Leser, metode: str, sti: str) -> str | None:
    skjema = {"format": "md" if "/papirer/" in sti else "csv", "fil": "json", "alle": "y"}
    svar = nettleser.se(sti) if metode == "GET" else nettleser.send(sti, skjema)
    return _innhold(svar) if svar.status_code == 200 else None


UTEN_SPOR = {"henvisning.id", "sak.id", "samtykke.id", "henvisning.avsender_id", "sak.ansvarlig_id"}
"""Keys in addresses, and one's own name and unit: a page that shows no more tells nothing of the family."""


_ANTALL = text(f"SELECT count(*) FROM {Innslag.__tablename__}")  # noqa: S608 - our own table name
"""Asked for each page: as text, which takes a fifth of the time of a statement that is built anew."""


def _linjer() -> int:
    """Lines of the access log."""
    antall = db.session.scalar(_ANTALL) or 0
    db.session.rollback()
    return int(antall)


@pytest.fixture
def familie(folk: Any) -> Familie:
    """The marked family, with the year's cards in place."""
    fabrikk.kortaar()
    return Familie(folk)


@pytest.mark.bare_sqlite  # what a page shows is not the database's doing
def test_every_role_sees_what_the_table_allows_and_nothing_else(app: Flask, folk: Any, familie: Familie) -> None:
    ting = ruter._rader("nav1", "4b-2", "kulturskole1", "fretex1") | {"handling": ("avslaa", None)}
    alle = list(_adresser(app, familie, ting))
    db.session.rollback()
    familie.dekk(tuple(Opplysning))
    mottatt: dict[str, list[tuple[str, str, str]]] = {}
    sett: dict[str, set[str]] = {}
    ulest = {sti for _, metode, sti in alle if metode == "POST"}
    for hvem in (*ALLE_ROLLER, "helseleder1"):
        nettleser = Leser(app, getattr(folk, hvem).id)
        db.session.rollback()
        sett[hvem] = set()
        for blueprint, metode, sti in alle:
            innhold, felter = _sett_og_logget(nettleser, familie, (blueprint, metode, sti))
            if innhold is None:
                continue
            ulest.discard(sti)
            assert felter <= _lov(hvem, blueprint, frozenset(Opplysning)), (hvem, sti, felter)
            sett[hvem] |= felter
            if felter and hvem in MOTTAKERE:
                mottatt.setdefault(hvem, []).append((blueprint, metode, sti))
    assert ulest == set(), "a file that nobody could take out was not looked into"
    assert sett["helse1"] == {*MERKER, AAR}
    for hvem in MOTTAKERE:
        assert sett[hvem] >= {felt for felt in MERKER if isinstance(TABELL[felt], Opplysning)} - IKKE_HOS[hvem], hvem
    assert sum(len(sider) for sider in mottatt.values()) > 12
    for opplysninger in [(), *((o,) for o in Opplysning), STANDARD_OPPLYSNINGER]:
        familie.dekk(opplysninger)
        _se_som_mottaker(app, folk, familie, mottatt, opplysninger)


def _sett_og_logget(nettleser: Leser, familie: Familie, adresse: tuple[str, str, str]) -> tuple[str | None, set[str]]:
    """The page and the family's fields on it: whoever sees more than a key leaves a line in the log."""
    blueprint, metode, sti = adresse
    foer = _linjer()
    innhold = _les(nettleser, metode, sti)
    felter = familie.felter_i(blueprint, innhold) if innhold is not None else set()
    if not felter <= UTEN_SPOR and not sti.endswith("/hvorfor"):  # which asks for the reason first
        assert _linjer() > foer, (sti, felter)
    return innhold, felter


def _se_som_mottaker(
    app: Flask,
    folk: Any,
    familie: Familie,
    mottatt: Mapping[str, list[tuple[str, str, str]]],
    opplysninger: tuple[Opplysning, ...],
) -> None:
    for hvem, sider in mottatt.items():
        nettleser = Leser(app, getattr(folk, hvem).id)
        db.session.rollback()
        sett = set()
        for blueprint, metode, sti in sider:
            felter = familie.felter_i(blueprint, _les(nettleser, metode, sti) or "")
            lov = _lov(hvem, blueprint, frozenset(opplysninger))
            assert felter <= lov, (hvem, opplysninger, sti, felter - lov)
            sett |= felter
        dekket = {felt for felt in MERKER if TABELL[felt] in opplysninger} - IKKE_HOS[hvem]
        assert sett >= dekket, (hvem, opplysninger)


def _lov(hvem: str, blueprint: str, opplysninger: frozenset[Opplysning]) -> set[str]:
    if hvem in EGNE:
        return {*MERKER, AAR}
    if hvem in MOTTAKERE:
        sett = set(mottaker_ser(opplysninger)) - ({"hendelse.fritekst"} if hvem != "nav1" else set())
        # the consent to coordinate names both units to each other, on its own page and nowhere else
        return sett | ({"henvisning.avsender_id"} if (hvem, blueprint) == ("inkludering1", "samordning") else set())
    if blueprint == "personvern" or hvem == "system1":  # who did what, with ids; and who has an account
        return {"sak.id", "barn.id", "henvisning.id", "sak.ansvarlig_id"}
    if (hvem, blueprint) == ("ombud1", "krav"):  # which unit answers in time, and never whose case it is
        return {"henvisning.avsender_id"}
    return set()


@pytest.mark.bare_sqlite
def test_a_consent_that_is_withdrawn_leaves_the_place_and_nothing_else(app: Flask, folk: Any, familie: Familie) -> None:
    """Two clicks: the second is this request. The receiver has lost it all with the answer to it."""
    familie.dekk(tuple(Opplysning))
    samtykke = next(
        s for s in db.session.get_one(Sak, familie.sak_id).samtykker if s.mottaker_id == "inkluderingskonsulent"
    )
    samtykke_id = samtykke.id
    db.session.rollback()
    side = Nettleser(app, folk.helse1.id)
    db.session.rollback()
    html = side.se(f"/saker/{familie.sak_id}").get_data(as_text=True)
    foerste = html.index("<summary", html.index("Hvem som kan få se hva"))
    assert f"/samtykker/{samtykke_id}/trekk" in html[foerste:]
    assert side.send(f"/samtykker/{samtykke_id}/trekk").status_code == 303
    inne = Leser(app, folk.inkludering1.id)
    db.session.rollback()
    for nr in familie.henvisninger:
        assert inne.se(f"/henvisninger/{nr}").status_code == 404
    for blueprint, metode, sti in list(_adresser(app, familie, {"handling": ("avslaa", None)})):
        innhold = _les(inne, metode, sti)
        assert not innhold or familie.felter_i(blueprint, innhold) <= {"henvisning.id"}, sti
    assert "Samtykket er trukket" in (_les(inne, "GET", f"/fordel?tilbud={familie.tilbud_id}") or "")


@pytest.mark.bare_sqlite
def test_a_locked_case_shows_nothing_of_itself_on_any_page(app: Flask, folk: Any, familie: Familie) -> None:
    """Neither to its own unit nor to those who have received it; the trail tells what was done, by number."""
    familie.dekk(tuple(Opplysning))
    with transaction():
        sak = db.session.get_one(Sak, familie.sak_id)
        kravet = krav.registrer(sak, Kravslag.BEGRENSNING, i_dag(), av=bruker("helse1"))
        krav.begrens(kravet, sak, av=bruker("helse1"))
    db.session.rollback()
    # the request itself is the way in, for whoever handles it and for the leader
    alle = _adresser(app, familie, {"handling": ("avslaa", None)})
    adresser = [adresse for adresse in alle if adresse[0] != "krav"]
    for hvem in ("helse1", "helseleder1", *MOTTAKERE):
        nettleser = Leser(app, getattr(folk, hvem).id)
        db.session.rollback()
        # the heading of every page has one's own title and unit
        lov = {"henvisning.id"} | ({"sak.ansvarlig_id", "henvisning.avsender_id"} if hvem in EGNE else set())
        for blueprint, metode, sti in adresser:
            i_loggen = {"sak.id", "barn.id"} if blueprint == "personvern" else set()
            felter = familie.felter_i(blueprint, _les(nettleser, metode, sti) or "")
            assert felter <= lov | i_loggen, (hvem, sti, felter)


def test_every_field_of_a_case_stands_in_the_table() -> None:
    kolonner = {f"{tabell}.{kolonne.name}" for tabell in SAKENS_TABELLER for kolonne in metadata.tables[tabell].columns}
    assert set(TABELL) == kolonner
    assert {o for o in TABELL.values() if isinstance(o, Opplysning)} == set(Opplysning)


def test_the_table_answers() -> None:
    assert dekkes_av("barn.foedselsaar") is Opplysning.ALDERSGRUPPE
    with pytest.raises(ValueError, match="egen_referanse"):
        dekkes_av("sak.egen_referanse")
    assert not {slag.value for slag in Seer} & {slag.value for slag in Opplysning}  # text is what is compared
    ingen, standard = mottaker_ser(()), mottaker_ser(STANDARD_OPPLYSNINGER)
    assert ingen == {felt for felt, slag in TABELL.items() if slag is Seer.ALLTID}
    assert standard - ingen == {
        "sak.referanse", "sak_behov.behov", "barn.foedselsaar", "oenske.aktivitet", "oenske.rekkefoelge"
    }  # fmt: skip
