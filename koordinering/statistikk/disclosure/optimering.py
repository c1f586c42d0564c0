"""The cheapest safe pattern, proved so: a master programme that learns from every attack that succeeds.

The master chooses groups to hide at least weight; each breach of its choice becomes a constraint. First its linear
relaxation is driven as far as it goes, then the integer programme, until nothing is broken. A safe pattern is kept
from the start, so that there is one when time or nodes run out.
"""

from dataclasses import dataclass
from math import inf
from time import monotonic

import highspy
import numpy as np

from koordinering.statistikk.disclosure.angrep import EPS, Angrep
from koordinering.statistikk.disclosure.arbeid import Arbeid
from koordinering.statistikk.disclosure.graadig import Graadig
from koordinering.statistikk.disclosure.gransking import Gransker, Kutt
from koordinering.statistikk.disclosure.lp import Maske, Tall, loest, stille
from koordinering.statistikk.disclosure.modell import Modell, uten_ulikheter

FLEST_NODER = 5_000
"""Nodes of the integer programme in one go."""

FLEST_AVRUNDINGER = 30
"""Rounds of cuts on the linear relaxation."""

TYNGDE = 40
"""What a counted step of it costs: most of its work is done beside the main line, and is not counted."""

ARBEID_1000, HOEYST = 16.0, 60.0
"""Units of work on the proof for 1,000 cells; it grows faster than they do, but never beyond the highest."""

ANDEL_RELAKSERT, ANDEL_TYNN = 0.5, 0.35
"""Of that, what the linear relaxation may take, and how much more may be spent on thinning."""

FRIST_BEVIS, FRIST_FYLL = 0.45, 0.85
"""Shares of the time until the outer stop after which the proof is left, and the mending of its last choice."""


@dataclass(frozen=True)
class Loesning:
    """A safe pattern, the weight of what it hides beyond what must be hidden, and the proved lower bound."""

    skjult: Maske
    vekt: float
    skranke: float
    tiden_ute: bool = False


class Mester:
    """Which groups to hide; what must be hidden or shown is settled."""

    def __init__(self, modell: Modell, arbeid: Arbeid) -> None:
        self.arbeid = arbeid
        self.vekt = np.array(modell.vekt, float)
        n = len(self.vekt)
        gulv = np.array([1.0 if fast is True else 0.0 for fast in modell.laast])
        tak = np.array([0.0 if fast is False else 1.0 for fast in modell.laast])
        self.maa = gulv > 0
        kostnad = np.where(self.maa, 0.0, self.vekt)
        self.h = stille()
        for en in range(n):
            self.h.addCol(kostnad[en], gulv[en], tak[en], 0, [], [])
        self.h.setOptionValue("mip_max_nodes", FLEST_NODER)
        self.h.setOptionValue("mip_rel_gap", 0.0)
        self.alle = np.arange(n, dtype=np.int32)
        self.kutt: set[tuple[tuple[int, ...], tuple[float, ...]]] = set()
        self.skranke = 0.0
        self.gyldig = True
        """Whether every safe pattern still meets the constraints: not after one that is only not known to be safe."""

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

    def loes(self, *, heltall: bool) -> Tall | None:
        """The cheapest choice so far; None when there is none, or none was found."""
        self.arbeid.sjekk()
        slag = highspy.HighsVarType.kInteger if heltall else highspy.HighsVarType.kContinuous
        self.h.changeColsIntegrality(len(self.alle), self.alle, np.full(len(self.alle), int(slag), np.uint8))
        optimum = loest(self.h, self.arbeid, heltall=heltall, tyngde=TYNGDE if heltall else 1)
        info = self.h.getInfo()
        if heltall and np.isfinite(info.mip_dual_bound):
            self._hev(float(info.mip_dual_bound))
        if optimum and not heltall:
            self._hev(float(info.objective_function_value))
        if not optimum and not (heltall and np.isfinite(info.mip_gap)):
            return None
        return np.array(self.h.getSolution().col_value)

    def _hev(self, skranke: float) -> None:
        if self.gyldig:
            self.skranke = max(self.skranke, skranke)


class Soek:
    """The search for one model."""

    def __init__(self, modell: Modell, slutt: float) -> None:
        self.begynt, self.slutt = monotonic(), slutt
        self.arbeid = Arbeid()
        self.mengde = min(HOEYST, ARBEID_1000 * (len(modell.vekt) / 1000) ** 1.5)
        self.angrep = Angrep(modell, self.arbeid)
        self.gransker = Gransker(self.angrep)
        overlapper = any(not rad.likhet for rad in modell.rader)
        self.enkel = Gransker(Angrep(uten_ulikheter(modell), self.arbeid)) if overlapper else self.gransker
        self.mester = Mester(modell, self.arbeid)
        self.graadig = Graadig(modell, self.angrep, self.gransker)
        self.beste: Maske | None = None
        self.sist = self.mester.maa.copy()

    def loes(self) -> Loesning | None:
        """The cheapest safe pattern; None when nothing is safe."""
        maa = self.mester.maa.copy()
        with self.arbeid.innen(self.mengde, self._frist(FRIST_BEVIS)):
            if self.enkel.trygt(maa) and self.gransker.trygt(maa):
                return Loesning(maa, 0.0, 0.0)
            if not len(maa):
                return None
            with self.arbeid.innen(ANDEL_RELAKSERT * self.mengde):
                self._relaks()
            self._heltall()
        if self.beste is None:
            self._mend()
        if self.beste is None:
            return None
        vekt = self._vekt(self.beste)
        skranke = vekt if self._bevist(vekt) else min(vekt, self.mester.skranke)
        return Loesning(self.beste, vekt, skranke, tiden_ute=self.arbeid.klokka_stoppet)

    def _frist(self, andel: float) -> float:
        return self.begynt + andel * max(0.5, self.slutt - self.begynt)

    def _mend(self) -> None:
        """No proof: make the last choice safe, and take back what one can. Everything is hidden only where the time
        is up before that, or nothing less is safe."""
        fylt: Maske | None = None
        with self.arbeid.innen(inf, self._frist(FRIST_FYLL)):
            fylt = self.graadig.fyll(self.sist)
        if fylt is None:
            fylt = self.graadig.alt()
        self.beste = fylt
        if fylt is not None:
            with self.arbeid.innen(ANDEL_TYNN * self.mengde, self._frist(1.0)):
                self.beste = self.graadig.tynn(fylt, nok=lambda skjult: self._bevist(self._vekt(skjult)))

    def _vekt(self, skjult: Maske) -> float:
        return float(self.mester.vekt[skjult & ~self.mester.maa].sum())

    def _bevist(self, vekt: float) -> bool:
        """Weights are whole: a bound above the next lighter one proves it."""
        return self.mester.skranke > vekt - 1 + 1e-4

    def _relaks(self) -> None:
        for _ in range(FLEST_AVRUNDINGER):
            y = self.mester.loes(heltall=False)
            if y is None:
                return
            self.sist = self.mester.maa | (y > 0.5)
            nye = [self.mester.legg(kutt) for kutt in self.enkel.kutt_ved(y)]
            if not any(nye):
                nye = [self.mester.legg(kutt) for kutt in self.enkel.kutt_av_hvilende(y)]
            if not any(nye):
                return

    def _heltall(self) -> None:
        while (y := self.mester.loes(heltall=True)) is not None:
            self.sist = y > 0.5
            if not self._lag_kutt(self.sist):
                self.beste = self.sist
                return

    def _lag_kutt(self, skjult: Maske) -> bool:
        """Learn from every breach of this choice; False when there is none."""
        brudd = list(self.enkel.brudd(skjult, kutt=True))
        if not brudd and self.enkel is not self.gransker:
            brudd = list(self.gransker.brudd(skjult, kutt=True))
        if not brudd:
            if self.gransker.heltallsbrudd(skjult) is None:
                return False
            self._utvid(skjult)
            return True
        nye = [self.mester.legg(b.kutt) for b in brudd if b.kutt is not None]
        if not any(nye):
            self._utvid(skjult)
        return True

    def _utvid(self, skjult: Maske) -> None:
        """Hiding less than this never protects more: every safe pattern hides something beyond it."""
        self.mester.gyldig &= not self.angrep.uavgjort
        andre = np.flatnonzero(~skjult)
        self.mester.legg(Kutt(andre, np.ones(len(andre))))


def finn(modell: Modell, slutt: float) -> Loesning | None:
    """The cheapest safe pattern of a model; `slutt` is the outer stop on the monotonic clock."""
    return Soek(modell, slutt).loes()
