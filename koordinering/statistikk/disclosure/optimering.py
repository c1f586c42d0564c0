"""The cheapest safe pattern, proved so: a master programme that learns from every attack that succeeds.

The master chooses groups to hide at least weight; each breach of its choice becomes a constraint. First its linear
relaxation is driven as far as it goes, then the integer programme, until nothing is broken. A safe pattern is kept
from the start, so that there is one when time or nodes run out.
"""

from dataclasses import dataclass
from time import monotonic

import highspy
import numpy as np

from koordinering.statistikk.disclosure.angrep import EPS, Angrep, Moenster
from koordinering.statistikk.disclosure.gransking import Gransker, Kutt
from koordinering.statistikk.disclosure.graadig import Graadig
from koordinering.statistikk.disclosure.lp import Tall, loest, matrise, program, umulig
from koordinering.statistikk.disclosure.modell import Modell

FLEST_NODER = 20_000
"""Nodes of the integer programme in one go: a count, not a clock, so that the answer is always the same."""

FLEST_AVRUNDINGER = 30
"""Rounds of cuts on the linear relaxation."""


MELLOM_GRAADIGE = 8
"""Rounds of the integer programme between attempts to mend its choice into a safe pattern."""


@dataclass(frozen=True)
class Loesning:
    """A safe pattern, the weight of what it hides beyond what must be hidden, and the proved lower bound."""

    skjult: Moenster
    vekt: float
    skranke: float


class Mester:
    """Which groups to hide; what must be hidden or shown is settled."""

    def __init__(self, modell: Modell) -> None:
        self.vekt = np.array(modell.vekt, float)
        n = len(self.vekt)
        gulv = np.array([1.0 if fast is True else 0.0 for fast in modell.laast])
        tak = np.array([0.0 if fast is False else 1.0 for fast in modell.laast])
        self.maa = gulv > 0
        kostnad = np.where(self.maa, 0.0, self.vekt)
        self.h = program(kostnad, gulv, tak, matrise([], [], []))
        self.h.setOptionValue("mip_max_nodes", FLEST_NODER)
        self.h.setOptionValue("mip_rel_gap", 0.0)
        self.alle = np.arange(n, dtype=np.int32)
        self.kutt: set[tuple[tuple[int, ...], tuple[float, ...]]] = set()
        self.skranke = 0.0
        self.umulig = False

    def legg(self, kutt: Kutt) -> bool:
        """Add a constraint, with what must be hidden taken out of it; False when it says nothing new."""
        fast = self.maa[kutt.grupper]
        trengs = 1.0 - float(kutt.koeffisienter[fast].sum())
        if trengs <= EPS:
            return False
        grupper, koeff = kutt.grupper[~fast], np.minimum(kutt.koeffisienter[~fast] / trengs, 1.0)
        navn = (tuple(grupper.tolist()), tuple(np.round(koeff, 6).tolist()))
        if navn in self.kutt:
            return False
        self.kutt.add(navn)
        self.h.addRow(1.0, highspy.kHighsInf, len(grupper), grupper.astype(np.int32), koeff)
        return True

    def loes(self, *, heltall: bool, sekunder: float) -> Tall | None:
        """The cheapest choice so far; None when there is none, or none in time."""
        slag = highspy.HighsVarType.kInteger if heltall else highspy.HighsVarType.kContinuous
        self.h.changeColsIntegrality(len(self.alle), self.alle, np.full(len(self.alle), int(slag), np.uint8))
        self.h.setOptionValue("time_limit", self.h.getRunTime() + max(sekunder, 0.05))
        optimum = loest(self.h)
        self.umulig = umulig(self.h)
        info = self.h.getInfo()
        if heltall and np.isfinite(info.mip_dual_bound):
            self.skranke = max(self.skranke, float(info.mip_dual_bound))
        if optimum and not heltall:
            self.skranke = max(self.skranke, float(info.objective_function_value))
        if not optimum and not (heltall and np.isfinite(info.mip_gap)):
            return None
        return np.array(self.h.getSolution().col_value)


class Soek:
    """The search for one model."""

    def __init__(self, modell: Modell, slutt: float) -> None:
        self.modell, self.slutt = modell, slutt
        self.angrep = Angrep(modell)
        self.gransker = Gransker(self.angrep)
        self.mester = Mester(modell)
        self.graadig = Graadig(modell, self.angrep, self.gransker)
        self.beste: Moenster | None = None
        self.runder = 0

    def loes(self) -> Loesning | None:
        """The cheapest safe pattern; None when nothing is safe."""
        maa = self.mester.maa.copy()
        if self._trygt(maa):
            return Loesning(maa, 0.0, 0.0)
        self._bedre(self.graadig.fyll(maa))
        self._relaks()
        self._heltall()
        if self.beste is None:
            return None
        vekt = self._vekt(self.beste)
        return Loesning(self.beste, vekt, vekt if self._bevist(vekt) else min(vekt, self.mester.skranke))

    def _trygt(self, skjult: Moenster) -> bool:
        return self.gransker.trygt(skjult) and (self.modell.flat or not self.gransker.heltallsbrudd(skjult))

    def _vekt(self, skjult: Moenster) -> float:
        return float(self.mester.vekt[skjult & ~self.mester.maa].sum())

    def _bevist(self, vekt: float) -> bool:
        """Weights are whole: a bound above the next lighter one proves it."""
        return self.mester.skranke > vekt - 1 + 1e-4

    def _bedre(self, skjult: Moenster | None) -> None:
        if skjult is not None and (self.beste is None or self._vekt(skjult) < self._vekt(self.beste)):
            self.beste = skjult

    def _tid(self) -> float:
        return self.slutt - monotonic()

    def _relaks(self) -> None:
        for _ in range(FLEST_AVRUNDINGER):
            y = self.mester.loes(heltall=False, sekunder=self._tid())
            if y is None or self._tid() <= 0:
                return
            nye = [self.mester.legg(kutt) for kutt in self.gransker.kutt_ved(y)]
            if not any(nye):
                return

    def _heltall(self) -> None:
        while self._tid() > 0 and not (self.beste is not None and self._bevist(self._vekt(self.beste))):
            y = self.mester.loes(heltall=True, sekunder=self._tid())
            if y is None:
                return
            skjult = y > 0.5
            if not self._lag_kutt(skjult):
                self._bedre(skjult)
                return

    def _lag_kutt(self, skjult: Moenster) -> bool:
        """Learn from every breach of this choice; False when there is none."""
        brudd = list(self.gransker.brudd(skjult))
        if not brudd:
            if self.modell.flat or not self.gransker.heltallsbrudd(skjult):
                return False
            self._utvid(skjult)
            return True
        nye = [self.mester.legg(b.kutt) for b in brudd if b.kutt is not None]
        if not any(nye):
            self._utvid(skjult)
        if self.runder % MELLOM_GRAADIGE == 0:
            self._bedre(self.graadig.fyll(skjult, mest=None if self.beste is None else self._vekt(self.beste)))
        self.runder += 1
        return True

    def _utvid(self, skjult: Moenster) -> None:
        """Hiding less than this never protects more: every safe pattern hides something beyond it."""
        andre = np.flatnonzero(~skjult)
        self.mester.legg(Kutt(andre, np.ones(len(andre))))


def finn(modell: Modell, slutt: float) -> Loesning | None:
    """The cheapest safe pattern of a model; `slutt` is the outer stop on the monotonic clock."""
    return Soek(modell, slutt).loes()
