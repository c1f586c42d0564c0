"""The town that «koordinering demo» makes, made once for all tests that only look at it."""

from collections.abc import Iterator
from datetime import date

import pytest
from flask import Flask

from koordinering import noekkellager
from koordinering.app import create_app
from koordinering.db import db
from koordinering.demo.by import lag_by
from tests.conftest import Mal, installasjon

DAG = date(2026, 11, 23)


@pytest.fixture(scope="module")
def by(mal: Mal, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """A hundred families a year from 2024 to 2026, inside the application's context."""
    data = tmp_path_factory.mktemp("by") / "var"
    app = create_app(installasjon(mal, data))
    with app.app_context():
        lag_by(100, (2024, 2026), 3405, _stille, dag=DAG)
        yield app
        db.session.remove()
        noekkellager.lukk()


def _stille(_tekst: str, _gjort: int, _av_alt: int) -> None:
    """Tell nobody."""
