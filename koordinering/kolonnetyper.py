"""Column types of our own, and a key that the database draws."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import BigInteger, DateTime, Dialect, Integer
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeDecorator

HELTALL = BigInteger().with_variant(Integer(), "sqlite")


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
        return _naken(value) if dialect.name == "sqlite" else _i_utc(value)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give back the moment in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)

    def bind_processor(self, dialect: Dialect) -> Any:
        """The two above and SQLAlchemy's own for SQLite, in one step: a page sends dozens of moments."""
        return _for_sqlite if dialect.name == "sqlite" else _i_utc

    def result_processor(self, dialect: Dialect, coltype: Any) -> Any:
        """As above, the way back."""
        if dialect.name != "sqlite":
            return super().result_processor(dialect, coltype)
        return lambda value: None if value is None else datetime.fromisoformat(value).replace(tzinfo=UTC)


def _naken(value: datetime) -> datetime:
    if value.tzinfo is None:
        raise ValueError("a naive datetime cannot be stored")
    return value.astimezone(UTC).replace(tzinfo=None)


def _for_sqlite(value: datetime | None) -> str | None:
    if value is None:
        return None
    if value.tzinfo is UTC:  # nearly all are: what is left is to leave out the zone
        return value.isoformat(" ", "microseconds")[:_UTEN_SONE]
    return _naken(value).isoformat(" ", "microseconds")


def _i_utc(value: datetime | None) -> datetime | None:
    return value if value is None or value.tzinfo is UTC else _naken(value).replace(tzinfo=UTC)


_UTEN_SONE = len("2026-01-31 12:00:00.000000")


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
