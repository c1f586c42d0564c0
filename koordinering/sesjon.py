"""Sessions that keep their objects alive while they let go of them, and begin a transaction the short way.

Python 3.11 may collect garbage in the middle of giving an object its dict. A session that commits or closes goes
through what it knows of its objects, and holds none of them: those that only lead to each other are garbage by then.
When the collector takes one just as the session is at it, SQLAlchemy's own note of its end gives the same object a
second dict with the same memory behind it, and the process dies, there or minutes later. From 3.12 on, garbage is
collected between two steps of a program and never inside one. tests/utholdenhet plays it.
"""

from collections.abc import Callable
from contextvars import ContextVar
from functools import wraps
from time import monotonic
from typing import Any, TypeVar, cast

from flask_sqlalchemy.session import Session as FlaskSession
from sqlalchemy import Connection, Engine, RootTransaction, event
from sqlalchemy.exc import PendingRollbackError
from sqlalchemy.orm import Session, SessionTransaction
from sqlalchemy.orm.session import ACTIVE

from koordinering.sidevei import Forbindelse, Sidevei, som_ny

SKRIVER: ContextVar[bool] = ContextVar("skriver", default=False)
"""Whether a transaction is open for writing here (db.py opens it)."""

_S = TypeVar("_S", bound=Session)
_FERSK_S = 5
"""Seconds that a connection is gone on with; a page takes less."""
_EN_BASE = 2
"""A session's transaction on one database and no other knows it twice: by its connection and by its engine."""


def _med_alle_i_live(gjoer: Callable[[_S], None]) -> Callable[[_S], None]:
    @wraps(gjoer)
    def holder(session: _S) -> None:
        alle = session.identity_map.values()
        try:
            gjoer(session)
        finally:
            del alle  # first now

    return holder


class Holder(Session):
    """A session of its own."""

    commit = _med_alle_i_live(Session.commit)
    rollback = _med_alle_i_live(Session.rollback)
    close = _med_alle_i_live(Session.close)
    expire_all = _med_alle_i_live(Session.expire_all)
    expunge_all = _med_alle_i_live(Session.expunge_all)


class _Overtatt(Connection):
    """SQLAlchemy's Connection to where a transaction is open already."""

    def __init__(self, vei: Sidevei) -> None:
        super().__init__(vei.engine, vei.connection)

    def _begin_impl(self, transaction: RootTransaction) -> None:
        """It has begun."""


class _Moetested:
    """What a session asks for a connection, where it is to get that one."""

    def __init__(self, vei: Sidevei) -> None:
        self._vei = vei

    def connect(self) -> Connection:
        return _Overtatt(self._vei)


class Sesjon(Holder, FlaskSession):
    """The session of a request, a command or a job.

    A Setning needs nothing of what SQLAlchemy keeps account of in a transaction: the first begins one on a Sidevei,
    and most pages need no other. What the session does by itself (a query, a flush, a savepoint) goes on in the same
    transaction, with SQLAlchemy's account of it from then on.
    """

    _motor: Engine | None = None
    _vei: Sidevei | None = None
    _ledig: Any = None
    """The connection of what has ended, for what begins next; the pool has lent it."""
    _begynt: float = 0.0
    """When something last began or ended on what the session has."""

    def forbindelse(self) -> Forbindelse:
        """Where a Setning is sent: the session's transaction, which begins with it where there is none."""
        naa = self._transaction
        if naa is None or (naa._state is ACTIVE and not naa.nested and not naa._connections):
            vei = self._vei
            return vei if vei is not None and vei.connection is not None else self._paa_vei()
        if len(naa._connections) == _EN_BASE and naa._state is ACTIVE:
            # what connection() finds after asking which engine, and whether it may: a page asks some dozen times
            return next(iter(naa._connections.values()))[0]
        return self.connection()

    def _paa_vei(self) -> Sidevei:
        vei = self._aapen()
        if vei is None:
            self._vei = vei = Sidevei(self.motor(), self.laan_bort()).__enter__()
            self._begynt = monotonic()
            les_uten_transaksjon(vei)
        return vei

    def motor(self) -> Engine:
        """The engine of its tables, asked for once: there is one, for as long as a session lives."""
        if self._motor is None:
            self._motor = cast(Engine, super().get_bind())
        return self._motor

    def _aapen(self) -> Sidevei | None:
        """What has begun and nobody has taken over: nothing where a statement failed in what only reads, or lent it."""
        vei = self._vei
        if vei is None or vei.connection is not None:
            return vei
        if SKRIVER.get():
            raise PendingRollbackError("a statement failed here, or another transaction has the connection")
        return None

    def get_bind(self, *om: Any, **mer: Any) -> Engine | Connection:
        """Asked before all that the session does by itself: then it takes the transaction over."""
        vei = self._aapen()
        if vei is not None:
            self._vei = None
            rot = self._transaction or self._autobegin_t()
            while rot._parent is not None:
                rot = rot._parent
            rot._connection_for_bind(cast(Engine, _Moetested(vei)), None)
        elif self._ledig is not None:
            self._gi_tilbake()
        return super().get_bind(*om, **mer)

    @_med_alle_i_live
    def commit(self) -> None:
        """As a session's own, also of what it has not taken over."""
        if not self._is_clean():
            self.flush()
        vei = self._vei
        if vei is not None:
            vei.__exit__(None, None, None)  # where that fails it stays, and rollback() knows that something was read
            self._vei = None
        elif self._ledig is not None:
            self._gi_tilbake()
        self._glem(Session.commit, vei)

    @_med_alle_i_live
    def rollback(self) -> None:
        """As a session's own, also of what it has not taken over."""
        self._glem(Session.rollback, self._slipp())

    @_med_alle_i_live
    def begynn_paa_nytt(self) -> None:
        """As rollback(), and what was read by is kept for what begins now. Goes on to commit() or rollback()."""
        vei = self._vei
        self._ledig = self.laan_bort()
        self._vei = None
        self._glem(Session.rollback, vei)

    def laan_bort(self) -> Any:
        """The connection that the session reads by, for another transaction; None where it has none to lend.

        What it reads after that is of a later moment, as every statement is on PostgreSQL; what it has read stands.
        """
        ledig, self._ledig = self._ledig, None
        if self._vei is not None and self._vei.connection is not None:
            # it stays here without one, so that what was read by it is read anew when the transaction is over
            ledig = self._vei.angre_og_behold()
        if ledig is not None and monotonic() - self._begynt > _FERSK_S:
            ledig.close()  # after slow work it may be cut: the pool asks before it lends
            return None
        return som_ny(ledig)

    def faa_igjen(self, connection: Any) -> None:
        """What was lent: what the session reads next begins on it."""
        self._ledig, self._begynt = connection, monotonic()

    def _glem(self, gjoer: Callable[[Session], None], vei: Sidevei | None) -> None:
        """A transaction is over: what was read in it is read anew."""
        if self._transaction is not None:
            gjoer(self)
        elif vei is not None:
            self.expire_all()

    def _slipp(self) -> Sidevei | None:
        """Let go of what has begun and nobody has taken over: nothing of it is kept."""
        vei, self._vei = self._vei, None
        if vei is not None:
            vei.slipp()
        if self._ledig is not None:
            self._gi_tilbake()
        return vei

    def _gi_tilbake(self) -> None:
        """To the pool; no transaction is open."""
        self._ledig, ledig = None, self._ledig
        ledig._close_special(transaction_reset=True)

    def _close_impl(self, invalidate: bool, is_reset: bool = False) -> None:
        self._slipp()
        super()._close_impl(invalidate, is_reset)


@event.listens_for(Sesjon, "after_begin")
def _har_begynt(_session: Session, _transaction: SessionTransaction, connection: Connection) -> None:
    les_uten_transaksjon(connection)


def les_uten_transaksjon(paa: Forbindelse) -> None:
    """On PostgreSQL what only reads has no transaction: each statement sees its own moment all the same there.

    It saves two journeys to the database for each page, and none is held open while a page is made.
    """
    if paa.dialect.name == "postgresql" and not SKRIVER.get():
        driver: Any = paa.connection.driver_connection
        driver.autocommit = True
