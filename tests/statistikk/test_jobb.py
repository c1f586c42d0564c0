"""The count as a job: it reports, it can be cancelled between its parts, and the night's comes by itself."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from koordinering.db import db, i_dag, transaction
from koordinering.jobb import services as jobber
from koordinering.jobb.arbeider import arbeid
from koordinering.jobb.models import Jobb
from koordinering.jobb.rules import Jobbstatus
from koordinering.statistikk import measures, services
from koordinering.statistikk.models import Oeyeblikksbilde
from koordinering.statistikk.services import telling


def _bestill(folk: Any) -> int:
    with transaction():
        jobb = services.bestill_telling(i_dag().year, av=folk.koordinator1)
        assert jobb is not None
        return jobb.id


def test_a_count_reports_its_parts(app: Flask, folk: Any) -> None:
    jobb_id = _bestill(folk)
    arbeid(en_runde=True)
    jobb = db.session.get_one(Jobb, jobb_id)
    assert (jobb.status, jobb.gjort, jobb.av_alt) == (Jobbstatus.FERDIG, services.STEG, services.STEG)
    assert db.session.scalar(select(func.count()).select_from(Oeyeblikksbilde)) == 1


def test_a_running_count_can_be_cancelled(app: Flask, folk: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    jobb_id = _bestill(folk)
    ekte = measures.tell

    def avbrutt_underveis(*args: Any, **kw: Any) -> Any:
        svar = ekte(*args, **kw)
        with transaction():
            jobber.avbryt(db.session.get_one(Jobb, jobb_id), av=folk.koordinator1)
        return svar

    monkeypatch.setattr(measures, "tell", avbrutt_underveis)
    arbeid(en_runde=True)
    assert db.session.get_one(Jobb, jobb_id).status is Jobbstatus.AVBRUTT
    assert db.session.scalar(select(func.count()).select_from(Oeyeblikksbilde)) == 0


@pytest.mark.parametrize(("time", "ventet"), [(0, 0), (12, 1)])
def test_the_nights_count_is_ordered_once(
    app: Flask, folk: Any, monkeypatch: pytest.MonkeyPatch, time: int, ventet: int
) -> None:
    idag = i_dag()
    monkeypatch.setattr(telling, "now", lambda: datetime(idag.year, idag.month, idag.day, time, 30, tzinfo=UTC))
    for _ in range(3):
        jobber.bestill_det_faste()
    assert db.session.scalar(select(func.count()).select_from(Jobb)) == ventet
    arbeid(en_runde=True)
    jobber.bestill_det_faste()
    assert db.session.scalar(select(func.count()).select_from(Jobb)) == ventet
    assert db.session.scalar(select(func.count()).select_from(Oeyeblikksbilde)) == ventet


def _aarene() -> list[int]:
    return sorted(int(jobb.argument["aar"]) for jobb in db.session.scalars(select(Jobb)))


@pytest.mark.parametrize(
    ("dag", "ventet"),
    [
        (date(2026, 12, 31), [2026]),
        (date(2027, 1, 1), [2026, 2027]),
        (date(2027, 1, 7), [2026, 2027]),
        (date(2027, 1, 8), [2027]),
    ],
)
def test_the_old_year_is_counted_once_more_in_the_first_week(
    app: Flask, folk: Any, monkeypatch: pytest.MonkeyPatch, dag: date, ventet: list[int]
) -> None:
    monkeypatch.setattr(telling, "now", lambda: datetime(dag.year, dag.month, dag.day, 12, 0, tzinfo=UTC))
    for _ in range(2):
        services.nattens_telling()
    assert _aarene() == ventet


def test_one_count_of_the_old_year_made_in_the_new_is_enough(
    app: Flask, folk: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def bli(dag: date) -> None:
        monkeypatch.setattr(telling, "now", lambda: datetime(dag.year, dag.month, dag.day, 12, 0, tzinfo=UTC))
        monkeypatch.setattr(telling, "i_dag", lambda: dag)

    def natt(dag: date) -> list[tuple[int, date]]:
        bli(dag)
        services.nattens_telling()
        arbeid(en_runde=True)
        return sorted((b.aar, b.dato) for b in db.session.scalars(select(Oeyeblikksbilde)))

    siste, foerste, neste = date(2026, 12, 31), date(2027, 1, 1), date(2027, 1, 2)
    assert natt(siste) == [(2026, siste)], "made before the last day was over"
    assert natt(foerste) == [(2026, siste), (2026, foerste), (2027, foerste)]
    assert natt(neste) == [(2026, siste), (2026, foerste), (2027, foerste), (2027, neste)]
