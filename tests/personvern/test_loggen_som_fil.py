"""The log as a file: every line of these days, also those that nobody of ours has written, as they are at a moment."""

import io
import json
from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import insert, select, text

from koordinering import audit
from koordinering.audit import Hva, Innslag
from koordinering.db import db, i_dag, now, transaction
from koordinering.personvern.segl import queries
from koordinering.personvern.segl.rules import tidstekst
from koordinering.personvern.segl.services import Uttrekksformat, skriv_uttrekk

DAG = date(2026, 6, 1)


def _tider(dag: date) -> list[str]:
    ut = io.StringIO()
    antall = skriv_uttrekk(db.session(), dag, dag, Uttrekksformat.JSONL, ut, av=None)
    tider = [json.loads(linje)["tid"] for linje in ut.getvalue().splitlines()]
    assert antall == len(tider)
    return tider


@pytest.mark.bare_sqlite
def test_lines_whose_moment_is_none_stop_nothing(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "BLOKK", 2)
    tider = ["2026-06-01 12:00:00.000000", "2026-06-01 12:00:02.5", "2026-06-01 13:00", "2026-06-01 12:00:03"]
    with transaction() as session:
        for tid in tider:
            session.execute(text("INSERT INTO innsynslogg (tid, hva, roller) VALUES (:tid, 'inn', '')"), {"tid": tid})
    assert _tider(DAG) == sorted(tider)


def test_the_lines_are_those_of_one_moment(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is written while the file is made is not in it, although the lines are read a few at a time."""
    monkeypatch.setattr(queries, "BLOKK", 2)
    foerst = now() - timedelta(days=1)
    with transaction() as session:
        session.execute(insert(Innslag), [{"tid": foerst, "hva": Hva.INN, "roller": ""}] * 7)
    fra, til = tidstekst(foerst), tidstekst(foerst + timedelta(days=2))
    rader = queries.linjer(db.session(), fra, til)
    lest = [next(rader)]
    audit.record(Hva.UT, av=None)
    lest += rader
    db.session.rollback()
    alle = list(db.session.scalars(select(Innslag.id).where(Innslag.tid >= foerst).order_by(Innslag.tid, Innslag.id)))
    assert len(lest) > 7
    assert [rad.id for rad in lest] == alle[:-1]


def test_a_day_without_lines_is_an_empty_file(app: Flask) -> None:
    assert _tider(i_dag() - timedelta(days=400)) == []
