"""A safe pattern fast: hide along the cheapest way to blur each number, then take back what was not needed."""

import highspy
import numpy as np

from koordinering.statistikk.disclosure.angrep import EPS, Angrep, Moenster
from koordinering.statistikk.disclosure.gransking import Brudd, Gransker
from koordinering.statistikk.disclosure.lp import Tall, loest, matrise, program
from koordinering.statistikk.disclosure.modell import Modell


class Graadig:
    """Extends patterns. Its programme moves numbers from the true table, up and down apart, at the weight of what
    would have to be hidden."""

    def __init__(self, modell: Modell, angrep: Angrep, gransker: Gransker) -> None:
        self.modell, self.angrep, self.gransker = modell, angrep, gransker
        self.vekt = np.array(modell.vekt, float)
        self.maa = np.array([fast is True for fast in modell.laast])
        self.vises = np.array([fast is False for fast in modell.laast])
        n = len(angrep.verdi)
        ulikhet = [float(angrep.verdi[list(r.kolonner)] @ np.array(r.koeffisienter)) for r in modell.rader]
        rader = [
            ((*r.kolonner, *(k + n for k in r.kolonner)), (*r.koeffisienter, *(-c for c in r.koeffisienter)))
            for r in modell.rader
        ]
        lav = [0.0 if r.likhet else -highspy.kHighsInf for r in modell.rader]
        hoey = [0.0 if r.likhet else -u for r, u in zip(modell.rader, ulikhet, strict=True)]
        self.h = program(np.zeros(2 * n), np.zeros(2 * n), np.zeros(2 * n), matrise(rader, lav, hoey))
        self.n, self.begge = n, np.arange(2 * n, dtype=np.int32)

    def fyll(self, skjult: Moenster, *, mest: float | None = None) -> Moenster | None:
        """A safe pattern that holds this one, thinned; None when there is none, or none under the weight `mest`."""
        moenster = skjult.copy()
        while True:
            brudd = next(self.gransker.brudd(moenster), None)
            if brudd is None and (self.modell.flat or not self.gransker.heltallsbrudd(moenster)):
                return self._tynn(moenster)
            nye = self._mer(moenster) if brudd is None else self._sloer(moenster, brudd)
            if not nye.any():
                nye = self._mer(moenster)
            if not nye.any():
                return None
            moenster |= nye
            if mest is not None and float(self.vekt[moenster & ~self.maa].sum()) >= 2 * mest:
                return None

    def _mer(self, moenster: Moenster) -> Moenster:
        """The cheapest group that is not hidden yet: the last resort."""
        nye = np.zeros_like(moenster)
        frie = np.flatnonzero(~moenster & ~self.vises)
        if len(frie):
            nye[frie[np.argmin(self.vekt[frie])]] = True
        return nye

    def _sloer(self, moenster: Moenster, brudd: Brudd) -> Moenster:
        """The groups on the cheapest way to move the number as far as it must be able to go."""
        nye = np.zeros_like(moenster)
        for retning, trengs in brudd.veier:
            flyttet = self._flytt(moenster | nye, brudd, retning, trengs)
            if flyttet is None:
                continue
            grupper = self.angrep.gruppe[flyttet]
            nye[grupper[grupper >= 0]] = True
            nye &= ~moenster
            break
        return nye

    def _flytt(self, moenster: Moenster, brudd: Brudd, retning: int, trengs: float) -> Tall | None:
        a = self.angrep
        printet = a.gruppe >= 0
        pris, fast = np.zeros(self.n), a.kjent(np.ones_like(moenster), brudd.egne)
        pris[printet] = np.where(moenster[a.gruppe[printet]], 0.0, self.vekt[a.gruppe[printet]])
        fast[printet] |= self.vises[a.gruppe[printet]] & ~moenster[a.gruppe[printet]]
        opp = np.where(fast, 0.0, a.rom)
        ned = np.where(fast, 0.0, a.verdi - a.gulv)
        kant = np.concatenate([opp, ned])
        self.h.changeColsCost(2 * self.n, self.begge, np.concatenate([pris, pris]) + 1e-3)
        self.h.changeColsBounds(2 * self.n, self.begge, np.zeros(2 * self.n), kant)
        denne, motsatt = (brudd.variabel, brudd.variabel + self.n)[:: retning]
        if kant[denne] < trengs:
            return None
        self.h.changeColBounds(denne, trengs, max(trengs, kant[denne]))
        self.h.changeColBounds(motsatt, 0.0, 0.0)
        if not loest(self.h):
            return None
        x = np.array(self.h.getSolution().col_value)
        return np.flatnonzero(x[: self.n] + x[self.n :] > EPS)

    def _tynn(self, moenster: Moenster) -> Moenster:
        """Take back what was not needed, the dearest first."""
        frie = np.flatnonzero(moenster & ~self.maa)
        for gruppe in frie[np.argsort(-self.vekt[frie], kind="stable")]:
            moenster[gruppe] = False
            if not self.gransker.trygt(moenster) or (
                not self.modell.flat and self.gransker.heltallsbrudd(moenster)
            ):
                moenster[gruppe] = True
        return moenster
