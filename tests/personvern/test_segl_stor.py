"""A million lines: sealing them, verifying them in under a minute, and the pages over them."""

import sys
import time
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import insert

from koordinering import signatur
from koordinering.audit import Hva, Innslag
from koordinering.config import Config
from koordinering.db import db, i_dag, now, own_transaction
from koordinering.personvern import queries
from koordinering.personvern.rules.loggen import Moenster, periode
from koordinering.personvern.segl.services import Loggsted, forsegl, kontroller

ANTALL, DAGER = 1_000_000, 1_500
ETT_MINUTT = 60.0


def klokka() -> tuple[float, float]:
    """The time, and what this process has used of it."""
    return time.perf_counter(), time.process_time()


def _fyll(ider: Sequence[int]) -> None:
    """A million lines, spread evenly over the days and the users."""
    foerst, steg = now() - timedelta(days=DAGER), timedelta(days=DAGER) / ANTALL
    felt = {"hva": Hva.SAK_LEST, "roller": "henviser", "enhet_id": "nav", "gjelder": "sak", "detalj": None}
    for del_ in range(0, ANTALL, 50_000):
        rader = [
            {"tid": foerst + steg * nr, "user_id": ider[nr % len(ider)], "gjelder_id": nr % 9_999, **felt}
            for nr in range(del_, del_ + 50_000)
        ]
        with own_transaction() as session:
            session.execute(insert(Innslag), rader)


@pytest.mark.lang
@pytest.mark.timeout(1800)
def test_a_million_lines_are_verified_in_a_minute(app: Flask, config: Config, folk: Any) -> None:
    signatur.lag_noekkel(config.loggnoekkel)
    sted = Loggsted(config.hodemappe, config.loggnoekkel)
    _fyll([user.id for user in vars(folk).values()])
    tider: dict[str, tuple[float, float]] = {}

    def ta_tid(hva: str, start: tuple[float, float]) -> None:
        tider[hva] = (round(time.perf_counter() - start[0], 2), round(time.process_time() - start[1], 2))
        sys.stdout.write(f"{hva}: {tider[hva][0]} s, of them {tider[hva][1]} s of our own processor time\n")

    start = klokka()
    assert forsegl(sted) >= ANTALL
    ta_tid("seal a million", start)
    start = klokka()
    assert forsegl(sted) == 0
    ta_tid("seal nothing", start)
    start = klokka()
    svar = kontroller(db.session(), sted)
    ta_tid("verify a million", start)
    assert (svar.funn, svar.antall >= ANTALL) == ([], True)
    for hvem in (folk.ombud1, folk.navleder1):
        start = klokka()
        assert queries.logg(hvem, queries.Loggfilter()).side.mange
        ta_tid(f"a page, {hvem.brukernavn}", start)
        for moenster in Moenster:
            start = klokka()
            queries.moenstre(hvem, moenster, periode(i_dag() - timedelta(days=91), None, i_dag()))
            ta_tid(f"{moenster.value}, three months, {hvem.brukernavn}", start)
    assert tider["verify a million"][0] < ETT_MINUTT, tider
