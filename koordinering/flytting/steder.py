"""The two ends of a move, opened so that nobody else writes meanwhile, and the source."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, Table, create_engine, event, inspect, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import StaticPool

from koordinering import migrering, noekkellager
from koordinering.errors import KoordineringError
from koordinering.flytting.former import enkle
from koordinering.noekkellager.lager import tabeller as lagertabeller
from koordinering.tabeller import alle as alle_i_basen

_NAVN = "koordinering-flytting"
_I_BRUK = "{} er i bruk. Stopp tjenesten og jobbene, og prøv igjen."


@dataclass(frozen=True)
class Sted:
    """A database and its key store, by address."""

    url: str
    lager_url: str

    @property
    def sqlite(self) -> bool:
        """A file, or a server."""
        return self.url.startswith("sqlite")

    @property
    def fil(self) -> Path:
        """Where the file is."""
        return Path(self.url.removeprefix("sqlite:///"))

    @property
    def i_ord(self) -> str:
        """What it is called in a message: never the address, which can hold a password."""
        return f"SQLite ({self.fil})" if self.sqlite else "PostgreSQL"

    @property
    def filer(self) -> tuple[Path, ...]:
        """The files it is, where it is files."""
        urler = (self.url, self.lager_url) if self.sqlite else ()
        return tuple(Path(url.removeprefix("sqlite:///")) for url in urler)


@dataclass(frozen=True)
class Aapnet:
    """An end that is held open: one connection to the database and one to the key store."""

    data: Connection
    lager: Connection

    def av(self, tabell: Table) -> Connection:
        """The connection to where this table is."""
        return self.lager if tabell.schema == noekkellager.SKJEMA else self.data


def alle_tabeller() -> list[Table]:
    """Every table of the product, the key store's too, what others point at first."""
    return enkle([*alle_i_basen().sorted_tables, *lagertabeller.sorted_tables])


def _engine(url: str) -> Engine:
    """One connection; on SQLite the file to itself: whoever has it open is found, and nobody else gets in."""
    if not url.startswith("sqlite"):
        return create_engine(url, poolclass=StaticPool, connect_args={"application_name": _NAVN})
    om: dict[str, Any] = {"schema_translate_map": {noekkellager.SKJEMA: None}}
    engine = create_engine(url, poolclass=StaticPool, execution_options=om)

    @event.listens_for(engine, "connect")
    def _connect(dbapi: Any, _record: Any) -> None:
        dbapi.isolation_level = None
        for pragma in ("busy_timeout=1000", "locking_mode=EXCLUSIVE", "synchronous=FULL", "secure_delete=ON"):
            dbapi.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


@contextmanager
def forbindelse(url: str, hva: str) -> Iterator[Connection]:
    """An end's one connection; `hva` is what the end is called. Raises KoordineringError where somebody uses it."""
    engine = _engine(url)
    try:
        try:
            connection = engine.connect()
            connection.exec_driver_sql("SELECT 1")
            connection.rollback()
        except OperationalError:
            if engine.dialect.name != "sqlite":
                raise
            raise KoordineringError(_I_BRUK.format(hva)) from None
        with connection:
            yield connection
    finally:
        engine.dispose()


@contextmanager
def kilde(sted: Sted, tabeller: Sequence[Table]) -> Iterator[Aapnet]:
    """The source, read as it stands now. Raises KoordineringError where somebody uses it; nobody can write in it."""
    if any(not fil.is_file() for fil in sted.filer):
        raise KoordineringError(f"Kilden finnes ikke: {', '.join(str(f) for f in sted.filer if not f.is_file())}")
    with ExitStack() as stabel:
        aapnet = Aapnet(
            stabel.enter_context(forbindelse(sted.url, "Kilden")),
            stabel.enter_context(forbindelse(sted.lager_url, "Nøkkellageret til kilden")),
        )
        _krev_nyeste(aapnet.data)
        _krev_kjente(aapnet, tabeller)
        if not sted.sqlite:
            for connection in (aapnet.data, aapnet.lager):
                _hold(connection, [t for t in tabeller if aapnet.av(t) is connection])
        yield aapnet


def _krev_nyeste(connection: Connection) -> None:
    naa, nyeste = migrering.versjon(connection), migrering.nyeste()
    connection.rollback()
    if naa != nyeste:
        raise KoordineringError(
            f"Kilden har skjema {naa or 'ingen'}, og dette programmet har {nyeste}. Kjør: koordinering db upgrade"
        )


def _krev_kjente(kilden: Aapnet, tabeller: Sequence[Table]) -> None:
    """Nothing is left behind that nobody has been told of."""
    kjente = {tabell.name for tabell in tabeller if tabell.schema is None} | {migrering.VERSJONSTABELL}
    ukjente = sorted(set(inspect(kilden.data).get_table_names()) - kjente)
    kilden.data.rollback()
    if ukjente:
        raise KoordineringError(f"Kilden har tabeller som dette programmet ikke kjenner: {', '.join(ukjente)}.")


_ANDRE = text(
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND usename IS NOT NULL"
    " AND coalesce(backend_type, 'client backend') = 'client backend' AND application_name <> :navn"
)
"""Whoever is connected beside us. Without the right to see it, the kind is unknown."""


def _hold(connection: Connection, tabeller: Sequence[Table]) -> None:
    """PostgreSQL: one snapshot for the whole move, and writers wait. Raises KoordineringError where others are in."""
    connection.execution_options(isolation_level="REPEATABLE READ")
    navn = ", ".join(f'"{t.schema or "public"}"."{t.name}"' for t in tabeller)
    connection.exec_driver_sql("SET LOCAL lock_timeout = '5s'")
    try:
        connection.exec_driver_sql(
            f"LOCK TABLE {navn} IN SHARE MODE"
        )  # before the snapshot, which the first read takes
    except OperationalError:
        raise KoordineringError(_I_BRUK.format("Kilden")) from None
    if connection.scalar(_ANDRE, {"navn": _NAVN}):
        raise KoordineringError(_I_BRUK.format("Kilden"))
