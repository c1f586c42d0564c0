"""A day in minutes: the product's own clock, its minute and its hour run faster, in every process of it.

What waits for the clock (sessions, limits, leases, what is tidied each hour, the count of the night, the seal of each
minute) does as in the day that is played. What waits for a machine (sockets, statements, locks) does not.
"""

import importlib
import os
import re
import tempfile
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from itertools import count
from typing import Any


def spilt(start: datetime, fart: float) -> Callable[[], datetime]:
    """A clock that stood right at `start` and has run so much faster since."""
    return lambda: start + (datetime.now(UTC) - start) * fart


def gaa_fort() -> None:
    """Make this process's product follow the clock that UTHOLDENHET_START set going, UTHOLDENHET_FART times as fast."""
    fart = float(os.environ["UTHOLDENHET_FART"])
    naa = spilt(datetime.fromisoformat(os.environ["UTHOLDENHET_START"]), fart)
    db: Any = importlib.import_module("koordinering.db")
    db.now, db.i_dag = naa, lambda: naa().astimezone(db.OSLO).date()  # before anybody has taken them from there
    regler: Any = importlib.import_module("koordinering.jobb.rules")
    leie = regler.LEIE
    regler.LEIE = leie * fart  # how long work may be silent is a matter of the machine
    arbeider: Any = importlib.import_module("koordinering.jobb.arbeider")
    arbeider.LEIE = leie
    arbeider._MINUTT_S, arbeider._RYDD_S = 60 / fart, 3600 / fart
    _lekk(os.environ.get("UTHOLDENHET_LEKK", ""))


_glemt: list[object] = []


def _lekk(hva: str) -> None:
    """Put one of FEIL in: at each request to a page or each so many, or in what tidies."""
    if hva == "rader":
        arbeider: Any = importlib.import_module("koordinering.jobb.arbeider")
        arbeider.rydd = arbeider.services.rydd_jobber = lambda: None
    elif hva:
        glem, hver, mest = FEIL[hva]
        port: Any = importlib.import_module("koordinering.web.gate")
        riktig, nr = port.gate, count(1)

        def galt() -> object:
            if next(nr) % hver == 0 and len(_glemt) < mest:
                _glemt.append(glem())
            return riktig()

        port.gate = galt


def _forbindelse() -> object:
    db: Any = importlib.import_module("koordinering.db")
    return db.db.engine.connect()


FEIL: Mapping[str, tuple[Callable[[], object], int, int]] = {
    "minne": (lambda: re.sub("a", "b", "a" * 300_000), 1, 10_000),
    "filer": (lambda: os.open(os.devnull, os.O_RDONLY), 5, 10_000),
    "forbindelser": (_forbindelse, 40, 9),
    "midlertidige filer": (lambda: tempfile.NamedTemporaryFile(delete=False).close(), 10, 10_000),
}
"""Faults to be found: what is left behind, by one request of how many, and how often at the most (a pool that is empty
stops everything, and is seen by anybody). «rader» beside them: nobody tidies."""
