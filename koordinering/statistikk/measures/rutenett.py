"""Counts units into the cells of a table with plain integer arrays: every class, every total, each thing once."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import product
from typing import Any, NamedTuple

import numpy as np

from koordinering.statistikk.disclosure import FAMILIER, Dimensjon, Kategori, Noekkel
from koordinering.statistikk.measures.kolonner import Janei, Klasser, Tallrekke, foerst_av_like, hvert_par, rekke


class Delt(NamedTuple):
    """The classes of one dimension, and for each kind of unit the place of its class among them."""

    kategorier: tuple[Kategori, ...]
    klasse: Klasser


def plasser(kategorier: Iterable[Kategori]) -> dict[str, int]:
    """The place of each class, by its code."""
    return {k.kode: nr for nr, k in enumerate(kategorier)}


def delt(kategorier: tuple[Kategori, ...], koder: Iterable[str]) -> Delt:
    """From the code of each one's class."""
    plass = plasser(kategorier)
    return Delt(kategorier, rekke([plass[kode] for kode in koder]))


@dataclass(frozen=True, repr=False, eq=False)
class Personer:
    """Who stands behind units: pairs of unit and person, both numbered from 0."""

    enhet: Tallrekke
    person: Tallrekke


class Samlet(NamedTuple):
    """The kinds of unit that each person stands behind, persons with equally many together."""

    hvem: Tallrekke
    """The persons, in the order that they have here."""
    arter: list[Tallrekke]
    """Of those who have so many: one row for the first kind of each, one for the second, and so on."""


@dataclass(frozen=True, repr=False, eq=False)
class Enheter:
    """What a table counts (children, families, cases, referrals) and who stands behind each."""

    art: Tallrekke
    """The kind of each unit, numbered from 0. Tables ask of the kind alone: there are a million units, but far fewer
    kinds, and many persons have several units of one."""
    bak: Mapping[str, Personer]
    """By column code; `familier` is always there where persons are counted."""
    univers: str = "aar"
    """Families have the same number in all tables over one universe."""
    vekt: Tallrekke | None = None
    """What each counts for: visits, loans or kroner; None: one."""
    _samlet: dict[str, Samlet] = field(default_factory=dict)

    @cached_property
    def antall(self) -> Tallrekke:
        """Units of each kind, or what they count for together."""
        if self.vekt is None:
            return np.bincount(self.art)
        sum_ = np.zeros(int(self.art.max(initial=-1)) + 1, dtype=np.int64)
        np.add.at(sum_, self.art, self.vekt)
        return sum_

    def samlet(self, bak: str) -> Samlet:
        """By person. Put together once, and asked by many tables."""
        if bak not in self._samlet:
            personer = self.bak[bak]
            self._samlet[bak] = _samle(self.art[personer.enhet], personer.person)
        return self._samlet[bak]


def _samle(art: Tallrekke, person: Tallrekke) -> Samlet:
    person, art = hvert_par(person, art)
    begynner = np.flatnonzero(foerst_av_like(person))
    hvor_mange = np.diff(begynner, append=len(person))
    # in as few bits as hold them: those are sorted by counting
    orden = np.argsort(hvor_mange.astype(np.min_scalar_type(hvor_mange.max(initial=0))), kind="stable")
    begynner = begynner[orden]
    deler = np.split(begynner, np.cumsum(np.bincount(hvor_mange))[:-1])
    arter = [art[np.arange(n)[:, None] + foerste] for n, foerste in enumerate(deler) if len(foerste)]
    return Samlet(person[begynner], arter)


class Inndeling(NamedTuple):
    """A dimension, and for each kind of unit the place of its innermost class among the dimension's categories."""

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
    """The cells of one table, in the order of `RawCounts.noekler`, and for each kind of unit those that it stands in.

    Kinds are only sorted into the innermost classes that have any; cells are sums over those.
    """

    def __init__(self, enheter: Enheter, inndelinger: Sequence[Inndeling]) -> None:
        self._enheter = enheter
        self._funnet: dict[str, tuple[Tallrekke, Tallrekke, Tallrekke]] = {}
        self.noekler: list[Noekkel] = list(product(*(i.dimensjon.koder for i in inndelinger)))
        innerst: Any = 0
        inne = np.ones((1, 1), dtype=np.bool_)
        for inndeling in inndelinger:
            innerst = innerst * len(inndeling.dimensjon.kategorier) + inndeling.klasse
            inne = np.kron(inne, inndeling.innenfor())
        brukt = np.bincount(innerst, minlength=len(inne)) > 0
        self._rute = (np.cumsum(brukt) - 1)[innerst]
        """Of each kind, its place among the innermost classes that are used."""
        self._inne = inne[brukt]
        """For each of them, the cells that it lies in."""

    def antall(self) -> Tallrekke:
        """Units in each cell, or what they count for together."""
        sum_ = np.zeros(len(self._inne), dtype=np.int64)
        np.add.at(sum_, self._rute, self._enheter.antall)
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
            rute = self._rute[self._enheter.art[personer.enhet]]
            np.add.at(deler, (rute, personer.person), vekt[personer.enhet])
            mest = np.maximum(mest, [(deler[inne].sum(axis=0)).max(initial=0) for inne in self._inne.T])
        return mest

    def _tell(self, bak: str) -> tuple[Tallrekke, Tallrekke, Tallrekke]:
        """Persons in each cell; the cells that have one, and who it is.

        Most persons stand in the same few combinations of classes: those are counted, and each is then added to
        the cells that it touches. Much faster than a mark for every pair of cell and person.
        """
        if bak not in self._funnet:
            personer = self._enheter.samlet(bak)
            kode, koder, antall, ruter = _kombinasjoner(self._rute, personer.arter, len(self._inne))
            i_celle = ruter.astype(np.float32) @ self._inne.astype(np.float32) > 0
            ulike = antall @ i_celle
            alene = np.flatnonzero(ulike == 1) if bak == FAMILIER else rekke([])
            koden = koder[i_celle[:, alene].argmax(axis=0)].tolist() if len(alene) else []
            plass = np.flatnonzero(np.isin(kode, koden)) if koden else alene
            hvem = dict(zip(kode[plass].tolist(), personer.hvem[plass].tolist(), strict=True))
            self._funnet[bak] = (ulike, alene, rekke([hvem[k] for k in koden]))
        return self._funnet[bak]


_ORD = 62
"""Classes to a machine word, as bits."""

_BITER = (7, 15, 31, _ORD)
_SMALE = (np.int8, np.int16, np.int32, np.int64)
"""The narrowest that has room for so many classes: a million of them are read and written in each table."""

_FAA = 16
"""So many bits are looked up in a table; sorting is slower."""


def _kombinasjoner(
    rute: Tallrekke, arter: Sequence[Tallrekke], ruter: int
) -> tuple[Tallrekke, Tallrekke, Tallrekke, Janei]:
    """Which combination of classes each person stands in; the different ones, how many have each, and its classes.

    `rute` is the class of each kind of unit, `arter` the kinds that persons have (`Samlet.arter`).
    """
    personer = sum(like_mange.shape[1] for like_mange in arter)
    kode, koder, antall = np.zeros(personer, dtype=np.int64), rekke([0]), rekke([personer])
    if not personer:
        return kode, kode, kode, np.zeros((0, ruter), dtype=np.bool_)
    inne = np.zeros((1, 0), dtype=np.bool_)
    for fra in range(0, ruter, _ORD):
        antall_bit = min(_ORD, ruter - fra)
        bit = np.zeros(ruter, dtype=_SMALE[np.searchsorted(_BITER, antall_bit)])
        bit[fra : fra + antall_bit] = 1 << np.arange(antall_bit)
        merke = bit[rute]
        merker = np.concatenate([np.bitwise_or.reduce(merke.take(like_mange), axis=0) for like_mange in arter])
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
