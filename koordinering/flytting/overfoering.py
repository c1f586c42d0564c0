"""The move itself: table by table in batches, taken up where it stopped, and compared row by row at the end."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, RowMapping, Select, Table, Text, collate, func, insert, select, text, tuple_
from sqlalchemy.exc import DataError
from sqlalchemy.sql.elements import ColumnElement

from koordinering.errors import KoordineringError
from koordinering.flytting.former import radsum
from koordinering.flytting.maal import avslutt, maal
from koordinering.flytting.steder import Aapnet, Sted, alle_tabeller, kilde

OM_GANGEN = 5_000
"""Rows that are written together."""
_MODULUS = 1 << 256

Framdrift = Callable[[str, int, int], None]
"""Told how far something has come: what, done, of how many."""


@dataclass(frozen=True)
class Tabellsum:
    """What a table holds, the same from both databases."""

    antall: int
    sum: str
    """The rows' SHA-256 added together, so that the order is no matter; 64 hexadecimal digits."""


@dataclass(frozen=True)
class Resultat:
    """What has been moved and found to be the same."""

    tabeller: dict[str, Tabellsum]

    @property
    def rader(self) -> int:
        """In all."""
        return sum(en.antall for en in self.tabeller.values())


def flytt(fra: Sted, til: Sted, framdrift: Framdrift) -> Resultat:
    """Move everything from one database to an empty one, and see that it came. Stopped anywhere, it goes on next time.

    Raises KoordineringError where the source is used, the target is not empty, or the two differ afterwards. Until the
    end the target is marked as half moved, and no program serves from it.
    """
    if fra.url == til.url:
        raise KoordineringError("Kilden og målet er det samme.")
    tabeller = alle_tabeller()
    with kilde(fra, tabeller) as kilden, maal(til, tabeller) as maalet:
        overfoer(kilden, maalet, tabeller, framdrift)
        summer = _sammenlign(kilden, maalet, tabeller, framdrift)
        avslutt(maalet)
        if not til.sqlite:
            for connection in (maalet.data, maalet.lager):
                connection.execute(text("ANALYZE"))
                connection.commit()
    return Resultat(summer)


def overfoer(kilden: Aapnet, maalet: Aapnet, tabeller: Sequence[Table], framdrift: Framdrift) -> None:
    """Copy what the target lacks, in the order of the keys, each batch committed by itself."""
    i_alt = sum(_antall(kilden.av(tabell), tabell) for tabell in tabeller)
    gjort = sum(_antall(maalet.av(tabell), tabell) for tabell in tabeller)
    for tabell in tabeller:
        fra, til = kilden.av(tabell), maalet.av(tabell)
        query = _etter(fra, tabell, _siste(til, tabell))
        til.rollback()
        for rader in _i_bunker(fra, query):
            try:
                til.execute(insert(tabell), [dict(rad) for rad in rader])
            except DataError:
                raise KoordineringError(f"Tabellen {tabell.name} har en verdi som målet ikke kan ha.") from None
            til.commit()
            gjort += len(rader)
            framdrift("Flytter rad", gjort, i_alt)


def _i_bunker(connection: Connection, query: Select[Any]) -> Iterator[Sequence[RowMapping]]:
    """One pass over the rows, in one snapshot, without holding them all."""
    om = {"stream_results": True, "yield_per": OM_GANGEN}
    with connection.execute(query, execution_options=om) as svar:
        yield from svar.mappings().partitions()


def _antall(connection: Connection, tabell: Table) -> int:
    return connection.scalar(select(func.count()).select_from(tabell)) or 0


def _noekler(connection: Connection, tabell: Table) -> list[ColumnElement[Any]]:
    """The primary key, in the order of its bytes: PostgreSQL orders text as the language does otherwise."""
    bytevis = connection.dialect.name == "postgresql"
    return [collate(k, "C") if bytevis and isinstance(k.type, Text) else k for k in tabell.primary_key.columns]


def _etter(connection: Connection, tabell: Table, siste: Sequence[Any] | None) -> Select[Any]:
    noekler = _noekler(connection, tabell)
    query = select(tabell).order_by(*noekler)
    return query if siste is None else query.where(tuple_(*noekler) > tuple(siste))


def _siste(connection: Connection, tabell: Table) -> Sequence[Any] | None:
    """The key of the last row that came."""
    noekler = _noekler(connection, tabell)
    query = select(*tabell.primary_key.columns).order_by(*(k.desc() for k in noekler)).limit(1)
    return connection.execute(query).first()


def tabellsum(connection: Connection, tabell: Table) -> Tabellsum:
    """Count and add up a table."""
    antall = summen = 0
    for rader in _i_bunker(connection, select(tabell)):
        summen = sum((radsum(tuple(rad.values())) for rad in rader), summen) % _MODULUS
        antall += len(rader)
    return Tabellsum(antall, f"{summen:064x}")


def _sammenlign(
    kilden: Aapnet, maalet: Aapnet, tabeller: Sequence[Table], framdrift: Framdrift
) -> dict[str, Tabellsum]:
    summer: dict[str, Tabellsum] = {}
    for nr, tabell in enumerate(tabeller, 1):
        her, der = (tabellsum(sted.av(tabell), tabell) for sted in (kilden, maalet))
        framdrift("Sammenligner tabell", nr, len(tabeller))
        if her != der:
            raise KoordineringError(
                f"Tabellen {tabell.name} er ikke lik i kilden ({her.antall} rader) og målet ({der.antall} rader). "
                "Kilden kan være endret siden flyttingen begynte. Tøm målet, og begynn på nytt."
            )
        summer[tabell.fullname] = her
    for connection in (maalet.data, maalet.lager):
        connection.rollback()
    return summer
