"""The server under somebody who starts it again when it dies, as systemd does, and what is killed on it."""

import os
import random
import signal
import subprocess
import threading
import time
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from koordinering.config import Config
from tests.tjener import helse, kommando, ledig_port, miljo

FRIST = 120
"""Seconds in which a server that was killed must serve again, on a machine that is busy with other things."""


class Vokter:
    """`koordinering serve`, started again whenever it ends, until the block is left."""

    def __init__(self, config: Config, **ekstra: str) -> None:
        self.config = config
        self.port = ledig_port()
        self.adresse = f"http://127.0.0.1:{self.port}"
        self.starter = 0
        self._miljo = miljo(config, self.port, **ekstra)
        self._slutt = threading.Event()
        self._traad = threading.Thread(target=self._pass_paa, daemon=True)
        self._prosess: subprocess.Popen[bytes] | None = None
        self.logg = Path(config.data).parent / "server.log"

    def __enter__(self) -> Self:
        self._traad.start()
        self.vent_til_den_svarer()
        return self

    def __exit__(
        self, slag: type[BaseException] | None, feil: BaseException | None, spor: TracebackType | None
    ) -> None:
        self._slutt.set()
        if self._prosess is not None:
            self._prosess.terminate()
        self._traad.join(30)

    def _pass_paa(self) -> None:
        with self.logg.open("ab") as ut:
            while not self._slutt.is_set():
                self.starter += 1
                self._prosess = subprocess.Popen(  # noqa: S603 - our own command
                    kommando("serve"), env=self._miljo, stdout=ut, stderr=ut, start_new_session=True
                )
                self._prosess.wait()
                self._slutt.wait(0.2)  # what systemd waits at the least (RestartSec)

    def vent_til_den_svarer(self) -> None:
        """Ready, with its database."""
        frist = time.monotonic() + FRIST
        while helse(self.adresse) != 200:
            if time.monotonic() > frist:
                raise RuntimeError(f"the server does not come back:\n{self.siste_linjer()}")
            time.sleep(0.05)

    def siste_linjer(self, tegn: int = 3000) -> str:
        """The end of what it has written."""
        return self.logg.read_text(errors="replace")[-tegn:]

    def prosesser(self) -> list[int]:
        """The server and everything it has started."""
        return [] if self._prosess is None else [self._prosess.pid, *barn(self._prosess.pid)]

    def drep_tjeneren(self) -> None:
        """The server itself; its workers are left behind, as a kill -9 leaves them."""
        if self._prosess is not None:
            foer = self.starter
            _drep(self._prosess.pid)
            self._vent_paa_en_ny(foer)

    def drep_alt(self) -> None:
        """The server and its workers at one moment, as when the machine loses its power."""
        foer = self.starter
        for pid in self.prosesser():
            _drep(pid)
        self._vent_paa_en_ny(foer)

    def _vent_paa_en_ny(self, foer: int) -> None:
        """The one that was killed is seen to be gone: the workers it left behind go on answering for a second."""
        frist = time.monotonic() + FRIST
        while self.starter == foer:
            if time.monotonic() > frist:
                raise RuntimeError("nobody saw that the server was killed")
            time.sleep(0.02)

    def drep_en(self, rng: random.Random) -> None:
        """One of the processes that the server has started: a worker, or the one that takes the jobs."""
        if self._prosess is not None and (barna := barn(self._prosess.pid)):
            _drep(rng.choice(barna))


def barn(pid: int) -> list[int]:
    """What the process has started itself."""
    try:
        return [int(p) for p in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except FileNotFoundError:
        return []


def _drep(pid: int) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
