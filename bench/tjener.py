"""The product as a server process of the bench serves it. Told where by the environment.

Nothing else of the bench is imported here: what a worker weighs, and how long it takes to start, is measured on it.
`python -m bench.tjener` starts, answers its first request, and says what that cost.
"""

import json
import logging
import os
import sys
import time
from pathlib import Path
from unittest.mock import patch

from flask import Flask

from koordinering.app import create_app
from koordinering.cli.minne import still_samleren
from koordinering.config import Config, Miljoe

DATA, URL = "BENCH_TJENER_DATA", "BENCH_TJENER_URL"
FOEDT = "BENCH_TJENER_FOEDT"
"""When the process was asked for, in seconds since 1970."""


class UtenMinne:
    """In Argon2id's place: as long an answer, the same each time, for nothing."""

    def __init__(self, **_om: object) -> None:
        pass

    def derive(self, innhold: bytes) -> bytes:
        """32 bytes; what comes in is a keyed hash already."""
        return innhold[:32]


def config() -> Config:
    """The installation that the bench told of."""
    return Config(Miljoe.DEMO, Path(os.environ[DATA]), os.environ[URL], verter=("localhost", "127.0.0.1"))


def produkt() -> Flask:
    """The product, without the blind index's memory-hard step."""
    patch("koordinering.crypto.indeks.Argon2id", UtenMinne).start()
    app = create_app(config())
    logging.getLogger("koordinering").setLevel(logging.ERROR)
    still_samleren()
    return app


def _minne() -> float:
    """MiB that the process has in memory now."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20


def main() -> None:
    """Start, answer, report: CPU and clock since the process was asked for, and memory."""
    svar = produkt().test_client().get("/helse", base_url="http://localhost").status_code
    om = {
        "svar": svar,
        "cpu_ms": time.process_time() * 1000,
        "klokke_ms": (time.time() - float(os.environ[FOEDT])) * 1000,
        "mib": _minne(),
    }
    sys.stdout.write(json.dumps(om) + "\n")


if __name__ == "__main__":
    main()
