"""Puts referrals and children together into families, as numbers from 0."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np

from koordinering.db import OSLO
from koordinering.saker.rules.familier import familier
from koordinering.saker.rules.registrering import ELDSTE
from koordinering.statistikk.disclosure import BARN, FAMILIER
from koordinering.statistikk.measures.lesing import Henvist, Lest, Registrert
from koordinering.statistikk.measures.rutenett import Enheter, Personer, rekke


@dataclass
class Barnet:
    """One child, whichever and however many cases it stands in."""

    alder: int
    indeks: bytes | None
    kjoenn: str | None


class Grunnlag:
    """Referrals, their children, cases and families, each numbered from 0 in lists.

    A large municipality has a hundred thousand families: lists and integers, no objects that point at each other.
    """

    def __init__(self, aar: int, lest: Lest, henvist: Sequence[Henvist], univers: str = "aar") -> None:
        self.aar, self.lest, self.univers = aar, lest, univers
        saker = {h.sak for h in henvist}
        registrert = [rad for rad in lest.registrert if rad.sak in saker]
        av_rad, i_sak = self._barn(registrert)
        self.henvist: list[Henvist] = []
        self.barn_av: list[list[int]] = []
        """The children of each referral."""
        for h in sorted(henvist, key=lambda h: (h.naar, h.id)):
            barn = i_sak.get(h.sak) if h.barn is None else av_rad.get(h.barn)
            if barn:
                self.henvist.append(h)
                self.barn_av.append(barn)
        self._opplysninger(registrert, av_rad)
        self._bare_henviste()
        self.barn_i_sak: dict[int, set[int]] = defaultdict(set)
        for h, barn in zip(self.henvist, self.barn_av, strict=True):
            self.barn_i_sak[h.sak].update(barn)
        self.enhet = {rad.sak: rad.enhet for rad in registrert if rad.sak in self.barn_i_sak}
        self.familie = self._familier(registrert)

    def _barn(self, registrert: Sequence[Registrert]) -> tuple[dict[int, list[int]], dict[int, list[int]]]:
        """The children that can count: by their row, and by case. The same child has the same number."""
        self.barn: list[Barnet] = []
        self.deltar: dict[tuple[int, int], str] = {}
        nummer: dict[bytes, int] = {}
        av_rad: dict[int, list[int]] = {}
        i_sak: dict[int, list[int]] = defaultdict(list)
        for rad in registrert:
            alder = self.aar - rad.foedselsaar
            if not 0 <= alder <= ELDSTE:
                continue
            nr = len(self.barn) if rad.indeks is None else nummer.setdefault(rad.indeks, len(self.barn))
            if nr == len(self.barn):
                self.barn.append(Barnet(alder, rad.indeks, rad.kjoenn))
            self.deltar[rad.sak, nr] = rad.deltar
            av_rad[rad.barn] = [nr]
            i_sak[rad.sak].append(nr)
        return av_rad, i_sak

    def _opplysninger(self, registrert: Sequence[Registrert], av_rad: Mapping[int, list[int]]) -> None:
        """Two cases that count may differ about a child: the latest birth year holds, whichever is read first."""
        telles = {h.sak for h in self.henvist}
        sett: set[int] = set()
        for rad in registrert:
            if rad.sak not in telles or rad.barn not in av_rad:
                continue
            (nr,) = av_rad[rad.barn]
            barnet, alder = self.barn[nr], self.aar - rad.foedselsaar
            barnet.alder = min(alder, barnet.alder) if nr in sett else alder
            barnet.kjoenn = max((barnet.kjoenn if nr in sett else None) or "", rad.kjoenn or "") or None
            sett.add(nr)

    def _bare_henviste(self) -> None:
        """Leave out the children who are not referred, and number the rest anew."""
        nytt: dict[int, int] = {}
        self.barn_av = [[nytt.setdefault(nr, len(nytt)) for nr in barn] for barn in self.barn_av]
        self.barn = [self.barn[nr] for nr in nytt]
        self.deltar = {(sak, nytt[nr]): svar for (sak, nr), svar in self.deltar.items() if nr in nytt}

    def _familier(self, registrert: Sequence[Registrert]) -> Mapping[int, int]:
        """Case → number of its family; by all the children of the case, also those not referred."""
        lenket: dict[int, set[bytes]] = defaultdict(set)
        ulenket: Counter[int] = Counter()
        for rad in registrert:
            if rad.sak not in self.barn_i_sak:
                continue
            if rad.indeks is None:
                ulenket[rad.sak] += 1
            else:
                lenket[rad.sak].add(rad.indeks)
        return {sak: nr for nr, saker in enumerate(familier(lenket, ulenket)) for sak in saker}

    def dag(self, h: Henvist) -> date:
        """The Norwegian day on which a referral was sent."""
        return self._dager[h.id]

    @cached_property
    def _dager(self) -> Mapping[int, date]:
        return {h.id: h.naar.astimezone(OSLO).date() for h in self.henvist}

    # --- What can be counted ---------------------------------------------------------------------------------

    @cached_property
    def henvisninger(self) -> Enheter:
        """Referrals, with the children and the family behind each."""
        antall = len(self.henvist)
        lengder = [len(barn) for barn in self.barn_av]
        barn = Personer(np.repeat(np.arange(antall), lengder), rekke([nr for barn in self.barn_av for nr in barn]))
        familie = Personer(np.arange(antall), rekke([self.familie[h.sak] for h in self.henvist]))
        return Enheter(antall, {BARN: barn, FAMILIER: familie}, self.univers)

    @cached_property
    def barna(self) -> Enheter:
        """Children, with the families that each belongs to."""
        par = {(nr, self.familie[sak]) for sak, barn in self.barn_i_sak.items() for nr in barn}
        familie = Personer(rekke([nr for nr, _ in par]), rekke([familie for _, familie in par]))
        return Enheter(len(self.barn), {FAMILIER: familie}, self.univers)

    @cached_property
    def familiene(self) -> Enheter:
        """Families."""
        alle = np.arange(len(set(self.familie.values())))
        return Enheter(len(alle), {FAMILIER: Personer(alle, alle)}, self.univers)

    @cached_property
    def saker(self) -> Enheter:
        """Cases, with the family that each belongs to."""
        familie = rekke([self.familie[sak] for sak in self.barn_i_sak])
        return Enheter(len(familie), {FAMILIER: Personer(np.arange(len(familie)), familie)}, self.univers)

    @cached_property
    def ulenkede(self) -> list[bool]:
        """For each case: whether a counted child stands unlinked in it."""
        return [any(self.barn[nr].indeks is None for nr in barn) for barn in self.barn_i_sak.values()]
