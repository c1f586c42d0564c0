"""Column types of our own, the short way of values to the driver and back, and a key that the database draws."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, cast

from sqlalchemy import BigInteger, Boolean, DateTime, Dialect, Enum, Integer, LargeBinary, String
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
        return lambda value: None if value is None else datetime.fromisoformat(value + _SONE)


def _naken(value: datetime) -> datetime:
    if value.tzinfo is None:
        raise ValueError("a naive datetime cannot be stored")
    return value.astimezone(UTC).replace(tzinfo=None)


def _for_sqlite(value: datetime | None) -> str | None:
    if value is None:
        return None
    # nearly all are in UTC: what is left is to leave out the zone, and this is the shortest way to that
    naken = datetime.combine(value, value.time()) if value.tzinfo is UTC else _naken(value)
    return naken.isoformat(" ", "microseconds")


def _i_utc(value: datetime | None) -> datetime | None:
    return value if value is None or value.tzinfo is UTC else _naken(value).replace(tzinfo=UTC)


_SONE = "+00:00"

Vei = Callable[[Any], Any] | None
"""From a value here to the driver's, or back; None where the two are the same."""


class _Koder(dict[Any, Any]):
    """A code list in one step; what is not in it is asked of SQLAlchemy, which says what is wrong."""

    def __init__(self, kjente: Mapping[Any, Any], ellers: Callable[[Any], Any]) -> None:
        super().__init__(kjente)
        self._ellers = ellers

    def __missing__(self, verdi: Any) -> Any:
        return self._ellers(verdi)


def inn(slag: Any, dialekt: Dialect, vei: Any) -> Vei:
    """From a value here to the driver's; `vei` is SQLAlchemy's own."""
    if isinstance(slag, LargeBinary) and dialekt.name == "sqlite":
        return None  # the driver takes bytes as they are
    if isinstance(slag, Boolean) and vei is not None:
        return _Koder({verdi: vei(verdi) for verdi in (None, True, False)}, vei).__getitem__
    if not isinstance(slag, Enum) or String.bind_processor(slag, dialekt) is not None:
        return cast(Vei, vei)
    return _Koder(slag._valid_lookup, slag._db_value_for_elem).__getitem__


def ut(slag: Any, dialekt: Dialect, hos_driveren: Any) -> Vei:
    """From the driver's to a value here."""
    if not isinstance(slag, Enum) or String.result_processor(slag, dialekt, hos_driveren) is not None:
        return cast(Vei, slag._cached_result_processor(dialekt, hos_driveren))
    return _Koder(slag._object_lookup, slag._object_value_for_elem).__getitem__


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
