"""Tables near the true one: the least that must move with a number for everything published still to agree.

One such table proves at once that every number in it which moved can have two values, to everybody who does not know
one of them herself. Most doubts are settled this way, and only the rest needs the extremes.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import highspy
import numpy as np
from highspy._core import _Highs
from numpy.typing import NDArray

if TYPE_CHECKING:
    from koordinering.statistikk.disclosure.revisjon.regning import Del

FAA_NODER = 20
"""Nodes of a search for a near whole table: the thorough search comes after it."""


class Naere:
    """Moves from the true table, up and down as columns of their own, at the price of one a step."""

    def __init__(self, gruppe: "Del", sann: NDArray[np.float64]) -> None:
        self.sann, self.n = sann, len(sann)
        self.kant = np.concatenate([gruppe.tak - sann, sann - gruppe.gulv]).clip(min=0.0)
        self.egne: list[int] = []
        self.hele = np.flatnonzero(np.tile(gruppe.hele, 2)).astype(np.int32)
        self.motor = self._lag(gruppe)

    def _lag(self, gruppe: "Del") -> Any:
        rader, kolonner, verdier = gruppe.ledd
        naa = np.bincount(rader, verdier * self.sann[kolonner], minlength=len(gruppe.lav))
        lp = highspy.HighsLp()
        lp.num_col_, lp.num_row_ = 2 * self.n, len(gruppe.lav)
        lp.col_cost_, lp.col_lower_, lp.col_upper_ = np.ones(2 * self.n), np.zeros(2 * self.n), self.kant
        lp.row_lower_, lp.row_upper_ = gruppe.lav - naa, gruppe.hoey - naa
        lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        lp.a_matrix_.start_ = 2 * np.searchsorted(rader, np.arange(len(gruppe.lav) + 1)).astype(np.int32)
        lp.a_matrix_.index_ = np.column_stack([kolonner, kolonner + self.n]).ravel().astype(np.int32)
        lp.a_matrix_.value_ = np.column_stack([verdier, -verdier]).ravel()
        motor = _Highs()
        for valg, verdi in (("output_flag", False), ("threads", 1), ("random_seed", 1), ("presolve", "off"),
                            ("solver", "simplex"), ("mip_max_nodes", FAA_NODER)):  # fmt: skip
            motor.setOptionValue(valg, verdi)
        motor.passModel(lp)
        return motor

    def hold(self, egne: Iterable[int]) -> None:
        """These stand still until the next call: an insider knows them."""
        for v in self.egne:
            self._grenser(v, 0.0, self.kant[v], self.kant[v + self.n])
        self.egne = list(egne)
        for v in self.egne:
            self._grenser(v, 0.0, 0.0, 0.0)

    def _grenser(self, v: int, minst: float, opp: float, ned: float) -> None:
        self.motor.changeColBounds(v, minst, opp)
        self.motor.changeColBounds(v + self.n, 0.0, ned)

    def flytt(self, v: int, verdi: float, *, hel: bool = False) -> NDArray[np.float64] | None:
        """A table in which the number has this value and little else has moved; `hel`: a whole one. None: not found."""
        avstand = verdi - self.sann[v]
        kolonne, motsatt = (v, v + self.n) if avstand > 0 else (v + self.n, v)
        if v in self.egne or self.kant[kolonne] < abs(avstand) - 1e-9:
            return None
        self.motor.changeColBounds(kolonne, abs(avstand), abs(avstand))
        self.motor.changeColBounds(motsatt, 0.0, 0.0)
        svar = self._loes(hel=hel)
        self.motor.changeColBounds(kolonne, 0.0, self.kant[kolonne])
        self.motor.changeColBounds(motsatt, 0.0, self.kant[motsatt])
        return svar

    def _loes(self, *, hel: bool) -> NDArray[np.float64] | None:
        if hel:
            self._heltall(paa=True)
        else:
            self.motor.setBasis()  # from the true table it is never far
        self.motor.run()
        gyldig = self.motor.getInfo().primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible
        x = np.array(self.motor.getSolution().col_value) if gyldig else None
        if hel:
            self._heltall(paa=False)
        return None if x is None else self.sann + x[: self.n] - x[self.n :]

    def _heltall(self, *, paa: bool) -> None:
        slag = highspy.HighsVarType.kInteger if paa else highspy.HighsVarType.kContinuous
        self.motor.changeColsIntegrality(len(self.hele), self.hele, np.full(len(self.hele), int(slag), np.uint8))
        self.motor.setOptionValue("presolve", "on" if paa else "off")
