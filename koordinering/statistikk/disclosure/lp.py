"""HiGHS as this package uses it: programmes over differences from the true table, the same answer every time."""

from dataclasses import dataclass
from typing import NamedTuple

import highspy
import numpy as np

# highspy.Highs writes a banner to standard output before it can be told not to; the class below it does not.
from highspy._core import _Highs
from numpy.typing import NDArray

from koordinering.statistikk.disclosure.arbeid import Arbeid
from koordinering.statistikk.disclosure.modell import Modell

Highs = _Highs
Tall = NDArray[np.float64]
Maske = NDArray[np.bool_]
Indekser = NDArray[np.int64]


FAA_NODER = 50
"""Nodes when any good answer will do."""

FUNNET = 2
"""HiGHS: the primal solution is feasible."""


class Utsnitt(NamedTuple):
    """The rows and columns in which something is free, renumbered. Compressed by row."""

    kolonner: Indekser
    rader: Indekser
    start: NDArray[np.int32]
    indeks: NDArray[np.int32]
    verdi: Tall


@dataclass(frozen=True)
class Likninger:
    """Everything that adds up, for differences d from the true table: A d = 0, or A d <= slakk."""

    rad: Indekser
    kolonne: Indekser
    koeffisient: Tall
    likhet: Maske
    slakk: Tall
    antall: int
    """Numbers in all."""

    def utsnitt(self, fri: Maske, bare: Indekser | None = None) -> Utsnitt:
        """What is left when everything else stands still; `bare`: of these rows."""
        med = fri[self.kolonne]
        if bare is not None:
            med &= np.isin(self.rad, bare)
        rad, kolonne, koeffisient = self.rad[med], self.kolonne[med], self.koeffisient[med]
        kolonner = np.flatnonzero(fri)
        kart = np.zeros(self.antall, np.int32)
        kart[kolonner] = np.arange(len(kolonner), dtype=np.int32)
        rader, per_rad = np.unique(rad, return_counts=True)
        start = np.zeros(len(rader) + 1, np.int32)
        start[1:] = np.cumsum(per_rad)
        return Utsnitt(kolonner, rader, start, kart[kolonne], koeffisient)

    def utover(self, avvik: Tall) -> Tall:
        """How far each row goes beyond its room for these differences."""
        sum_ = np.bincount(self.rad, self.koeffisient * avvik[self.kolonne], len(self.slakk))
        return np.asarray(sum_ - self.slakk, np.float64)

    def naboer(self, tall: Maske) -> Maske:
        """These numbers, and those in a sum with any of them."""
        summer = np.zeros(len(self.slakk), np.bool_)
        summer[self.rad[tall[self.kolonne]]] = True
        svar = tall.copy()
        svar[self.kolonne[(summer & self.likhet)[self.rad]]] = True
        return svar

    def ledd(self, rad: int) -> tuple[Indekser, Tall]:
        """The numbers in one row, and their coefficients."""
        fra, til = np.searchsorted(self.rad, (rad, rad + 1))
        return self.kolonne[fra:til], self.koeffisient[fra:til]

    def bakover(self, rader: Indekser, priser: Tall) -> Tall:
        """The prices of the rows, carried to every number in them."""
        per_rad = np.zeros(len(self.slakk))
        per_rad[rader] = priser
        return np.bincount(self.kolonne, self.koeffisient * per_rad[self.rad], self.antall).astype(np.float64)


def likninger(modell: Modell) -> Likninger:
    """The rows of a model, in order."""
    lengder = [len(r.kolonner) for r in modell.rader]
    rad = np.repeat(np.arange(len(lengder)), lengder)
    kolonne = np.fromiter((k for r in modell.rader for k in r.kolonner), np.int64, int(sum(lengder)))
    koeffisient = np.fromiter((c for r in modell.rader for c in r.koeffisienter), np.float64, int(sum(lengder)))
    likhet = np.array([r.likhet for r in modell.rader], np.bool_)
    verdi = np.array(modell.verdi, np.float64)
    sum_ = np.bincount(rad, koeffisient * verdi[kolonne], len(lengder))
    return Likninger(rad, kolonne, koeffisient, likhet, np.where(likhet, 0.0, -sum_), len(verdi))


def stille() -> Highs:
    """A solver without output, on one thread, from a fixed seed."""
    h = _Highs()
    for valg, verdi in {"output_flag": False, "threads": 1, "random_seed": 1}.items():
        h.setOptionValue(valg, verdi)
    return h


def program(likn: Likninger, u: Utsnitt, kostnad: Tall, gulv: Tall, tak: Tall, *, delt: bool = False) -> Highs:
    """Minimise over the differences of a cut-out; `delt`: up and down as columns of their own, up first."""
    h, lp = stille(), highspy.HighsLp()
    n = len(u.kolonner)
    start, indeks, verdi = u.start, u.indeks, u.verdi
    if delt:
        start, indeks, verdi = 2 * start, np.repeat(indeks, 2), np.repeat(verdi, 2)
        indeks[1::2] += n
        verdi[1::2] *= -1
    lp.num_col_, lp.num_row_ = len(kostnad), len(u.rader)
    lp.col_cost_, lp.col_lower_, lp.col_upper_ = kostnad, gulv, tak
    lp.row_lower_ = np.where(likn.likhet[u.rader], 0.0, -highspy.kHighsInf)
    lp.row_upper_ = likn.slakk[u.rader]
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    lp.a_matrix_.start_, lp.a_matrix_.index_, lp.a_matrix_.value_ = start, indeks, verdi
    h.passModel(lp)
    return h


def simplex(h: Highs, *, primal: bool) -> None:
    """Solve as it stands: these programmes are small, and many."""
    strategi = 4 if primal else 1
    h.setOptionValue("presolve", "off")
    h.setOptionValue("solver", "simplex")
    h.setOptionValue("simplex_strategy", strategi)


def heltall(h: Highs, antall: int, *, paa: bool = True) -> None:
    """Whole numbers only, in the first `antall` columns; or fractions again."""
    slag = highspy.HighsVarType.kInteger if paa else highspy.HighsVarType.kContinuous
    h.changeColsIntegrality(antall, np.arange(antall, dtype=np.int32), np.full(antall, int(slag), np.uint8))


def loest(h: Highs, arbeid: Arbeid, *, heltall: bool = False, tyngde: int = 1) -> bool:
    """Solve; whether an optimum was found."""
    arbeid.loes(h, heltall=heltall, tyngde=tyngde)
    return bool(h.getModelStatus() == highspy.HighsModelStatus.kOptimal)


def loest_helt(h: Highs, antall: int, arbeid: Arbeid, *, gap: float) -> bool:
    """Solve in whole numbers, then let go of that again; whether anything good enough was found."""
    heltall(h, antall)
    h.setOptionValue("mip_max_nodes", FAA_NODER)
    h.setOptionValue("mip_rel_gap", gap)
    h.setOptionValue("presolve", "on")
    arbeid.loes(h, heltall=True)
    funnet = bool(h.getInfo().primal_solution_status == FUNNET)
    h.setOptionValue("presolve", "off")
    return funnet
