"""A day in minutes: the product's own clock, its minute and its hour run faster, in every process of it.

What waits for the clock (sessions, limits, leases, what is tidied each hour, the count of the night, the seal of each
minute) does as in the day that is played. What waits for a machine (sockets, statements, locks) does not.
"""

import importlib
import os
import re
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import Any
from wsgiref.types import StartResponse, WSGIEnvironment

FART = float(os.environ.get("UTHOLDENHET_FART", "144"))
"""Seconds of the day that is played in one of ours: 24 hours in ten minutes."""

SPILT = timedelta(days=1)


def spilt(start: datetime, fart: float = FART) -> Callable[[], datetime]:
    """A clock that stood right at `start` and has run so much faster since."""
    return lambda: start + (datetime.now(UTC) - start) * fart


def gaa_fort() -> None:
    """Make this process's product follow the clock that UTHOLDENHET_START set going."""
    naa = spilt(datetime.fromisoformat(os.environ["UTHOLDENHET_START"]))
    db: Any = importlib.import_module("koordinering.db")
    db.now, db.i_dag = naa, lambda: naa().astimezone(db.OSLO).date()  # before anybody has taken them from there
    regler: Any = importlib.import_module("koordinering.jobb.rules")
    leie = regler.LEIE
    regler.LEIE = leie * FART  # how long work may be silent is a matter of the machine
    arbeider: Any = importlib.import_module("koordinering.jobb.arbeider")
    arbeider.LEIE = leie
    arbeider._MINUTT_S, arbeider._RYDD_S = 60 / FART, 3600 / FART
    _lekk(os.environ.get("UTHOLDENHET_LEKK", ""))


_glemt: list[object] = []


def _lekk(hva: str) -> None:
    """A fault to be found: each request leaves a little memory behind («minne»), or an open file («filer»)."""
    if not hva:
        return
    sporing: Any = importlib.import_module("koordinering.sporing")
    riktig = sporing.Sporing.__call__

    def galt(self: Any, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        _glemt.append(re.sub("a", "b", "a" * 20_000) if hva == "minne" else os.open(os.devnull, os.O_RDONLY))
        svar: Iterable[bytes] = riktig(self, environ, start_response)
        return svar

    sporing.Sporing.__call__ = galt
