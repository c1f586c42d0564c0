"""What an insider would know if nothing were printed: no fault of the tables."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

import numpy as np

from koordinering.statistikk.disclosure.revisjon.dom import Dommer, Krav
from koordinering.statistikk.disclosure.revisjon.kjent import Problem
from koordinering.statistikk.disclosure.revisjon.regning import Regnskap, del_opp


class Blind:
    """An insider who sees nothing but her own; asked only of what she seems to learn from the tables."""

    def __init__(
        self, problem: Problem, nytt: Mapping[int, int | None], sann: Mapping[int, float], regnskap: Regnskap
    ) -> None:
        self.nytt = nytt
        grupper = del_opp(problem, regnskap)
        gammelt = {ny: v for v, ny in nytt.items() if ny is not None}
        self.plass = {v: (g, i) for g, gruppe in enumerate(grupper) for i, v in enumerate(gruppe.variabler)}
        self.dommere = [
            Dommer(gruppe, {i: Krav(sann[gammelt[v]], 0, 0, 0) for i, v in enumerate(gruppe.variabler)}, regnskap)
            for gruppe in grupper
        ]
        for dommer in self.dommere:
            dommer.gruppe.begynn(np.array([k.sann for k in dommer.krav.values()], np.float64))

    def bare_av_tabellene(self, hers: Mapping[int, float], kjent: Sequence[int]) -> list[int]:
        """Those of the numbers that she would not know if nothing were printed."""
        egne: dict[int, dict[int, float]] = defaultdict(dict)
        for v, tall in hers.items():
            if (sted := self._sted(v)) is not None:
                egne[sted[0]][sted[1]] = tall
        svar = []
        for v in kjent:
            sted = self._sted(v)
            if sted is None or not self.dommere[sted[0]].innsider(egne[sted[0]], [sted[1]]):
                svar.append(v)
        return svar

    def _sted(self, v: int) -> tuple[int, int] | None:
        ny = self.nytt.get(v)
        return None if ny is None else self.plass.get(ny)
