"""Puts referrals and children together into families, as numbers from 0."""

from collections.abc import Callable
from functools import cached_property
from typing import NamedTuple

import numpy as np

from koordinering.db import OSLO
from koordinering.saker.rules.registrering import ELDSTE
from koordinering.statistikk.disclosure import BARN, FAMILIER, Kategori
from koordinering.statistikk.measures.familienumre import familier_av
from koordinering.statistikk.measures.klasser import VENTEDAGER
from koordinering.statistikk.measures.kolonner import (
    Janei,
    Tallrekke,
    Tider,
    begynnelser,
    hvert_par,
    kvartaler,
    norske_dager,
    rekke,
    ulike_rader,
)
from koordinering.statistikk.measures.lest import Kjennetegn, Lest
from koordinering.statistikk.measures.pakking import HELE_FAMILIEN
from koordinering.statistikk.measures.rutenett import Delt, Enheter, Personer, plasser


class Arter(NamedTuple):
    """The kinds of referral that tables tell apart, as columns: far fewer than the referrals."""

    kjenn: Tallrekke
    """Which of `Lest.kjennetegn`."""
    kvartal: Tallrekke
    """When it was sent, 0 to 3."""
    ventet: Tallrekke
    """The step of VENTEDAGER in which it was given, or stood at the end."""


class Grunnlag:
    """Referrals, their children, cases and families, each numbered from 0.

    A large municipality has a hundred thousand families: columns of numbers, no objects that point at each other.
    """

    def __init__(self, aar: int, lest: Lest, hvilke: Janei, univers: str = "aar") -> None:
        """`hvilke` of the referrals that were read."""
        self.aar, self.lest, self.univers = aar, lest, univers
        enhet, rad = self._par(hvilke)
        telles = np.zeros(len(hvilke), dtype=np.bool_)
        telles[enhet] = True
        self.henvist = lest.henvist.valgt(telles)
        """Those with a child that counts."""
        personer, barn, self.antall_barn = _brukte(lest.registrert.person[rad], lest.registrert.person)
        self.par = Personer((np.cumsum(telles) - 1)[enhet], barn)
        """Each referral and each child that it is for."""
        self.deltar = lest.registrert.deltar[rad]
        """For each such pair whether the child took part in something, as the case has it: the place in DELTAR."""
        saker, self.sak, self.antall_saker = _brukte(self.henvist.sak, lest.registrert.sak)
        self.i_sak = Personer(*hvert_par(self.sak[self.par.enhet], barn))
        """Each case and each child in it that is referred."""
        self._opplysninger(saker >= 0, personer)
        self.familie = self._familier(saker)
        """The family of each case."""
        self.antall_familier = int(self.familie.max(initial=-1)) + 1

    def _par(self, hvilke: Janei) -> tuple[Tallrekke, Tallrekke]:
        """Each referral and the row of each child that it is for; without those who are too old, or not born."""
        r, henvist = self.lest.registrert, self.lest.henvist
        hele = np.flatnonzero(hvilke & (henvist.barn == HELE_FAMILIEN))
        ett = np.flatnonzero(hvilke & (henvist.barn >= 0))
        barna = begynnelser(r.sak, int(henvist.sak.max(initial=-1)) + 1)
        fra, til = barna[henvist.sak[hele]], barna[henvist.sak[hele] + 1]
        antall = til - fra
        foran = np.cumsum(antall) - antall
        soesken = np.arange(antall.sum()) + np.repeat(fra - foran, antall)
        enhet, rad = np.concatenate((np.repeat(hele, antall), ett)), np.concatenate((soesken, henvist.barn[ett]))
        telles = _i_alder(self.aar - r.foedselsaar)[rad]
        return enhet[telles], rad[telles]

    def _opplysninger(self, i_sak: Janei, personer: Tallrekke) -> None:
        """Two cases that count may differ about a child: the latest birth year holds, whichever is read first."""
        r = self.lest.registrert
        alder = self.aar - r.foedselsaar
        telles = i_sak & (personer >= 0) & _i_alder(alder)
        barn = personer[telles]
        self.alder = np.full(self.antall_barn, ELDSTE)
        np.minimum.at(self.alder, barn, alder[telles])
        self.kjoenn = np.zeros(self.antall_barn, dtype=np.int64)
        """Of each child, the place in KJOENN."""
        np.maximum.at(self.kjoenn, barn, r.kjoenn[telles])
        self.lenket = np.zeros(self.antall_barn, dtype=np.bool_)
        self.lenket[barn] = r.lenket[telles]
        self.kjent = np.zeros(self.antall_barn, dtype=np.bool_)
        """For each child whether it was referred in an earlier year."""
        self.kjent[barn] = r.kjent[telles]

    def _familier(self, saker: Tallrekke) -> Tallrekke:
        """By all the children of the case, also those not referred. A case that shares none is a family of its own."""
        brukt = saker >= 0
        return familier_av(*hvert_par(saker[brukt], self.lest.registrert.person[brukt]), self.antall_saker)

    def delt(self, kategorier: tuple[Kategori, ...], klasse: Callable[[Kjennetegn], str]) -> Delt:
        """The class of each kind of referral."""
        return Delt(kategorier, self.klassene(kategorier, klasse)[self.arter.kjenn])

    def klassene(self, kategorier: tuple[Kategori, ...], klasse: Callable[[Kjennetegn], str]) -> Tallrekke:
        """The place of the class of each of `Lest.kjennetegn`."""
        plass = plasser(kategorier)
        return rekke([plass[klasse(k)] for k in self.lest.kjennetegn])

    def har(self, hva: Callable[[Kjennetegn], bool]) -> Janei:
        """Whether each of `Lest.kjennetegn` is such."""
        return np.array([hva(k) for k in self.lest.kjennetegn], dtype=np.bool_)

    @cached_property
    def kvartal(self) -> Tallrekke:
        """The quarter in which each referral was sent, 0 to 3."""
        return kvartaler(self._dag)

    @cached_property
    def _dag(self) -> Tider:
        """The Norwegian day on which each referral was sent."""
        return norske_dager(self.henvist.naar)

    def _ventet(self) -> Tallrekke:
        """How long each referral that was given had waited, and each other until the end: the step of VENTEDAGER."""
        til = np.full(len(self._dag), np.datetime64(self.lest.slutt.astimezone(OSLO).date()))
        gitt = ~np.isnat(self.henvist.gitt)
        til[gitt] = norske_dager(self.henvist.gitt[gitt])
        return np.searchsorted(VENTEDAGER, (til - self._dag).view(np.int64))

    @cached_property
    def _art(self) -> tuple[Tallrekke, Arter]:
        nr, kolonner = ulike_rader((self.henvist.kjenn, self.kvartal, self._ventet()))
        return nr, Arter._make(kolonner)

    @property
    def arter(self) -> Arter:
        """The kinds of referral that tables tell apart."""
        return self._art[1]

    # --- What can be counted ---------------------------------------------------------------------------------

    @cached_property
    def henvisninger(self) -> Enheter:
        """Referrals, with the children and the family behind each."""
        familie = Personer(np.arange(len(self.sak)), self.familie[self.sak])
        return Enheter(self._art[0], {BARN: self.par, FAMILIER: familie}, self.univers)

    @cached_property
    def barna(self) -> Enheter:
        """Children, with the families that each belongs to."""
        familie = Personer(self.i_sak.person, self.familie[self.i_sak.enhet])
        return Enheter(np.arange(self.antall_barn), {FAMILIER: familie}, self.univers)

    @cached_property
    def familiene(self) -> Enheter:
        """Families."""
        alle = np.arange(self.antall_familier)
        return Enheter(alle, {FAMILIER: Personer(alle, alle)}, self.univers)

    @cached_property
    def saker(self) -> Enheter:
        """Cases, with the family that each belongs to."""
        alle = np.arange(self.antall_saker)
        return Enheter(alle, {FAMILIER: Personer(alle, self.familie)}, self.univers)

    @cached_property
    def ulenkede(self) -> Janei:
        """For each case: whether a counted child stands unlinked in it."""
        uten = np.zeros(self.antall_saker, dtype=np.bool_)
        uten[self.i_sak.enhet[~self.lenket[self.i_sak.person]]] = True
        return uten


def _i_alder(alder: Tallrekke) -> Janei:
    return (alder >= 0) & (alder <= ELDSTE)


def _brukte(brukt: Tallrekke, alle: Tallrekke) -> tuple[Tallrekke, Tallrekke, int]:
    """Number anew those that are used: the number of each of all (-1: not used), of each use, and how many."""
    er_brukt = np.zeros(max(int(brukt.max(initial=-1)), int(alle.max(initial=-1))) + 1, dtype=np.bool_)
    er_brukt[brukt] = True
    nummer = np.where(er_brukt, np.cumsum(er_brukt) - 1, -1)
    return nummer[alle], nummer[brukt], int(er_brukt.sum())
