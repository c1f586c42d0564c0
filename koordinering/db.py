"""Session, base class and transaction(): the only commit. How each database behaves: motor.py."""

import enum
import os
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from time import time
from typing import Any, ClassVar, Self, cast
from zoneinfo import ZoneInfo

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import Enum, MetaData, Text, event
from sqlalchemy.orm import DeclarativeBase, ORMExecuteState, Session, SessionTransaction, registry
from sqlalchemy.orm.attributes import instance_dict

from koordinering.kolonnetyper import HELTALL, Utc
from koordinering.sesjon import SKRIVER, Holder, Sesjon
from koordinering.sidevei import Forbindelse, Sidevei

OSLO = ZoneInfo("Europe/Oslo")
"""Days and years are counted as people in Norway count them."""


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

    def __init__(self, **verdier: Any) -> None:
        """A new row. Columns are put in as they are: what was set when is kept account of from the first write on.

        Raises TypeError for a name that the table does not have.
        """
        kolonner, tilstand = kolonnene(type(self)), instance_dict(self)
        for navn, verdi in verdier.items():
            if navn in kolonner:
                tilstand[navn] = verdi
            elif hasattr(type(self), navn):
                setattr(self, navn, verdi)
            else:
                raise TypeError(f"{navn!r} is no column of {type(self).__name__}")


@lru_cache(maxsize=256)
def kolonnene(klasse: type[Base]) -> frozenset[str]:
    """The attributes of its own columns that nobody listens to."""
    return frozenset(en.key for en in klasse.__mapper__.column_attrs if not getattr(klasse, en.key).dispatch.set)


db = SQLAlchemy(model_class=Base, session_options={"autoflush": True, "class_": Sesjon})

_egen: ContextVar[Session | Sidevei | None] = ContextVar("egen", default=None)


STILT_TILBAKE = timedelta(minutes=5)
"""The clocks of hosts that belong together differ by less. A lease or a wait that ends later than it could if it began
now and by this much was noted before the clock was set back, and holds nobody."""


def now() -> datetime:
    """The moment, aware, in UTC."""
    return datetime.now(UTC)


_dagen: tuple[float, date] = (-1.0, date.min)
"""Hours since 1970, and the date in Norway in that hour."""


def i_dag() -> date:
    """Today's date in Norway. Asked for at every turn of a page, and reckoned once an hour: a day begins with one."""
    global _dagen  # a pair that is changed whole
    denne = time() // 3600
    timen, dag = _dagen
    if denne != timen:
        dag = datetime.fromtimestamp(denne * 3600, OSLO).date()
        _dagen = denne, dag
    return dag


def tilfeldig_id() -> int:
    """A key that tells nothing about when, where or after what a row was made (62 random bits)."""
    return int.from_bytes(os.urandom(8)) >> 2 | 1


@contextmanager
def transaction() -> Iterator[Session]:
    """Everything inside is written together or not at all. The only commit of the product.

    What was read before is read anew, under the write lock on SQLite, so that no decision rests on old rows.
    Slow work (hashing, reading a file) belongs before it. Never nested.
    """
    session = cast(Sesjon, db.session())
    if SKRIVER.get():
        raise RuntimeError("transaction() inside transaction()")
    if session.new or session.dirty or session.deleted:
        raise RuntimeError("changed rows outside transaction()")
    session.begynn_paa_nytt()
    token = SKRIVER.set(True)
    try:
        yield session
        session.commit()
    except BaseException:
        session.rollback()
        raise
    finally:
        SKRIVER.reset(token)


@contextmanager
def own_transaction() -> Iterator[Session]:
    """A short write of its own beside what the request reads: a row in the access log, a session's last use.

    Never inside transaction(): on SQLite the two would wait for each other.
    """
    if SKRIVER.get():
        raise RuntimeError("own_transaction() inside transaction()")
    token = SKRIVER.set(True)
    try:
        with Holder(db.engine, expire_on_commit=False) as session, session.begin():
            egen = _egen.set(session)
            try:
                yield session
            finally:
                _egen.reset(egen)
    finally:
        SKRIVER.reset(token)


class _Egen(Sidevei):
    """What own_connection() gives: on the connection that the session reads by, where it has one to lend."""

    __slots__ = ("_foer", "_laant", "_session")

    def __init__(self, session: Sesjon) -> None:
        super().__init__(session.motor())
        self._session = session

    def __enter__(self) -> Self:
        if SKRIVER.get():
            raise RuntimeError("own_connection() inside transaction()")
        self.connection = self._session.laan_bort()
        self._laant = self.connection is not None
        self._foer = SKRIVER.set(True), _egen.set(self)
        try:
            return super().__enter__()
        except BaseException:
            self._ferdig()
            raise

    def __exit__(self, slag: type[BaseException] | None, *om: Any) -> None:
        try:
            if self._laant and slag is None and self.connection is not None:
                self._session.faa_igjen(self.bekreft_og_behold())
            else:
                super().__exit__(slag, *om)
        finally:
            self._ferdig()

    def _ferdig(self) -> None:
        skriver, egen = self._foer
        _egen.reset(egen)
        SKRIVER.reset(skriver)


def own_connection() -> Sidevei:
    """As own_transaction(), without a unit of work: for statements that are ready to be sent, on most pages."""
    return _Egen(cast(Sesjon, db.session()))


def writing() -> bool:
    """Whether a transaction is open for writing here, whichever of the three opened it."""
    return SKRIVER.get()


def in_transaction() -> bool:
    """Whether transaction() is open here."""
    return SKRIVER.get() and _egen.get() is None


def must_be_writing() -> None:
    """Stop what would change a row by db.session outside transaction(): on PostgreSQL nothing is undone there."""
    if not in_transaction():
        raise RuntimeError("changed rows outside transaction()")


@event.listens_for(Sesjon, "before_flush")
def _ingen_flush_ellers(_session: Session, _om: object, _objekter: object) -> None:
    must_be_writing()


@event.listens_for(Sesjon, "after_transaction_create")
def _ingen_lagringspunkt_ellers(_session: Session, transaction_: SessionTransaction) -> None:
    if transaction_.nested:
        must_be_writing()


@event.listens_for(Sesjon, "do_orm_execute")
def _ingen_endring_ellers(om: ORMExecuteState) -> None:
    if om.is_insert or om.is_update or om.is_delete:
        must_be_writing()


def writing_session() -> Session | None:
    """The session whose transaction is open for writing here: transaction()'s or own_transaction()'s, or none."""
    if not SKRIVER.get():
        return None
    egen = _egen.get()
    if isinstance(egen, Sidevei):
        raise RuntimeError("own_connection() has no session")
    return egen or db.session()


def writing_connection() -> Forbindelse | None:
    """The connection of the transaction that is open for writing here, whichever of the three opened it, or none."""
    egen = _egen.get()
    if isinstance(egen, Sidevei):
        return egen
    session = writing_session()
    return sesjonens_forbindelse(session) if session is not None else None


def sesjonens_forbindelse(session: Session) -> Forbindelse:
    """Where the session's transaction is, which begins with it where there is none."""
    return session.forbindelse() if isinstance(session, Sesjon) else session.connection()
