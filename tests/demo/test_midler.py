"""The demo town's money adds up and shows every state."""

from datetime import date

import pytest
from flask import Flask
from sqlalchemy import select

from koordinering.db import db
from koordinering.demo.by import lag_by
from koordinering.tiltak.midler import queries
from koordinering.tiltak.midler.models import Budsjett, Faktura, Tilsagn, Tilskudd, Utbetaling
from koordinering.tiltak.midler.rules import Tilskuddstatus, Utbetalingstatus
from tests.kapasitet.sjekk import alle_slag_gaar_opp

DAG = date(2026, 11, 23)


def test_two_years_of_money_in_every_state(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("koordinering.demo.by.tell_aarene", lambda *_, **__: None)  # the money is looked at, not counts
    lag_by(40, (2024, 2026), 2, lambda _hva, _gjort, _av: None, dag=DAG)
    budsjetter = db.session.scalars(select(Budsjett)).all()
    summer = queries.sum_av_hovedboken([b.id for b in budsjetter])
    assert {b.id: (b.ramme_oere, b.bundet_oere, b.betalt_oere) for b in budsjetter} == summer
    alle_slag_gaar_opp()
    assert {b.aar for b in budsjetter} == {2025, 2026}
    tilskudd, utbetalinger = db.session.scalars(select(Tilskudd)).all(), db.session.scalars(select(Utbetaling)).all()
    assert len(tilskudd) > 20
    assert {t.status for t in tilskudd} == set(Tilskuddstatus) - {Tilskuddstatus.TRUKKET}
    assert {u.status for u in utbetalinger} == set(Utbetalingstatus) - {Utbetalingstatus.STANSET}
    assert max(u.foert.date() for u in utbetalinger) < DAG
    fakturaer = db.session.scalars(select(Faktura)).all()
    assert any(f.kreditert_oere for f in fakturaer)
    assert any(f.rest_oere == f.beloep_oere for f in fakturaer)
    assert any(not t.fakturaer for t in db.session.scalars(select(Tilsagn)))
    brukt = [u.nummer for u in utbetalinger if u.aar == DAG.year]
    assert sorted(brukt) == list(range(1, len(brukt) + 1))
