"""Bring a database's schema up or down, and tell where it stands.

Telling needs no Alembic: a worker asks it at its start and on each question for its health, and never migrates.
"""

import re
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    column,
    create_engine,
    func,
    inspect,
    not_,
    select,
    table,
    text,
    true,
)
from sqlalchemy.exc import OperationalError
from sqlalchemy.sql.schema import ScalarElementColumnDefault

from koordinering import tabeller
from koordinering.errors import KoordineringError
from koordinering.motor import prepare_engine, toem_logg

if TYPE_CHECKING:
    from alembic.config import Config as AlembicConfig

VERSJONSTABELL = "alembic_version"
"""Where a database says which version it has."""

HALVFLYTTET = "halvflyttet"
"""The version of a database that data is being moved to: no program serves from it before all of it is there."""

LAASEFRIST = "5s"
"""PostgreSQL: a change that waits for a table makes all who come after it wait too. Rather give up, and try again."""


def mappe(navn: str) -> Path:
    """Where `templates`, `migrations` or `drift` lie: beside the package in the repository, inside it in a wheel."""
    pakke = Path(__file__).parent
    inni = pakke / f"_{navn}"
    return inni if inni.is_dir() else pakke.parent / navn


@dataclass(frozen=True)
class Skjema:
    """Where the schema stands."""

    naa: str | None
    nyeste: str

    @property
    def gjeldende(self) -> bool:
        """The schema is the one this program was written for."""
        return self.naa == self.nyeste


class _NoenAndre(Exception):
    """Somebody else has taken the step that was under way here."""


Fortell = Callable[[str], None]
"""Is told the revision of each step when it is done."""


def _taus(_versjon: str) -> None:
    """For steps that nobody follows."""


def oppsett(
    connection: Connection | None = None, fortell: Fortell = _taus, lager: Engine | None = None
) -> "AlembicConfig":
    """Alembic's settings; without an ini file, and with the connection and key store to work on where there are."""
    from alembic.config import Config as AlembicConfig

    svar = AlembicConfig()
    svar.set_main_option("script_location", str(mappe("migrations")).replace("%", "%%"))
    svar.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    svar.set_main_option("path_separator", "os")
    svar.attributes["metadata"] = tabeller.alle()
    svar.attributes["connection"] = connection
    svar.attributes["fortell"] = fortell
    svar.attributes["noekkellager"] = lager
    svar.attributes["laasefrist"] = LAASEFRIST
    svar.attributes["noen_andre"] = _NoenAndre
    return svar


def nyeste() -> str:
    """The newest revision this program knows."""
    (hode,) = _kjeden().keys() - _kjeden().values()
    return hode


_LINJE = re.compile(r'^(revision|down_revision) = (?:"(\w+)"|None)$', re.MULTILINE)


@cache
def _kjeden() -> Mapping[str, str | None]:
    """Each revision of this program, and the one before it: as their files say in two lines."""
    filer = (mappe("migrations") / "versions").glob("[0-9]*.py")
    lest = (dict(_LINJE.findall(fil.read_text(encoding="utf-8"))) for fil in filer)
    return MappingProxyType({en["revision"]: en["down_revision"] or None for en in lest})


def status(engine: Engine) -> Skjema:
    """Where the database stands and where it should."""
    with engine.connect() as connection:
        return Skjema(versjon(connection), nyeste())


def versjon(connection: Connection) -> str | None:
    """The schema's version as it is written in the database; None in an empty one."""
    if not inspect(connection).has_table(VERSJONSTABELL):
        return None
    naa: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return naa


def kjenner(versjon: str | None) -> bool:
    """Whether this program knows the version; an empty database is known."""
    return versjon is None or versjon in _kjeden()


def krev_kjent(versjon: str | None) -> None:
    """Stop at a database that a newer program has changed, or that is half moved. Raises KoordineringError."""
    if versjon == HALVFLYTTET:
        raise KoordineringError("Flyttingen hit er ikke fullført. Kjør «koordinering db move» én gang til.")
    if not kjenner(versjon):
        raise KoordineringError(
            f"Databasen har skjema {versjon}, fra et nyere program. Dette har {nyeste()}. Installer den nyeste pakken."
        )


def oppgrader(engine: Engine, til: str = "head", *, lager: Engine, fortell: Fortell = _taus) -> None:
    """Run the missing migrations. Safe to repeat; two at once wait for each other. `lager` is the key store.

    Raises KoordineringError where the database is newer than the program.
    """
    from alembic import command  # ten megabytes: not for those who only ask

    krev_kjent(status(engine).naa)
    while True:
        with suppress(_NoenAndre), _tabellene(), engine.connect() as connection:
            command.upgrade(oppsett(connection, fortell, lager), til)
            break
    toem_logg(engine)


def nedgrader(engine: Engine, til: str, *, lager: Engine, fortell: Fortell = _taus) -> None:
    """Go back to an older revision («base» is an empty database). `lager` is the key store."""
    from alembic import command  # as above

    with _tabellene(), engine.connect() as connection:
        command.downgrade(oppsett(connection, fortell, lager), til)


_OPPTATT = "55P03"
"""PostgreSQL's code for a lock that was not had in time."""


@contextmanager
def _tabellene() -> Iterator[None]:
    """A table that somebody holds is told in words. What was done before it stands."""
    try:
        yield
    except OperationalError as feil:
        if getattr(feil.orig, "sqlstate", None) != _OPPTATT:
            raise
        raise KoordineringError(
            "En tabell er i bruk, og oppgraderingen venter ikke lenger. Kjør den på nytt: det som er gjort, står."
        ) from None


# --- Going back ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Tap:
    """What going back would delete: a table, or a column of one, and in how many rows something stands."""

    hva: str
    rader: int

    def __str__(self) -> str:
        return f"{self.hva} ({self.rader} {'rad' if self.rader == 1 else 'rader'})"


def ville_mistet(engine: Engine, til: str, *, lager: Engine) -> list[Tap]:
    """What a downgrade would delete: rows of tables that the older schema lacks, and values of columns that it lacks.

    A column that holds only what an upgrade would give it again is no loss. The older schema is made in an empty
    place to look at it.
    """
    eldre, eldre_lager = _kolonner_i(til)
    tap = _tapt(engine, eldre, None)
    if not eldre_lager:  # wrapped keys go back into the rows; the list of what is deleted has no place there
        tap += [en for en in _tapt(lager, {}, "noekkellager") if en.hva == "slettet"]
    return tap


def _kolonner_i(versjon: str) -> tuple[dict[str, set[str]], dict[str, set[str]]]:
    with tempfile.TemporaryDirectory() as mappe:
        engine, lager = (create_engine(f"sqlite:///{mappe}/{navn}.sqlite3") for navn in ("data", "lager"))
        lager = lager.execution_options(schema_translate_map={"noekkellager": None})
        prepare_engine(engine)
        prepare_engine(lager)
        try:
            if versjon != "base":
                oppgrader(engine, versjon, lager=lager)
            return _kolonner(engine, None), _kolonner(lager, None)
        finally:
            engine.dispose()
            lager.dispose()


FORHAANDSRADER: Mapping[str, ColumnElement[bool]] = MappingProxyType(
    {"evalueringsvalg": column("versjon") == 1, "saksmerke": true()}
)
"""Tables that a migration itself puts rows into, and what such a row is for as long as nobody has changed it. The marks
of the cases are worked out from the referrals, all of them."""


AVLEDET = frozenset({"telleutdrag", "telleventer", "tellekode"})
"""Tables that hold nothing but what is made from others, and can be made again."""


def _kolonner(engine: Engine, skjema: str | None) -> dict[str, set[str]]:
    ser = inspect(engine)
    navn = skjema if engine.dialect.name == "postgresql" else None
    alle = {t: {k["name"] for k in ser.get_columns(t, schema=navn)} for t in ser.get_table_names(schema=navn)}
    alle.pop(VERSJONSTABELL, None)
    return alle


def _tapt(engine: Engine, eldre: dict[str, set[str]], skjema: str | None) -> list[Tap]:
    tap = []
    naa = _kolonner(engine, skjema)
    with engine.connect() as connection:
        for navn, kolonner in sorted((n, k) for n, k in naa.items() if n not in AVLEDET):
            bort = sorted(kolonner - eldre.get(navn, set()))
            for kolonne in [None] if navn not in eldre else bort:
                rader = antall_rader(connection, navn, kolonne, skjema)
                if rader:
                    tap.append(Tap(f"{navn}.{kolonne}" if kolonne else navn, rader))
    return tap


def antall_rader(connection: Connection, navn: str, kolonne: str | None, skjema: str | None) -> int:
    """Rows of the table; with a column, those where something stands in it that no default puts there."""
    i_skjema = skjema if connection.dialect.name == "postgresql" else None
    query = select(func.count()).select_from(table(navn, schema=i_skjema))
    if kolonne is None and navn in FORHAANDSRADER:
        query = query.where(not_(FORHAANDSRADER[navn]))
    if kolonne is not None:
        query = query.where(column(kolonne).is_not(None))
        tabell = tabeller.alle().tables.get(navn)
        kjent = tabell.columns.get(kolonne) if tabell is not None else None
        if kjent is not None and isinstance(kjent.default, ScalarElementColumnDefault):
            query = query.where(column(kolonne, kjent.type) != kjent.default.arg)
    return connection.scalar(query) or 0


def krev_uten_tap(tap: Sequence[Tap], til: str) -> None:
    """Raises KoordineringError where going back would delete something."""
    if tap:
        raise KoordineringError(
            f"Nedgradering til {til} ville slettet data: {', '.join(map(str, tap))}. Ingenting er endret. "
            "Hent heller tilbake kopien fra før oppgraderingen."
        )
