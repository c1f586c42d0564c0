"""The clock of the made-up town: what is to happen, in order of time, and how one thing is done."""

import heapq
import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from koordinering.db import OSLO
from koordinering.demo.beskrivelse import Handling, Henvisning, Steg
from koordinering.demo.fordelinger import Loep
from koordinering.demo.lager import Enheter, Lager
from koordinering.demo.trekning import Byen, Person, Trekning

_SI_FRA = 1.0
"""Seconds between two words about how far the years have come."""


@dataclass(slots=True, eq=False)
class Gang:
    """A referral on its way."""

    henvisning: Henvisning
    person: Person | None
    loep: Loep
    venter: bool = False
    """Stands on a waiting list."""
    ferdig: bool = False
    gitt: bool = False
    holder: bool = False
    """Has a unit of a stock in its hands."""
    enheter: Enheter | None = None
    plass: int | None = None

    def glem_etter(self, tid: datetime) -> None:
        """What was to be done later is not done after all."""
        self.henvisning.steg = [steg for steg in self.henvisning.steg if steg.tid <= tid]


class Spill:
    """Lets events happen in order of time, and nothing after the end."""

    def __init__(self, byen: Byen, trekning: Trekning, lager: Lager, rng: random.Random) -> None:
        self._byen = byen
        self._trekning = trekning
        self._lager = lager
        self._rng = rng
        self._koe: list[tuple[datetime, int, Callable[[datetime], None]]] = []
        self._lopenummer = 0
        self._nr = 0
        self._ganger: dict[int, Gang] = {}

    def kjoer(self, til: datetime, spilt: Callable[[datetime], None]) -> None:
        """Let everything happen that happens up to this moment; `spilt` is told every second how far it has come."""
        sist = time.monotonic()
        while self._koe and self._koe[0][0] <= til:
            tid, _, gjoer = heapq.heappop(self._koe)
            gjoer(tid)
            if time.monotonic() - sist >= _SI_FRA:
                sist = time.monotonic()
                spilt(tid)

    def _naar(self, tid: datetime, gjoer: Callable[[datetime], None]) -> None:
        if tid <= self._byen.slutt:
            self._lopenummer += 1
            heapq.heappush(self._koe, (tid, self._lopenummer, gjoer))

    def _etter(self, tid: datetime, hva: str) -> datetime:
        return self._byen.kalender.etter(self._rng, tid, self._byen.fordelinger.dager[hva])

    def _med(self, navn: str) -> bool:
        return self._rng.random() < self._byen.fordelinger.andel[navn]

    def _kode(self, navn: str) -> str:
        return str(self._byen.fordelinger.vekter[navn].trekk(self._rng).value)

    def _mottaker(self, gang: Gang) -> int:
        return self._rng.choice(self._byen.mottakere[gang.henvisning.mottaker or ""])

    def _gjoer(self, gang: Gang, tid: datetime, handling: Handling, av: int, kode: str | None = None) -> Steg | None:
        """Add a step; None when it would lie after the end, and then nothing more comes."""
        if tid > self._byen.slutt:
            gang.ferdig = True
            return None
        self._nr += 1
        steg = Steg(tid, handling, av, kode, nr=self._nr)
        gang.henvisning.steg.append(steg)
        return steg


def dag_for(tid: datetime) -> date:
    """The day in Norway."""
    return tid.astimezone(OSLO).date()
