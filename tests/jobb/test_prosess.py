"""A worker process that is killed in the middle of a job, and one that is asked to end."""

import signal
import subprocess
import sys
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from koordinering.config import Config
from koordinering.db import db, now, own_transaction, transaction
from koordinering.jobb import services
from koordinering.jobb.arbeider import arbeid
from koordinering.jobb.models import Jobb
from koordinering.jobb.rules import Jobbstatus
from koordinering.tekst import N_
from tests.tjener import miljo

SLAG = "langjobb"

# Says «i gang» after its first step and then takes one more step every tenth of a second.
_ARBEIDER = f"""
import os, time
from koordinering.app import create_app
from koordinering.config import les_config
from koordinering.jobb import services
from koordinering.jobb.arbeider import arbeid

def funksjon(jobb):
    for n in range(600):
        services.framdrift(jobb, n + 1, 600)
        if n == 0:
            print("i gang", flush=True)
        time.sleep(0.1)

services.registrer_arbeid("{SLAG}", "", funksjon)
with create_app(les_config(os.environ)).app_context():
    arbeid()
"""


def _start(config: Config) -> "subprocess.Popen[str]":
    prosess = subprocess.Popen(  # noqa: S603 - our own interpreter and text
        [sys.executable, "-c", _ARBEIDER], env=miljo(config, 8000), stdout=subprocess.PIPE, text=True
    )
    assert prosess.stdout is not None
    assert prosess.stdout.readline() == "i gang\n"
    return prosess


def _bestill(folk: Any) -> int:
    services.registrer_arbeid(SLAG, N_("Lang jobb"), lambda _jobb: {"gjort": "av en annen"})
    with transaction():
        jobb_id = services.bestill(SLAG, {}, av=folk.koordinator1).id
    db.session.rollback()
    return jobb_id


def _jobb(jobb_id: int) -> Jobb:
    db.session.rollback()
    return db.session.get_one(Jobb, jobb_id)


@pytest.mark.parametrize("signalet", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_the_job_of_a_process_that_ends_is_done_by_the_next(
    config: Config, folk: Any, signalet: signal.Signals
) -> None:
    jobb_id = _bestill(folk)
    prosess = _start(config)
    prosess.send_signal(signalet)
    slutt = prosess.wait(30)
    prosess.communicate()
    if signalet is signal.SIGKILL:
        assert _jobb(jobb_id).status is Jobbstatus.I_ARBEID
        arbeid(en_runde=True)
        assert _jobb(jobb_id).status is Jobbstatus.I_ARBEID, "the lease still runs"
        with own_transaction() as session:
            session.execute(update(Jobb).values(leie_til=now() - timedelta(seconds=1)))
    else:
        assert slutt == 0
        assert _jobb(jobb_id).status is Jobbstatus.VENTER
    arbeid(en_runde=True)
    assert _jobb(jobb_id).status is Jobbstatus.FERDIG
    assert _jobb(jobb_id).resultat == {"gjort": "av en annen"}
