"""The cheapest way to move one number: what else must move with it for everything still to add up.

Up and down are columns of their own, at a price each; nothing moves for nothing, so a dual simplex starts at the
true table and needs few steps. Hidden numbers at one price give the attacker's simplest doubt; shown numbers at the
weight of hiding them give the cheapest way to make a doubt.
"""

import highspy
import numpy as np

from koordinering.statistikk.disclosure.arbeid import Arbeid
from koordinering.statistikk.disclosure.lp import (
    Highs,
    Likninger,
    Maske,
    Tall,
    heltall,
    loest,
    loest_helt,
    program,
    simplex,
)

LENGST = 2000
"""Columns up to which the last basis is a good start; above it a fresh start is faster (measured)."""


HVER_SOM_HELST = 10.0
"""A gap that takes the first whole table there is."""


ROM = 1.0
"""Inequalities with less room than this at the true table are always there."""

TOLERANSE = 1e-7
"""How much a row may be broken: as much as the solver allows itself."""


class Flytter:
    """The programme over what is free, with prices. Inequalities with room to spare are left out until a solution
    breaks them: in large tables they are most of the rows, and little that moves comes near them."""

    def __init__(self, likn: Likninger, ned: Tall, opp: Tall, fri: Maske, arbeid: Arbeid) -> None:
        self.arbeid = arbeid
        alt = likn.utsnitt(fri)
        self.likn, self.u = likn, likn.utsnitt(fri, alt.rader[likn.likhet[alt.rader] | (likn.slakk[alt.rader] < ROM)])
        self.utelatt = np.setdiff1d(alt.rader, self.u.rader)
        self.antall = likn.antall
        n = self.n = len(self.u.kolonner)
        self.plass = np.full(likn.antall, -1)
        self.plass[self.u.kolonner] = np.arange(n)
        self.kant = np.concatenate([opp[self.u.kolonner], ned[self.u.kolonner]])
        self.h: Highs = program(likn, self.u, np.ones(2 * n), np.zeros(2 * n), self.kant.copy(), delt=True)
        simplex(self.h, primal=False)
        self.egne = np.zeros(0, np.int32)

    def koster(self, pris: Tall) -> None:
        """What it costs to move each number by one; 1 until said otherwise."""
        priser = pris[self.u.kolonner]
        self.h.changeColsCost(2 * self.n, np.arange(2 * self.n, dtype=np.int32), np.concatenate([priser, priser]))

    def hold(self, egne: list[int]) -> None:
        """These stand still too, until the next call."""
        self._grenser(self.egne, self.kant)
        plasser = self.plass[egne]
        plasser = plasser[plasser >= 0]
        self.egne = np.concatenate([plasser, plasser + self.n]).astype(np.int32)
        self._grenser(self.egne, np.zeros_like(self.kant))

    def kan_flyttes(self) -> Maske:
        """Which numbers are free and not held."""
        fri = np.zeros(self.antall, np.bool_)
        fri[self.u.kolonner] = True
        fri[self.u.kolonner[self.egne[self.egne < self.n]]] = False
        return fri

    def _grenser(self, kolonner: np.ndarray[tuple[int], np.dtype[np.int32]], tak: Tall) -> None:
        if len(kolonner):
            self.h.changeColsBounds(len(kolonner), kolonner, np.zeros(len(kolonner)), tak[kolonner])

    def flytt(
        self, variabel: int, retning: int, avstand: float, *, hele: bool = False, gap: float = HVER_SOM_HELST
    ) -> Tall | None:
        """The differences from the true table when the number has moved so far, in whole steps where `hele` (and
        then dearer than need be by the share `gap` at most); None where it cannot."""
        plass = int(self.plass[variabel])
        denne, motsatt = (plass, plass + self.n)[::retning]
        if plass < 0 or self.kant[denne] < avstand or denne in self.egne:
            return None
        self.h.changeColBounds(denne, avstand, avstand)
        self.h.changeColBounds(motsatt, 0.0, 0.0)
        if self.n > LENGST // 2:
            self.h.setBasis()
        avvik = self._loes(hele=hele, gap=gap)
        while avvik is not None and self._ta_inn(avvik):
            avvik = self._loes(hele=hele, gap=gap)
        self.h.changeColBounds(denne, 0.0, self.kant[denne])
        self.h.changeColBounds(motsatt, 0.0, self.kant[motsatt])
        if avvik is None:
            self.h.clearSolver()
        return avvik

    def _loes(self, *, hele: bool, gap: float) -> Tall | None:
        funnet = loest_helt(self.h, 2 * self.n, self.arbeid, gap=gap) if hele else loest(self.h, self.arbeid)
        x = np.array(self.h.getSolution().col_value) if funnet else None
        if hele:
            heltall(self.h, 2 * self.n, paa=False)
        if x is None:
            return None
        avvik = np.zeros(self.antall)
        avvik[self.u.kolonner] = x[: self.n] - x[self.n :]
        return avvik

    def _ta_inn(self, avvik: Tall) -> bool:
        """Bring in the rows left out that this breaks; whether there were any."""
        if not len(self.utelatt):
            return False
        brutt = self.likn.utover(avvik)[self.utelatt] > TOLERANSE
        for rad in self.utelatt[brutt]:
            kolonner, koeffisienter = self.likn.ledd(rad)
            plasser = self.plass[kolonner]
            plasser, koeffisienter = plasser[plasser >= 0], koeffisienter[plasser >= 0]
            begge = np.concatenate([plasser, plasser + self.n]).astype(np.int32)
            verdier = np.concatenate([koeffisienter, -koeffisienter])
            self.h.addRow(-highspy.kHighsInf, self.likn.slakk[rad], len(begge), begge, verdier)
        self.utelatt = self.utelatt[~brutt]
        return bool(brutt.any())
