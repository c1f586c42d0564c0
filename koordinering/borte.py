"""A database that has gone away: waited for where a connection is made, and known by what it leaves behind."""

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
    InvalidatePoolError,
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
_SVARTE_S, _BRUKT_S = 0.1, 1.0
_SIST = "sist"


def look_now_and_then(engine: Engine) -> None:
    """Connections of a PostgreSQL that died, or that were cut one by one, are not lent: each is asked before it is, and
    when one does not answer all that were made until then are let go.

    Not when it was in use within the second and the database answered somebody a tenth of a second ago: a page takes
    three, and the question costs what a line in the access log does. Nobody tries again that fast.
    """
    if engine.dialect.name != "postgresql":
        return
    dialekt, svarte = engine.dialect, [-_BRUKT_S]

    @event.listens_for(engine, "connect")
    def _laget(_dbapi: Any, record: Any) -> None:
        svarte[0] = record.info[_SIST] = time.monotonic()

    @event.listens_for(engine, "checkin")
    def _gitt(_dbapi: Any, record: Any) -> None:
        record.info[_SIST] = time.monotonic()

    @event.listens_for(engine, "checkout")
    def _spoer(dbapi: Any, record: Any, _proxy: Any) -> None:
        naa = time.monotonic()
        if naa - record.info.get(_SIST, -_BRUKT_S) < _BRUKT_S and naa - svarte[0] < _SVARTE_S:
            return
        try:
            dialekt.do_ping(dbapi)
        except dialekt.loaded_dbapi.Error as feil:
            if dialekt.is_disconnect(feil, dbapi, None):
                raise InvalidatePoolError from feil
            raise
        svarte[0] = time.monotonic()


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


_BORTE = (OperationalError, InterfaceError, InternalError, PendingRollbackError, TimeoutError)


def is_away(fault: Exception) -> bool:
    """Whether the fault is the database's: away, busy, taking no writes, or all connections in use.

    A server that dies while it answers leaves an error without a code, which is of no kind but the general one.
    """
    if isinstance(fault, DBAPIError) and (fault.connection_invalidated or type(fault) is DatabaseError):
        return True
    return isinstance(fault, _BORTE)
