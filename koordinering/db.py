"""Session, base class, column types and transaction(): the only commit."""

import enum
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import BigInteger, Connection, DateTime, Dialect, Engine, Enum, Integer, MetaData, Text, event
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import DeclarativeBase, Session, registry
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeDecorator

OSLO = ZoneInfo("Europe/Oslo")
"""Days and years are counted as people in Norway count them."""


class Utc(TypeDecorator[datetime]):
    """A moment in time: aware going in and aware coming out. SQLite keeps no time zone, so UTC is implied."""

    impl = DateTime(timezone=True)
    cache_ok = True

    @property
    def python_type(self) -> type[datetime]:
        """What a value is: a list that is ordered by it takes no other key. A decorator does not say so by itself."""
        return datetime

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse a naive moment; store UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a naive datetime cannot be stored")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give back the moment in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


HELTALL = BigInteger().with_variant(Integer(), "sqlite")

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class Base(DeclarativeBase):
    """Base of every table."""

    # Enums are stored as their text, so that a new value needs no new database type.
    registry: ClassVar[registry] = registry(
        metadata=metadata,
        type_annotation_map={
            int: HELTALL,
            str: Text(),
            datetime: Utc(),
            enum.Enum: Enum(
                enum.Enum,
                native_enum=False,
                create_constraint=False,
                length=60,
                values_callable=lambda kode: [medlem.value for medlem in kode],
            ),
        },
    )


db = SQLAlchemy(model_class=Base, session_options={"autoflush": True})

_skriver: ContextVar[bool] = ContextVar("skriver", default=False)
_egen: ContextVar[Session | Connection | None] = ContextVar("egen", default=None)


STILT_TILBAKE = timedelta(minutes=5)
"""The clocks of hosts that belong together differ by less. A lease or a wait that ends later than it could if it began
now and by this much was noted before the clock was set back, and holds nobody."""


def now() -> datetime:
    """The moment, aware, in UTC."""
    return datetime.now(UTC)


def i_dag() -> date:
    """Today's date in Norway."""
    return datetime.now(OSLO).date()


def tilfeldig_id() -> int:
    """A key that tells nothing about when, where or after what a row was made (62 random bits)."""
    return secrets.randbits(62) | 1


@contextmanager
def transaction() -> Iterator[Session]:
    """Everything inside is written together or not at all. The only commit of the product.

    What was read before is read anew, under the write lock on SQLite, so that no decision rests on old rows.
    Slow work (hashing, reading a file) belongs before it. Never nested.
    """
    session = db.session()
    if _skriver.get():
        raise RuntimeError("transaction() inside transaction()")
    if session.new or session.dirty or session.deleted:
        raise RuntimeError("changed rows outside transaction()")
    session.rollback()
    token = _skriver.set(True)
    try:
        yield session
        session.commit()
    except BaseException:
        session.rollback()
        raise
    finally:
        _skriver.reset(token)


@contextmanager
def own_transaction() -> Iterator[Session]:
    """A short write of its own beside what the request reads: a row in the access log, a session's last use.

    Never inside transaction(): on SQLite the two would wait for each other.
    """
    if _skriver.get():
        raise RuntimeError("own_transaction() inside transaction()")
    token = _skriver.set(True)
    try:
        with Session(db.engine, expire_on_commit=False) as session, session.begin():
            egen = _egen.set(session)
            try:
                yield session
            finally:
                _egen.reset(egen)
    finally:
        _skriver.reset(token)


@contextmanager
def own_connection() -> Iterator[Connection]:
    """As own_transaction(), without a unit of work: for statements that are ready to be sent, on most pages."""
    if _skriver.get():
        raise RuntimeError("own_connection() inside transaction()")
    token = _skriver.set(True)
    try:
        with db.engine.begin() as connection:
            egen = _egen.set(connection)
            try:
                yield connection
            finally:
                _egen.reset(egen)
    finally:
        _skriver.reset(token)


def in_transaction() -> bool:
    """Whether transaction() is open here."""
    return _skriver.get() and _egen.get() is None


def writing_session() -> Session | None:
    """The session whose transaction is open for writing here: transaction()'s or own_transaction()'s, or none."""
    if not _skriver.get():
        return None
    egen = _egen.get()
    if isinstance(egen, Connection):
        raise RuntimeError("own_connection() has no session")
    return egen or db.session()


def writing_connection() -> Connection | None:
    """The connection of the transaction that is open for writing here, whichever of the three opened it, or none."""
    egen = _egen.get()
    if isinstance(egen, Connection):
        return egen
    session = writing_session()
    return session.connection() if session is not None else None


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


class TilfeldigIBasen(FunctionElement[int]):
    """As tilfeldig_id(), drawn by the database: for rows that it makes itself from what it finds."""

    inherit_cache = True
    type = HELTALL


@compiles(TilfeldigIBasen, "sqlite")
def _tilfeldig_sqlite(_element: TilfeldigIBasen, _compiler: Any, **_kw: Any) -> str:
    return "(random() & 4611686018427387903)"


@compiles(TilfeldigIBasen, "postgresql")
def _tilfeldig_postgresql(_element: TilfeldigIBasen, _compiler: Any, **_kw: Any) -> str:
    tall = "('x' || right(replace(gen_random_uuid()::text, '-', ''), 16))::bit(64)::bigint"
    return f"({tall} & 4611686018427387903)"


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


def require_the_file(engine: Engine) -> None:
    """From now on a database file that is gone is a fault: SQLite would make an empty one and serve from that.

    Connections to a file that has been moved, or has another in its place, are not used again.
    `init` and `db upgrade` make it, by connections of their own.
    """
    if engine.dialect.name != "sqlite" or engine.url.database is None:
        return
    fil = Path(engine.url.database)

    @event.listens_for(engine, "do_connect")
    def _finnes(dialect: Dialect, record: Any, _cargs: Any, _cparams: Any) -> None:
        record.info[_FIL] = _denne(fil)
        if record.info[_FIL] is None:
            raise dialect.loaded_dbapi.OperationalError("unable to open database file")

    @event.listens_for(engine, "checkout")
    def _er_den_samme(_dbapi: Any, record: Any, _proxy: Any) -> None:
        if record.info[_FIL] != _denne(fil):
            raise DisconnectionError  # moved or put in another's place: what is written to the old one would be lost


_FIL = "fil"


def _denne(fil: Path) -> tuple[int, int] | None:
    """What tells one file from another in the same place; None where there is none."""
    try:
        om = fil.stat()
    except OSError:
        return None
    return om.st_dev, om.st_ino


def prepare_engine(engine: Engine) -> None:
    """Make SQLite behave as a database with one writer: short waits, no lost updates, full durability.

    On PostgreSQL conditional updates, row locks and constraints do the work; a lock is waited for as long as there.
    """
    if engine.dialect.name != "sqlite":
        event.listen(engine, "connect", _vent_ikke_for_alltid)
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
        dbapi.driver_connection.execute("BEGIN IMMEDIATE" if _skriver.get() else "BEGIN DEFERRED")

    engine.dialect.do_begin = _begin  # type: ignore[method-assign, assignment]
