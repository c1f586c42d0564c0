"""How the databases are made to behave: what a connection is told, when it begins to write, and SQLite's own file."""

import os
from typing import Any

from sqlalchemy import Dialect, Engine, event
from sqlalchemy.exc import DisconnectionError

from koordinering.db import db, writing
from koordinering.sending import KURSORER
from koordinering.sidevei import SOM_NY

_VENT_MS = 15_000
"""How long anybody waits for a lock that somebody else holds, in milliseconds."""

_PRAGMAER: tuple[str, ...] = (
    f"busy_timeout={_VENT_MS}",
    "journal_mode=WAL",
    "synchronous=FULL",
    "foreign_keys=ON",
    "trusted_schema=OFF",
    "secure_delete=ON",
    "temp_store=MEMORY",
    "cache_size=-16384",
)


def toem_logg(engine: Engine) -> None:
    """Let SQLite's log forget what was deleted: what the pages held before is in it until it is written over.

    Where somebody reads meanwhile it waits a moment (busy_timeout) and leaves the rest to the next time.
    """
    if engine.dialect.name == "sqlite":
        with engine.connect() as connection:
            driver: Any = connection.connection.driver_connection
            driver.execute("PRAGMA wal_checkpoint(TRUNCATE)")


_ANALYSERES = 400
"""Rows that SQLite looks at of each index: enough to know which is the narrower, and the same time at a million."""


def hold_statistikken() -> None:
    """Let SQLite see again how its rows lie, so that it chooses the right index. PostgreSQL does so by itself."""
    if db.engine.dialect.name == "sqlite":
        with db.engine.connect() as connection:
            driver: Any = connection.connection.driver_connection
            driver.execute(f"PRAGMA analysis_limit={_ANALYSERES}")
            driver.execute("ANALYZE")


def _smaa(tekst: Any) -> Any:
    return tekst.lower() if isinstance(tekst, str) else tekst


def _vent_ikke_for_alltid(dbapi: Any, _record: Any) -> None:
    """Somebody who holds a table must not take every thread with it: after a while each says so and is free."""
    dbapi.autocommit = True
    dbapi.execute(f"SET lock_timeout = {_VENT_MS}")
    dbapi.autocommit = False


def _som_ellers(dbapi: Any, _record: Any) -> None:
    if dbapi is not None and dbapi.autocommit and not dbapi.closed:
        dbapi.autocommit = False


def _kan_bli_som_ellers(dbapi: Any, record: Any) -> None:
    def som_ny() -> bool:
        _som_ellers(dbapi, None)
        return not dbapi.closed

    record.info[SOM_NY] = som_ny
    record.info[KURSORER] = {}


def require_the_file(engine: Engine) -> None:
    """From now on a database file that is gone is a fault: SQLite would make an empty one and serve from that.

    Connections to a file that has been moved, or has another in its place, are not used again.
    `init` and `db upgrade` make it, by connections of their own.
    """
    if engine.dialect.name != "sqlite" or engine.url.database is None:
        return
    fil = engine.url.database

    @event.listens_for(engine, "do_connect")
    def _finnes(dialect: Dialect, record: Any, _cargs: Any, _cparams: Any) -> None:
        aapnet = _denne(fil)
        if aapnet is None:
            raise dialect.loaded_dbapi.OperationalError("unable to open database file")
        record.info[SOM_NY] = lambda: aapnet == _denne(fil)

    @event.listens_for(engine, "checkout")
    def _er_den_samme(_dbapi: Any, record: Any, _proxy: Any) -> None:
        if not record.info[SOM_NY]():
            raise DisconnectionError  # moved or put in another's place: what is written to the old one would be lost


def _denne(fil: str) -> tuple[int, int] | None:
    """What tells one file from another in the same place; None where there is none."""
    try:
        om = os.stat(fil)
    except OSError:
        return None
    return om.st_dev, om.st_ino


def prepare_engine(engine: Engine) -> None:
    """Make SQLite behave as a database with one writer: short waits, no lost updates, full durability.

    On PostgreSQL conditional updates, row locks and constraints do the work; a lock is waited for as long as there.
    """
    if engine.dialect.name != "sqlite":
        event.listen(engine, "connect", _vent_ikke_for_alltid)
        event.listen(engine, "connect", _kan_bli_som_ellers)
        event.listen(engine, "checkin", _som_ellers)
        return

    @event.listens_for(engine, "connect")
    def _connect(dbapi: Any, _record: Any) -> None:
        dbapi.isolation_level = None  # sqlite3 must never BEGIN by itself
        for pragma in _PRAGMAER:
            dbapi.execute(f"PRAGMA {pragma}")
        # SQLite's own knows only A to Z; a search for «ørn» must find «Ørn».
        dbapi.create_function("lower", 1, _smaa, deterministic=True)

    def _begin(dbapi: Any) -> None:
        # not the "begin" event: what it sends costs SQLAlchemy ten times the statement, and on every page some times
        dbapi.dbapi_connection.execute("BEGIN IMMEDIATE" if writing() else "BEGIN DEFERRED")

    engine.dialect.do_begin = _begin  # type: ignore[method-assign, assignment]
