"""Whether a series of measurements grows: by its trend, so that neither a wave nor one step is taken for growth."""

from collections.abc import Sequence
from itertools import combinations
from statistics import median

VARM = 0.3
"""The part of a run in which caches fill: it is left out."""


def vekst(verdier: Sequence[float]) -> float:
    """How much a series grows from its first value to its last after the warm-up, by the slope of Theil and Sen.

    The median of the slopes between all pairs: more than a quarter of the values may be far off. What grows, grows in
    the last half too: a single step does not.
    """
    rest = list(verdier)[int(len(verdier) * VARM) :]
    return min(_vekst(rest), 2 * _vekst(rest[len(rest) // 2 :]))


def _vekst(verdier: Sequence[float]) -> float:
    if len(verdier) < 2:
        return 0.0
    par = combinations(range(len(verdier)), 2)
    return median((verdier[b] - verdier[a]) / (b - a) for a, b in par) * (len(verdier) - 1)
