"""The curious colleague and coordination: without a consent, nothing, including that there is something."""

import itertools
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import update

from koordinering.db import db, i_dag, now, transaction
from koordinering.saker.models import Sak
from koordinering.saker.rules.familier import familier
from koordinering.saker.samordning import services
from koordinering.saker.samordning.models import Samordning
from koordinering.saker.samordning.rules import Samordningsfilter
from tests import fabrikk
from tests.fabrikk import barn, bruker
from tests.nettleser import Nettleser
from tests.saker.samordnet import adgang, notat, samordning
from tests.saker.skjema import nummer
from tests.saker.test_nysgjerrig import _spor, _uten_det_tilfeldige

HENVISERE = {"nav1": "nav", "helse1": "to_helsestasjon", "kultur1": "to_kultur_fritid"}
ALLE = {**HENVISERE, "inkludering1": "inkluderingskonsulent", "kulturskole1": "to_kulturskole"}
HEMMELIG = "Hilsen fra den andre enheten"


_dager = itertools.count()


def _nytt() -> str:
    """A number of its own day, so that none comes twice however many are asked for."""
    return nummer(date(2010, 1, 1) + timedelta(days=next(_dager) % 4000))


@dataclass(frozen=True)
class Tilfelle:
    """A consent, and somebody who looks: from a case of her own, or from what her unit has received."""

    registrerer: str
    leser: str
    nevnt: frozenset[str]
    """Users whose units are named."""
    barna: int
    """Children of the registering case."""
    kjente: frozenset[int]
    """Those of them that the reader's case has too."""
    ekstra: int
    """Other children in the reader's case."""
    dekket: frozenset[int]
    """Children that the consent is for."""
    slutt: str
    """staar, trukket, utloept, ikke_ennaa."""

    def naar(self) -> bool:
        """Whether the reader is to see something: said here without a database."""
        if self.slutt != "staar" or self.leser not in self.nevnt:
            return False
        if self.leser not in HENVISERE:  # what was received from the registering case
            return self.leser == "inkludering1" and 0 in self.dekket
        deres = {*self.kjente, *(f"ekstra{nr}" for nr in range(self.ekstra))}
        samme = len(familier({1: set(range(self.barna)), 2: deres})) == 1
        return samme and bool(self.kjente & self.dekket)


@st.composite
def tilfeller(trekk: st.DrawFn) -> Tilfelle:
    registrerer = trekk(st.sampled_from(["nav1", "helse1"]))
    andre = sorted(ALLE.keys() - {registrerer})
    leser = trekk(st.sampled_from(andre))
    barna = trekk(st.integers(1, 3))
    hvilke = st.integers(0, barna - 1)
    kjente, ekstra = trekk(st.frozensets(hvilke)), trekk(st.integers(0, 2))
    nevnt = trekk(st.frozensets(st.sampled_from(andre), min_size=1))
    return Tilfelle(
        registrerer=registrerer,
        leser=leser,
        nevnt=nevnt | {leser} if trekk(st.booleans()) else nevnt,
        barna=barna,
        kjente=kjente,
        ekstra=max(ekstra, int(not kjente)),
        dekket=trekk(st.frozensets(hvilke, min_size=1)),
        slutt=trekk(st.sampled_from(["staar", "staar", "staar", "trukket", "utloept", "ikke_ennaa"])),
    )


def _familie(t: Tilfelle, tall: list[str]) -> tuple[Sak, Sak | None]:
    """The registering unit's case, and the reader's own where her role has cases."""
    felles = fabrikk.sak(bruker(t.registrerer), barna=[barn(nummer=en) for en in tall], tiltak=[("4a-3", 0)])
    if t.leser not in HENVISERE:
        return felles, None
    kjente = [barn(nummer=tall[nr]) for nr in sorted(t.kjente)]
    andre = [barn(nummer=_nytt()) for _ in range(t.ekstra)]
    return felles, fabrikk.sak(bruker(t.leser), barna=[*kjente, *andre], tiltak=[("4b-3", None)])


def _avtal(t: Tilfelle, sak: Sak) -> None:
    """The consent with all that can be in it, and what has become of it since."""
    en = samordning(sak, t.registrerer, *sorted(ALLE[n] for n in t.nevnt), barn=t.dekket)
    sid, sak_id = en.id, sak.id
    with transaction():
        sted = adgang(bruker(t.registrerer), sid, sak=db.session.get_one(Sak, sak_id))
        services.avtal_moete(sted, now() + timedelta(days=3), av=bruker(t.registrerer))
        services.pek_ut(sted, ALLE[min(t.nevnt)], None, av=bruker(t.registrerer))
        skriver = sted.notater
    if skriver:
        notat(t.registrerer, sid, HEMMELIG, sak=db.session.get_one(Sak, sak_id))
    with transaction():
        dag = i_dag()
        if t.slutt == "trukket":
            services.trekk(db.session.get_one(Samordning, sid), av=bruker(t.registrerer))
        elif t.slutt != "staar":
            en_dag = timedelta(days=1)
            nytt = {"gyldig_til": dag - en_dag} if t.slutt == "utloept" else {"gitt": dag + en_dag}
            db.session.execute(update(Samordning).where(Samordning.id == sid).values(**nytt))


def _adresser(felles: Sak, egen: Sak | None) -> list[str]:
    sted = f"/saker/{egen.id}" if egen is not None else f"/henvisninger/{felles.henvisninger[0].id}"
    db.session.rollback()
    return [f"{sted}/samordning", sted, "/", *(f"/samordning?filter={f.value}" for f in Samordningsfilter)]


def _se(side: Nettleser, adresser: list[str]) -> list[tuple[int, str]]:
    svar = [side.se(adresse) for adresse in adresser]
    return [(s.status_code, _uten_det_tilfeldige(s.get_data(as_text=True))) for s in svar]


@pytest.fixture
def proev(app: Flask, nettleser: Nettleser, monkeypatch: pytest.MonkeyPatch) -> Any:
    def kjoer(t: Tilfelle) -> None:
        side = nettleser.som(bruker(t.leser))
        felles, egen = _familie(t, [_nytt() for _ in range(t.barna)])
        ukjent = _adresser(*_familie(t, [_nytt() for _ in range(t.barna)]))
        adresser = _adresser(felles, egen)
        _se(side, ukjent)  # templates are read once
        with _spor(app, monkeypatch) as spor_foer:
            foer = _se(side, ukjent)
        _avtal(t, db.session.get_one(Sak, felles.id))
        db.session.rollback()
        with _spor(app, monkeypatch) as spor_etter:
            etter = _se(side, adresser)
        tekst = "".join(html for _, html in etter)
        if t.naar():
            assert foer[0] != etter[0]
            assert "Ingen samordning her" not in etter[0][1]
        else:
            assert [kode for kode, _ in etter] == [kode for kode, _ in foer]
            assert etter == foer
            assert spor_etter["sql"] == spor_foer["sql"]
        skriver = t.registrerer != "helse1" and len(t.nevnt - {"helse1"}) > 0
        assert (HEMMELIG in tekst) == (t.naar() and skriver and t.leser != "helse1")
        db.session.rollback()
        with transaction():
            db.session.execute(update(Samordning).values(trukket=now()))

    return kjoer


def _grundig(antall: int) -> settings:
    return settings(
        max_examples=antall, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], database=None
    )


@given(tilfeller())
@_grundig(8)
@pytest.mark.bare_sqlite
def test_whom_the_consent_does_not_reach_sees_the_same_bytes_as_of_an_unknown_family(proev: Any, t: Tilfelle) -> None:
    proev(t)


@given(tilfeller())
@_grundig(60)
@pytest.mark.lang
def test_the_same_for_many(proev: Any, t: Tilfelle) -> None:
    proev(t)


VISES = Tilfelle(
    registrerer="nav1",
    leser="kultur1",
    nevnt=frozenset({"kultur1", "helse1"}),
    barna=2,
    kjente=frozenset({0, 1}),
    ekstra=0,
    dekket=frozenset({0, 1}),
    slutt="staar",
)


@pytest.mark.parametrize(
    "endret",
    [
        {},
        {"leser": "helse1"},
        {"leser": "inkludering1", "nevnt": frozenset({"inkludering1"})},
        {"nevnt": frozenset({"helse1"})},
        {"slutt": "trukket"},
        {"slutt": "utloept"},
        {"leser": "helse1", "nevnt": frozenset({"helse1"})},
        {"kjente": frozenset({0}), "ekstra": 1},
        {"kjente": frozenset({0}), "dekket": frozenset({1})},
    ],
    ids=["vises", "helse", "mottaker", "ikke_nevnt", "trukket", "utloept", "bare_helse", "halvsoesken", "annet_barn"],
)
def test_each_way_that_a_consent_does_and_does_not_reach(proev: Any, endret: dict[str, Any]) -> None:
    proev(Tilfelle(**{**VISES.__dict__, **endret}))


def test_a_unit_that_is_not_named_is_no_link_between_two_that_are(app: Flask, nettleser: Nettleser) -> None:
    tall = [nummer() for _ in range(3)]
    nav = fabrikk.sak(bruker("nav1"), barna=[barn(nummer=t) for t in tall[:2]])
    kultur = fabrikk.sak(bruker("kultur1"), barna=[barn(nummer=tall[1]), barn(nummer=tall[2])], tiltak=[("4b-3", None)])
    samordning(nav, "nav1", "to_kultur_fritid")
    adresse = f"/saker/{kultur.id}/samordning"
    db.session.rollback()
    side = nettleser.som(bruker("kultur1"))
    assert "Ingen samordning her" in side.se(adresse).get_data(as_text=True), "half of each is not one family"
    fabrikk.sak(bruker("helse1"), barna=[barn(nummer=t) for t in tall], tiltak=[("4b-3", None)])
    db.session.rollback()
    assert "Ingen samordning her" in side.se(adresse).get_data(as_text=True), "a third unit's case joins nobody"
