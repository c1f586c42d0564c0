"""Whole tables, found fast.

Where a linear way to move a number is not whole, there is often a whole one in the same few numbers. Only where there
is none is the whole programme searched.
"""

import numpy as np

from koordinering.statistikk.disclosure.angrep import EPS, Angrep, er_hel
from koordinering.statistikk.disclosure.flytting import HVER_SOM_HELST, Flytter
from koordinering.statistikk.disclosure.lp import Maske, Tall

FORSOEK = 4
"""Linear ways whose numbers are put together, at last with all that stands in a sum with them, before the whole
programme is asked."""


Vei = tuple[int, int, float]
"""Which number, up or down, and how far."""


class Helt:
    """Whole ways to move numbers of one attacker."""

    def __init__(self, angrep: Angrep) -> None:
        self.angrep = angrep
        self.skjeve = np.random.default_rng(1).uniform(1.0, 2.0, (FORSOEK, len(angrep.verdi)))
        """Factors that set prices a little apart, the same every time: they lead to other ways."""

    def helst(self, flytter: Flytter, vei: Vei, *, pris: Tall, gap: float = HVER_SOM_HELST) -> Tall | None:
        """A whole way if one is found at once, else the linear one; None where there is none. Prices are as set."""
        avvik = flytter.flytt(*vei)
        if avvik is None or self.angrep.modell.flat or er_hel(avvik):
            return avvik
        helt = self._i_disse(flytter, np.abs(avvik) > EPS, vei, pris, gap)
        return avvik if helt is None else helt

    def flytt(self, flytter: Flytter, vei: Vei, *, pris: Tall, gap: float = HVER_SOM_HELST) -> Tall | None:
        """A whole way at these prices; None where none was found."""
        roert = np.zeros(len(pris), np.bool_)
        for nr in range(FORSOEK):
            flytter.koster(pris if nr == 0 else pris * self.skjeve[nr])
            avvik = flytter.flytt(*vei)
            if avvik is None or er_hel(avvik):
                break
            roert |= np.abs(avvik) > EPS
            if nr == FORSOEK - 1:
                roert = self.angrep.likn.naboer(roert)
            avvik = self._i_disse(flytter, roert, vei, pris, gap)
            if avvik is not None:
                break
        else:
            flytter.koster(pris)
            avvik = flytter.flytt(*vei, hele=True, gap=gap)
        flytter.koster(pris)
        return avvik if avvik is not None and er_hel(avvik) else None

    def _i_disse(self, flytter: Flytter, roert: Maske, vei: Vei, pris: Tall, gap: float) -> Tall | None:
        """Move nothing but these numbers, and those that stand in the same cells."""
        a = self.angrep
        grupper = np.unique(a.gruppe[roert])
        fri = (roert | np.isin(a.gruppe, grupper[grupper >= 0])) & flytter.kan_flyttes()
        lite = Flytter(a.likn, a.ned, a.opp, fri, a.arbeid)
        lite.koster(pris)
        return lite.flytt(*vei, hele=True, gap=gap)
