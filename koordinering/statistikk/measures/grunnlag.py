"""Puts referrals and children together into families, as numbers from 0."""

from collections.abc import Callable
from functools import cached_property

import numpy as np

from koordinering.saker.rules.registrering import ELDSTE
from koordinering.statistikk.disclosure import BARN, FAMILIER, Kategori
from koordinering.statistikk.measures.familienumre import familier_av
from koordinering.statistikk.measures.kolonner import Janei, Tallrekke, Tider, begynnelser, norske_dager
from koordinering.statistikk.measures.lest import Henviste, Kjennetegn, Lest
from koordinering.statistikk.measures.pakking import HELE_FAMILIEN
from koordinering.statistikk.measures.rutenett import Delt, Enheter, Personer, plasser


class Grunnlag:
    """Referrals, their children, cases and families, each numbered from 0.

    A large municipality has a hundred thousand families: columns of numbers, no objects that point at each other.
    """

    def __init__(self, aar: int, lest: Lest, henvist: Henviste, univers: str = "aar") -> None:
        self.aar, self.lest, self.univers = aar, lest, univers
        enhet, rad = self._par(henvist)
        telles = np.zeros(len(henvist.id), dtype=np.bool_)
        telles[enhet] = True
        self.henvist = henvist.valgt(telles)
        """Those with a child that counts."""
        personer, barn, self.antall_barn = _brukte(lest.registrert.person[rad], lest.registrert.person)
        self.par = Personer((np.cumsum(telles) - 1)[enhet], barn)
        """Each referral and each child that it is for."""
        self.deltar = lest.registrert.deltar[rad]
        """For each such pair whether the child took part in something, as the case has it: the place in DELTAR."""
        saker, self.sak, self.antall_saker = _brukte(self.henvist.sak, lest.registrert.sak)
        self.i_sak = _hvert_par(self.sak[self.par.enhet], barn)
        """Each case and each child in it that is referred."""
        self._opplysninger(saker >= 0, personer)
        self.familie = self._familier(saker)
        """The family of each case."""
        self.antall_familier = int(self.familie.max(initial=-1)) + 1

    def _par(self, henvist: Henviste) -> tuple[Tallrekke, Tallrekke]:
        """Each referral and the row of each child that it is for; without those who are too old, or not born."""
        r = self.lest.registrert
        hele, ett = np.flatnonzero(henvist.barn == HELE_FAMILIEN), np.flatnonzero(henvist.barn >= 0)
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
        i_sak = _hvert_par(saker[saker >= 0], self.lest.registrert.person[saker >= 0])
        return familier_av(i_sak.enhet, i_sak.person, self.antall_saker)

    def delt(self, kategorier: tuple[Kategori, ...], klasse: Callable[[Kjennetegn], str]) -> Delt:
        """The class of each referral; asked once for each kind that there is of them."""
        plass = plasser(kategorier)
        av_slag = np.array([plass[klasse(k)] for k in self.lest.kjennetegn], dtype=np.int16)
        return Delt(kategorier, av_slag[self.henvist.kjenn])

    def har(self, hva: Callable[[Kjennetegn], bool]) -> Janei:
        """For each referral whether it is of such a kind."""
        return np.array([hva(k) for k in self.lest.kjennetegn], dtype=np.bool_)[self.henvist.kjenn]

    @cached_property
    def dag(self) -> Tider:
        """The Norwegian day on which each referral was sent."""
        return norske_dager(self.henvist.naar)

    # --- What can be counted ---------------------------------------------------------------------------------

    @cached_property
    def henvisninger(self) -> Enheter:
        """Referrals, with the children and the family behind each."""
        antall = len(self.henvist.id)
        familie = Personer(np.arange(antall), self.familie[self.sak])
        return Enheter(antall, {BARN: self.par, FAMILIER: familie}, self.univers)

    @cached_property
    def barna(self) -> Enheter:
        """Children, with the families that each belongs to."""
        familie = Personer(self.i_sak.person, self.familie[self.i_sak.enhet])
        return Enheter(self.antall_barn, {FAMILIER: familie}, self.univers)

    @cached_property
    def familiene(self) -> Enheter:
        """Families."""
        alle = np.arange(self.antall_familier)
        return Enheter(len(alle), {FAMILIER: Personer(alle, alle)}, self.univers)

    @cached_property
    def saker(self) -> Enheter:
        """Cases, with the family that each belongs to."""
        return Enheter(
            self.antall_saker, {FAMILIER: Personer(np.arange(self.antall_saker), self.familie)}, self.univers
        )

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


def _hvert_par(enhet: Tallrekke, person: Tallrekke) -> Personer:
    """Each pair once. Sorted, which is faster here than numpy's own way of finding the different ones."""
    personer = int(person.max(initial=0)) + 1
    par = np.sort(enhet * personer + person)
    return Personer(*np.divmod(par[np.diff(par, prepend=-1) > 0], personer))
