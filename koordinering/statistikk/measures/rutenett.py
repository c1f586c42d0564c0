"""Counts units into the cells of a table with plain integer arrays: every class, every total, each thing once."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import NamedTuple

import numpy as np

from koordinering.statistikk.disclosure import FAMILIER, Dimensjon, Kategori, Noekkel
from koordinering.statistikk.measures.kolonner import Tallrekke, rekke


class Delt(NamedTuple):
    """The classes of one dimension, and for each unit the place of its class among them."""

    kategorier: tuple[Kategori, ...]
    klasse: Tallrekke


def plasser(kategorier: Iterable[Kategori]) -> dict[str, int]:
    """The place of each class, by its code."""
    return {k.kode: nr for nr, k in enumerate(kategorier)}


def delt(kategorier: tuple[Kategori, ...], koder: Iterable[str]) -> Delt:
    """From the code of each unit's class."""
    plass = plasser(kategorier)
    return Delt(kategorier, rekke([plass[kode] for kode in koder]))


class Personer(NamedTuple):
    """Who stands behind units: pairs of unit and person, both numbered from 0."""

    enhet: Tallrekke
    person: Tallrekke


@dataclass(frozen=True, repr=False)
class Enheter:
    """What a table counts (children, families, cases, referrals) and who stands behind each."""

    antall: int
    bak: Mapping[str, Personer]
    """By column code; `familier` is always there where persons are counted."""
    univers: str = "aar"
    """Families have the same number in all tables over one universe."""
    vekt: Tallrekke | None = None
    """What each counts for: visits, loans or kroner; None: one."""


class Inndeling(NamedTuple):
    """A dimension, and for each unit the place of its innermost class among the dimension's categories."""

    dimensjon: Dimensjon
    klasse: Tallrekke

    def nivaaer(self) -> Iterator[Tallrekke]:
        """For each level from the total inwards: where each unit stands on it, -1 where it has no class there."""
        kategorier = self.dimensjon.kategorier
        plass = plasser(kategorier)
        stier = [_sti(kategorier[nr].kode, self.dimensjon, plass) for nr in range(len(kategorier))]
        for dybde in range(max(map(len, stier), default=0) + 1):
            if dybde == 0:
                yield np.full(len(self.klasse), len(kategorier), dtype=np.int64)
            else:
                paa = rekke([sti[dybde - 1] if len(sti) >= dybde else -1 for sti in stier])
                yield paa[self.klasse]


def _sti(kode: str, dimensjon: Dimensjon, plass: Mapping[str, int]) -> list[int]:
    forelder = dimensjon.kategorier[plass[kode]].forelder
    return [*(_sti(forelder, dimensjon, plass) if forelder else ()), plass[kode]]


class Rutenett:
    """The cells of one table, in the order of `RawCounts.noekler`, and for each unit those that it stands in."""

    def __init__(self, enheter: Enheter, inndelinger: Sequence[Inndeling]) -> None:
        self._enheter = enheter
        self._funnet: dict[str, tuple[Tallrekke, Tallrekke, Tallrekke]] = {}
        self.noekler: list[Noekkel] = list(product(*(i.dimensjon.koder for i in inndelinger)))
        self._plasser = [_plasser(valg, inndelinger) for valg in product(*(list(i.nivaaer()) for i in inndelinger))]

    def antall(self) -> Tallrekke:
        """Units in each cell, or what they count for together."""
        sum_ = np.zeros(len(self.noekler), dtype=np.int64)
        vekt = self._enheter.vekt
        for plass in self._plasser:
            inne = plass >= 0
            if vekt is None:
                sum_ += np.bincount(plass[inne], minlength=len(sum_))
            else:
                np.add.at(sum_, plass[inne], vekt[inne])
        return sum_

    def ulike(self, bak: str) -> Tallrekke:
        """Different persons behind each cell."""
        return self._tell(bak)[0]

    def alene(self, bak: str) -> Iterator[tuple[int, Noekkel]]:
        """Each person who stands alone behind a cell, and the cell."""
        _, celler, personer = self._tell(bak)
        for celle, person in zip(celler.tolist(), personer.tolist(), strict=True):
            yield person, self.noekler[celle]

    def stoerste(self) -> Tallrekke:
        """The largest part of each cell that one person, or one family, stands behind."""
        mest = np.zeros(len(self.noekler), dtype=np.int64)
        vekt = self._enheter.vekt
        if vekt is None:
            return mest
        for personer in self._enheter.bak.values():
            deler = np.zeros((len(self.noekler), _antall(personer)), dtype=np.int64)
            for plass in self._plasser:
                celle = plass[personer.enhet]
                inne = celle >= 0
                np.add.at(deler, (celle[inne], personer.person[inne]), vekt[personer.enhet][inne])
            mest = np.maximum(mest, deler.max(axis=1, initial=0))
        return mest

    def _tell(self, bak: str) -> tuple[Tallrekke, Tallrekke, Tallrekke]:
        """Persons in each cell; the cells that have one, and who it is.

        A mark for every pair of cell and person there could be, which is faster than sorting. The marks are only
        counted, row by row, and let go: the pairs themselves are many and nobody asks for them.
        """
        if bak not in self._funnet:
            personer = self._enheter.bak[bak]
            merker = np.zeros((len(self.noekler), _antall(personer)), dtype=bool)
            for plass in self._plasser:
                celle = plass[personer.enhet]
                inne = celle >= 0
                merker[celle[inne], personer.person[inne]] = True
            antall = np.count_nonzero(merker, axis=1)
            alene = np.flatnonzero(antall == 1) if bak == FAMILIER else rekke([])
            self._funnet[bak] = (antall, alene, merker[alene].argmax(axis=1))
        return self._funnet[bak]


def _antall(personer: Personer) -> int:
    return int(personer.person.max(initial=0)) + 1


def _plasser(nivaaer: Sequence[Tallrekke], inndelinger: Sequence[Inndeling]) -> Tallrekke:
    plass = np.zeros(len(nivaaer[0]), dtype=np.int64)
    gyldig = np.ones(len(plass), dtype=bool)
    for nivaa, inndeling in zip(nivaaer, inndelinger, strict=True):
        plass = plass * (len(inndeling.dimensjon.kategorier) + 1) + nivaa
        gyldig &= nivaa >= 0
    return np.where(gyldig, plass, -1)
