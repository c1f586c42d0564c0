"""Many at one moment, over HTTP against a served database with two worker processes, and too little to give."""

import threading
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import cycle

import pytest
from flask import Flask
from sqlalchemy import func, select

from koordinering.db import Base, db, i_dag, transaction
from koordinering.saker.models import Henvisning
from koordinering.saker.rules.overganger import Status
from koordinering.tildeling import services as tildeling
from koordinering.tildeling.models import Tildeling
from koordinering.tiltak.kapasitet.queries import oppgjoer
from koordinering.tiltak.midler.models import Budsjett
from koordinering.tiltak.models import Plass
from koordinering.tiltak.utstyr.models import Utlaan, Utstyrsenhet
from tests import fabrikk, penger
from tests.paa_nett import Person

SAMTIDIGE = 8


def _samtidig(
    adresse: str, brukernavn: str, forespoersler: Sequence[tuple[str, dict[str, str]]], personer: int | None = None
) -> list[int]:
    """All at one barrier; signed in as many times as told, else once for each request."""
    inne = [Person(adresse, brukernavn) for _ in range(personer or len(forespoersler))]
    start = threading.Barrier(len(forespoersler))

    def en(par: tuple[Person, tuple[str, dict[str, str]]]) -> int:
        person, (sti, felter) = par
        start.wait()
        return person.send(sti, felter)[0]

    with ThreadPoolExecutor(len(forespoersler)) as kjoerere:
        return list(kjoerere.map(en, zip(cycle(inne), forespoersler, strict=False)))


def _klare(tiltak_id: str, avsender: str, mottaker: str, antall: int = SAMTIDIGE) -> list[int]:
    """So many families with a referral each that its receiver has taken up."""
    barn = 0 if tiltak_id != "4b-2" else None
    ider = []
    for _ in range(antall):
        sak = fabrikk.sak(fabrikk.bruker(avsender), tiltak=[(tiltak_id, barn)])
        with transaction():
            henvisning = db.session.scalars(select(Henvisning).where(Henvisning.sak_id == sak.id)).one()
            tildeling.ta_imot(henvisning, av=fabrikk.bruker(mottaker))
            ider.append(henvisning.id)
    return ider


def _utfall(svar: Sequence[int], modell: type[Base], beholdning: int | str, antall: int, hver: int = 1) -> None:
    """So many got theirs and the rest a clear refusal; nothing is left, and what is given is the stock."""
    db.session.rollback()
    assert Counter(svar) == {303: antall, 409: len(svar) - antall}
    tall = oppgjoer(modell)[beholdning]
    assert tall.gaar_opp
    assert (tall.ledig, tall.holdt + tall.brukt) == (0, antall * hver)


def _innvilget(ider: Sequence[int], antall: int) -> None:
    """Exactly so many of these referrals were granted something."""
    innvilget = select(func.count()).where(Henvisning.id.in_(ider), Henvisning.status == Status.INNVILGET)
    assert db.session.scalar(innvilget) == antall
    assert db.session.scalar(select(func.count()).select_from(Tildeling)) == antall


@pytest.mark.parametrize("runde", range(2))
def test_eight_and_one_card(app: Flask, adresse: str, runde: int) -> None:
    kortaar = fabrikk.kortaar(1)
    ider = _klare("4b-2", "helse1", "nav1")
    beholdning = kortaar.beholdning_id
    db.session.rollback()
    svar = _samtidig(adresse, "nav1", [(f"/henvisninger/{i}/gi", {}) for i in ider])
    _utfall(svar, Plass, beholdning, 1)
    _innvilget(ider, 1)


@pytest.mark.parametrize("runde", range(2))
def test_eight_and_one_place(app: Flask, adresse: str, runde: int) -> None:
    tilbud = fabrikk.tilbud(fabrikk.bruker("inkludering1"), antall=1)
    ider = _klare("4a-3", "nav1", "inkludering1")
    tilbud_id, beholdning = tilbud.id, tilbud.beholdning_id
    db.session.rollback()
    felter = [("/fordel/gi", {"henvisning_id": str(i), "tilbud_id": str(tilbud_id)}) for i in ider]
    svar = _samtidig(adresse, "inkludering1", felter)
    _utfall(svar, Plass, beholdning, 1)
    _innvilget(ider, 1)


TUSEN_KRONER = 100_000


def _om_pengene(adresse: str, forsoek: int, igjen: int) -> None:
    """So many ask for 1,000 kr each of a budget that has it for the last few."""
    konsulent = fabrikk.bruker("inkludering1")
    budsjett, laget = penger.budsjett(konsulent, ramme_oere=igjen * TUSEN_KRONER).id, penger.lag(konsulent).id
    ider = _klare("4a-3", "nav1", "inkludering1", forsoek)
    db.session.rollback()
    skjema = {"budsjett_id": str(budsjett), "lag_id": str(laget), "beloep": "1000"}
    svar = _samtidig(adresse, "inkludering1", [(f"/henvisninger/{i}/midler", skjema) for i in ider], personer=4)
    _utfall(svar, Budsjett, budsjett, igjen, TUSEN_KRONER)
    _innvilget(ider, igjen)


def _om_utstyret(adresse: str, forsoek: int, igjen: int) -> None:
    """So many try to lend the last few items."""
    enheter = fabrikk.utstyr(fabrikk.bruker("fretex1"), antall=igjen)
    hos, ider = enheter[0].enhet_id, [enhet.id for enhet in enheter]
    db.session.rollback()
    felles = {"telefon": "41234567", "forfall": f"{i_dag() + timedelta(days=7):%d.%m.%Y}", "kode": ""}
    kurver = [("/utstyr/ut", {"enhet": str(ider[nr % igjen]), **felles}) for nr in range(forsoek)]
    _utfall(_samtidig(adresse, "fretex1", kurver, personer=4), Utstyrsenhet, hos, igjen)
    assert db.session.scalar(select(func.count()).select_from(Utlaan).where(Utlaan.inn.is_(None))) == igjen


def test_eight_and_the_last_thousand_kroner(app: Flask, adresse: str) -> None:
    _om_pengene(adresse, SAMTIDIGE, 1)


def test_eight_and_one_item(app: Flask, adresse: str) -> None:
    _om_utstyret(adresse, SAMTIDIGE, 1)


def _om_kortene(adresse: str, forsoek: int, igjen: int) -> None:
    """So many attempts at the last few of the year's cards."""
    kortaar = fabrikk.kortaar(igjen)
    ider = _klare("4b-2", "helse1", "nav1", forsoek)
    beholdning = kortaar.beholdning_id
    db.session.rollback()
    svar = _samtidig(adresse, "nav1", [(f"/henvisninger/{i}/gi", {}) for i in ider], personer=4)
    _utfall(svar, Plass, beholdning, igjen)
    _innvilget(ider, igjen)


def test_sixty_and_the_last_eight_cards(app: Flask, adresse: str) -> None:
    _om_kortene(adresse, 60, 8)


@pytest.mark.lang
@pytest.mark.timeout(1_800)
@pytest.mark.parametrize("om", [_om_kortene, _om_pengene, _om_utstyret])
def test_a_thousand_and_the_last_forty(app: Flask, adresse: str, om: Callable[[str, int, int], None]) -> None:
    om(adresse, 1_000, 40)
