"""Counts units into the cells of a table with plain integer arrays: every class, every total, each thing once."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from koordinering.statistikk.disclosure import Dimensjon, Noekkel

Tallrekke = NDArray[np.int64]


def rekke(tall: Sequence[Any]) -> Tallrekke:
    """Whole numbers as an array."""
    return np.array(tall, dtype=np.int64)


class Personer(NamedTuple):
    """Who stands behind units: pairs of unit and person, both numbered from 0."""

    enhet: Tallrekke
    person: Tallrekke


@dataclass(frozen=True, repr=False)
class Enheter:
    """What a table counts (children, families, cases, referrals) and who stands behind each."""

    antall: int
    bak: Mapping[str, Personer]
    """By column code; `familier` is always there."""
    univers: str = "aar"
    """Families have the same number in all tables over one universe."""


class Inndeling(NamedTuple):
    """A dimension, and for each unit the place of its innermost class among the dimension's categories."""

    dimensjon: Dimensjon
    klasse: Tallrekke

    def nivaaer(self) -> Iterator[Tallrekke]:
        """For each level from the total inwards: where each unit stands on it, -1 where it has no class there."""
        kategorier = self.dimensjon.kategorier
        plass = {k.kode: nr for nr, k in enumerate(kategorier)}
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
        self._funnet: dict[str, tuple[Tallrekke, Tallrekke]] = {}
        self.noekler: list[Noekkel] = list(product(*(i.dimensjon.koder for i in inndelinger)))
        self._plasser = [_plasser(valg, inndelinger) for valg in product(*(list(i.nivaaer()) for i in inndelinger))]

    def antall(self) -> Tallrekke:
        """Units in each cell."""
        sum_ = np.zeros(len(self.noekler), dtype=np.int64)
        for plass in self._plasser:
            sum_ += np.bincount(plass[plass >= 0], minlength=len(sum_))
        return sum_

    def ulike(self, bak: str) -> Tallrekke:
        """Different persons behind each cell."""
        return np.bincount(self._par(bak)[0], minlength=len(self.noekler))

    def alene(self, bak: str) -> Iterator[tuple[int, Noekkel]]:
        """Each person who stands alone behind a cell, and the cell."""
        celle, person = self._par(bak)
        for nr in np.flatnonzero(self.ulike(bak)[celle] == 1):
            yield int(person[nr]), self.noekler[celle[nr]]

    def _par(self, bak: str) -> tuple[Tallrekke, Tallrekke]:
        """Cell and person, each pair once: a mark for every pair there could be, which is faster than sorting."""
        if bak not in self._funnet:
            personer = self._enheter.bak[bak]
            antall = int(personer.person.max(initial=0)) + 1
            merker = np.zeros(len(self.noekler) * antall, dtype=bool)
            for plass in self._plasser:
                celle = plass[personer.enhet]
                merker[(celle * antall + personer.person)[celle >= 0]] = True
            par = np.flatnonzero(merker)
            self._funnet[bak] = (par // antall, par % antall)
        return self._funnet[bak]


def _plasser(nivaaer: Sequence[Tallrekke], inndelinger: Sequence[Inndeling]) -> Tallrekke:
    plass = np.zeros(len(nivaaer[0]), dtype=np.int64)
    gyldig = np.ones(len(plass), dtype=bool)
    for nivaa, inndeling in zip(nivaaer, inndelinger, strict=True):
        plass = plass * (len(inndeling.dimensjon.kategorier) + 1) + nivaa
        gyldig &= nivaa >= 0
    return np.where(gyldig, plass, -1)
