"""Hands a statement that is ready to the driver, and fetches what it gives.

psycopg finds out for each cursor anew how values and columns are turned into one another's, which costs as much as
the sending. So a connection keeps a cursor for each text that is sent on it, with what it has found out and nothing of
what was sent or given; sqlite3 has nothing to gain by that.
"""

from collections.abc import Sequence
from typing import Any

from koordinering.sidevei import Forbindelse, Sidevei

KURSORER = "kursorer"
"""Where a connection's `info` has the cursors that are kept for it, by text; those used last are last (motor.py)."""
MEST = 128
"""Cursors that are kept of one connection: a few kilobytes each."""


def utfoer(
    forbindelse: Forbindelse,
    tekst: str,
    verdier: Any,
    *,
    henter: bool = False,
    beskriver: bool = False,
    mange: bool = False,
) -> tuple[Sequence[Any], Sequence[Any], int]:
    """Send it: the rows, what the driver says of each column (PEP 249), and how many rows were changed.

    It is asked of columns only where there is need: psycopg makes an object of each. Faults are as SQLAlchemy tells
    them.
    """
    driver: Any = forbindelse.connection.dbapi_connection
    holdte: dict[str, Any] | None = forbindelse.connection.info.get(KURSORER)
    # taken out while it is used: what a listener asks meanwhile has another, and one that fails does not come back
    cursor = (holdte.pop(tekst, None) if holdte else None) or driver.cursor()
    try:
        if forbindelse.engine._has_events:
            _send_hoerbart(forbindelse, cursor, tekst, verdier, mange=mange)
        elif mange:
            forbindelse.dialect.do_executemany(cursor, tekst, verdier)
        else:
            forbindelse.dialect.do_execute(cursor, tekst, verdier)
        rader = cursor.fetchall() if henter else ()
        svar = rader, cursor.description if beskriver and rader else (), cursor.rowcount
    except BaseException as feil:
        # a listener's own fault is not the statement's, and goes on as it is
        setningens = tekst if isinstance(feil, forbindelse.dialect.loaded_dbapi.Error) else None
        if isinstance(forbindelse, Sidevei):
            forbindelse.feilet(feil, setningens, verdier, cursor)
        forbindelse._handle_dbapi_exception(feil, setningens, verdier, cursor, None)
    if holdte is None:
        cursor.close()
    else:
        _behold(holdte, tekst, cursor)
    return svar


def _send_hoerbart(forbindelse: Forbindelse, cursor: Any, tekst: str, verdier: Any, *, mange: bool) -> None:
    """Send it between what listens before and what listens after."""
    lyttere = forbindelse.engine.dispatch
    for fn in lyttere.before_cursor_execute:
        tekst, verdier = fn(forbindelse, cursor, tekst, verdier, None, mange)
    send = forbindelse.dialect.do_executemany if mange else forbindelse.dialect.do_execute
    send(cursor, tekst, verdier)
    for fn in lyttere.after_cursor_execute:
        fn(forbindelse, cursor, tekst, verdier, None, mange)


def _behold(holdte: dict[str, Any], tekst: str, cursor: Any) -> None:
    """Keep it for the next time, without what was sent and what it gave."""
    try:
        cursor._reset()
        cursor._tx.set_pgresult(None)
    except (AttributeError, TypeError):
        cursor.close()  # a later psycopg: each statement has a cursor of its own, as anywhere else
        return
    if len(holdte) >= MEST:
        holdte.pop(next(iter(holdte))).close()
    holdte[tekst] = cursor
