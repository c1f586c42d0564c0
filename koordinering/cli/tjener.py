"""Serves the product: the workers, and the one that takes the jobs beside them."""

import errno
import logging
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from tempfile import TemporaryDirectory

import click
from flask import Flask
from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from koordinering import migrering, noekkellager
from koordinering.cli.linjer import skriv_linjer
from koordinering.cli.minne import still_haugene, still_samleren
from koordinering.cli.ramme import Kommando, Valg, i_programmet, program, si
from koordinering.cli.ramme import config as les_config
from koordinering.config import Config
from koordinering.db import db
from koordinering.drift.rules import METRIKKMAPPE, Dom
from koordinering.drift.services import basen
from koordinering.driftsvalg import Driftsvalg
from koordinering.errors import ConfigError, KoordineringError
from koordinering.jobb.arbeider import arbeid

log = logging.getLogger(__name__)

ADRESSE = Driftsvalg.lytt
"""Where `serve` listens unless told otherwise: this machine only."""
_TRAADER = 4
"""Requests that one worker process handles at the same time."""
_FRIST_S = 10
"""Seconds that a process has to end by itself before it is killed."""
_PAUSE_S = 2.0
"""Before a dead job worker is started again, and a worker that lacks something looks for it again."""


def _foelg(forelder: int) -> None:
    """End with the server even when it was killed and could not say so."""
    while os.getppid() == forelder:
        time.sleep(1)
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(_FRIST_S)
    os.kill(os.getpid(), signal.SIGKILL)


def lag_app() -> Flask:
    """What a worker process serves. Without the watch, a worker whose server was killed would hold the port.

    The server began with all in order. A worker that takes a dead one's place when the key file or a setting is gone
    waits for it: ending would take the server with it, and the other workers, who have what they need.
    """
    threading.Thread(target=_foelg, args=(os.getppid(),), daemon=True).start()
    skriv_linjer()
    still_haugene()
    while True:
        try:
            app = program()
        except ConfigError as feil:
            log.error("a worker waits to start: %s", feil)
            time.sleep(_PAUSE_S)
        else:
            still_samleren()
            return app


class Jobbprosess:
    """`koordinering jobb` beside the workers: started with them, started again when it dies, ended with them."""

    def __init__(self) -> None:
        self._slutt = threading.Event()
        self._prosess: subprocess.Popen[bytes] | None = None
        self._vakt = threading.Thread(target=self._pass_paa, daemon=True)

    def start(self) -> None:
        """Start it, and the thread that watches it.

        The first start is not the thread's: a worker forked at the same moment would inherit the pipe on which
        Popen waits for its child, and the wait would never end.
        """
        self._start_prosess()
        self._vakt.start()

    def _start_prosess(self) -> subprocess.Popen[bytes]:
        # A session of its own: Ctrl+C in the terminal reaches the server, which ends this one in its turn.
        self._prosess = subprocess.Popen(  # noqa: S603 - our own module, no shell
            [sys.executable, "-m", "koordinering.cli", "jobb", "--forelder", str(os.getpid())],
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )
        return self._prosess

    def _pass_paa(self) -> None:
        prosess = self._prosess
        while prosess is not None:
            prosess.wait()
            if self._slutt.wait(_PAUSE_S):
                return
            prosess = self._start_prosess()

    def stopp(self) -> None:
        """End it: it lays its job back first; a job that cannot stop is taken again by its lease."""
        self._slutt.set()
        if self._prosess is None or self._prosess.poll() is not None:
            return
        self._prosess.terminate()
        self._vakt.join(timeout=_FRIST_S)
        if self._vakt.is_alive():
            self._prosess.kill()


def krev_ledig_port(port: int, adresse: str = ADRESSE) -> None:
    """Stop at once when somebody else answers on the port. Raises KoordineringError."""
    slag = socket.AF_INET6 if ":" in adresse else socket.AF_INET
    with socket.socket(slag, socket.SOCK_STREAM) as proeve:
        proeve.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            proeve.bind((adresse, port))
        except OSError as feil:
            if feil.errno == errno.EADDRNOTAVAIL:
                raise KoordineringError(
                    f"Adressen {adresse} finnes ikke på denne maskinen. Se på KOORDINERING_LYTT."
                ) from None
            if feil.errno == errno.EACCES:
                raise KoordineringError(
                    f"Port {port} kan bare åpnes av root. Velg en over 1023, for eksempel PORT=8000."
                ) from None
            raise KoordineringError(f"Port {port} er i bruk. Velg en annen, for eksempel PORT={port + 1}.") from None


def ledig_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as proeve:
        proeve.bind((ADRESSE, 0))
        port: int = proeve.getsockname()[1]
        return port


def _krev_klart(config: Config) -> None:
    """What would stop every worker stops here, in one line."""
    uten_tall = replace(config, drift=replace(config.drift, metrikk_token=None))  # this process answers nobody
    with i_programmet(program(uten_tall)):  # closed again: the workers are forked and open their own connections
        gjeldende = migrering.status(db.engine).gjeldende
        rollen = basen.rettigheter(basen.Basen(config, db.engine, noekkellager.engine()))
    if not config.demo and not config.sqlite and rollen.dom is not Dom.OK:
        click.echo(f"Advarsel: {rollen.funnet} {rollen.gjoer}", err=True)
    if not gjeldende:
        raise ConfigError("Databasens skjema er ikke det nyeste. Kjør: koordinering db upgrade")


@contextmanager
def _tellerne(config: Config) -> Iterator[None]:
    """A folder where the processes count for /metrics, gone with the server. Before the program is imported."""
    if config.drift.metrikk_token is None:
        yield
        return
    with TemporaryDirectory(prefix="koordinering-tall-") as mappe:
        os.environ[METRIKKMAPPE] = mappe
        yield


def tjen(config: Config, hilsen: str) -> None:
    """Serve until told to stop; say `hilsen` once nothing is known to stand in the way."""
    with _tellerne(config):
        _tjen(config, hilsen)


def _tjen(config: Config, hilsen: str) -> None:
    krev_ledig_port(config.port, config.drift.lytt)
    _krev_klart(config)
    si(hilsen)
    tjener = Granian(
        f"{__name__}:{lag_app.__name__}",
        address=config.drift.lytt,
        port=config.port,
        interface=Interfaces.WSGI,
        factory=True,
        websockets=False,
        workers=config.arbeidere,
        blocking_threads=_TRAADER,
        respawn_failed_workers=True,
        workers_kill_timeout=_FRIST_S,
        log_level=LogLevels.warning,
        log_access=False,  # an address can hold what somebody searched for
    )
    jobber = Jobbprosess()
    tjener.on_startup(jobber.start)
    try:
        tjener.serve()
    finally:
        jobber.stopp()


@click.command(cls=Kommando)
def serve() -> None:
    """Start tjenesten på KOORDINERING_LYTT (127.0.0.1) og PORT, med en egen prosess for jobber."""
    config = les_config()
    tjen(config, f"Koordinering svarer på http://localhost:{config.port}")


@click.command(cls=Kommando)
@click.option("--en-runde", cls=Valg, is_flag=True, help="Gjør jobbene som venter, og avslutt.")
@click.option("--forelder", cls=Valg, type=int, hidden=True, help="Prosessen som denne skal avsluttes sammen med.")
def jobb(forelder: int | None, *, en_runde: bool) -> None:
    """Gjør jobber som tar lang tid. «serve» starter denne selv."""
    if forelder is not None:
        threading.Thread(target=_foelg, args=(forelder,), daemon=True).start()
    skriv_linjer()
    still_haugene()
    with i_programmet():
        arbeid(en_runde=en_runde)
