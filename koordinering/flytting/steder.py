"""The two ends of a move: opened so that nobody else writes meanwhile, and the target made ready and finished."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, Table, column, create_engine, event, inspect, not_, select, table, text
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.pool import StaticPool

from koordinering import migrering, noekkellager
from koordinering.errors import KoordineringError
from koordinering.flytting.former import enkle
from koordinering.noekkellager.lager import tabeller as lagertabeller
from koordinering.tabeller import alle as alle_i_basen

_LAAS = 0x4B4F4F53
"""Beside the migrations' own: only one move into a database at a time."""
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
def _forbindelse(url: str, hva: str) -> Iterator[Connection]:
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
            stabel.enter_context(_forbindelse(sted.url, "Kilden")),
            stabel.enter_context(_forbindelse(sted.lager_url, "Nøkkellageret til kilden")),
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


# --- The target ------------------------------------------------------------------------------------------


@contextmanager
def maal(sted: Sted, tabeller: Sequence[Table]) -> Iterator[Aapnet]:
    """The target: migrated where it is empty, marked as half moved, or as an earlier try left it.

    Raises KoordineringError where it holds something else.
    """
    _lag_skjema(sted)
    with ExitStack() as stabel:
        aapnet = Aapnet(
            stabel.enter_context(_forbindelse(sted.url, "Målet")),
            stabel.enter_context(_forbindelse(sted.lager_url, "Nøkkellageret til målet")),
        )
        if not sted.sqlite and not aapnet.data.scalar(text("SELECT pg_try_advisory_lock(:laas)"), {"laas": _LAAS}):
            raise KoordineringError("En annen flytting til målet er i gang.")
        aapnet.data.commit()
        if migrering.versjon(aapnet.data) != migrering.HALVFLYTTET:
            _krev_tomt(aapnet, tabeller)
            _begynn(aapnet)
        yield aapnet


def _lag_skjema(sted: Sted) -> None:
    if sted.sqlite:
        sted.fil.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with noekkellager.begge(sted.url, sted.lager_url) as (engine, lager):
        skjema = migrering.status(engine)
        if skjema.naa is None:
            if inspect(engine).get_table_names():
                raise KoordineringError("Målet er ikke tomt. Velg en tom database.")
            migrering.oppgrader(engine, lager=lager)
        elif not skjema.gjeldende and skjema.naa != migrering.HALVFLYTTET:
            if _har_rader(engine):
                raise KoordineringError(
                    f"Målet har skjema {skjema.naa}, og kilden {skjema.nyeste}. Velg en tom database."
                )
            migrering.oppgrader(engine, lager=lager)  # an earlier try was stopped while it made the tables
    for fil in sted.filer:
        fil.chmod(0o600)


def _har_rader(engine: Engine) -> bool:
    """Whether anything but what the migrations put there stands in any table, whatever version it has come to."""
    with engine.connect() as connection:
        return any(
            navn != migrering.VERSJONSTABELL and migrering.antall_rader(connection, navn, None, None)
            for navn in inspect(connection).get_table_names()
        )


def _krev_tomt(maalet: Aapnet, tabeller: Sequence[Table]) -> None:
    for tabell in tabeller:
        if tabell.name == "lager" and tabell.schema:
            continue  # the mark that the migration has made
        rader = select(tabell.primary_key.columns[0]).limit(1)
        if tabell.name in migrering.FORHAANDSRADER:
            rader = rader.where(not_(migrering.FORHAANDSRADER[tabell.name]))
        if maalet.av(tabell).execute(rader).first() is not None:
            raise KoordineringError(f"Målet er ikke tomt: {tabell.name} har rader. Velg en tom database.")
    for connection in (maalet.data, maalet.lager):
        connection.rollback()


_FREMMEDE = text(
    "SELECT conrelid::regclass::text AS tabell, conname AS navn, pg_get_constraintdef(oid) AS regel"
    " FROM pg_constraint WHERE contype = 'f' AND connamespace = 'public'::regnamespace ORDER BY 1, 2"
)
_MED_UTLOESERE = text(
    "SELECT DISTINCT tgrelid::regclass::text FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid"
    " WHERE NOT tgisinternal AND c.relnamespace = 'public'::regnamespace ORDER BY 1"
)


def _begynn(maalet: Aapnet) -> None:
    """Put what refuses rows one by one aside, keep how it is put back, and mark the database: in one transaction.

    Rows of a table can point at each other, and what is released takes no more rows.
    """
    connection = maalet.data
    connection.execute(text("CREATE TABLE flytting_etterpaa (nr INTEGER PRIMARY KEY, setning TEXT NOT NULL)"))
    bort, igjen = _lokene(connection)
    for setning in bort:
        connection.exec_driver_sql(setning)
    rader = [{"nr": nr, "setning": setning} for nr, setning in enumerate(igjen)]
    if rader:
        connection.execute(text("INSERT INTO flytting_etterpaa VALUES (:nr, :setning)"), rader)
    for navn, uroert in migrering.FORHAANDSRADER.items():  # the migration put them there: the source has its own
        connection.execute(table(navn, column("versjon")).delete().where(uroert))
    connection.execute(text("UPDATE alembic_version SET version_num = :v"), {"v": migrering.HALVFLYTTET})
    connection.commit()
    lager = next(t for t in enkle(lagertabeller.sorted_tables) if t.name == "lager")
    maalet.lager.execute(lager.delete())  # the mark that the migration has made: the source has its own
    maalet.lager.commit()


def _lokene(connection: Connection) -> tuple[list[str], list[str]]:
    """What takes foreign keys and triggers away, and what puts them back as the database itself writes them."""
    if connection.dialect.name == "sqlite":
        funnet = connection.execute(text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")).all()
        return [f"DROP TRIGGER {rad.name}" for rad in funnet], [rad.sql for rad in funnet]
    fremmede = connection.execute(_FREMMEDE).all()
    vakter = connection.scalars(_MED_UTLOESERE).all()
    return (
        [f"ALTER TABLE {f.tabell} DROP CONSTRAINT {f.navn}" for f in fremmede]
        + [f"ALTER TABLE {t} DISABLE TRIGGER USER" for t in vakter],
        [f"ALTER TABLE {f.tabell} ADD CONSTRAINT {f.navn} {f.regel}" for f in fremmede]
        + [f"ALTER TABLE {t} ENABLE TRIGGER USER" for t in vakter],
    )


_TELLERE = text(
    "SELECT table_name AS tabell, column_name AS kolonne FROM information_schema.columns"
    " WHERE table_schema = 'public' AND (column_default LIKE 'nextval(%' OR is_identity = 'YES')"
)


def avslutt(maalet: Aapnet) -> None:
    """Put everything back, see that each row points at one that is there, and take the mark away: in one transaction.

    Raises KoordineringError where a row points at nothing; the transaction ends with the connection.
    """
    connection = maalet.data
    try:
        for setning in connection.scalars(text("SELECT setning FROM flytting_etterpaa ORDER BY nr")).all():
            connection.exec_driver_sql(setning)
        if connection.dialect.name == "sqlite":
            if connection.exec_driver_sql("PRAGMA foreign_key_check").first() is not None:
                raise KoordineringError("Kilden har rader som peker på noe som ikke finnes. Målet er ikke tatt i bruk.")
        else:
            still_tellerne(connection)
        connection.execute(text("DROP TABLE flytting_etterpaa"))
        connection.execute(text("UPDATE alembic_version SET version_num = :v"), {"v": migrering.nyeste()})
        connection.commit()
    except DBAPIError:
        raise KoordineringError("Kilden har rader som bryter en regel i målet. Målet er ikke tatt i bruk.") from None


def still_tellerne(connection: Connection) -> None:
    """The next number of each sequence is after the highest that came."""
    for tabell, kolonne in connection.execute(_TELLERE).all():
        connection.exec_driver_sql(
            f"SELECT setval(pg_get_serial_sequence('{tabell}', '{kolonne}'),"  # noqa: S608 - the database's own names
            f" (SELECT coalesce(max({kolonne}), 0) + 1 FROM {tabell}), false)"
        )
