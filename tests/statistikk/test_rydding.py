"""Counts go when they have had their time, and nothing that a release rests on goes with them."""

import json
from datetime import date, timedelta
from typing import Any

from flask import Flask
from sqlalchemy import func, select

from koordinering.db import db, i_dag, transaction
from koordinering.statistikk import queries, services
from koordinering.statistikk.models import Bildetabell, Moenster, Oeyeblikksbilde
from koordinering.statistikk.rules import Hinder
from koordinering.statistikk.services import raatall, rydding
from koordinering.statistikk.services.publisering import mulig
from koordinering.statistikk.services.rydding import TELLING_BLIR, rydd_tellinger
from tests.statistikk.utgivelse import AAR, DAG, bilde, en_til, publisert, utkast


def _igjen() -> dict[int, list[date]]:
    rader = db.session.execute(select(Oeyeblikksbilde.aar, Oeyeblikksbilde.dato).order_by(Oeyeblikksbilde.dato)).all()
    db.session.rollback()
    return {aar: [dato for et_aar, dato in rader if et_aar == aar] for aar in {aar for aar, _ in rader}}


def _tom_telling(aar: int, dato: date) -> None:
    with transaction() as session:
        session.add(
            Oeyeblikksbilde(
                aar=aar,
                dato=dato,
                saker=1,
                koblingsmodus="ingen",
                definisjonsversjon=1,
                tabeller=[Bildetabell(kode="tjeneste", raatall={"eiere": [["en familie", []]]}, beskyttet="{}")],
            )
        )


def test_a_count_goes_after_its_time_with_its_raw_counts_and_the_newest_of_each_year_stays(app: Flask) -> None:
    i_aar, i_fjor = i_dag().year, i_dag().year - 1
    dager = [i_dag() - timedelta(days=n) for n in range(TELLING_BLIR.days + 3)]
    for dag in dager:
        _tom_telling(i_aar, dag)
    for dag in (date(i_fjor, 1, 4), date(i_fjor, 6, 1)):
        _tom_telling(i_fjor, dag)
    assert rydd_tellinger() == 3
    assert _igjen() == {i_fjor: [date(i_fjor, 6, 1)], i_aar: sorted(dager)[2:]}
    assert db.session.scalar(select(func.count()).select_from(Bildetabell)) == len(dager) - 2 + 1
    db.session.rollback()
    assert rydd_tellinger() == 0


def test_many_go_a_few_at_a_time(app: Flask) -> None:
    for n in range(rydding._OM_GANGEN * 2 + 1):
        _tom_telling(2020, date(2020, 6, 1) + timedelta(days=n))
    assert rydd_tellinger() == rydding._OM_GANGEN * 2
    assert len(_igjen()[2020]) == 1


def test_what_a_release_rests_on_stays_and_later_ones_are_protected_against_it_as_before(app: Flask, folk: Any) -> None:
    bilde(folk)
    ny = publisert(folk)
    en_til(folk)
    uten = services.lag_bilde(AAR, DAG + timedelta(days=1), av=None)
    gammelt_utkast = utkast(folk)
    ventet = {kode: json.loads(t)["celler"] for kode, t in queries.alle_beskyttede(uten.id).items()}
    utgitt = raatall.utgitt(AAR)
    moenstre = set(db.session.scalars(select(Moenster.avtrykk)))
    siste = services.lag_bilde(AAR, DAG + timedelta(days=2), av=None).id
    db.session.rollback()
    assert rydd_tellinger() == 1
    assert _igjen() == {AAR: [DAG, DAG + timedelta(days=2)]}
    assert raatall.utgitt(AAR) == utgitt
    assert set(db.session.scalars(select(Moenster.avtrykk))) == moenstre
    assert services.innhold(ny, av=folk.nav1).hel
    stopper = mulig(queries.publisering(folk.koordinator1, gammelt_utkast), av=folk.koordinator1)
    assert stopper.hinder_kontroll is Hinder.BORTE
    assert {kode: json.loads(t)["celler"] for kode, t in queries.alle_beskyttede(siste).items()} == ventet
    db.session.rollback()
    with transaction():
        services.slett_utkast(queries.publisering(folk.koordinator1, gammelt_utkast), av=folk.koordinator1)
    publisert(folk)
    assert rydd_tellinger() == 0
