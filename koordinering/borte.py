"""A database that has gone away: waited for where a connection is made, and known by what it leaves behind."""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from sqlalchemy import Dialect, Engine, event
from sqlalchemy.exc import (
    DatabaseError,
    DBAPIError,
    InterfaceError,
    InternalError,
    OperationalError,
    PendingRollbackError,
    TimeoutError,
)

_utaalmodig: ContextVar[bool] = ContextVar("utaalmodig", default=False)


@contextmanager
def impatient() -> Iterator[None]:
    """Inside, a database that is away is told at once: for whoever asks whether it is there."""
    token = _utaalmodig.set(True)
    try:
        yield
    finally:
        _utaalmodig.reset(token)


_PROEV_IGJEN_S = 0.2


def wait_for_it(engine: Engine, seconds: float) -> None:
    """A PostgreSQL that has just gone away is waited for, so that a standby that takes over costs nobody a page.

    `seconds` are counted from when this process first found it away: after that all are told at once, and the threads
    are free for what needs no database. Nothing has been asked of it yet when a connection is made, so that nothing
    is done twice.
    """
    if engine.dialect.name != "postgresql":
        return
    borte: list[float] = []

    @event.listens_for(engine, "do_connect")
    def _connect(dialect: Dialect, _record: Any, cargs: Any, cparams: Any) -> Any:
        while True:
            try:
                forbindelse = dialect.connect(*cargs, **cparams)
            except dialect.loaded_dbapi.OperationalError:
                naa = time.monotonic()
                borte[:] = borte[:1] or [naa]
                if _utaalmodig.get() or naa - borte[0] >= seconds:
                    raise
                time.sleep(_PROEV_IGJEN_S)
            else:
                borte.clear()
                return forbindelse


_FEIL_I_SETNINGEN = frozenset({sqlite3.SQLITE_ERROR, "25000", "25001", "25P01", "25P02"})
"""What a driver says of a statement that is wrong, or comes where a transaction does not allow it: the database is
there, and the fault is ours. Both drivers call them what they also call a database that is away."""


_BORTE = (OperationalError, InterfaceError, InternalError, PendingRollbackError, TimeoutError)


def is_away(fault: Exception) -> bool:
    """Whether the fault is the database's: away, busy, taking no writes, or all connections in use.

    A server that dies while it answers leaves an error without a code, which is of no kind but the general one.
    """
    if isinstance(fault, DBAPIError):
        if fault.connection_invalidated or type(fault) is DatabaseError:
            return True
        kode = getattr(fault.orig, "sqlite_errorcode", None) or getattr(fault.orig, "sqlstate", None)
        return isinstance(fault, _BORTE) and kode not in _FEIL_I_SETNINGEN
    return isinstance(fault, _BORTE)
