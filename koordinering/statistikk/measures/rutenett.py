"""Counts units into the cells of a table with plain integer arrays: every class, every total, each thing once."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from typing import NamedTuple

import numpy as np

from koordinering.statistikk.disclosure import FAMILIER, Dimensjon, Kategori, Noekkel
from koordinering.statistikk.measures.kolonner import Janei, Klasser, Tallrekke, rekke


class Delt(NamedTuple):
    """The classes of one dimension, and for each unit the place of its class among them."""

    kategorier: tuple[Kategori, ...]
    klasse: Klasser


def plasser(kategorier: Iterable[Kategori]) -> dict[str, int]:
    """The place of each class, by its code."""
    return {k.kode: nr for nr, k in enumerate(kategorier)}


def delt(kategorier: tuple[Kategori, ...], koder: Iterable[str]) -> Delt:
    """From the code of each unit's class."""
    plass = plasser(kategorier)
    return Delt(kategorier, rekke([plass[kode] for kode in koder]))


@dataclass(frozen=True, repr=False, eq=False)
class Personer:
    """Who stands behind units: pairs of unit and person, both numbered from 0."""

    enhet: Tallrekke
    person: Tallrekke

    @cached_property
    def samlet(self) -> tuple[Tallrekke, Tallrekke]:
        """The units, those of one person after another, and where each person begins. Asked by many tables."""
        enhet, person = self.enhet, self.person
        if (person[1:] < person[:-1]).any():
            orden = np.argsort(person)
            enhet, person = enhet[orden], person[orden]
        return enhet, np.flatnonzero(np.diff(person, prepend=-1))

    def nummer(self, plass: Tallrekke) -> Tallrekke:
        """Who stand at these places in the order of `samlet`."""
        return np.flatnonzero(np.bincount(self.person))[plass]


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
    klasse: Klasser

    def innenfor(self) -> Janei:
        """For each class (row) which of the dimension's codes it lies in: itself, what is above it, the total."""
        kategorier = self.dimensjon.kategorier
        plass = plasser(kategorier)
        inne = np.zeros((len(kategorier), len(kategorier) + 1), dtype=np.bool_)
        for nr, kategori in enumerate(kategorier):
            inne[nr, [*_sti(kategori.kode, self.dimensjon, plass), -1]] = True
        return inne


def _sti(kode: str, dimensjon: Dimensjon, plass: Mapping[str, int]) -> list[int]:
    forelder = dimensjon.kategorier[plass[kode]].forelder
    return [*(_sti(forelder, dimensjon, plass) if forelder else ()), plass[kode]]


class Rutenett:
    """The cells of one table, in the order of `RawCounts.noekler`, and for each unit those that it stands in.

    Units are only sorted into the innermost classes that have any; cells are sums over those.
    """

    def __init__(self, enheter: Enheter, inndelinger: Sequence[Inndeling]) -> None:
        self._enheter = enheter
        self._funnet: dict[str, tuple[Tallrekke, Tallrekke, Tallrekke]] = {}
        self.noekler: list[Noekkel] = list(product(*(i.dimensjon.koder for i in inndelinger)))
        innerst, inne = np.zeros(enheter.antall, dtype=np.int32), np.ones((1, 1), dtype=np.bool_)
        for inndeling in inndelinger:
            innerst = innerst * len(inndeling.dimensjon.kategorier) + inndeling.klasse.astype(np.int32)
            inne = np.kron(inne, inndeling.innenfor())
        brukt = np.bincount(innerst, minlength=len(inne)) > 0
        self._rute = (np.cumsum(brukt) - 1).astype(np.int16)[innerst]
        """Of each unit, its place among the innermost classes that are used."""
        self._inne = inne[brukt]
        """For each of them, the cells that it lies in."""

    def antall(self) -> Tallrekke:
        """Units in each cell, or what they count for together."""
        sum_ = np.zeros(len(self._inne), dtype=np.int64)
        if self._enheter.vekt is None:
            sum_ += np.bincount(self._rute, minlength=len(sum_))
        else:
            np.add.at(sum_, self._rute, self._enheter.vekt)
        return rekke(sum_ @ self._inne)

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
            deler = np.zeros((len(self._inne), int(personer.person.max(initial=0)) + 1), dtype=np.int64)
            np.add.at(deler, (self._rute[personer.enhet], personer.person), vekt[personer.enhet])
            mest = np.maximum(mest, [(deler[inne].sum(axis=0)).max(initial=0) for inne in self._inne.T])
        return mest

    def _tell(self, bak: str) -> tuple[Tallrekke, Tallrekke, Tallrekke]:
        """Persons in each cell; the cells that have one, and who it is.

        Most persons stand in the same few combinations of classes: those are counted, and each is then added to
        the cells that it touches. Much faster than a mark for every pair of cell and person.
        """
        if bak not in self._funnet:
            personer = self._enheter.bak[bak]
            enhet, foerste = personer.samlet
            kode, koder, antall, ruter = _kombinasjoner(self._rute[enhet], foerste, len(self._inne))
            i_celle = ruter.astype(np.float32) @ self._inne.astype(np.float32) > 0
            ulike = antall @ i_celle
            alene = np.flatnonzero(ulike == 1) if bak == FAMILIER else rekke([])
            hvem = koder[i_celle[:, alene].argmax(axis=0)].tolist() if len(alene) else []
            plass = np.flatnonzero(np.isin(kode, hvem)) if hvem else alene
            numre = personer.nummer(plass).tolist() if hvem else []
            personer_med = dict(zip(kode[plass].tolist(), numre, strict=True))
            self._funnet[bak] = (ulike, alene, rekke([personer_med[k] for k in hvem]))
        return self._funnet[bak]


_ORD = 62
"""Classes to a machine word, as bits."""

_BITER = (7, 15, 31, _ORD)
_SMALE = (np.int8, np.int16, np.int32, np.int64)
"""The narrowest that has room for so many classes: a million of them are read and written in each table."""

_FAA = 16
"""So many bits are looked up in a table; sorting is slower."""


def _kombinasjoner(rute: Klasser, foerste: Tallrekke, ruter: int) -> tuple[Tallrekke, Tallrekke, Tallrekke, Janei]:
    """Which combination of classes each person stands in; the different ones, how many have each, and its classes.

    `rute` is the class of each unit, those of one person after another from the places in `foerste`.
    """
    kode, koder, antall = np.zeros(len(foerste), dtype=np.int64), rekke([0]), rekke([len(foerste)])
    if not len(foerste):
        return kode, kode, kode, np.zeros((0, ruter), dtype=np.bool_)
    inne = np.zeros((1, 0), dtype=np.bool_)
    for fra in range(0, ruter, _ORD):
        antall_bit = min(_ORD, ruter - fra)
        bit = np.zeros(ruter, dtype=_SMALE[np.searchsorted(_BITER, antall_bit)])
        bit[fra : fra + antall_bit] = 1 << np.arange(antall_bit)
        merker = np.bitwise_or.reduceat(bit[rute], foerste)
        if fra:  # number what there was so far together with what is new
            nye = np.unique(merker, return_inverse=True)
            merker = np.searchsorted(koder, kode) * len(nye[0]) + nye[1]
            koder, antall = _ulike(merker, len(koder) * len(nye[0]))
            gamle, ord_ = np.divmod(koder, len(nye[0]))
            inne, ord_ = inne[gamle], nye[0][ord_]
        else:
            koder, antall = _ulike(merker, 1 << antall_bit)
            inne, ord_ = inne[np.zeros(len(koder), dtype=np.int64)], koder
        kode = merker
        inne = np.hstack((inne, (ord_[:, None] >> np.arange(antall_bit)) & 1 > 0))
    return kode, koder, antall, inne


def _ulike(tall: Tallrekke, under: int) -> tuple[Tallrekke, Tallrekke]:
    """The different numbers, sorted, and how many there are of each."""
    if under > 1 << _FAA:
        return np.unique(tall, return_counts=True)
    antall = np.bincount(tall, minlength=1)
    return np.flatnonzero(antall), antall[antall > 0]
