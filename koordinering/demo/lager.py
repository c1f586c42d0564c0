"""The stock of the demo's town while its years are played: cards by year, and places in every season's offers."""

import heapq
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from koordinering.demo.fordelinger import Rekke
from koordinering.tiltak.rules import Plasstilstand, alder_ved

AAPNER_FOER = timedelta(days=45)
"""How long before the season its places are given."""

GIS_TIL_SLUTT = timedelta(days=14)
"""Nothing is given in the last days of a season."""


@dataclass(eq=False)
class Enheter:
    """The numbered units of one stock; the lowest free number goes first, as in the product."""

    id: int
    """The stock's number in the town; its key in the database comes when it is written."""
    antall: int
    tapte: set[int] = field(default_factory=set)
    stengt: datetime | None = None
    brukte: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._ledige = list(range(1, self.antall + 1))

    @property
    def noe_ledig(self) -> bool:
        """Whether there is something left to give."""
        return bool(self._ledige) and self.stengt is None

    def ta(self) -> int:
        """Take the free unit with the lowest number."""
        nummer = heapq.heappop(self._ledige)
        self.brukte.add(nummer)
        return nummer

    def gi_tilbake(self, nummer: int) -> None:
        """The unit comes free."""
        self.brukte.remove(nummer)
        heapq.heappush(self._ledige, nummer)

    def mist(self, nummer: int) -> None:
        """The unit is lost."""
        self.brukte.remove(nummer)
        self.tapte.add(nummer)

    def steng(self, tid: datetime) -> None:
        """Nothing more is given; what is out has expired."""
        self.stengt = tid
        self._ledige = sorted({*self._ledige, *self.brukte})
        self.brukte.clear()

    def tilstander(self) -> Iterator[tuple[int, Plasstilstand]]:
        """Where each unit that is not free stands."""
        for nummer in sorted(self.brukte):
            yield nummer, Plasstilstand.OPPTATT
        for nummer in sorted(self.tapte):
            yield nummer, Plasstilstand.TAPT
        if self.stengt is not None:
            for nummer in sorted(self._ledige):
                yield nummer, Plasstilstand.STENGT


@dataclass(eq=False)
class Sesong:
    """One season of an offer, in one or more groups with places of their own."""

    rekke: Rekke
    fra: date
    til: date
    grupper: list[Enheter]

    def gis(self, dag: date) -> bool:
        """Whether its places are given on this day."""
        return self.fra - AAPNER_FOER <= dag <= self.til - GIS_TIL_SLUTT

    def passer(self, foedselsaar: int) -> bool:
        """Whether the child has the age of the offer."""
        return self.rekke.alder[0] <= alder_ved(self.fra.year, foedselsaar) <= self.rekke.alder[1]

    def ledig(self) -> Enheter | None:
        """The first group with a free place."""
        return next((gruppe for gruppe in self.grupper if gruppe.noe_ledig), None)


@dataclass(eq=False)
class Lager:
    """Everything there is to give."""

    kort: dict[int, Enheter]
    """By year."""
    sesonger: Sequence[Sesong]

    def __post_init__(self) -> None:
        self.sesong_med = {gruppe.id: sesong for sesong in self.sesonger for gruppe in sesong.grupper}
        self._etter_tiltak: dict[str, list[Sesong]] = {}
        for sesong in self.sesonger:
            self._etter_tiltak.setdefault(sesong.rekke.tiltak, []).append(sesong)
        self.enheter = {e.id: e for e in (*self.kort.values(), *(g for s in self.sesonger for g in s.grupper))}

    def aapne(self, tiltak: str, dag: date) -> Iterator[Sesong]:
        """The seasons of a measure whose places are given on this day."""
        return (s for s in self._etter_tiltak.get(tiltak, ()) if s.gis(dag))
