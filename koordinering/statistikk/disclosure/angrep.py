"""The attacker, as the optimiser sees her: how low and how high can a number be, and what would blur it more.

For a pattern of hidden groups, an attacker solves a linear programme over everything that adds up. Its dual
prices say which numbers hold the answer down; that gives a capacity constraint on patterns (Fischetti and
Salazar-González 2001): sum of coef[g] over hidden g >= rest. Every solution is kept: a table that the attacker
must believe possible answers many questions at once.
"""

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from koordinering.statistikk.disclosure.arbeid import Arbeid
from koordinering.statistikk.disclosure.flytting import Flytter
from koordinering.statistikk.disclosure.lp import (
    FUNNET,
    Highs,
    Maske,
    Tall,
    Utsnitt,
    heltall,
    likninger,
    loest,
    program,
    simplex,
)
from koordinering.statistikk.disclosure.modell import KJENT, UKJENT, Modell

EPS = 1e-6
FLEST_LOESNINGER = 5000
FLEST_NODER = 1_000
"""Where a question about whole tables is given up; the number is then taken for known."""


class Ytterpunkt(NamedTuple):
    """The extreme of one number: how far it is from the true value, the dual prices behind, and the table there."""

    avstand: float
    priser: Tall
    slakk: float
    """What the inequalities add to the bound, whatever is hidden."""
    avvik: Tall


def er_hel(avvik: Tall) -> bool:
    """Whether all differences are whole."""
    return bool(np.abs(avvik - np.rint(avvik)).max(initial=0) < EPS)


class Arkiv:
    """Tables that fit everything that adds up, kept as their differences from the true one."""

    def __init__(self, antall_tall: int) -> None:
        self.antall = 0
        # Untouched pages cost nothing: the system gives memory as rows are written.
        self._avvik = np.zeros((FLEST_LOESNINGER, antall_tall))
        self._flyttet = np.zeros((FLEST_LOESNINGER, antall_tall), np.float32)
        self._hele = np.zeros(FLEST_LOESNINGER, np.bool_)

    def legg(self, avvik: Tall) -> None:
        """Keep a solution, in place of the oldest when there are too many."""
        hel = er_hel(avvik)
        plass = self.antall % FLEST_LOESNINGER
        self._avvik[plass] = np.rint(avvik) if hel else avvik
        self._flyttet[plass] = np.abs(self._avvik[plass]) > EPS
        self._hele[plass] = hel
        self.antall += 1

    def innenfor(self, kjent: Maske, *, hele: bool, fra: int = 0) -> Tall:
        """Differences of the tables that agree with everything known, and of the true one first; `fra`: only those
        kept since there were so many."""
        n = min(self.antall, FLEST_LOESNINGER)
        nye = np.arange(max(fra, self.antall - n), self.antall) % FLEST_LOESNINGER if fra else slice(n)
        passer = self._flyttet[nye] @ kjent.astype(np.float32) == 0
        if hele:
            passer &= self._hele[nye]
        return np.vstack([np.zeros((1, len(kjent))), self._avvik[nye][passer]])


class Angrep:
    """The attacker of one model. `sett` chooses what is known, the rest asks."""

    def __init__(self, modell: Modell, arbeid: Arbeid | None = None) -> None:
        self.modell, self.arbeid = modell, arbeid or Arbeid()
        self.verdi, self.gruppe = np.array(modell.verdi, float), np.array(modell.gruppe, np.int64)
        self.antall_grupper = len(modell.vekt)
        self.likn = likninger(modell)
        self.rom = 10 * float(np.abs(self.verdi).max(initial=0)) + 1000
        """How far up a hidden number may go: further than any count could be."""
        self.ned = self.verdi - np.minimum(np.maximum(modell.gulv, -self.rom), self.verdi)
        self.opp = np.full(len(self.verdi), self.rom)
        self.arkiv = Arkiv(len(self.verdi))
        self.fri = np.zeros(0, np.bool_)
        self.egne: list[int] = []
        self.u: Utsnitt
        self.h: Highs
        self.flytter: Flytter
        self.heltall: Highs | None = None
        self.flest_noder = FLEST_NODER
        self.uavgjort = False
        """Whether a whole-number question ended without an answer: a pattern may then be safer than is known."""
        self.plass = np.full(len(self.verdi), -1)

    def kjent(self, skjult: Maske) -> Maske:
        """Which numbers everybody knows who sees this pattern."""
        kjent: Maske = self.gruppe == KJENT
        printet = self.gruppe >= 0
        kjent[printet] = ~skjult[self.gruppe[printet]]
        return kjent

    def sett(self, kjent: Maske, egne: Iterable[int] = ()) -> None:
        """From now on these numbers are known; `egne` to the attacker herself."""
        fri = ~kjent
        if not np.array_equal(fri, self.fri):
            self.fri, self.heltall = fri, None
            self.flytter = Flytter(self.likn, self.ned, self.opp, fri, self.arbeid)
            self._program(fri, self.ned, self.opp)
        self.egne = [k for k in egne if self.plass[k] >= 0]
        self.flytter.hold(self.egne)
        self._grenser(self.h)

    def sett_delvis(self, y: Tall, rom: float) -> None:
        """A fractional pattern: a number may move the share `y` of the way, at most `rom` upwards."""
        andel = np.where(self.gruppe == UKJENT, 1.0, 0.0)
        printet = self.gruppe >= 0
        andel[printet] = y[self.gruppe[printet]]
        opp = np.where(self.gruppe == UKJENT, self.rom, rom)
        self.fri = np.zeros(0, np.bool_)
        self._program(andel > 0, andel * self.ned, andel * opp)

    def _program(self, fri: Maske, ned: Tall, opp: Tall) -> None:
        self.u = self.likn.utsnitt(fri)
        self.lav, self.hoey = -ned[self.u.kolonner], opp[self.u.kolonner]
        self.plass[:] = -1
        self.plass[self.u.kolonner] = np.arange(len(self.u.kolonner))
        self.h = program(self.likn, self.u, np.zeros(len(self.lav)), self.lav, self.hoey)
        simplex(self.h, primal=True)
        self.egne = []

    def _grenser(self, h: Highs) -> None:
        alle = np.arange(len(self.lav), dtype=np.int32)
        lav, hoey = self.lav.copy(), self.hoey.copy()
        plasser = self.plass[self.egne]
        lav[plasser] = hoey[plasser] = 0.0
        h.changeColsBounds(len(alle), alle, lav, hoey)

    def ytterst(self, variabel: int, retning: int) -> Ytterpunkt | None:
        """How far up (+1) or down (-1) the number can go; None where the solver gave up (taken as not at all)."""
        plass = int(self.plass[variabel])
        maal = np.zeros(self.likn.antall)
        maal[variabel] = retning
        if plass < 0:
            return Ytterpunkt(0.0, maal, 0.0, np.zeros(self.likn.antall))
        self.h.changeColCost(plass, -float(retning))
        funnet = loest(self.h, self.arbeid)
        loesning = self.h.getSolution()
        self.h.changeColCost(plass, 0.0)
        if not funnet:
            self.h.clearSolver()
            return None
        avvik = np.zeros(self.likn.antall)
        avvik[self.u.kolonner] = loesning.col_value
        rader = np.array(loesning.row_dual)
        priser = maal + self.likn.bakover(self.u.rader, rader)
        priser[np.abs(priser) < 1e-9] = 0.0
        slakk = -float(rader @ self.likn.slakk[self.u.rader])
        return Ytterpunkt(retning * float(avvik[variabel]), priser, slakk, avvik)

    def kapasitet(self, punkt: Ytterpunkt, utenom: Iterable[int] = ()) -> tuple[Tall, float]:
        """Per group how much hiding it may move the bound, and how far the bound reaches whatever is hidden."""
        bidrag = np.where(punkt.priser > 0, punkt.priser * self.opp, -punkt.priser * self.ned)
        bidrag[list(utenom)] = 0.0
        grunn = punkt.slakk + float(bidrag[self.gruppe == UKJENT].sum())
        printet = self.gruppe >= 0
        return np.bincount(self.gruppe[printet], bidrag[printet], self.antall_grupper).astype(np.float64), grunn

    def heltallsavstand(self, variabel: int, retning: int, *, trengs: float) -> float:
        """As far as a whole-number table lets the number go, at most `trengs`."""
        plass = int(self.plass[variabel])
        if plass < 0:
            return 0.0
        if self.heltall is None:
            self.heltall = program(self.likn, self.u, np.zeros(len(self.lav)), self.lav, self.hoey)
            heltall(self.heltall, len(self.lav))
            self.heltall.setOptionValue("mip_max_nodes", self.flest_noder)
        h = self.heltall
        self._grenser(h)
        if variabel not in self.egne:
            lav, hoey = (0.0, min(trengs, self.hoey[plass])) if retning > 0 else (max(-trengs, self.lav[plass]), 0.0)
            h.changeColBounds(plass, lav, hoey)
        h.changeColCost(plass, -float(retning))
        bevist = loest(h, self.arbeid, heltall=True)
        avvik = np.zeros(self.likn.antall)
        if bool(h.getInfo().primal_solution_status == FUNNET):
            avvik[self.u.kolonner] = np.rint(h.getSolution().col_value)
            self.arkiv.legg(avvik)
        h.changeColCost(plass, 0.0)
        svar = float(retning * avvik[variabel])
        self.uavgjort |= not bevist and svar < trengs - EPS
        return svar
