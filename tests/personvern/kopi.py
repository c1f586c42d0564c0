"""A backup taken and fetched, as the deployment guide says."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

from koordinering import noekkellager


def kopier(mappe: Path, til: Path) -> None:
    """A backup of the database and of the key store."""
    til.mkdir()
    for fil in ("koordinering.sqlite3", "noekkellager.sqlite3"):
        with closing(sqlite3.connect(mappe / fil)) as fra, closing(sqlite3.connect(til / fil)) as kopi:
            fra.backup(kopi)


def hent_tilbake(kopi: Path, data: Path) -> None:
    """The database goes and its backup is fetched; the key store is as it was."""
    noekkellager.lukk()
    for rest in data.glob("koordinering.sqlite3*"):
        rest.unlink()
    shutil.copy(kopi / "koordinering.sqlite3", data)
