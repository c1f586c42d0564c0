"""A connection for one short transaction, as far as a statement that is ready to be sent asks of one (setning.py).

SQLAlchemy's own Connection keeps account of savepoints, of who listens and of whether it is closed, and costs more
than what the database does for a line in the access log; most pages write one. Here the connection is the pool's, what
begins and commits is the dialect's, and a fault is told as SQLAlchemy tells it: a Connection is made for that alone.
"""

from typing import Any, NoReturn, Self

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import PendingRollbackError


class Sidevei:
    """One transaction on a connection of its own: committed when the block ends, rolled back when something fails."""

    __slots__ = ("connection", "dialect", "engine")

    def __init__(self, engine: Engine) -> None:
        self.engine, self.dialect = engine, engine.dialect
        self.connection: Any = None
        """The driver's, as the pool lends it; None before and after, and once a statement has failed."""

    def __enter__(self) -> Self:
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
            try:
                self.dialect.do_commit(self.connection)
            except BaseException as ved_slutt:
                self.feilet(ved_slutt)
        self._gi_tilbake(ferdig=slag is None)

    def slipp(self) -> None:
        """Let go of it; nothing is kept."""
        if self.connection is not None:
            self._gi_tilbake()

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


Forbindelse = Connection | Sidevei
"""What a statement can be sent on."""
