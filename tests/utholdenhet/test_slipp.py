"""A process survives that the collector comes while a session lets go of its objects (koordinering/sesjon.py)."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from flask import Flask

from koordinering.db import db, own_transaction, transaction
from koordinering.sesjon import Holder

pytestmark = pytest.mark.bare_sqlite

MAATER = ("close", "expunge_all", "commit", "rollback")


def _kjoer(klasse: str, slipp: str) -> int:
    """With memory that is overwritten when it is let go of: what is used afterwards is found out at once."""
    return subprocess.run(  # noqa: S603 - our own script
        [sys.executable, str(Path(__file__).with_name("slipp.py")), klasse, slipp],
        env={**os.environ, "PYTHONMALLOC": "debug", "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        check=False,
    ).returncode


@pytest.mark.parametrize("slipp", MAATER)
def test_the_collector_may_come_while_a_session_lets_go(slipp: str) -> None:
    assert _kjoer("Holder", slipp) == 0


@pytest.mark.lang
@pytest.mark.skipif(sys.version_info >= (3, 12), reason="garbage is collected between steps")
def test_it_is_played_in_earnest() -> None:
    """SQLAlchemy's own session does not survive it."""
    assert _kjoer("Session", "close") != 0


def test_every_session_of_the_product_is_such(app: Flask) -> None:
    assert isinstance(db.session(), Holder)
    with own_transaction() as egen:
        assert isinstance(egen, Holder)
    with transaction() as session:
        assert isinstance(session, Holder)
