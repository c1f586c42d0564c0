"""The count as a job: it reports, it can be cancelled between its parts, and the night's comes by itself."""

from datetime import UTC, datetime
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
    monkeypatch.setattr(services, "now", lambda: datetime(idag.year, idag.month, idag.day, time, 30, tzinfo=UTC))
    for _ in range(3):
        jobber.bestill_det_faste()
    assert db.session.scalar(select(func.count()).select_from(Jobb)) == ventet
    arbeid(en_runde=True)
    jobber.bestill_det_faste()
    assert db.session.scalar(select(func.count()).select_from(Jobb)) == ventet
    assert db.session.scalar(select(func.count()).select_from(Oeyeblikksbilde)) == ventet
