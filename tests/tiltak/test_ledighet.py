"""What telling what is left looks at: SQLite's instructions are counted, not time."""

from datetime import timedelta
from typing import Any

import pytest

from koordinering.db import db, i_dag
from koordinering.tiltak import queries
from tests import fabrikk

OVER = 20


@pytest.mark.bare_sqlite
def test_an_offer_that_is_over_is_passed_by(folk: Any) -> None:
    fabrikk.tilbud(folk.inkludering1, antall=2)
    foer = _instruksjoner()
    for _ in range(OVER):
        fabrikk.tilbud(
            folk.inkludering1, antall=1, sesong_fra=i_dag() - timedelta(60), sesong_til=i_dag() - timedelta(1)
        )
    assert _instruksjoner() - foer < 12 * OVER, "read once, and neither its stock nor its places looked up"


def _instruksjoner() -> int:
    """Of SQLite's machine, for telling what is left."""
    db.session.rollback()
    talt = [0]

    def tikk() -> int:
        talt[0] += 1
        return 0

    sqlite: Any = db.session.connection().connection.driver_connection
    sqlite.set_progress_handler(tikk, 1)
    try:
        queries.ledighet()
    finally:
        sqlite.set_progress_handler(None, 0)
    return talt[0]
