"""The attacker, as the optimiser sees her: how low and how high can a number be, and what would blur it more.

For a pattern of hidden groups, an attacker solves a linear programme over everything that adds up. Its dual
prices say which numbers hold the answer down; that gives a capacity constraint on patterns (Fischetti and
Salazar-González 2001): sum of coef[g] over hidden g >= rest. Every solution is kept: a table that the attacker
must believe possible answers many questions at once.
"""

from collections.abc import Iterable
from typing import NamedTuple

import highspy
import numpy as np
from numpy.typing import NDArray

from koordinering.statistikk.disclosure.lp import Matrise, Tall, loest, matrise, program, varm
from koordinering.statistikk.disclosure.modell import KJENT, UKJENT, Modell

Moenster = NDArray[np.bool_]
"""Per group: hidden."""

EPS = 1e-6
FLEST_LOESNINGER = 2000


class Ytterpunkt(NamedTuple):
    """The extreme of one number: how far it is from the true value, and the dual prices behind."""

    avstand: float
    priser: Tall
    loesning: Tall


class Arkiv:
    """Tables that fit everything that adds up, kept as their differences from the true one."""

    def __init__(self, verdi: Tall) -> None:
        self.verdi = verdi
        self.antall = 0
        self._avvik = np.zeros((FLEST_LOESNINGER, len(verdi)))
        self._flyttet = np.zeros((FLEST_LOESNINGER, len(verdi)), np.float32)
        self._hele = np.zeros(FLEST_LOESNINGER, np.bool_)

    def legg(self, loesning: Tall) -> None:
        """Keep a solution, in place of the oldest when there are too many."""
        avvik = loesning - self.verdi
        heltall = np.rint(avvik)
        hel = bool(np.abs(avvik - heltall).max() < EPS)
        plass = self.antall % FLEST_LOESNINGER
        self._avvik[plass] = heltall if hel else avvik
        self._flyttet[plass] = np.abs(self._avvik[plass]) > EPS
        self._hele[plass] = hel
        self.antall += 1

    def innenfor(self, kjent: NDArray[np.bool_], *, hele: bool) -> Tall:
        """Differences of the tables that agree with everything known, and of the true one first."""
        n = min(self.antall, FLEST_LOESNINGER)
        passer = self._flyttet[:n] @ kjent.astype(np.float32) == 0
        if hele:
            passer &= self._hele[:n]
        return np.vstack([np.zeros((1, len(self.verdi))), self._avvik[:n][passer]])


class Angrep:
    """The attacker of one model. `sett` chooses the pattern, the rest asks."""

    def __init__(self, modell: Modell) -> None:
        self.modell = modell
        self.verdi = np.array(modell.verdi, float)
        self.gruppe = np.array(modell.gruppe, np.int64)
        self.antall_grupper = len(modell.vekt)
        self.rader = self._matrise()
        self.rom = 10 * float(np.abs(self.verdi).max(initial=0)) + 1000
        """How far up a hidden number may go: further than any count could be."""
        self.gulv = np.minimum(np.maximum(modell.gulv, -self.rom), self.verdi)
        n = len(self.verdi)
        self.h = program(np.zeros(n), self.verdi, self.verdi, self.rader)
        varm(self.h)
        self.heltall: Highs | None = None
        self.arkiv = Arkiv(self.verdi)
        self.alle = np.arange(n, dtype=np.int32)
        self.lav, self.hoey = self.verdi.copy(), self.verdi.copy()

    def _matrise(self) -> Matrise:
        rader = [(rad.kolonner, rad.koeffisienter) for rad in self.modell.rader]
        lav = [0.0 if rad.likhet else -highspy.kHighsInf for rad in self.modell.rader]
        return matrise(rader, lav, [0.0] * len(rader))

    def kjent(self, skjult: Moenster, egne: Iterable[int] = ()) -> NDArray[np.bool_]:
        """Which numbers somebody knows who sees this pattern and knows `egne` herself."""
        kjent = self.gruppe == KJENT
        printet = self.gruppe >= 0
        kjent[printet] = ~skjult[self.gruppe[printet]]
        kjent[list(egne)] = True
        return kjent

    def sett(self, kjent: NDArray[np.bool_]) -> None:
        """From now on these numbers are known."""
        self.lav = np.where(kjent, self.verdi, self.gulv)
        self.hoey = np.where(kjent, self.verdi, np.maximum(self.verdi, 0) + self.rom)
        self.h.changeColsBounds(len(self.alle), self.alle, self.lav, self.hoey)

    def sett_delvis(self, y: Tall, rom: float) -> None:
        """A fractional pattern: a number may move the share `y` of the way, at most `rom` upwards."""
        andel = np.where(self.gruppe == UKJENT, 1.0, 0.0)
        printet = self.gruppe >= 0
        andel[printet] = y[self.gruppe[printet]]
        ned = self.verdi - self.gulv
        opp = np.where(self.gruppe == UKJENT, self.rom, rom)
        self.lav, self.hoey = self.verdi - andel * ned, self.verdi + andel * opp
        self.h.changeColsBounds(len(self.alle), self.alle, self.lav, self.hoey)

    def ytterst(self, variabel: int, retning: int) -> Ytterpunkt | None:
        """How far up (+1) or down (-1) the number can go; None where the solver gave up (taken as not at all)."""
        self.h.changeColCost(variabel, -float(retning))
        funnet = loest(self.h)
        loesning = self.h.getSolution()
        self.h.changeColCost(variabel, 0.0)
        if not funnet:
            self.h.clearSolver()
            return None
        x = np.array(loesning.col_value)
        priser = -np.array(loesning.col_dual)
        priser[np.abs(priser) < 1e-9] = 0.0
        return Ytterpunkt(retning * (x[variabel] - self.verdi[variabel]), priser, x)

    def kapasitet(self, priser: Tall, utenom: Iterable[int] = ()) -> tuple[Tall, float]:
        """Per group how much hiding it may move the bound, and how far the bound reaches whatever is hidden."""
        ned = self.verdi - self.gulv
        bidrag = np.where(priser > 0, priser * self.rom, -priser * ned)
        bidrag[list(utenom)] = 0.0
        grunn = float(priser @ self.verdi) + float(bidrag[self.gruppe == UKJENT].sum())
        printet = self.gruppe >= 0
        return np.bincount(self.gruppe[printet], bidrag[printet], self.antall_grupper), grunn

    def heltallsavstand(self, variabel: int, retning: int, *, trengs: float) -> float:
        """As far as a whole-number table lets the number go, at most `trengs`."""
        if self.heltall is None:
            n = len(self.verdi)
            self.heltall = program(np.zeros(n), self.verdi, self.verdi, self.rader)
            self.heltall.changeColsIntegrality(
                n, self.alle, np.full(n, int(highspy.HighsVarType.kInteger), np.uint8)
            )
        h = self.heltall
        h.changeColsBounds(len(self.alle), self.alle, self.lav, np.minimum(self.hoey, self.verdi + self.rom))
        maal = self.verdi[variabel] + retning * trengs
        if retning > 0:
            h.changeColBounds(variabel, self.lav[variabel], max(self.lav[variabel], min(maal, self.hoey[variabel])))
        else:
            h.changeColBounds(variabel, min(self.hoey[variabel], max(maal, self.lav[variabel])), self.hoey[variabel])
        h.changeColCost(variabel, -float(retning))
        funnet = loest(h)
        x = np.rint(np.array(h.getSolution().col_value)) if funnet else self.verdi
        h.changeColCost(variabel, 0.0)
        if funnet:
            self.arkiv.legg(x)
        return float(retning * (x[variabel] - self.verdi[variabel]))
