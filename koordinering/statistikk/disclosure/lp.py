"""HiGHS as this package uses it: linear and integer programmes over numpy arrays, the same answer every time."""

from typing import NamedTuple

import highspy
import numpy as np
from highspy._core import _Highs as Highs  # highspy.Highs writes its banner to standard output before it can be told not to
from numpy.typing import NDArray

Tall = NDArray[np.float64]
Indekser = NDArray[np.int32]


class Matrise(NamedTuple):
    """Rows of coefficients, compressed: `lav <= A x <= hoey`."""

    start: Indekser
    indeks: Indekser
    verdi: Tall
    lav: Tall
    hoey: Tall


def matrise(rader: list[tuple[tuple[int, ...], tuple[float, ...]]], lav: list[float], hoey: list[float]) -> Matrise:
    """From rows of (columns, coefficients) with their bounds."""
    start = np.zeros(len(rader) + 1, np.int32)
    start[1:] = np.cumsum([len(k) for k, _ in rader])
    indeks = np.fromiter((k for kolonner, _ in rader for k in kolonner), np.int32, int(start[-1]))
    verdi = np.fromiter((c for _, koeff in rader for c in koeff), np.float64, int(start[-1]))
    return Matrise(start, indeks, verdi, np.array(lav, np.float64), np.array(hoey, np.float64))


def program(kostnad: Tall, gulv: Tall, tak: Tall, rader: Matrise) -> Highs:
    """A minimisation, quiet, on one thread, from a fixed seed."""
    h = Highs()
    for valg, verdi in {"output_flag": False, "threads": 1, "random_seed": 1}.items():
        h.setOptionValue(valg, verdi)
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = len(kostnad), len(rader.lav)
    lp.col_cost_, lp.col_lower_, lp.col_upper_ = kostnad, gulv, tak
    lp.row_lower_, lp.row_upper_ = rader.lav, rader.hoey
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    lp.a_matrix_.start_, lp.a_matrix_.index_, lp.a_matrix_.value_ = rader.start, rader.indeks, rader.verdi
    h.passModel(lp)
    return h


def varm(h: Highs) -> None:
    """Go on from the last basis by the primal simplex: only costs and bounds change between solves."""
    for valg, verdi in {"presolve": "off", "solver": "simplex", "simplex_strategy": 4}.items():
        h.setOptionValue(valg, verdi)


def loest(h: Highs) -> bool:
    """Solve; whether an optimum was found."""
    h.run()
    return bool(h.getModelStatus() == highspy.HighsModelStatus.kOptimal)


def umulig(h: Highs) -> bool:
    """Whether the last solve proved that nothing is feasible."""
    return bool(h.getModelStatus() == highspy.HighsModelStatus.kInfeasible)
