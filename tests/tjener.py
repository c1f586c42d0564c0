"""A served installation: the real server with its worker processes, on an address of its own."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from koordinering.config import Config


def ledig_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as sokkel:
        sokkel.bind(("127.0.0.1", 0))
        port: int = sokkel.getsockname()[1]
        return port


def miljo(config: Config, port: int, **ekstra: str) -> dict[str, str]:
    """The environment that tells a process of its own about this installation."""
    return {
        **{k: v for k, v in os.environ.items() if not k.startswith("KOORDINERING_")},
        "KOORDINERING_MILJOE": config.miljoe.value,
        "KOORDINERING_DATA": str(config.data),
        "KOORDINERING_DATABASE_URL": config.database_url,
        "PORT": str(port),
        **ekstra,
    }


def kommando(*ord_: str) -> list[str]:
    """The product's own command line, as installed."""
    return [str(Path(sys.executable).with_name("koordinering")), *ord_]


def helse(adresse: str) -> int:
    """What /helse answers; 0 when nobody does."""
    try:
        with urllib.request.urlopen(f"{adresse}/helse", timeout=5) as svar:  # noqa: S310 - our own loopback address
            return 200 if json.load(svar)["status"] == "ok" else 0
    except urllib.error.HTTPError as feil:
        return feil.code
    except OSError:
        return 0


@contextmanager
def kjoerende(miljoet: Mapping[str, str], logg: Path, *, slutt_s: float = 20) -> Iterator[subprocess.Popen[bytes]]:
    """`koordinering serve` in this environment, answering, until the block ends.

    Raises RuntimeError when it does not start, has died when the block ends, or does not stop within `slutt_s`.
    """
    with logg.open("wb") as ut:
        prosess = subprocess.Popen(  # noqa: S603 - our own command
            kommando("serve"), env=dict(miljoet), stdout=ut, stderr=ut, start_new_session=True
        )
        try:
            frist = time.monotonic() + 60
            while helse(f"http://127.0.0.1:{miljoet['PORT']}") != 200:
                _krev_liv(prosess, logg, i_live=time.monotonic() < frist)
                time.sleep(0.1)
            yield prosess
            _krev_liv(prosess, logg)
        finally:
            prosess.send_signal(signal.SIGTERM)
            try:
                prosess.wait(slutt_s)
            except subprocess.TimeoutExpired:
                os.killpg(prosess.pid, signal.SIGKILL)
                prosess.wait(10)
                raise RuntimeError("the server did not stop when asked") from None


def _krev_liv(prosess: subprocess.Popen[bytes], logg: Path, *, i_live: bool = True) -> None:
    if prosess.poll() is not None or not i_live:
        raise RuntimeError(f"the server is not there:\n{logg.read_text(errors='replace')[-3000:]}")


@contextmanager
def servert(config: Config, **ekstra: str) -> Iterator[str]:
    """Serve the installation until the block ends; gives its address."""
    port = ledig_port()
    with kjoerende(miljo(config, port, **ekstra), config.data / "server.log"):
        yield f"http://127.0.0.1:{port}"
