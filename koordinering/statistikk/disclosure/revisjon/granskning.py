"""One audit from end to end: what is known, what must not be, and every attacker in turn."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from functools import partial
from itertools import product
from typing import TYPE_CHECKING

import numpy as np

from koordinering.statistikk.disclosure.revisjon.blind import Blind
from koordinering.statistikk.disclosure.revisjon.dom import (
    Dom,
    Dommer,
    Innhold,
    Krav,
    bak,
    egne_celler,
    endret_for_faa,
    faa,
    krav,
    krav_endring,
    primaer,
    samme,
)
from koordinering.statistikk.disclosure.revisjon.kjent import Motstrid, Problem, Rad, personer
from koordinering.statistikk.disclosure.revisjon.ordene import Ordene, Sum, skriv
from koordinering.statistikk.disclosure.revisjon.regning import Del, Regnskap, del_opp
from koordinering.statistikk.disclosure.tabell import Noekkel, RawCounts, SafeTable, Tegn, lag
from koordinering.statistikk.disclosure.ulikhet import Ulikhet

if TYPE_CHECKING:
    from koordinering.statistikk.disclosure import Regler, Tidligere

Sted = tuple[int, Noekkel]
"""Table and cell."""


@dataclass
class Funn:
    """The cells of one table in which something is wrong, and how wide the intervals are."""

    vist: set[Noekkel] = field(default_factory=set)
    noeyaktig: set[Noekkel] = field(default_factory=set)
    smaa: set[Noekkel] = field(default_factory=set)
    smale: set[Noekkel] = field(default_factory=set)
    innsider: set[Noekkel] = field(default_factory=set)
    usanne: set[Noekkel] = field(default_factory=set)
    bredder: list[float] = field(default_factory=list)


class Granskning:
    """Tables to be published (numbered first) and those published before, with the counts behind them."""

    def __init__(
        self, vist: Sequence[SafeTable], raa: Sequence[RawCounts], regler: "Regler", tidligere: Sequence["Tidligere"],
        ulikheter: Sequence[Ulikhet] = (),
    ) -> None:  # fmt: skip
        self.antall = len(raa)
        self.ulikheter = [*(ulikheter for _ in raa), *(t.ulikheter for t in tidligere)]
        self.vist, self.raa = [*vist, *(t.vist for t in tidligere)], [*raa, *(t.raa for t in tidligere)]
        self.regler, self.regnskap = regler, Regnskap()
        self.funn = [Funn() for _ in self.raa]
        self.primaere = [{n for n in raw.noekler if primaer(raw, n, regler)} for raw in self.raa]
        self.motstrid, self.for_smaa_endringer, self.innsidere = False, 0, 0
        self.utgivelse = self._utgivelser()
        self.sann: dict[int, float] = {}
        self.bak: dict[int, list[dict[str, int]]] = {}
        self.smaa_endringer: dict[int, Krav] = {}
        self.vokste = False
        self.av_ord: list[tuple[Sum, Sum]] = []

    def kjoer(self) -> None:
        """First as if numbers may have been taken away since, then as if they were only added to."""
        for nr in range(self.antall):
            self._vist(nr)
        self._angrip(vokser=False)
        if max(self.utgivelse):
            self._angrip(vokser=True)

    def _utgivelser(self) -> list[int]:
        """Tables that count one snapshot, and agree, are one release; 0 is the new one."""
        par: list[list[RawCounts]] = [self.raa[: self.antall]]
        svar = [0] * self.antall
        for raw in self.raa[self.antall :]:
            nr = next((i for i, gruppe in enumerate(par) if all(samme(raw, g) for g in gruppe)), len(par))
            if nr == len(par):
                par.append([])
            par[nr].append(raw)
            svar.append(nr)
        return svar

    def _vist(self, nr: int) -> None:
        """Primary cells, and all cells of a table about few, may not be printed at all."""
        raw, skjules = self.raa[nr], set(self.primaere[nr])
        if faa(raw, self.regler.terskel):
            skjules = set(raw.noekler) - raw.strukturelle
        for noekkel in skjules:
            celler = self.vist[nr].celler[noekkel]
            if any(celler[k] is not Tegn.SKJULT for k in personer(raw.kolonner)):
                self.funn[nr].vist.add(noekkel)
        for noekkel, celler in self.vist[nr].celler.items():
            par = zip(celler, raw.celler[noekkel].tall, strict=True)
            if any(not isinstance(celle, Tegn) and celle != tall for celle, tall in par):
                self.funn[nr].usanne.add(noekkel)

    def _problem(self, *, vokser: bool) -> Problem:
        problem = Problem()
        self.sann, self.bak = {}, defaultdict(list)
        for nr, (tabell, raw) in enumerate(zip(self.vist, self.raa, strict=True)):
            problem.legg_til(
                self.utgivelse[nr], tabell, nuller_vises=self.regler.nuller_vises, enig=partial(_aldri_flere, raw)
            )
            for noekkel in raw.noekler:
                for k, kolonne in enumerate(tabell.kolonner):
                    v = problem.finn(self.utgivelse[nr], tabell, kolonne, noekkel)
                    if self.sann.setdefault(v, raw.celler[noekkel].tall[k]) != raw.celler[noekkel].tall[k]:
                        raise Motstrid
                    if k in personer(raw.kolonner):
                        self.bak[v].append(bak(raw, noekkel))
        self._ord(problem)
        self._endringer(problem, vokser=vokser)
        return problem

    def _ord(self, problem: Problem) -> None:
        """What follows from what the words mean, within each release."""
        for utgivelse in sorted(set(self.utgivelse)):
            numre = [nr for nr, u in enumerate(self.utgivelse) if u == utgivelse]
            ord_ = Ordene(utgivelse, [self.vist[nr] for nr in numre], self.ulikheter[numre[0]])
            funnet = ord_.legg_til(problem, self.sann)
            self.av_ord = self.av_ord if utgivelse else funnet

    def _endringer(self, problem: Problem, *, vokser: bool) -> None:
        """The difference between each number and itself in an earlier release is a number too."""
        par = [(v, ny) for (u, *hva), v in problem.nummer.items() if u
               and (ny := problem.nummer.get((0, *hva))) is not None]  # type: ignore[arg-type]  # fmt: skip
        self.vokste = vokser and all(self.sann[ny] >= self.sann[gammel] for gammel, ny in par)
        self.smaa_endringer = {}
        for gammel, ny in par:
            tak = max(problem.tak[ny], problem.tak[gammel])
            d = problem.ny(0.0 if self.vokste else -tak, tak, hel=problem.hele[ny])
            problem.rader.append(Rad(0.0, 0.0, ((ny, 1.0), (gammel, -1.0), (d, -1.0))))
            self.sann[d] = self.sann[ny] - self.sann[gammel]
            bak_dem = list(product(self.bak[gammel], self.bak[ny]))
            if endret_for_faa(self.sann[d], bak_dem, self.regler):
                self.smaa_endringer[d] = krav_endring(self.sann[d], self.regler, hel=problem.hele[ny])

    def _angrip(self, *, vokser: bool) -> None:
        problem = self._problem(vokser=vokser)
        krevd, steder = self._krav(problem)
        problem.stram()
        grupper = del_opp(problem, self.regnskap)
        i_gruppe = {v: (g, i) for g, gruppe in enumerate(grupper) for i, v in enumerate(gruppe.variabler)}
        dommere = [Dommer(gruppe, {}, self.regnskap) for gruppe in grupper]
        for v, k in krevd.items():
            if v in i_gruppe:
                dommere[i_gruppe[v][0]].krav[i_gruppe[v][1]] = k
        for gruppe, dommer in zip(grupper, dommere, strict=True):
            self._begynn(gruppe)
            dommer.doem()
        for v, k in krevd.items():
            dom = Dom(k, problem.gulv[v], problem.tak[v], brutt=not k.holder(problem.gulv[v], problem.tak[v]))
            if v in i_gruppe:
                dom = dommere[i_gruppe[v][0]].dommer[i_gruppe[v][1]]
            self._skriv(v, dom, steder[v])
        self._innsidere(problem, dommere, i_gruppe, steder)

    def _begynn(self, gruppe: Del) -> None:
        """The true table is one that agrees with everything: else the model is wrong."""
        if not gruppe.begynn(np.array([self.sann[v] for v in gruppe.variabler], np.float64)):
            raise Motstrid

    def _krav(self, problem: Problem) -> tuple[dict[int, Krav], dict[int, list[Sted]]]:
        krevd: dict[int, Krav] = {}
        steder: dict[int, list[Sted]] = defaultdict(list)
        for nr, raw in enumerate(self.raa):
            for noekkel in self.primaere[nr]:
                for k in personer(raw.kolonner):
                    if nr >= self.antall and self.vist[nr].celler[noekkel][k] is not Tegn.SKJULT:
                        continue  # was shown, and is never taken back
                    v = problem.finn(self.utgivelse[nr], self.vist[nr], raw.kolonner[k], noekkel)
                    krevd[v] = krav(raw, noekkel, k, self.regler)
                    steder[v].append((nr, noekkel))
        return krevd | self.smaa_endringer, steder

    def _skriv(self, v: int, dom: Dom, steder: list[Sted]) -> None:
        self.for_smaa_endringer += v in self.smaa_endringer and dom.brutt
        for nr, noekkel in steder:
            funn = self.funn[nr if nr < self.antall else 0]
            funn.bredder.append(dom.hoey - dom.lav)
            sann = dom.krav.sann
            for mengde, feil in (
                (funn.smale, dom.brutt),
                (funn.noeyaktig, dom.hoey - dom.lav < 0.5),
                (funn.smaa, 0 < sann < self.regler.terskel and dom.hoey < self.regler.terskel),
                (funn.usanne, not dom.lav - 1e-4 <= sann <= dom.hoey + 1e-4),
            ):
                if feil:
                    mengde.add(noekkel)

    def _innsidere(
        self, problem: Problem, dommere: list[Dommer], i_gruppe: dict[int, tuple[int, int]],
        steder: dict[int, list[Sted]],
    ) -> None:  # fmt: skip
        """Each family in turn, with all it knows in every table of the new release.

        What it fills alone now is no secret of others in earlier releases either; where everything only grew, it
        knows who was in it before too.
        """
        kjenner: dict[object, dict[int, dict[int, float]]] = defaultdict(lambda: defaultdict(dict))
        gamle: dict[object, set[int]] = defaultdict(set)
        for hvem, v, kjent in self._kunnskap(problem):
            if not kjent:
                gamle[hvem].add(v)
            elif v in i_gruppe:
                g, i = i_gruppe[v]
                kjenner[hvem][g][i] = self.sann[v]
        self.innsidere = len(kjenner)
        i_deler: dict[int, list[tuple[dict[int, float], list[int]]]] = defaultdict(list)
        for egne, hennes in _ulike(kjenner, gamle):
            for g, hers in egne.items():
                variabler = dommere[g].gruppe.variabler
                i_deler[g].append((hers, [i for i in dommere[g].dommer if variabler[i] not in hennes]))
        self._doem_innsidere(problem, list(_mistanker(dommere, i_deler)), steder)

    def _doem_innsidere(
        self, problem: Problem, mistanker: list[tuple[dict[int, float], list[int]]], steder: dict[int, list[Sted]]
    ) -> None:
        """What she would know if nothing were printed is no fault of the tables."""
        if not mistanker:
            return
        blind = self._blind(problem)
        for hers, kjente in mistanker:
            for v in blind.bare_av_tabellene(hers, kjente):
                for nr, noekkel in steder[v]:
                    self.funn[nr if nr < self.antall else 0].innsider.add(noekkel)

    def _blind(self, problem: Problem) -> Blind:
        """The same tables with every number hidden: what follows from them is known whatever is printed."""
        uten = Problem()
        for tabell, raw in zip(self.vist[: self.antall], self.raa, strict=False):
            celler = {n: (Tegn.IKKE_AKTUELT if n in raw.strukturelle else Tegn.SKJULT,) for n in raw.noekler}
            felt = {f.name: getattr(tabell, f.name) for f in fields(tabell)}
            felt["celler"] = {n: celle * len(tabell.kolonner) for n, celle in celler.items()}
            uten.legg_til(0, lag(**felt), nuller_vises=self.regler.nuller_vises, enig=partial(_aldri_flere, raw))
        skriv(uten, (par for par in self.av_ord if all(navn in uten.nummer for _, navn in (*par[0], *par[1]))))
        uten.stram()
        return Blind(uten, {v: uten.nummer.get(navn) for navn, v in problem.nummer.items()}, self.sann, self.regnskap)

    def _kunnskap(self, problem: Problem) -> Iterator[tuple[object, int, bool]]:
        """Who knows which number, and whether that is a number or only that it is hers."""
        innhold = [Innhold(raw) for raw in self.raa]
        egne: dict[object, list[tuple[int, Mapping[str, frozenset[str]]]]] = defaultdict(list)
        for nr, raw in enumerate(self.raa[: self.antall]):
            for hvem, celler in egne_celler(raw, self.regler):
                egne[hvem] += [(raw.aar, innhold[nr].klasser(n)) for n in sorted(celler)]
        for nr, raw in enumerate(self.raa):
            for hvem, hennes in egne.items():
                for noekkel in innhold[nr].innenfor(klasser for aar, klasser in hennes if aar == raw.aar):
                    for kolonne in raw.kolonner:
                        v = problem.finn(self.utgivelse[nr], self.vist[nr], kolonne, noekkel)
                        yield hvem, v, self.utgivelse[nr] == 0 or self.vokste


def _mistanker(
    dommere: Sequence[Dommer], i_deler: Mapping[int, Sequence[tuple[dict[int, float], list[int]]]]
) -> Iterator[tuple[dict[int, float], list[int]]]:
    """What each insider knows of each part, and what she seems to know exactly by the tables."""
    for g, alle in i_deler.items():
        variabler = dommere[g].gruppe.variabler
        dommere[g].flere_innsidere(alle)
        for hers, vernet in alle:
            kjente = [variabler[i] for i in dommere[g].innsider(hers, vernet)]
            if kjente:
                yield {variabler[i]: tall for i, tall in hers.items()}, kjente


def _ulike(
    kjenner: dict[object, dict[int, dict[int, float]]], gamle: dict[object, set[int]]
) -> list[tuple[dict[int, dict[int, float]], set[int]]]:
    """Families that know the same are one."""
    return list(
        {
            (frozenset((g, frozenset(hers.items())) for g, hers in egne.items()), frozenset(gamle[hvem])):
            (egne, gamle[hvem])
            for hvem, egne in kjenner.items()
        }.values()
    )  # fmt: skip


def _aldri_flere(raw: RawCounts, foerste: str, andre: str) -> bool:
    """Whether the first column is nowhere more than the second."""
    koder = [k.kode for k in raw.kolonner]
    en, to = koder.index(foerste), koder.index(andre)
    return all(celle.tall[en] <= celle.tall[to] for celle in raw.celler.values())
