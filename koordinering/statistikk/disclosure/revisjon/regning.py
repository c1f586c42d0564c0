"""How low and how high each unknown number could be: linear programmes first, whole-number ones where they matter."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import ceil, floor, inf
from typing import Any

import highspy
import numpy as np

# highspy.Highs prints a banner before it can be told not to; the class below it does not.
from highspy._core import _Highs
from numpy.typing import NDArray

from koordinering.statistikk.disclosure.revisjon.kjent import Motstrid, Problem
from koordinering.statistikk.disclosure.revisjon.naere import Naere, Rammer

Tall = NDArray[np.float64]
EPS = 1e-5
NODER = 2_000
"""Where a whole-number search ends without an answer; counted in nodes so that the answer is the same every time."""


@dataclass
class Regnskap:
    """How many programmes were solved."""

    linjer: int = 0
    heltall: int = 0
    uavklarte: int = 0


class Flyttet:
    """Which numbers each of the tables found has moved from where they are."""

    def __init__(self, sann: Tall) -> None:
        self.sann, self.antall = sann, 0
        self._rader = np.zeros((64, len(sann)), np.bool_)

    def legg(self, tabell: Tall) -> None:
        """One more table."""
        if self.antall == len(self._rader):
            self._rader = np.vstack([self._rader, np.zeros_like(self._rader)])
        self._rader[self.antall] = np.abs(tabell - self.sann) > EPS
        self.antall += 1

    def uvisse(self, egne: Iterable[int], fra: int = 0) -> NDArray[np.bool_]:
        """The numbers that some table (from number `fra` on) moves that leaves all of `egne` alone."""
        alle = self._rader[fra : self.antall]
        return np.asarray(alle[~alle[:, list(egne)].any(axis=1)].any(axis=0), np.bool_)


@dataclass
class Del:
    """Unknown numbers that hang together; `begynn` with the true ones. Whole tables that agree with everything
    published are kept: how low and high each number is in them, and which numbers each moves."""

    variabler: list[int]
    gulv: Tall
    tak: Tall
    hele: NDArray[np.bool_]
    ledd: tuple[NDArray[np.int64], NDArray[np.int64], Tall]
    """Row, variable and coefficient, sorted by row."""
    lav: Tall
    hoey: Tall
    hvis_null: list[tuple[int, int]]
    regnskap: Regnskap
    _motorer: dict[bool, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.minst, self.mest = np.full(len(self.gulv), inf), np.full(len(self.gulv), -inf)
        self._fast: dict[int, float] = {}
        self.flyttet = Flyttet(np.zeros(len(self.gulv)))
        self.naere: Naere | None = None

    def begynn(self, sann: Tall) -> bool:
        """The true table: what is found later is compared with it. False when the published numbers deny it."""
        self.flyttet = Flyttet(sann)
        rammer = Rammer(self.gulv, self.tak, self.hele, self.ledd, self.lav, self.hoey, sann)
        self.naere = Naere(rammer, self.hvis_null)
        return self.legg(sann)

    def naer(self, v: int, verdi: float, *, hel: bool = False) -> bool:
        """Look for a whole table in which one number has this value, by moving little."""
        self.regnskap.linjer += not hel
        self.regnskap.heltall += hel
        tabell = None if self.naere is None else self.naere.flytt(v, verdi, hel=hel)
        return tabell is not None and self.legg(tabell)

    def hold(self, fast: Mapping[int, float]) -> None:
        """From now on these numbers are known (to an insider), and no others."""
        if self.naere is not None:
            self.naere.hold(fast)
        for motor in self._motorer.values():
            for v in {**self._fast, **fast}:
                lav, hoey = (fast[v], fast[v]) if v in fast else (self.gulv[v], self.tak[v])
                motor.changeColBounds(v, lav, hoey)
        self._fast = dict(fast)

    def legg(self, tabell: Tall) -> bool:
        """Keep a table if it is whole, or can be made so, and breaks nothing."""
        hel = np.where(self.hele, np.round(tabell), tabell)
        for f, v in self.hvis_null:
            if hel[v] > 0.5 and hel[f] < 0.5:
                hel[f] = 1.0
        rad, kolonne, verdi = self.ledd
        sum_ = np.bincount(rad, verdi * hel[kolonne], minlength=len(self.lav))
        feil = (hel < self.gulv - 1e-5) | (hel > self.tak + 1e-5)
        feil[list(self._fast)] |= np.abs(hel[list(self._fast)] - list(self._fast.values())) > 1e-5
        if feil.any() or (sum_ < self.lav - 1e-5).any() or (sum_ > self.hoey + 1e-5).any():
            return False
        self.flyttet.legg(hel)
        self.minst, self.mest = np.minimum(self.minst, hel), np.maximum(self.mest, hel)
        return True

    def spenn(self, v: int) -> tuple[float, float]:
        """What a linear attacker can say of one number, rounded inwards where it is whole."""
        lav = self.gulv[v] if self.minst[v] <= self.gulv[v] + EPS else self.ytterst(v, -1)[0]
        hoey = self.tak[v] if self.mest[v] >= self.tak[v] - EPS else self.ytterst(v, 1)[0]
        if self.hele[v]:
            return float(ceil(lav - EPS)), float(floor(hoey + EPS))
        return float(lav), float(hoey)

    def spenn_hele(self, v: int) -> tuple[float, float]:
        """What somebody can say who knows that tables are whole; the linear answer where the search is ended."""
        lav, hoey = self.spenn(v)
        if self.minst[v] > lav + EPS and (funnet := self.heltall(v, -1, lav)) is not None:
            lav = round(funnet)
        if self.mest[v] < hoey - EPS and (funnet := self.heltall(v, 1, hoey)) is not None:
            hoey = round(funnet)
        return lav, hoey

    def ytterst(self, v: int, retning: int) -> tuple[float, Tall]:
        """The lowest (-1) or highest (+1) value of one number, and a table that has it."""
        motor = self._motor(hel=False)
        motor.changeColCost(v, -float(retning))
        motor.run()
        self.regnskap.linjer += 1
        status, tabell = motor.getModelStatus(), np.array(motor.getSolution().col_value)
        motor.changeColCost(v, 0.0)  # what was found is gone after this
        if status != highspy.HighsModelStatus.kOptimal:
            raise Motstrid
        self.legg(tabell)
        return float(tabell[v]), tabell

    def heltall(self, v: int, retning: int, nok: float) -> float | None:
        """The extreme value among whole tables, or one as extreme as `nok`; None when the search was ended."""
        motor = self._motor(hel=True)
        motor.changeColCost(v, -float(retning))
        motor.setOptionValue("objective_target", -retning * nok)
        motor.run()
        self.regnskap.heltall += 1
        status, tabell = motor.getModelStatus(), np.array(motor.getSolution().col_value)
        gyldig = motor.getInfo().primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible
        motor.changeColCost(v, 0.0)
        if status == highspy.HighsModelStatus.kInfeasible:
            raise Motstrid
        if gyldig:
            self.legg(tabell)
            if status == highspy.HighsModelStatus.kOptimal or retning * tabell[v] >= retning * nok - 1e-6:
                return float(tabell[v])
        return None

    def _motor(self, *, hel: bool) -> Any:
        if hel not in self._motorer:
            self._motorer[hel] = self._lag_motor(hel=hel)
            fast, self._fast = self._fast, {}
            self.hold(fast)
        return self._motorer[hel]

    def _lag_motor(self, *, hel: bool) -> Any:
        (rader, kolonner, verdier), lav, hoey = self.ledd, self.lav, self.hoey
        if hel and self.hvis_null:
            par = np.array(self.hvis_null)
            rader = np.append(rader, len(lav) + np.repeat(np.arange(len(par)), 2))
            kolonner = np.append(kolonner, par.ravel())
            ganger = np.column_stack([-np.maximum(1.0, self.tak[par[:, 1]]), np.ones(len(par))])
            verdier = np.append(verdier, ganger.ravel())
            lav, hoey = np.append(lav, np.full(len(par), -inf)), np.append(hoey, np.zeros(len(par)))
        lp = highspy.HighsLp()
        lp.num_col_, lp.num_row_ = len(self.gulv), len(lav)
        lp.col_cost_, lp.col_lower_, lp.col_upper_ = np.zeros(len(self.gulv)), self.gulv, self.tak
        lp.row_lower_, lp.row_upper_ = lav, hoey
        lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        lp.a_matrix_.start_ = np.searchsorted(rader, np.arange(len(lav) + 1)).astype(np.int32)
        lp.a_matrix_.index_, lp.a_matrix_.value_ = kolonner.astype(np.int32), verdier
        if hel:
            heltall, fri = highspy.HighsVarType.kInteger, highspy.HighsVarType.kContinuous
            lp.integrality_ = [heltall if h else fri for h in self.hele]
        motor = _Highs()
        for valg, verdi in (("output_flag", False), ("threads", 1), ("random_seed", 1), ("mip_max_nodes", NODER)):
            motor.setOptionValue(valg, verdi)
        if not hel:  # only the price changes from one question to the next: go on from the last answer
            motor.setOptionValue("presolve", "off")
            motor.setOptionValue("solver", "simplex")
            motor.setOptionValue("simplex_strategy", 4)
        motor.passModel(lp)
        return motor


def del_opp(problem: Problem, regnskap: Regnskap) -> list[Del]:
    """The unknown numbers, in groups that have nothing to do with each other."""
    ukjent = [hoey - lav > 1e-6 for lav, hoey in zip(problem.gulv, problem.tak, strict=True)]
    fri = [[(v, c) for v, c in rad.ledd if ukjent[v]] for rad in problem.rader]
    foerste = _ledere(len(ukjent), fri)
    grupper: dict[int, list[int]] = defaultdict(list)
    for v, er_ukjent in enumerate(ukjent):
        if er_ukjent:
            grupper[foerste[v]].append(v)
    rader: dict[int, list[int]] = defaultdict(list)
    for nr, ledd in enumerate(fri):
        if ledd:
            rader[foerste[ledd[0][0]]].append(nr)
    par = [(f, v) for f, v in problem.hvis_null if ukjent[f] and ukjent[v]]
    return [
        _del(problem, variabler, [(nr, fri[nr]) for nr in rader[leder_]],
             [p for p in par if foerste[p[0]] == leder_], regnskap)
        for leder_, variabler in grupper.items()
    ]  # fmt: skip


def _ledere(antall: int, rader: Iterable[Sequence[tuple[int, float]]]) -> list[int]:
    """For each number the first of those that some row ties it to."""
    leder = list(range(antall))

    def foerste(v: int) -> int:
        while leder[v] != v:
            leder[v] = leder[leder[v]]
            v = leder[v]
        return v

    for ledd in rader:
        for v, _ in ledd[1:]:
            leder[foerste(v)] = foerste(ledd[0][0])
    return [foerste(v) for v in range(antall)]


def _del(
    problem: Problem, variabler: list[int], rader: list[tuple[int, list[tuple[int, float]]]],
    par: Iterable[tuple[int, int]], regnskap: Regnskap,
) -> Del:  # fmt: skip
    plass = {v: i for i, v in enumerate(variabler)}
    sett: dict[tuple[tuple[int, float], ...], tuple[float, float]] = {}
    for nr, ledd in rader:
        rad = problem.rader[nr]
        kjent = sum(c * problem.gulv[v] for v, c in rad.ledd if v not in plass)
        noekkel = tuple(sorted((plass[v], c) for v, c in ledd))
        lav, hoey = sett.get(noekkel, (-inf, inf))
        sett[noekkel] = max(lav, rad.lav - kjent), min(hoey, rad.hoey - kjent)
    alle = [(nr, v, c) for nr, noekkel in enumerate(sett) for v, c in noekkel]
    return Del(
        variabler,
        np.array([problem.gulv[v] for v in variabler]),
        np.array([problem.tak[v] for v in variabler]),
        np.array([problem.hele[v] for v in variabler], dtype=np.bool_),
        (
            np.array([nr for nr, _, _ in alle], np.int64),
            np.array([v for _, v, _ in alle], np.int64),
            np.array([c for _, _, c in alle], np.float64),
        ),
        np.array([lav for lav, _ in sett.values()]),
        np.array([hoey for _, hoey in sett.values()]),
        [(plass[f], plass[v]) for f, v in par],
        regnskap,
    )
