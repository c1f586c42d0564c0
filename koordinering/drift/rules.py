"""What a check of the installation found: how bad it is, in one line, and what to do."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeVar

from koordinering.tekst import Kode

T = TypeVar("T")


METRIKKMAPPE = "PROMETHEUS_MULTIPROC_DIR"
"""Names the folder where the processes count; prometheus-client reads it when it is imported."""

VENTER = timedelta(minutes=5)
"""A job that nobody has taken in this time: nobody takes them."""

DISK_BOER_SES_PAA, DISK_MAA_RYDDES = 0.85, 0.95
"""How full a disk is: somebody should look; somebody must. A backup needs room for the database once more."""


class Dom(Kode):
    """How bad it is."""

    OK = "ok", "ok"
    ADVARSEL = "advarsel", "advarsel"
    FEIL = "feil", "FEIL"


KODER = {Dom.OK: 0, Dom.ADVARSEL: 1, Dom.FEIL: 2}
"""The command's exit code is that of the worst."""


@dataclass(frozen=True)
class Svar:
    """What one check came to."""

    dom: Dom
    funnet: str
    gjoer: str = ""
    """What to do; empty when there is nothing to do."""


@dataclass(frozen=True)
class Funn:
    """A check by its name, and what it came to."""

    navn: str
    svar: Svar


def ok(funnet: str) -> Svar:
    """Nothing to do."""
    return Svar(Dom.OK, funnet)


def advarsel(funnet: str, gjoer: str) -> Svar:
    """It works, and somebody should look at it."""
    return Svar(Dom.ADVARSEL, funnet, gjoer)


def feil(funnet: str, gjoer: str) -> Svar:
    """It must be mended before real families are registered."""
    return Svar(Dom.FEIL, funnet, gjoer)


Kontroller = Sequence[tuple[str, Callable[[T], Svar]]]
"""Checks by name, in the order in which they are told."""
