"""Bring a database's schema up or down, and tell where it stands."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from alembic import command
from alembic.config import Config as AlembicConfig
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine

from koordinering.db import metadata, toem_logg


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


Fortell = Callable[[str], None]
"""Is told the revision of each step when it is done."""


def _taus(_versjon: str) -> None:
    """For steps that nobody follows."""


def oppsett(
    connection: Connection | None = None, fortell: Fortell = _taus, lager: Engine | None = None
) -> AlembicConfig:
    """Alembic's settings; without an ini file, and with the connection and key store to work on where there are."""
    svar = AlembicConfig()
    svar.set_main_option("script_location", str(mappe("migrations")).replace("%", "%%"))
    svar.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    svar.set_main_option("path_separator", "os")
    svar.attributes["metadata"] = metadata
    svar.attributes["connection"] = connection
    svar.attributes["fortell"] = fortell
    svar.attributes["noekkellager"] = lager
    return svar


def nyeste() -> str:
    """The newest revision this program knows."""
    hode = ScriptDirectory.from_config(oppsett()).get_current_head()
    if hode is None:
        raise RuntimeError("no migrations are shipped")
    return hode


def status(engine: Engine) -> Skjema:
    """Where the database stands and where it should."""
    with engine.connect() as connection:
        return Skjema(MigrationContext.configure(connection).get_current_revision(), nyeste())


def oppgrader(engine: Engine, til: str = "head", *, lager: Engine, fortell: Fortell = _taus) -> None:
    """Run the missing migrations. Safe to repeat; two at once wait for each other. `lager` is the key store."""
    with engine.connect() as connection:
        command.upgrade(oppsett(connection, fortell, lager), til)
    toem_logg(engine)


def nedgrader(engine: Engine, til: str, *, lager: Engine, fortell: Fortell = _taus) -> None:
    """Go back to an older revision («base» is an empty database). `lager` is the key store."""
    with engine.connect() as connection:
        command.downgrade(oppsett(connection, fortell, lager), til)
