"""What anybody knows who reads the published tables: every number a variable, every sum an equation."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import NamedTuple

from koordinering.statistikk.disclosure.tabell import (
    BARN,
    FAMILIER,
    TOTAL,
    Celle,
    Kolonne,
    Noekkel,
    SafeTable,
    Slag,
    Tegn,
)

Navn = tuple[int, int, str, frozenset[tuple[str, str]]]
"""Release (0 is the new one), year, what is counted and in which classes: one number, wherever it is printed."""

TAK = {Slag.ANTALL: 10_000.0, Slag.BELOEP: 10_000_000.0}
"""Where nothing printed bounds a number, the attacker still does not believe in more than this."""


class Rad(NamedTuple):
    """lav <= sum(coefficient * variable) <= hoey."""

    lav: float
    hoey: float
    ledd: tuple[tuple[int, float], ...]


class Motstrid(Exception):
    """The published tables contradict each other: one of them is printed wrong."""


def personer(kolonner: Sequence[Kolonne]) -> tuple[int, ...]:
    """The columns that tell about people: what the table is about, and children and families beside it."""
    return tuple(nr for nr, k in enumerate(kolonner) if nr == 0 or k.kode in (BARN, FAMILIER))


def navn(aar: int, utgivelse: int, kolonne: Kolonne, tabell: SafeTable, noekkel: Noekkel) -> Navn:
    """The number's name, the same in every table that prints it."""
    par = zip(tabell.dimensjoner, noekkel, strict=True)
    return utgivelse, aar, kolonne.lenke, frozenset((d.kode, kode) for d, kode in par if kode != TOTAL)


Enighet = Callable[[str, str], bool]
"""Whether the first column is nowhere more than the second."""


@dataclass
class Problem:
    """The attacker's knowledge. `hvis_null`: the two are zero together, which only whole numbers can use."""

    nummer: dict[Navn, int] = field(default_factory=dict)
    gulv: list[float] = field(default_factory=list)
    tak: list[float] = field(default_factory=list)
    hele: list[bool] = field(default_factory=list)
    rader: list[Rad] = field(default_factory=list)
    hvis_null: list[tuple[int, int]] = field(default_factory=list)

    def legg_til(
        self, utgivelse: int, tabell: SafeTable, *, nuller_vises: bool, enig: Enighet = lambda _f, _k: True
    ) -> None:
        """Everything that one table tells."""
        # In a table that shows nothing, because it is about few, zeros are hidden as well.
        nuller_vises = nuller_vises and any(type(c) is int for rad in tabell.celler.values() for c in rad)
        for noekkel in tabell.noekler:
            for nr, kolonne in enumerate(tabell.kolonner):
                celle = tabell.celler[noekkel][nr]
                minst = 1.0 if nuller_vises and celle is Tegn.SKJULT and nr in personer(tabell.kolonner) else 0.0
                self._tall(navn(tabell.aar, utgivelse, kolonne, tabell, noekkel), celle, kolonne.slag, minst)
        for kolonne in tabell.kolonner:
            for helt, deler in summer(tabell):
                self._sum(kolonne, [self.finn(utgivelse, tabell, kolonne, n) for n in (helt, *deler)])
        self._familier(utgivelse, tabell, enig)

    def finn(self, utgivelse: int, tabell: SafeTable, kolonne: Kolonne, noekkel: Noekkel) -> int:
        """The variable of a printed cell."""
        return self.nummer[navn(tabell.aar, utgivelse, kolonne, tabell, noekkel)]

    def ny(self, gulv: float, tak: float, *, hel: bool) -> int:
        """One more variable."""
        self.gulv.append(gulv)
        self.tak.append(tak)
        self.hele.append(hel)
        return len(self.gulv) - 1

    def _tall(self, hva: Navn, celle: Celle, slag: Slag, minst: float) -> None:
        if hva not in self.nummer:
            self.nummer[hva] = self.ny(0.0, TAK[slag], hel=slag is Slag.ANTALL)
        v = self.nummer[hva]
        self.gulv[v] = max(self.gulv[v], minst)
        if celle is Tegn.IKKE_AKTUELT or not isinstance(celle, Tegn):
            tall = 0.0 if isinstance(celle, Tegn) else float(celle)
            self.gulv[v] = max(self.gulv[v], tall)
            self.tak[v] = tall if self.tak[v] == TAK[slag] else min(self.tak[v], tall)
        if self.gulv[v] > self.tak[v]:
            raise Motstrid

    def _sum(self, kolonne: Kolonne, tall: list[int]) -> None:
        hele, deler = tall[0], tall[1:]
        ledd = ((hele, 1.0), *((d, -1.0) for d in deler))
        if kolonne.additiv:
            self.rader.append(Rad(0.0, 0.0, ledd))
            return
        self.rader.append(Rad(-float("inf"), 0.0, ledd))
        self.rader += [Rad(0.0, float("inf"), ((hele, 1.0), (d, -1.0))) for d in deler]

    def _familier(self, utgivelse: int, tabell: SafeTable, enig: Enighet) -> None:
        """A family stands behind a count only with at least one of what is counted, where the counts bear that out:
        a child with two homes is one child in two families."""
        familier = next((k for k in tabell.kolonner if k.kode == FAMILIER), None)
        andre = [tabell.kolonner[nr] for nr in personer(tabell.kolonner)]
        for kolonne in andre if familier else ():
            if familier is None or kolonne.kode == FAMILIER or kolonne.slag is Slag.BELOEP:
                continue
            if not enig(familier.kode, kolonne.kode):
                continue
            for noekkel in tabell.noekler:
                f, v = (self.finn(utgivelse, tabell, k, noekkel) for k in (familier, kolonne))
                self.rader.append(Rad(0.0, float("inf"), ((v, 1.0), (f, -1.0))))
                self.hvis_null.append((f, v))

    def stram(self) -> None:
        """Bounds that follow from bounds, until nothing changes much."""
        for _ in range(20):
            endret = False
            for rad in self.rader:
                endret |= self._stram(rad)
            for f, v in self.hvis_null:
                endret |= (self.gulv[v] > 1e-6 and self.gulv[f] < 1) or (self.tak[f] < 1 - 1e-6 and self.tak[v] > 0)
                self.gulv[f] = max(self.gulv[f], 1.0 if self.gulv[v] > 1e-6 else 0.0)
                self.tak[v] = 0.0 if self.tak[f] < 1 - 1e-6 else self.tak[v]
            if not endret:
                return

    def _stram(self, rad: Rad) -> bool:
        minst = [min(c * self.gulv[v], c * self.tak[v]) for v, c in rad.ledd]
        mest = [max(c * self.gulv[v], c * self.tak[v]) for v, c in rad.ledd]
        sum_minst, sum_mest = sum(minst), sum(mest)
        if sum_minst > rad.hoey + 1e-6 or sum_mest < rad.lav - 1e-6:
            raise Motstrid
        endret = False
        for (v, c), lav, hoey in zip(rad.ledd, minst, mest, strict=True):
            ende = (rad.lav - (sum_mest - hoey), rad.hoey - (sum_minst - lav))
            nedre, oevre = (ende[0] / c, ende[1] / c) if c > 0 else (ende[1] / c, ende[0] / c)
            endret |= nedre > self.gulv[v] + 1e-6 or oevre < self.tak[v] - 1e-6
            self.gulv[v], self.tak[v] = max(self.gulv[v], nedre), min(self.tak[v], oevre)
        return endret


def summer(tabell: SafeTable) -> Iterator[tuple[Noekkel, tuple[Noekkel, ...]]]:
    """Every whole with its parts: along each dimension, at each step of its hierarchy."""
    for plass, dim in enumerate(tabell.dimensjoner):
        foran = [d.koder for d in tabell.dimensjoner[:plass]]
        bak = [d.koder for d in tabell.dimensjoner[plass + 1 :]]
        for kode in dim.koder:
            deler = dim.deler(kode)
            for a, b in product(product(*foran), product(*bak)) if deler else ():
                yield (*a, kode, *b), tuple((*a, del_, *b) for del_ in deler)
