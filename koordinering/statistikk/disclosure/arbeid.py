"""How much the search has done: counted in steps of the solver, so that the same input stops at the same place.

The clock is only an outer stop, for machines that are much slower or busier than expected.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from math import inf
from time import monotonic

import highspy
from highspy._core import _Highs

OPPSTART = 40
"""What it costs to begin a linear programme, in steps of the simplex method."""

OPPSTART_HELTALL = 4_000
"""The same for an integer programme: it is prepared and cut before the first node."""

ENHET = 1e8
"""Steps times columns and rows that make one unit of work: about a second on one core of 2024."""


class Stopp(Exception):
    """The work set aside for this part of the search is done, or the time is up."""


class Arbeid:
    """What has been done so far in one search, and where it ends."""

    def __init__(self, slutt: float = inf) -> None:
        self.gjort, self.grense, self.slutt = 0.0, inf, slutt
        self.klokka_stoppet = False
        """Whether the outer stop decided anything: then another run may answer otherwise."""

    def loes(self, h: _Highs, *, heltall: bool = False, tyngde: int = 1) -> None:
        """Solve what is in the solver, and count it, a step as `tyngde`. No single solve goes on past the outer
        stop."""
        h.setOptionValue("time_limit", h.getRunTime() + max(0.05, self.igjen()))
        h.run()
        self.klokka_stoppet |= h.getModelStatus() == highspy.HighsModelStatus.kTimeLimit
        steg = tyngde * max(0, h.getInfo().simplex_iteration_count) + (OPPSTART_HELTALL if heltall else OPPSTART)
        self.gjort += steg * (h.getNumCol() + h.getNumRow()) / ENHET

    def igjen(self) -> float:
        """Seconds until the outer stop."""
        return min(self.slutt - monotonic(), 1e6)

    def sjekk(self) -> None:
        """Raise Stopp where nothing more may be done."""
        if self.gjort > self.grense:
            raise Stopp
        if monotonic() > self.slutt:
            self.klokka_stoppet = True
            raise Stopp

    @contextmanager
    def innen(self, enheter: float, slutt: float = inf) -> Iterator[None]:
        """Stop what is done here after so much work, or at `slutt` on the monotonic clock, and go on after it."""
        ytre = self.grense, self.slutt
        self.grense, self.slutt = min(self.grense, self.gjort + enheter), min(self.slutt, slutt)
        try:
            yield
        except Stopp:
            pass
        finally:
            self.grense, self.slutt = ytre
