"""The two kinds of database: copied while they are used, checked, and filled from a copy."""

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Sequence
from contextlib import closing
from itertools import takewhile
from pathlib import Path

from sqlalchemy import inspect, make_url
from sqlalchemy.schema import DropSchema

from koordinering import noekkellager
from koordinering.config import sqlitefil
from koordinering.errors import KoordineringError
from koordinering.sikkerhetskopi.filer import Del

SQLITE, POSTGRESQL = "sqlite", "postgresql"


def slag(url: str) -> str:
    """Which kind an address is of."""
    return SQLITE if url.startswith(SQLITE) else POSTGRESQL


def kopier(url: str, del_: Del, til: Path) -> None:
    """A copy of the database as it is at one moment, checked. Nobody who uses it waits.

    Raises KoordineringError where it cannot be made, or is not whole.
    """
    if slag(url) == SQLITE:
        _kopier_sqlite(sqlitefil(url), til)
    else:
        _dump(url, del_, til)


def _kopier_sqlite(fra: Path, til: Path) -> None:
    if not fra.is_file():
        raise KoordineringError(f"Databasen {fra} finnes ikke.")
    with (
        closing(sqlite3.connect(f"file:{fra}?mode=ro", uri=True, timeout=30)) as her,
        closing(sqlite3.connect(til)) as der,
    ):
        her.backup(der)  # in one step: page by page it would begin anew at each write
        der.execute("PRAGMA journal_mode=DELETE")
    krev_hel(til)


def krev_hel(fil: Path) -> None:
    """Read every page of a SQLite file. Raises KoordineringError where something is broken."""
    try:
        with closing(sqlite3.connect(fil)) as base:
            svar = [rad[0] for rad in base.execute("PRAGMA integrity_check(1)")]
            loese = base.execute("PRAGMA foreign_key_check").fetchone()
    except sqlite3.DatabaseError:
        svar, loese = ["skadet"], None
    if svar != ["ok"] or loese is not None:
        raise KoordineringError(f"{fil.name} er skadet. Hent databasen tilbake fra en eldre kopi.")


def _dump(url: str, del_: Del, til: Path) -> None:
    valg = f"--schema={noekkellager.SKJEMA}" if del_ is Del.LAGER else f"--exclude-schema={noekkellager.SKJEMA}"
    _kjoer("pg_dump", url, "--format=custom", "--no-owner", "--no-privileges", valg, f"--file={til}")
    liste = _kjoer("pg_restore", None, "--list", str(til))
    ventet = "noekkel" if del_ is Del.LAGER else "alembic_version"
    if f" {ventet} " not in liste:
        raise KoordineringError(f"pg_dump tok ikke med {del_.tekst}. Har rollen rettigheter til å lese?")


def fyll(url: str, fra: Path) -> None:
    """Fill an empty database from a copy. Raises KoordineringError; then nothing has come."""
    if slag(url) == SQLITE:
        fil = sqlitefil(url)
        fil.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            shutil.copyfile(fra, fil)
            fil.chmod(0o600)
            krev_hel(fil)
        except BaseException:
            fil.unlink(missing_ok=True)  # half a database would be in the way of the whole one
            raise
        return
    _kjoer("pg_restore", url, "--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction", str(fra))


def fjern_lageret(url: str) -> None:
    """Take a key store away: what `fyll` put in an empty place."""
    if slag(url) == SQLITE:
        sqlitefil(url).unlink(missing_ok=True)
        return
    engine = noekkellager.lag_engine(url)
    try:
        with engine.begin() as forbindelse:
            forbindelse.execute(DropSchema(noekkellager.SKJEMA, cascade=True, if_exists=True))
    finally:
        engine.dispose()


def les(fil: Path, del_: Del, tabell: str, kolonner: Sequence[str]) -> list[list[bytes | None]]:
    """The rows of a small table in a copy that is in no database yet, each value as the bytes of its text.

    Nothing where the copy has no such table. Raises KoordineringError.
    """
    if fil.suffix == ".dump":
        return _les_dump(fil, noekkellager.SKJEMA if del_ is Del.LAGER else "public", tabell, kolonner)
    verdier = ", ".join(f"CAST({kolonne} AS BLOB)" for kolonne in kolonner)
    with closing(sqlite3.connect(f"file:{fil}?mode=ro", uri=True)) as base:
        if base.execute("SELECT 1 FROM sqlite_schema WHERE name = ?", (tabell,)).fetchone() is None:
            return []
        return [list(rad) for rad in base.execute(f"SELECT {verdier} FROM {tabell}")]  # noqa: S608 - our own names


def _les_dump(fil: Path, skjema: str, tabell: str, kolonner: Sequence[str]) -> list[list[bytes | None]]:
    """PostgreSQL's own tool writes the table as COPY has it: a line for each row, with tabs between."""
    ut = _kjoer("pg_restore", None, "--data-only", f"--schema={skjema}", f"--table={tabell}", "--file=-", str(fil))
    linjer = iter(ut.splitlines())
    hode = next((linje for linje in linjer if linje.startswith(f"COPY {skjema}.{tabell} (")), None)
    if hode is None:
        return []
    navn = hode[hode.index("(") + 1 : hode.index(")")].split(", ")
    plass = [navn.index(kolonne) for kolonne in kolonner]
    rader = [linje.split("\t") for linje in takewhile(lambda linje: linje != "\\.", linjer)]
    return [[_av_copy(rad[nr]) for nr in plass] for rad in rader]


def _av_copy(tekst: str) -> bytes | None:
    if tekst == "\\N":
        return None
    heks = "\\\\x"  # bytea, with the backslash that COPY puts before a backslash
    return bytes.fromhex(tekst.removeprefix(heks)) if tekst.startswith(heks) else tekst.encode()


def er_tom(url: str, del_: Del) -> bool:
    """Whether there is nothing there. A SQLite file must not exist."""
    if slag(url) == SQLITE:
        return not sqlitefil(url).exists()
    engine = noekkellager.lag_engine(url)
    try:
        return not inspect(engine).get_table_names(schema=noekkellager.SKJEMA if del_ is Del.LAGER else "public")
    finally:
        engine.dispose()


def _kjoer(verktoey: str, url: str | None, *ord_: str) -> str:
    """Run one of PostgreSQL's own tools; what it wrote. The password is in the environment, where nobody lists it."""
    program = shutil.which(verktoey)
    if program is None:
        raise KoordineringError(f"{verktoey} finnes ikke på maskinen. Installer PostgreSQLs klientprogrammer.")
    miljo = dict(os.environ)
    adresse: tuple[str, ...] = ()
    if url is not None:
        delt = make_url(url)
        if delt.password:
            miljo["PGPASSWORD"] = str(delt.password)
        uri = delt.set(drivername="postgresql", password=None).render_as_string(hide_password=False)
        adresse = (f"--dbname={uri}",)
    svar = subprocess.run(  # noqa: S603 - a program of the machine, no shell
        [program, *adresse, *ord_], env=miljo, capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False
    )
    if svar.returncode:
        grunn = next((linje for linje in svar.stderr.splitlines() if linje.strip()), "ukjent feil")
        raise KoordineringError(f"{verktoey} stanset: {grunn.removeprefix(f'{verktoey}: ')}")
    return svar.stdout
