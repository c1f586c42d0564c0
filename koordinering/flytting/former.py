"""Every column in one of the few forms that both databases have, and the bytes by which two rows are compared."""

import hashlib
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    ColumnElement,
    Date,
    DateTime,
    Float,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    cast,
)
from sqlalchemy.types import TypeDecorator, TypeEngine

from koordinering.kolonnetyper import HELTALL, Utc


class Jsontekst(TypeDecorator[str]):
    """JSON as the very text that is stored: read and written again as Python's values, null and spaces would change."""

    impl = JSON
    cache_ok = True

    class comparator_factory(TypeDecorator.Comparator[str]):  # noqa: N801 - SQLAlchemy's name
        """Nothing is compared."""

    def column_expression(self, column: ColumnElement[Any]) -> ColumnElement[Any]:
        """Read as text: SQLite gives a bare number back as a number otherwise."""
        return cast(column, Text)

    def bind_processor(self, dialect: Any) -> None:
        """Pass the text on as it is."""
        return

    def result_processor(self, dialect: Any, coltype: object) -> None:
        """As it was read."""
        return


_FORMER: tuple[tuple[type[TypeEngine[Any]], TypeEngine[Any]], ...] = (
    (JSON, Jsontekst()),
    (DateTime, Utc()),
    (Date, Date()),
    (Boolean, Boolean()),
    (Integer, HELTALL),
    (Float, Float(53)),
    (String, Text()),  # text, and codes: a code that this program does not know is moved too
    (LargeBinary, LargeBinary()),
)


def form(type_: TypeEngine[Any]) -> TypeEngine[Any]:
    """The plain form of a column's type. Raises TypeError for one that nobody has thought of."""
    inni = type_.impl_instance if isinstance(type_, TypeDecorator) else type_
    for slag, enkel in _FORMER:
        if isinstance(inni, slag):
            return enkel
    raise TypeError(f"no form for {type_!r}")


def enkle(tabeller: Iterable[Table]) -> list[Table]:
    """The same tables with plain columns and without anything that hangs on them."""
    metadata = MetaData()
    return [
        Table(
            tabell.name,
            metadata,
            *(Column(k.name, form(k.type), primary_key=k.primary_key, autoincrement=False) for k in tabell.columns),
            schema=tabell.schema,
        )
        for tabell in tabeller
    ]


def _verdi(verdi: Any) -> bytes:
    """One value, the same from both databases, with its kind and length in front so that no two rows look alike."""
    if verdi is None:
        return b"-"
    if isinstance(verdi, bytes | memoryview):
        return b"b%d:%b" % (len(verdi), bytes(verdi))
    if isinstance(verdi, bool):
        tekst = "1" if verdi else "0"
    elif isinstance(verdi, datetime):
        tekst = verdi.isoformat(timespec="microseconds")  # Utc() gives UTC from both
    elif isinstance(verdi, date):
        tekst = verdi.isoformat()
    else:
        tekst = repr(verdi) if isinstance(verdi, float) else str(verdi)
    raa = tekst.encode("utf-8", "surrogatepass")
    return b"t%d:%b" % (len(raa), raa)


def radsum(rad: Sequence[Any]) -> int:
    """A row as a number of 256 bits. Those of a table are added, so that the order is no matter."""
    return int.from_bytes(hashlib.sha256(b",".join(map(_verdi, rad))).digest())
