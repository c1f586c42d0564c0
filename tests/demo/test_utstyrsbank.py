"""The made-up Utstyrsbanken: a year of loans that the rules allow, to numbers that nobody has."""

from collections import defaultdict
from datetime import UTC, date, datetime, timedelta

from flask import Flask
from sqlalchemy import select

from koordinering.db import db, transaction
from koordinering.demo.fordelinger import les
from koordinering.demo.utstyrsbank import Laan, Utstyrsaar
from koordinering.demo.utstyrsrader import skriv_utstyr
from koordinering.tiltak.utstyr.models import Reservasjon, Utlaan, Utstyrsenhet
from koordinering.tiltak.utstyr.queries import utlaan_per_maaned
from koordinering.tiltak.utstyr.rules.telefon import normaliser
from koordinering.tiltak.utstyr.rules.tilstander import Status
from koordinering.tiltak.utstyr.services import les_telefon

DAG = date(2026, 11, 24)


def _aar(froe: int) -> Utstyrsaar:
    aar = Utstyrsaar(les().utstyr, froe, DAG - timedelta(days=365), DAG)
    aar.spill()
    return aar


def test_no_item_is_in_two_places_at_once() -> None:
    for froe in range(3):
        per_ting: dict[int, list[Laan]] = defaultdict(list)
        for laan in _aar(froe).laan:
            per_ting[laan.ting.nummer].append(laan)
        for rekke in per_ting.values():
            for foer, etter in zip(rekke, rekke[1:], strict=False):
                assert foer.inn is not None
                assert foer.ut < foer.inn <= etter.ut
        assert all(laan.ut.date() < DAG and (laan.inn is None or laan.inn.date() < DAG) for laan in _aar(froe).laan)


def test_the_same_seed_makes_the_same_year() -> None:
    en, samme, annen = ([(laan.id, laan.ut, laan.inn) for laan in _aar(froe).laan] for froe in (7, 7, 8))
    assert en == samme != annen


def test_the_rows_agree_and_numbers_stand_no_longer_than_they_may(app: Flask) -> None:
    slutt = datetime.combine(DAG, datetime.min.time(), UTC) - timedelta(hours=1)
    for _ in range(2):  # twice is once
        with transaction() as session:
            skriv_utstyr(session, les().utstyr, 3405, date(2024, 1, 1), slutt)
    enheter = db.session.scalars(select(Utstyrsenhet)).all()
    assert 110 <= len(enheter) <= 130
    assert {enhet.status for enhet in enheter} >= set(Status) - {Status.UTE_AV_DRIFT}
    aapne = {rad.utstyrsenhet_id for rad in db.session.scalars(select(Utlaan).where(Utlaan.inn.is_(None)))}
    assert aapne == {enhet.id for enhet in enheter if enhet.status is Status.UTE}
    for rad in db.session.scalars(select(Utlaan)):
        kan_staa = rad.inn is None or rad.inn.date() > DAG - timedelta(days=30)
        assert (rad.telefon is not None) == kan_staa
        if (nummer := les_telefon(rad)) is not None:
            assert normaliser(nummer) == nummer
            assert nummer.startswith("20")
    holdt = {rad.utstyrsenhet_id for rad in db.session.scalars(select(Reservasjon))}
    assert holdt == {enhet.id for enhet in enheter if enhet.status is Status.RESERVERT}
    telt = sum(sum(m) for aar in (2025, 2026) for m in utlaan_per_maaned(aar).values())
    assert telt == len(db.session.scalars(select(Utlaan.id)).all()) > 300
