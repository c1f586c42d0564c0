"""Working days and moments inside the working day, as the demo's people keep them."""

import random
from bisect import bisect_right
from datetime import UTC, date, datetime, time, timedelta

from koordinering.db import OSLO

_FAST_FRI = frozenset({(1, 1), (5, 1), (5, 17), (12, 24), (12, 25), (12, 26), (12, 31)})
_AAPNER, _STENGER = 8 * 60, 15 * 60 + 45
"""First and last minute of the day in which something is written."""


def er_virkedag(dag: date) -> bool:
    """Monday to Friday and not a fixed holiday."""
    return dag.weekday() < 5 and (dag.month, dag.day) not in _FAST_FRI


class Kalender:
    """Every working day of the years, in order, with moments drawn in them."""

    def __init__(self, fra: int, til: int) -> None:
        foerste, siste = date(fra - 1, 1, 1), date(til + 3, 12, 31)
        alle = (foerste + timedelta(days=n) for n in range((siste - foerste).days + 1))
        self._dager = [dag for dag in alle if er_virkedag(dag)]
        self._midnatt = [datetime.combine(dag, time(), OSLO).astimezone(UTC) for dag in self._dager]

    def dag_i(self, rng: random.Random, aar: int, maaned: int) -> date:
        """A working day of the month."""
        foerste = bisect_right(self._dager, date(aar, maaned, 1) - timedelta(days=1))
        neste = date(aar + maaned // 12, maaned % 12 + 1, 1)
        siste = bisect_right(self._dager, neste - timedelta(days=1))
        return self._dager[rng.randrange(foerste, siste)]

    def foer(self, dag: date, virkedager: int) -> date:
        """The working day that lies this many working days before."""
        return self._dager[max(0, bisect_right(self._dager, dag) - 1 - virkedager)]

    def tid(self, rng: random.Random, dag: date) -> datetime:
        """A moment of the day, or of the first working day after it."""
        nr = bisect_right(self._dager, dag - timedelta(days=1))
        return self._midnatt[nr] + timedelta(seconds=rng.randrange(_AAPNER * 60, _STENGER * 60))

    def etter(self, rng: random.Random, tid: datetime, dager: tuple[int, int]) -> datetime:
        """A later moment, so many working days on; with 0 days some minutes later, while the day lasts."""
        nr = bisect_right(self._midnatt, tid) - 1
        antall = rng.randint(*dager)
        if antall == 0:
            straks = tid + timedelta(seconds=rng.randrange(60, 1200))
            if straks < self._midnatt[nr] + timedelta(minutes=_STENGER):
                return straks
            antall = 1
        return self._midnatt[nr + antall] + timedelta(seconds=rng.randrange(_AAPNER * 60, _STENGER * 60))
