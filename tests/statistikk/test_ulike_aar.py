"""Why a release is checked against its own year only: no number of a year is a sum or a difference of another's."""

import random
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from itertools import product
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, select

from koordinering.db import db, transaction
from koordinering.saker.models import Barn, Hendelse, Henvisning, Sak
from koordinering.saker.rules.behov import JaNeiVetIkke, Kjoenn
from koordinering.saker.rules.overganger import Avslagsgrunn, Status
from koordinering.statistikk import measures
from koordinering.tildeling.models import Tildeling
from koordinering.tiltak.utstyr.models import Maanedsutlaan
from koordinering.tiltak.utstyr.rules.tilstander import Kategori
from koordinering.users import Kommune
from tests.statistikk.byen import AAR, FRIPLASS, HELSE, KORT, KULTUR, NAV, By

BYER = 14
"""So many towns that an identity which holds in all of them holds by what the tables say, not by chance."""
I_FJOR = AAR - 1

Celle = tuple[str, str, tuple[str, ...]]


def _toem() -> None:
    for modell in (Tildeling, Hendelse, Henvisning, Barn, Sak, Maanedsutlaan):
        db.session.execute(delete(modell))


def _by(by: By, r: random.Random) -> None:
    """Families that come back or do not, and referrals that end in every way, this year and last and the one before."""
    _toem()
    db.session.scalars(select(Kommune)).one().registrer_kjoenn = True
    for nr in range(r.randint(25, 45)):
        barn = [(f"{nr}{en}", r.randint(AAR - 18, AAR - 2)) for en in range(r.randint(1, 3))]
        for aar in r.sample((AAR - 2, I_FJOR, AAR), r.choice((1, 1, 2, 3))):
            sak = by.sak(r.choice((NAV, HELSE, KULTUR)), *barn)
            for en in sak.barn:
                en.kjoenn, en.deltar = r.choice(list(Kjoenn)), r.choice(list(JaNeiVetIkke))
            for _ in range(r.choice((1, 1, 2))):
                _henvisning(by, sak, datetime(aar, r.randint(1, 12), r.randint(1, 28), 10, tzinfo=UTC), r)
    for aar, kategori in product((I_FJOR, AAR), (Kategori.SKOEYTER, Kategori.VANN)):
        felt = {"aar": aar, "maaned": r.randint(1, 12), "kategori": kategori, "antall": r.randint(1, 90)}
        db.session.add(Maanedsutlaan(enhet_id=KULTUR, **felt))


def _henvisning(by: By, sak: Sak, naar: datetime, r: random.Random) -> None:
    tiltak, siden = r.choice((KORT, FRIPLASS, "4b-11")), naar + timedelta(days=r.randint(1, 400))
    status = r.choice((Status.SENDT, Status.VENTELISTE, Status.VENTELISTE, Status.AVSLAATT))
    grunn = r.choice(list(Avslagsgrunn)).value if status is Status.AVSLAATT else None
    gjelder = r.choice((None, r.randrange(len(sak.barn))))
    henvisning = by.henvis(sak, tiltak, barn=gjelder, naar=naar, status=status, grunn=grunn, endret=siden)
    venter = r.random() < 0.5 or status is Status.VENTELISTE
    for tid, til in ((naar, Status.VENTELISTE if venter else Status.SENDT), (siden, status)):
        db.session.add(Hendelse(henvisning_id=henvisning.id, tid=tid, slag="status", til=til.value, grunn=grunn))
    if status is not Status.AVSLAATT and r.random() < 0.5:
        by.gi(henvisning, siden, aar=siden.year)


def _celler(aar: int) -> Mapping[Celle, int]:
    return {
        (raw.kode, kolonne.kode, noekkel): celle.tall[nr]
        for raw in measures.tell(aar, date(aar + 1, 1, 15)).tabeller
        for noekkel, celle in raw.celler.items()
        for nr, kolonne in enumerate(raw.kolonner)
    }


def _rekker(tellinger: list[Mapping[Celle, int]]) -> dict[tuple[int, ...], Celle]:
    """The number in each town, for the cells that differ much between towns; one cell for each row of numbers."""
    rekker = {tuple(t[celle] for t in tellinger): celle for celle in tellinger[0]}
    return {rekke: celle for rekke, celle in rekker.items() if len(set(rekke)) > 3}


def _sammenhenger(av: Mapping[Any, Celle], i: Mapping[Any, Celle]) -> list[tuple[Celle, ...]]:
    """Cells of one year that are one of the other's, or the sum or difference of two of them."""
    alene = [(celle, i[rekke]) for rekke, celle in av.items() if rekke in i]
    par = [
        (celle, i[en], i[annen])
        for rekke, celle in av.items()
        for en in i
        if (annen := tuple(a - b for a, b in zip(rekke, en, strict=True))) in i
    ]
    differanser = [
        (celle, i[en], i[annen])
        for rekke, celle in av.items()
        for en in i
        if (annen := tuple(b - a for a, b in zip(rekke, en, strict=True))) in i
    ]
    return [*alene, *par, *differanser]


@pytest.mark.bare_sqlite  # the counting is the same
def test_no_number_of_a_year_is_a_sum_or_a_difference_of_another_years(app: Flask, folk: Any) -> None:
    by, r = By(folk.nav1.id), random.Random(2025)  # noqa: S311 - a town, not a secret
    i_aar, i_fjor = [], []
    for _ in range(BYER):
        with transaction():
            _by(by, r)
        i_aar.append(_celler(AAR))
        i_fjor.append(_celler(I_FJOR))
    naa, foer = _rekker(i_aar), _rekker(i_fjor)
    assert min(len(naa), len(foer)) > 150
    assert {t for t, _, _ in naa.values()} >= {"fra_tidligere_aar", "foerste_gang", "venter_ved_aarets_slutt"}
    assert any(len(set(funn)) == 3 for funn in _sammenhenger(naa, naa)), "within a year the search finds them"
    assert _sammenhenger(naa, foer) == []
    assert _sammenhenger(foer, naa) == []
