"""`python -m bench.start`: how long `koordinering start-demo` takes to its first answer, at first and then again.

And what one worker of it costs: in an interpreter of its own (bench/arbeider.py) starting, at rest, after 500 pages
and after the largest files; forked from the server, as they are, at first and when one has died.
"""

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager

from bench import proc

SIDER = 500

RO_S = 5
"""Seconds after which a worker has started and rests."""

VENT = 600
"""Seconds before it is given up."""


def _svarer(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/helse", timeout=5) as svar:
            return bool(svar.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def _miljoe(data: str, **ekstra: str) -> dict[str, str]:
    """Where the demo is, and compiled modules kept beside it: pip compiles what it installs, and a clone is not."""
    arvet = {navn: verdi for navn, verdi in os.environ.items() if navn != "PYTHONDONTWRITEBYTECODE"}
    egne = {"KOORDINERING_MILJOE": "demo", "KOORDINERING_DATA": data, "PYTHONPYCACHEPREFIX": f"{data}/pyc"}
    return arvet | egne | ekstra


@contextmanager
def _servert(data: str, kommando: str) -> Iterator[int]:
    """The demo on this directory, answering, until the block ends; gives the server's process."""
    with socket.socket() as ledig:
        ledig.bind(("127.0.0.1", 0))
        port = ledig.getsockname()[1]
    begynte = time.monotonic()
    linje = [sys.executable, "-m", "koordinering.cli", kommando]
    with subprocess.Popen(linje, env=_miljoe(data, PORT=str(port)), stdout=subprocess.DEVNULL) as prosess:  # noqa: S603 - our own
        try:
            while not _svarer(port):
                if prosess.poll() is not None or time.monotonic() - begynte > VENT:
                    raise SystemExit("the demo never answered")
                time.sleep(0.1)
            yield prosess.pid
        finally:
            prosess.terminate()


def start(data: str) -> float:
    """Start the demo on this directory, wait for its answer, stop it; tell the seconds."""
    begynte = time.monotonic()
    with _servert(data, "start-demo"):
        return time.monotonic() - begynte


def forket(data: str) -> dict[str, float]:
    """What the server's own workers cost until they wait for requests: ms of processor, at first and after a kill.

    They are forked from the server, which has imported everything (from Python 3.14 on they are not).
    """
    with _servert(data, "serve") as pid:
        time.sleep(RO_S)
        foerste = proc.arbeidere(pid)
        svar = {"forked_cpu_ms": round(max(map(proc.cpu_ms, foerste)))}
        os.kill(foerste[0], signal.SIGKILL)
        while not (nye := set(proc.arbeidere(pid)) - set(foerste)):
            time.sleep(0.1)
        time.sleep(RO_S)
        return svar | {"respawned_cpu_ms": round(max(map(proc.cpu_ms, nye)))}


def arbeider(data: str) -> dict[str, float]:
    """What one worker in an interpreter of its own costs: ms of processor and of the clock, and MiB (set size)."""
    for valg in ((), ("--sider", str(SIDER), "--filer")):  # the first one compiles
        kommando = [sys.executable, "-m", "bench.arbeider", *valg]
        ut = subprocess.run(kommando, env=_miljoe(data), capture_output=True, check=True, text=True).stdout  # noqa: S603 - our own
    svar = json.loads(ut)
    minne = {navn: round(verdi["rss"], 1) for navn, verdi in svar.items() if navn.startswith("minne")}
    return {"server_cpu_ms": svar["server_cpu_ms"], "start_cpu_ms": svar["start_cpu_ms"], **minne}


def main() -> None:
    """Once on an empty directory, then on what that left."""
    with tempfile.TemporaryDirectory() as data:
        for gang in ("first start", "second start"):
            sys.stdout.write(f"{gang}: {start(data):.1f} s\n")
        for hva, tall in (arbeider(data) | forket(data)).items():
            sys.stdout.write(f"{hva}: {tall}\n")


if __name__ == "__main__":
    main()
