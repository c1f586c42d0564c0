"""`python -m bench.start`: how long `koordinering start-demo` takes to its first answer, at first and then again.

And what one worker of it costs (bench/arbeider.py): starting, at rest, after 500 pages and after the largest files.
"""

import json
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

SIDER = 500

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


def arbeider(data: str) -> dict[str, float]:
    """What one worker in an interpreter of its own costs: ms of processor and of the clock, and MiB (set size)."""
    miljoe = {**os.environ, "KOORDINERING_MILJOE": "demo", "KOORDINERING_DATA": data}
    kommando = [sys.executable, "-m", "bench.arbeider", "--sider", str(SIDER), "--filer"]
    svar = json.loads(subprocess.run(kommando, env=miljoe, capture_output=True, check=True, text=True).stdout)  # noqa: S603 - our own
    minne = {navn: round(verdi["rss"], 1) for navn, verdi in svar.items() if navn.startswith("minne")}
    return {"import_cpu_ms": svar["import_cpu_ms"], "start_cpu_ms": svar["start_cpu_ms"], **minne}


def main() -> None:
    """Once on an empty directory, then on what that left."""
    with tempfile.TemporaryDirectory() as data:
        for gang in ("first start", "second start"):
            sys.stdout.write(f"{gang}: {start(data):.1f} s\n")
        for hva, tall in arbeider(data).items():
            sys.stdout.write(f"{hva}: {tall}\n")


if __name__ == "__main__":
    main()
