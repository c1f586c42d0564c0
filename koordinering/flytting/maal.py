"""The target of a move: made ready, marked as half moved meanwhile, and finished."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager

from sqlalchemy import Connection, Engine, Table, column, inspect, not_, select, table, text
from sqlalchemy.exc import DBAPIError

from koordinering import migrering, noekkellager
from koordinering.errors import KoordineringError
from koordinering.flytting.former import enkle
from koordinering.flytting.steder import Aapnet, Sted, forbindelse
from koordinering.noekkellager.lager import tabeller as lagertabeller

_LAAS = 0x4B4F4F53
"""Beside the migrations' own: only one move into a database at a time."""


@contextmanager
def maal(sted: Sted, tabeller: Sequence[Table]) -> Iterator[Aapnet]:
    """The target: migrated where it is empty, marked as half moved, or as an earlier try left it.

    Raises KoordineringError where it holds something else.
    """
    _lag_skjema(sted)
    with ExitStack() as stabel:
        aapnet = Aapnet(
            stabel.enter_context(forbindelse(sted.url, "Målet")),
            stabel.enter_context(forbindelse(sted.lager_url, "Nøkkellageret til målet")),
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
