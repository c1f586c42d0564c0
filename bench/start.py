"""`python -m bench.start`: how long `koordinering start-demo` takes to its first answer, at first and then again."""

import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

VENT = 600
"""Seconds before it is given up."""


def _svarer(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/helse", timeout=5) as svar:
            return bool(svar.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def start(data: str) -> float:
    """Start the demo on this directory, wait for its answer, stop it; tell the seconds."""
    with socket.socket() as ledig:
        ledig.bind(("127.0.0.1", 0))
        port = ledig.getsockname()[1]
    miljoe = {**os.environ, "KOORDINERING_MILJOE": "demo", "KOORDINERING_DATA": data, "PORT": str(port)}
    begynte = time.monotonic()
    kommando = [sys.executable, "-m", "koordinering.cli", "start-demo"]
    with subprocess.Popen(kommando, env=miljoe, stdout=subprocess.DEVNULL) as prosess:  # noqa: S603 - our own
        try:
            while not _svarer(port):
                if prosess.poll() is not None or time.monotonic() - begynte > VENT:
                    raise SystemExit("the demo never answered")
                time.sleep(0.1)
            return time.monotonic() - begynte
        finally:
            prosess.terminate()


def main() -> None:
    """Once on an empty directory, then on what that left."""
    with tempfile.TemporaryDirectory() as data:
        for gang in ("first start", "second start"):
            sys.stdout.write(f"{gang}: {start(data):.1f} s\n")


if __name__ == "__main__":
    main()
