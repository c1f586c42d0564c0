"""The town's releases: made once by two coordinators, and gone on with after a stop."""

from datetime import date
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from koordinering.db import db, transaction
from koordinering.demo import publiseringer
from koordinering.demo.by import lag_by
from koordinering.demo.publiseringer import TIL_NESTE, publiser_aarene
from koordinering.statistikk import services
from koordinering.statistikk.models import Publisering
from koordinering.statistikk.rules import Publiseringsstatus

DAG = date(2026, 11, 23)


class Stopp(BaseException):
    """Ctrl+C, as it were."""


def _stille(_tekst: str, _gjort: int, _av_alt: int) -> None:
    """Tell nobody."""


def _alle() -> list[Publisering]:
    return list(db.session.scalars(select(Publisering).order_by(Publisering.aar)))


@pytest.mark.bare_sqlite
def test_past_years_are_released_and_this_one_waits(app: Flask, folk: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    lag_by(6, (2025, 2026), 7, _stille, dag=DAG)
    with monkeypatch.context() as stoppet:
        stoppet.setattr(publiseringer, "arbeid", _stopp)
        with pytest.raises(Stopp):
            publiser_aarene(_stille, dag=DAG)
    assert [(p.aar, p.status) for p in _alle()] == [(2025, Publiseringsstatus.UTKAST)]
    db.session.rollback()
    for _ in range(2):
        publiser_aarene(_stille, dag=DAG)
        foerst, neste = _alle()
        assert (foerst.nummer, foerst.laget_av_id, foerst.publisert_av_id) == (
            1,
            folk.koordinator1.id,
            folk.koordinator2.id,
        )
        assert foerst.koder == [kode for kode, _ in services.katalog()]
        assert (neste.status, set(neste.koder)) == (Publiseringsstatus.KONTROLLERT, set(TIL_NESTE))
    with transaction():
        services.slett_utkast(neste, av=folk.koordinator1)
    publiser_aarene(_stille, dag=DAG)
    assert [p.nummer for p in _alle()] == [1], "what somebody threw away does not come back"


def _stopp(**_: Any) -> None:
    raise Stopp
