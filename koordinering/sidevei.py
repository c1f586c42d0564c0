"""A connection for one short transaction, as far as a statement that is ready to be sent asks of one (setning.py).

SQLAlchemy's own Connection keeps account of savepoints, of who listens and of whether it is closed, and costs more
than what the database does for a line in the access log; most pages write one. Here the connection is the pool's, what
begins and commits is the dialect's, and a fault is told as SQLAlchemy tells it: a Connection is made for that alone.

Taking a connection from the pool and giving it back costs as much as a statement, and what SQLite has in memory of
the file is worthless as soon as another connection has written. So a page that writes beside what it reads, or after
it, goes on with the connection that it has (Sesjon.laan_bort).
"""

from typing import Any, NoReturn, Self

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import PendingRollbackError

SOM_NY = "som ny"
"""Where a connection's `info` has what makes it as the pool lends it, and tells whether that can be (motor.py)."""


class Sidevei:
    """One transaction on a connection of its own: committed when the block ends, rolled back when something fails."""

    __slots__ = ("connection", "dialect", "engine")

    def __init__(self, engine: Engine, connection: Any = None) -> None:
        """`connection`: one that the pool has lent already, where no transaction is open."""
        self.engine, self.dialect = engine, engine.dialect
        self.connection = connection
        """The driver's, as the pool lends it; None before and after, and once a statement has failed."""

    def __enter__(self) -> Self:
        if self.connection is None:
            try:
                self.connection = self.engine.raw_connection()
            except self.dialect.loaded_dbapi.Error as feil:
                Connection._handle_dbapi_exception_noconnection(feil, self.dialect, self.engine)
                raise
        try:
            self.dialect.do_begin(self.connection)
        except BaseException as feil:
            self.feilet(feil)
        return self

    def __exit__(self, slag: type[BaseException] | None, _feil: object, _spor: object) -> None:
        if self.connection is None:
            if slag is None:
                raise PendingRollbackError("a statement failed here, and nothing is kept of what came before it")
            return
        if slag is None:
            self._bekreft()
        self._gi_tilbake(ferdig=slag is None)

    def slipp(self) -> None:
        """Let go of it; nothing is kept."""
        if self.connection is not None:
            self._gi_tilbake()

    def bekreft_og_behold(self) -> Any:
        """Commit, and give the connection to who calls."""
        self._bekreft()
        self.connection, naa = None, self.connection
        return naa

    def angre_og_behold(self) -> Any:
        """Let go of what has been done, and give the connection to who calls: None where the pool has it."""
        self.connection, naa = None, self.connection
        if naa is None:
            return None
        try:
            self.dialect.do_rollback(naa.dbapi_connection)
        except self.dialect.loaded_dbapi.Error:
            naa.close()  # the pool tells of it, and makes another
            return None
        except BaseException:
            naa.invalidate()  # broken off: nobody knows how far it came
            raise
        return naa

    def _bekreft(self) -> None:
        try:
            self.dialect.do_commit(self.connection.dbapi_connection)
        except BaseException as ved_slutt:
            self.feilet(ved_slutt)

    def feilet(
        self, feil: BaseException, tekst: str | None = None, verdier: Any = None, cursor: Any = None
    ) -> NoReturn:
        """Raise what went wrong as SQLAlchemy tells it. The transaction is over, and nothing of it is kept."""
        try:
            Connection(self.engine, self.connection)._handle_dbapi_exception(feil, tekst, verdier, cursor, None)
        finally:
            self._gi_tilbake()

    def _gi_tilbake(self, *, ferdig: bool = False) -> None:
        """To the pool, which rolls back what is not committed; `ferdig` says that there is nothing."""
        self.connection, naa = None, self.connection
        naa._close_special(transaction_reset=ferdig)


def som_ny(connection: Any) -> Any:
    """A connection on which nothing is open, for a new transaction. None where it can have none: the pool has it."""
    if connection is None:
        return None
    kan_brukes = connection.info.get(SOM_NY)
    if kan_brukes is None or kan_brukes():
        return connection
    connection.close()
    return None


Forbindelse = Connection | Sidevei
"""What a statement can be sent on."""
