"""A child of a prepared process: it tries one mutant and tells how it went."""

import json
import os
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple


class Svar(NamedTuple):
    """How it went, and which test saw it: «drept», «tid», «overlevde», or «ny» where it needs a new process."""

    hvordan: str
    av: str = ""


def i_barn(gjoer: Callable[[], Svar], sekunder: float) -> Svar:
    """What it answers in a child of its own; a child that falls has seen the fault, one that never ends is stopped."""
    les, skriv = os.pipe()
    barn = os.fork()
    if barn == 0:
        os.close(les)
        _barnet(gjoer, skriv)
    os.close(skriv)
    frist = time.monotonic() + sekunder
    with os.fdopen(les) as svar:
        while os.waitpid(barn, os.WNOHANG) == (0, 0):
            if time.monotonic() > frist:
                os.killpg(barn, signal.SIGKILL)
                os.waitpid(barn, 0)
                return Svar("tid")
            time.sleep(0.005)
        lest = svar.read()
    return Svar(*json.loads(lest)) if lest else Svar("drept", "falt")


def _barnet(gjoer: Callable[[], Svar], skriv: int) -> None:
    """Out without tidying: what is open belongs to the parent."""
    os.setsid()
    svar = Svar("drept", "import")
    try:
        svar = gjoer()
    except BaseException as feil:
        svar = Svar("drept", type(feil).__name__)
    os.write(skriv, json.dumps(svar).encode())
    os._exit(0)


def noter(ut: Path, rad: dict[str, Any]) -> None:
    """One line of JSON more."""
    with ut.open("a", encoding="utf-8") as fil:
        fil.write(json.dumps(rad, ensure_ascii=False) + "\n")
