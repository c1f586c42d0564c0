"""Who waits for what in the made-up town, in the order in which the referrals were sent."""

import heapq
from bisect import insort
from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime

from koordinering.demo.spill import Gang
from koordinering.tiltak.rules import Aktivitet

_Rad = tuple[datetime, int, Gang]
"""A place on a waiting list: when it was sent, the lot that settles ties, and who."""


class Venteliste:
    """The waiting lists of all measures; a child stands on one for each of its wishes."""

    def __init__(self) -> None:
        self._rader: dict[tuple[str, Aktivitet | None], list[_Rad]] = defaultdict(list)

    def legg_til(self, gang: Gang, sendt: datetime) -> None:
        """Somebody waits from now on."""
        h = gang.henvisning
        gang.venter = True
        for oenske in (h.barn.oensker if h.barn is not None else ()) or (None,):
            insort(self._rader[h.tiltak, oenske], (sendt, h.lodd, gang), key=lambda rad: rad[:2])

    def i_koe(self, tiltak: str, aktivitet: Aktivitet | None) -> Iterator[Gang]:
        """Who waits for this, in waiting order: those who wish for it, and those who wish for nothing special."""
        koeer = [self._levende((tiltak, None))]
        if aktivitet is not None:
            koeer.append(self._levende((tiltak, aktivitet)))
        for _, _, gang in heapq.merge(*koeer, key=lambda rad: rad[:2]):
            if gang.venter and not gang.ferdig:
                yield gang

    def _levende(self, koe: tuple[str, Aktivitet | None]) -> list[_Rad]:
        """One list, without those at its head who wait no more."""
        rader = self._rader[koe]
        foerste = next((nr for nr, (_, _, gang) in enumerate(rader) if gang.venter and not gang.ferdig), len(rader))
        del rader[:foerste]
        return rader
