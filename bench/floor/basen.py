"""A connection for each thread, as the driver gives it: `?` in the SQL on both databases, and full durability."""

import json
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any

import psycopg

_PRAGMAER = (
    "busy_timeout=15000", "journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "trusted_schema=OFF",
    "secure_delete=ON", "temp_store=MEMORY", "cache_size=-16384",
)  # fmt: skip
"""The same as the product's (koordinering/motor.py)."""


class Basen:
    """One database: the cases, or the key store."""

    def __init__(self, url: str) -> None:
        self.sqlite = url.startswith("sqlite")
        self._sted = url.removeprefix("sqlite:///") if self.sqlite else url.replace("+psycopg", "")
        self._traad = threading.local()

    @property
    def forbindelse(self) -> Any:
        """This thread's."""
        funnet = getattr(self._traad, "forbindelse", None)
        if funnet is None:
            funnet = self._traad.forbindelse = self._aapne()
        return funnet

    def _aapne(self) -> Any:
        if not self.sqlite:
            return psycopg.connect(self._sted, autocommit=True)
        forbindelse = sqlite3.connect(self._sted, isolation_level=None)
        for pragma in _PRAGMAER:
            forbindelse.execute(f"PRAGMA {pragma}")
        return forbindelse

    def lukk(self) -> None:
        """This thread's, where it has one."""
        funnet = self._traad.__dict__.pop("forbindelse", None)
        if funnet is not None:
            funnet.close()

    def les(self, setning: str, *verdier: Any) -> list[Any]:
        """Every row."""
        if self.sqlite:
            return self.forbindelse.execute(setning, verdier).fetchall()  # type: ignore[no-any-return]
        return self.forbindelse.execute(_pg(setning), verdier).fetchall()  # type: ignore[no-any-return]

    def kjoer(self, setning: str, *verdier: Any) -> None:
        """One statement whose rows nobody asks for."""
        self.forbindelse.execute(setning if self.sqlite else _pg(setning), verdier)

    def mange(self, setning: str, rader: Sequence[Sequence[Any]]) -> None:
        """The same statement for each row."""
        if self.sqlite:
            self.forbindelse.executemany(setning, rader)
        else:
            with self.forbindelse.cursor() as cursor:
                cursor.executemany(_pg(setning), rader)

    @contextmanager
    def skriv(self) -> Iterator[None]:
        """A transaction that writes, as the product opens it."""
        self.forbindelse.execute("BEGIN IMMEDIATE" if self.sqlite else "BEGIN")
        try:
            yield
        except BaseException:
            self.forbindelse.execute("ROLLBACK")
            raise
        self.forbindelse.execute("COMMIT")

    def tid(self, verdi: datetime) -> Any:
        """A moment as it is stored."""
        return verdi.strftime("%Y-%m-%d %H:%M:%S.%f") if self.sqlite else verdi

    def dag(self, verdi: date) -> Any:
        """A day as it is stored."""
        return verdi.isoformat() if self.sqlite else verdi

    def ja(self, verdi: bool) -> Any:
        """A truth as it is stored."""
        return int(verdi) if self.sqlite else verdi

    def json(self, verdi: object) -> Any:
        """A list as it is stored."""
        return json.dumps(verdi)


@lru_cache(maxsize=256)
def _pg(setning: str) -> str:
    return setning.replace("%", "%%").replace("?", "%s")


def som_tid(verdi: Any) -> datetime:
    """A moment as it was read."""
    return datetime.fromisoformat(verdi).replace(tzinfo=UTC) if isinstance(verdi, str) else verdi.astimezone(UTC)


def som_dag(verdi: Any) -> date:
    """A day as it was read."""
    return date.fromisoformat(verdi) if isinstance(verdi, str) else verdi


def som_liste(verdi: Any) -> list[str]:
    """A list as it was read."""
    return list(json.loads(verdi) if isinstance(verdi, str) else verdi)


def hull(antall: int) -> str:
    """So many places in a list of values."""
    return ", ".join("?" * antall)
