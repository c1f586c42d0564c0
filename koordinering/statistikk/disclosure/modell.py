"""The linked tables as one system of numbers: equations, who is hidden with whom, and what must stay unknown.

Every number of every table is a variable with a true value. A group is a set of numbers that are hidden together:
the columns of a cell, and the same cell in other tables (rule 7). Earlier releases of the same year enter as
variables of their own, joined to the new ones by their differences (rule 8).
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import product
from math import log
from typing import NamedTuple

from koordinering.statistikk.disclosure.innsidere import Innhold, Klasser, eiere
from koordinering.statistikk.disclosure.kontroll import Identitet, familier_bak, identitet, linjer, stoettet
from koordinering.statistikk.disclosure.krav import Krav, er_primaer, folk, krav, modellerte
from koordinering.statistikk.disclosure.samling import Samling
from koordinering.statistikk.disclosure.tabell import (
    TOTAL,
    Dimensjon,
    Noekkel,
    RawCounts,
    SafeTable,
    Tegn,
)
from koordinering.statistikk.disclosure.ulikhet import Ulikhet
from koordinering.statistikk.disclosure.utfolding import utfold

KJENT, UKJENT = -1, -2
"""Instead of a group: a number that everybody knows, and one that is never printed (a difference)."""


class Rad(NamedTuple):
    """sum(coef * x) = 0, or <= 0 where `likhet` is False."""

    kolonner: tuple[int, ...]
    koeffisienter: tuple[float, ...]
    likhet: bool = True


@dataclass
class Modell:
    """The system; groups are numbered from 0."""

    verdi: list[float] = field(default_factory=list)
    gulv: list[float] = field(default_factory=list)
    gruppe: list[int] = field(default_factory=list)
    rader: list[Rad] = field(default_factory=list)
    vekt: list[float] = field(default_factory=list)
    laast: list[bool | None] = field(default_factory=list)
    """Per group: True must be hidden, False must be shown, None free."""
    krav: list[tuple[int, Krav]] = field(default_factory=list)
    innsidere: list[frozenset[int]] = field(default_factory=list)
    """Numbers that one family knows, all at once."""
    skal_skjermes: list[int] = field(default_factory=list)
    """Numbers of primary cells, which no insider may know exactly unless they are her own."""
    flat: bool = True
    """At most two dimensions and nothing that overlaps: a whole-number attacker knows no more than a linear one."""

    forpliktet: bool = False
    """Known numbers bind it (totals, earlier releases): hiding everything is not safe by itself."""

    def tall(self, verdi: float, gruppe: int, gulv: float = 0.0) -> int:
        """Add a number; its index."""
        self.verdi.append(verdi)
        self.gulv.append(gulv)
        self.gruppe.append(gruppe)
        return len(self.verdi) - 1


def stige(dimensjon: Dimensjon, kode: str) -> tuple[str, ...]:
    """A class, what it is a part of, and so on up to the total."""
    forelder = {k.kode: k.forelder or TOTAL for k in dimensjon.kategorier}
    trinn = [kode]
    while trinn[-1] != TOTAL:
        trinn.append(forelder[trinn[-1]])
    return tuple(trinn)


def uten_ulikheter(modell: Modell) -> Modell:
    """The model of an attacker who only adds and subtracts: knows less, so what is unsafe here is unsafe."""
    rader = [rad for rad in modell.rader if rad.likhet]
    med = {k for rad in rader for k in rad.kolonner}
    return replace(
        modell,
        rader=rader,
        krav=[(v, k) for v, k in modell.krav if v in med],
        skal_skjermes=[v for v in modell.skal_skjermes if v in med],
    )


Oppslag = Callable[[int, Noekkel], int]
"""Column and cell to the number of the variable."""


class Bygger:
    """Builds the model of a set of tables; `gruppe_av` tells afterwards which group each cell belongs to."""

    def __init__(
        self, raa: Sequence[RawCounts], terskel: int, *, nuller_vises: bool, ulikheter: Sequence[Ulikhet] = ()
    ) -> None:
        self.raa, self.terskel, self.nuller_vises = raa, terskel, nuller_vises
        self.modell = Modell()
        self.variabel: dict[Identitet, int] = {}
        self.gruppe_av: dict[tuple[int, Noekkel], int] = {}
        self.folk: dict[Identitet, list[dict[str, int]]] = defaultdict(list)
        """Who stands behind each number, as far as the tables that hold it tell."""
        self._rader: set[Rad] = set()
        for nr, raw in enumerate(raa):
            self._tabell(nr, raw)
        self._samle_grupper()
        for raw in raa:
            self.likninger(raw, self._oppslag(raw))
        self.av_ord = self.ulikheter(ulikheter, raa, self.variabel)
        """Whether anything follows from what the words mean."""
        self._krav()
        self._innsidere()

    def _tabell(self, nr: int, raw: RawCounts) -> None:
        """A group for each cell, and its numbers; those that other tables have already share theirs for now."""
        for noekkel in raw.noekler:
            fast = noekkel in raw.strukturelle
            gruppe = KJENT if fast else len(self.modell.vekt)
            if not fast:
                self.modell.vekt.append(0.0)
                self.modell.laast.append(None)
                self.gruppe_av[nr, noekkel] = gruppe
            for kolonne in modellerte(raw):
                verdi = raw.celler[noekkel].tall[kolonne]
                navn = identitet(raw, kolonne, noekkel)
                self.folk[navn].append(folk(raw, raw.celler[noekkel]))
                if navn not in self.variabel:
                    gulv = 1.0 if self.nuller_vises and verdi > 0 else 0.0
                    self.variabel[navn] = self.modell.tall(verdi, gruppe, gulv)
                elif fast:
                    self.modell.gruppe[self.variabel[navn]] = KJENT

    def _samle_grupper(self) -> None:
        """Join the groups of cells that share a number, and number them anew."""
        samling = Samling(range(len(self.modell.vekt)))
        for (nr, noekkel), gruppe in self.gruppe_av.items():
            andre = [self.modell.gruppe[v] for v in self.i_celle(nr, noekkel)]
            samling.slaa_sammen([gruppe, *(annen for annen in andre if annen != KJENT)])
        nytt = {gammel: nr for nr, grupper in enumerate(samling.grupper()) for gammel in grupper}
        antall = len(set(nytt.values()))
        self.gruppe_av = {sted: nytt[g] for sted, g in self.gruppe_av.items()}
        self.modell.gruppe = [nytt.get(g, g) for g in self.modell.gruppe]
        self.modell.vekt, self.modell.laast = [0.0] * antall, [None] * antall

    def i_celle(self, nr: int, noekkel: Noekkel) -> list[int]:
        """The numbers of one cell."""
        raw = self.raa[nr]
        return [self.variabel[identitet(raw, k, noekkel)] for k in modellerte(raw)]

    def _oppslag(self, raw: RawCounts) -> Oppslag:
        return lambda kolonne, noekkel: self.variabel[identitet(raw, kolonne, noekkel)]

    def likninger(self, raw: RawCounts, variabel: Oppslag) -> None:
        """Sums, overlaps and who stands behind whom, each once."""
        self.modell.flat &= len(raw.dimensjoner) <= 2
        for kolonne in modellerte(raw):
            for helt, deler in linjer(raw):
                hele, parter = variabel(kolonne, helt), [variabel(kolonne, d) for d in deler]
                additiv = raw.kolonner[kolonne].additiv
                self.rad((hele, *parter), (1.0, *(-1.0 for _ in parter)), likhet=additiv)
                for part in () if additiv else parter:
                    self.rad((part, hele), (1.0, -1.0), likhet=False)
        bak = familier_bak(raw)
        for kolonne in stoettet(raw) if bak is not None else ():
            for noekkel in raw.noekler:
                self.rad((variabel(bak or 0, noekkel), variabel(kolonne, noekkel)), (1.0, -1.0), likhet=False)

    def ulikheter(
        self, ulikheter: Sequence[Ulikhet], raa: Sequence[RawCounts], variabel: Mapping[Identitet, int]
    ) -> bool:
        """What follows from what the words mean, where all its numbers are there and the counts bear it out; whether
        anything does."""
        foer = len(self.modell.rader)
        for ulikhet in ulikheter:
            for ledd in utfold(ulikhet, raa, lambda navn: self._kan_ha_tall(variabel.get(navn))):
                if all(navn in variabel for navn in ledd):
                    koeffisienter = {variabel[navn]: koeffisient for navn, koeffisient in ledd.items() if koeffisient}
                    if sum(k * self.modell.verdi[v] for v, k in koeffisienter.items()) <= 0:
                        self.rad(tuple(koeffisienter), tuple(koeffisienter.values()), likhet=False)
        return len(self.modell.rader) > foer

    def _kan_ha_tall(self, v: int | None) -> bool:
        return v is not None and not (self.modell.gruppe[v] == KJENT and self.modell.verdi[v] == 0)

    def rad(self, kolonner: tuple[int, ...], koeffisienter: tuple[float, ...], *, likhet: bool = True) -> None:
        """What these add up to, once; a number that stands in it twice says nothing."""
        self.modell.flat &= likhet
        par = sorted(zip(kolonner, koeffisienter, strict=True))
        rad = Rad(tuple(k for k, _ in par), tuple(c for _, c in par), likhet)
        if rad not in self._rader and len(set(rad.kolonner)) == len(rad.kolonner):
            self._rader.add(rad)
            self.modell.rader.append(rad)

    def _krav(self) -> None:
        krevd: dict[int, Krav] = {}
        for (nr, noekkel), gruppe in self.gruppe_av.items():
            raw = self.raa[nr]
            if not er_primaer(raw, noekkel, self.terskel, nuller_vises=self.nuller_vises):
                if raw.celler[noekkel].tall[0] == 0:  # printed: hidden means at least 1
                    self.modell.laast[gruppe] = False
                continue
            self.modell.laast[gruppe] = True
            for kolonne in modellerte(raw):
                v = self.variabel[identitet(raw, kolonne, noekkel)]
                krevd[v] = krav(raw, kolonne, raw.celler[noekkel].tall[kolonne], self.terskel)
        self.modell.krav += sorted(krevd.items())
        self.modell.skal_skjermes = sorted(krevd)

    def _innsidere(self) -> None:
        innhold = [Innhold(raw) for raw in self.raa]
        egne: dict[object, list[Klasser]] = {}
        for nr, raw in enumerate(self.raa):
            for familie, noekler in eiere(raw, self.terskel):
                navn = familie if raw.eiere is not None else (nr, familie)
                egne.setdefault(navn, []).extend(innhold[nr].klasser(noekkel) for noekkel in noekler)
        kjenner = [self._i_alle_tabeller(innhold, klasser) for klasser in egne.values()]
        self.modell.innsidere = sorted({self._og_det_som_foelger(k) for k in kjenner if k}, key=sorted)

    def _i_alle_tabeller(self, innhold: Sequence[Innhold], klasser: Sequence[Klasser]) -> set[int]:
        par = ((nr, noekkel) for nr, en in enumerate(innhold) for noekkel in en.innenfor(klasser))
        return {v for nr, noekkel in par if (nr, noekkel) in self.gruppe_av for v in self.i_celle(nr, noekkel)}

    def over(self) -> dict[int, set[int]]:
        """For each number of a primary cell, the numbers of everything that it is a part of."""
        svar: dict[int, set[int]] = {v: set() for v in self.modell.skal_skjermes}
        for nr, noekkel in self.gruppe_av:
            egne = [v for v in self.i_celle(nr, noekkel) if v in svar]
            if egne:
                stiger = [stige(d, kode) for d, kode in zip(self.raa[nr].dimensjoner, noekkel, strict=True)]
                over = {v for sted in product(*stiger) if sted != noekkel for v in self.i_celle(nr, sted)}
                for v in egne:
                    svar[v] |= over
        return svar

    def _og_det_som_foelger(self, egne: set[int]) -> frozenset[int]:
        """What somebody knows who knows these: where all but one of a sum is known, that one is too."""
        alle, foer = set(egne), 0
        while len(alle) > foer:
            foer = len(alle)
            for rad in self.modell.rader:
                ukjente = [v for v in rad.kolonner if v not in alle and self.modell.gruppe[v] != KJENT]
                if rad.likhet and len(ukjente) == 1:
                    alle.update(ukjente)
        return frozenset(alle)

    def laas(self, nr: int) -> None:
        """Hide all of a table (rule 9)."""
        for (tabell, _), gruppe in self.gruppe_av.items():
            if tabell == nr:
                self.modell.laast[gruppe] = True

    def totaler(self) -> list[int]:
        """The groups of the tables' grand totals, as far as they are free."""
        alt = {g for (_, noekkel), g in self.gruppe_av.items() if all(k == TOTAL for k in noekkel)}
        return sorted(g for g in alt if self.modell.laast[g] is None)

    def vei(self, fjor: Sequence[SafeTable]) -> None:
        """Set the weights (rule 6): totals dearer, large dearer, what last year's tables showed dearer; a grand total
        dearer still the more tables it would be missed in."""
        fjorvist = {t.kode: t for t in fjor}
        for nr, raw in enumerate(self.raa):
            hoeyest = max(1, *(c.tall[0] for c in raw.celler.values()))
            for noekkel in raw.noekler:
                if (nr, noekkel) not in self.gruppe_av:
                    continue
                gruppe = self.gruppe_av[nr, noekkel]
                summer = sum(k == TOTAL for k in noekkel)
                alt = summer == len(noekkel)
                vekt = 100 * (1 + log(1 + raw.celler[noekkel].tall[0]) / log(1 + hoeyest)) * (50 if alt else 3**summer)
                vekt *= _fjorfaktor(fjorvist.get(raw.kode), noekkel)
                foer = self.modell.vekt[gruppe]
                self.modell.vekt[gruppe] = foer + round(vekt) if alt else max(foer, float(round(vekt)))


def _fjorfaktor(fjor: SafeTable | None, noekkel: Noekkel) -> float:
    if fjor is None or noekkel not in fjor.celler:
        return 1.0
    return 0.8 if Tegn.SKJULT in fjor.celler[noekkel] else 1.25
