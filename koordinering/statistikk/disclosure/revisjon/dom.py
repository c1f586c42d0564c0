"""What DISCLOSURE.md demands of each number, and whether an attacker or an insider knows more than that."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import TYPE_CHECKING, NamedTuple

from koordinering.statistikk.disclosure.revisjon.kjent import personer
from koordinering.statistikk.disclosure.revisjon.regning import Del, Regnskap
from koordinering.statistikk.disclosure.tabell import (
    BARN,
    FAMILIER,
    TOTAL,
    Dimensjon,
    Noekkel,
    RawCounts,
    Slag,
)

if TYPE_CHECKING:
    from koordinering.statistikk.disclosure import Regler

BREDDE = 3
MEST = 0.8
EPS = 1e-5


class Krav(NamedTuple):
    """The interval must reach down to `ned`, up to `opp`, and be `bredde` wide."""

    sann: float
    ned: float
    opp: float
    bredde: float

    def holder(self, lav: float, hoey: float) -> bool:
        """Whether an interval keeps it."""
        return lav <= self.ned + EPS and hoey >= self.opp - EPS and hoey - lav >= self.bredde - EPS


@dataclass
class Dom:
    """What was found about one number: the narrowest that anybody can say, and whether it is enough."""

    krav: Krav
    lav: float
    hoey: float
    brutt: bool = False
    uavklart: bool = False


def primaer(raw: RawCounts, noekkel: Noekkel, regler: "Regler") -> bool:
    """Rules 1 and 3: few children or families, a sum that one of them nearly fills, or a zero that is hidden."""
    celle, T = raw.celler[noekkel], regler.terskel  # noqa: N806 - as in DISCLOSURE.md
    foerste = celle.tall[0]
    if noekkel in raw.strukturelle:
        return False
    if foerste == 0:
        return not regler.nuller_vises
    folk = [celle.tall[nr] for nr, k in enumerate(raw.kolonner) if k.kode in (BARN, FAMILIER)]
    folk += [] if celle.bak is None else [celle.bak]
    if any(antall < T for antall in folk):
        return True
    if raw.kolonner[0].slag is Slag.BELOEP:
        return celle.stoerste > MEST * foerste
    return foerste < T


def krav(raw: RawCounts, noekkel: Noekkel, kolonne: int, regler: "Regler") -> Krav:
    """Rule 4, for one number of a primary cell."""
    sann = float(raw.celler[noekkel].tall[kolonne])
    if sann == 0:
        return Krav(sann, 0.0, float(BREDDE), BREDDE)
    if raw.kolonner[kolonne].slag is Slag.BELOEP:
        return Krav(sann, 0.5 * sann, 1.5 * sann, 0.0)
    return Krav(sann, sann, max(sann, regler.terskel if sann < regler.terskel else 0.0), BREDDE)


def bak(raw: RawCounts, noekkel: Noekkel) -> dict[str, int]:
    """How many children and families are known to stand behind a cell."""
    celle = raw.celler[noekkel]
    kjente = {k.kode: celle.tall[nr] for nr, k in enumerate(raw.kolonner) if k.kode in (BARN, FAMILIER)}
    return kjente if celle.bak is None else {**kjente, "bak": celle.bak}


def endret_for_faa(endring: float, bak_dem: Iterable[tuple[dict[str, int], dict[str, int]]], regler: "Regler") -> bool:
    """Rule 8: a change that is small, or has few more or fewer children or families behind it than before."""
    if endring == 0:
        return False
    forskjeller = [abs(etter[hva] - foer[hva]) for foer, etter in bak_dem for hva in foer if hva in etter]
    return min([abs(endring), *forskjeller]) < regler.terskel


def krav_endring(endring: float, regler: "Regler", *, hel: bool) -> Krav:
    """Rule 8, for one change: as wide as rule 4 demands of a number."""
    if not hel:
        return Krav(endring, endring - abs(endring) / 2, endring + abs(endring) / 2, 0.0)
    if endring > 0:
        return Krav(endring, endring, max(endring, regler.terskel), BREDDE)
    return Krav(endring, min(endring, -regler.terskel), endring, BREDDE)


def samme(a: RawCounts, b: RawCounts) -> bool:
    """Whether two tables count one snapshot: taken the same day, and equal where they hold the same cells."""
    if (a.aar, a.oeyeblikksbilde) != (b.aar, b.oeyeblikksbilde):
        return False
    return a.kode != b.kode or a.celler == b.celler


def faa(raw: RawCounts, terskel: int) -> bool:
    """Rule 9: so few in all that nothing of the table may be shown."""
    celle = raw.celler[tuple(TOTAL for _ in raw.dimensjoner)]
    par = [(k, celle.tall[nr]) for nr, k in enumerate(raw.kolonner) if nr in personer(raw.kolonner)]
    faa_barn = any(k.kode != FAMILIER and k.slag is Slag.ANTALL and tall < 2 * terskel for k, tall in par)
    familier = [tall for k, tall in par if k.kode == FAMILIER] + ([] if celle.bak is None else [celle.bak])
    return faa_barn or any(tall < terskel for tall in familier)


def egne_celler(raw: RawCounts, regler: "Regler") -> list[tuple[object, frozenset[Noekkel]]]:
    """Who may fill which cells alone: each family all of hers, or where they are not known each small cell."""
    if raw.eiere is not None:
        return sorted(raw.eiere.items())
    return [
        ((raw.kode, raw.aar, noekkel), frozenset({noekkel}))
        for noekkel in raw.noekler
        if raw.celler[noekkel].tall[0] > 0 and primaer(raw, noekkel, regler) and _kan_vaere_en(raw, noekkel)
    ]


def _kan_vaere_en(raw: RawCounts, noekkel: Noekkel) -> bool:
    celle = raw.celler[noekkel]
    familier = [celle.tall[nr] for nr, k in enumerate(raw.kolonner) if k.kode == FAMILIER]
    familier += [] if celle.bak is None else [celle.bak]
    return min(familier, default=1) <= 1


class Innhold:
    """What each cell of a table consists of: the finest cells that can have a count."""

    def __init__(self, raw: RawCounts) -> None:
        self.aar, self.dimensjoner = raw.aar, raw.dimensjoner
        self.trinn = [{kode: frozenset(_ned(d, kode)) for kode in d.koder} for d in raw.dimensjoner]
        self.blader = {noekkel: self._blader(raw, noekkel) for noekkel in raw.noekler}
        self.finest = frozenset[Noekkel]().union(*self.blader.values())

    def _blader(self, raw: RawCounts, noekkel: Noekkel) -> frozenset[Noekkel]:
        under = (_blader(d, kode) for d, kode in zip(raw.dimensjoner, noekkel, strict=True))
        return frozenset(product(*under)) - raw.strukturelle

    def klasser(self, noekkel: Noekkel) -> dict[str, frozenset[str]]:
        """A cell as other tables can read it: per dimension the classes that lie within it."""
        par = zip(self.dimensjoner, noekkel, self.trinn, strict=True)
        return {d.kode: trinn[kode] for d, kode, trinn in par if kode != TOTAL}

    def innenfor(self, egne: Iterable[Mapping[str, frozenset[str]]]) -> frozenset[Noekkel]:
        """What lies within cells of this or other tables, and sums of nothing else: who fills them knows it all."""
        plass = {d.kode: nr for nr, d in enumerate(self.dimensjoner)}
        kjent: set[Noekkel] = set()
        for klasser in egne:
            if klasser.keys() <= plass.keys():
                kjent |= {b for b in self.finest if all(b[plass[d]] in koder for d, koder in klasser.items())}
        return frozenset(n for n, blader in self.blader.items() if blader and blader <= kjent)


def _ned(dim: Dimensjon, kode: str) -> list[str]:
    return [kode, *(under for del_ in dim.deler(kode) for under in _ned(dim, del_))]


def _blader(dim: Dimensjon, kode: str) -> list[str]:
    deler = dim.deler(kode)
    return [under for del_ in deler for under in _blader(dim, del_)] if deler else [kode]


@dataclass
class Dommer:
    """Tries every demand on one group of unknown numbers. `krav` is by the number's place in the group."""

    gruppe: Del
    krav: dict[int, Krav]
    regnskap: Regnskap
    dommer: dict[int, Dom] = field(default_factory=dict)

    def doem(self) -> None:
        """Near tables first. What they do not settle, the linear attacker, then the one who knows that tables are
        whole."""
        for v, k in self.krav.items():
            if self._naer_trygg(v, k) or (self.gruppe.hele[v] and self._naer_trygg(v, k, hel=True)):
                self.dommer[v] = Dom(k, float(self.gruppe.minst[v]), float(self.gruppe.mest[v]))
                continue
            lav, hoey = self.gruppe.spenn(v)
            dom = self.dommer[v] = Dom(k, lav, hoey, brutt=not k.holder(lav, hoey))
            if lav > k.sann + EPS or hoey < k.sann - EPS:
                dom.brutt = True
        for v, dom in self.dommer.items():
            if not dom.brutt and self.gruppe.hele[v] and not self._naer_trygg(v, dom.krav, hel=True):
                self._heltall(v, dom)

    def _naer_trygg(self, v: int, k: Krav, *, hel: bool = False) -> bool:
        """Whether tables found, or new ones near the true one, keep the demand."""
        g = self.gruppe
        if g.mest[v] < k.opp - EPS:
            g.naer(v, k.opp, hel=hel)
        if g.minst[v] > k.ned + EPS:
            g.naer(v, k.ned, hel=hel)
        if g.mest[v] - g.minst[v] < k.bredde - EPS and not g.naer(v, g.minst[v] + k.bredde, hel=hel):
            g.naer(v, g.mest[v] - k.bredde, hel=hel)
        return self._vist_trygg(v, k)

    def _vist_trygg(self, v: int, k: Krav) -> bool:
        return k.holder(float(self.gruppe.minst[v]), float(self.gruppe.mest[v]))

    def _heltall(self, v: int, dom: Dom) -> None:
        """Whole tables that keep the demand are looked for; when all have been looked through, it is broken."""
        hoey = self.gruppe.heltall(v, 1, max(dom.krav.opp, float(self.gruppe.minst[v]) + dom.krav.bredde))
        if not self._vist_trygg(v, dom.krav):
            lav = self.gruppe.heltall(v, -1, min(dom.krav.ned, float(self.gruppe.mest[v]) - dom.krav.bredde))
            dom.uavklart = not self._vist_trygg(v, dom.krav) and (hoey is None or lav is None)
            if not self._vist_trygg(v, dom.krav) and not dom.uavklart:
                dom.brutt = True
                dom.lav, dom.hoey = float(self.gruppe.minst[v]), float(self.gruppe.mest[v])
        self.regnskap.uavklarte += dom.uavklart

    def flere_innsidere(self, alle: Sequence[tuple[Mapping[int, float], Sequence[int]]]) -> None:
        """Where several insiders, each with her own and what is protected from her, are in doubt of nothing: one
        table that leaves the own of all of them alone is found before each is asked about."""
        uten_tvil: dict[int, list[Mapping[int, float]]] = defaultdict(list)
        for egne, vernet in alle:
            sett = _Sett(self.gruppe, egne)
            for v in vernet:
                if v not in egne and not sett.uviss(v):
                    uten_tvil[v].append(egne)
        for v, deres in uten_tvil.items():
            felles = {u: tall for egne in deres for u, tall in egne.items()}
            if len(deres) > 1 and self.gruppe.hele[v] and not _Sett(self.gruppe, felles).uviss(v):
                self.gruppe.hold(felles)
                self.gruppe.naer(v, self.krav[v].sann + 1)
        self.gruppe.hold({})

    def innsider(self, egne: Mapping[int, float], vernet: Sequence[int]) -> list[int]:
        """Which of the protected numbers somebody can say exactly who knows her own."""
        sett = _Sett(self.gruppe, egne)
        igjen = [v for v in vernet if v not in egne and not sett.uviss(v)]
        if not igjen:
            return []
        self.gruppe.hold(egne)
        kjent = [v for v in igjen if not self._naer_uviss(v, sett) and not self._flyttes(v, sett)]
        self.gruppe.hold({})
        return kjent

    def _naer_uviss(self, v: int, sett: "_Sett") -> bool:
        """Whether a table near the true one shows her a second value of a whole number."""
        if sett.uviss(v):
            return True
        sann = self.krav[v].sann
        ganger = [(verdi, hel) for hel in (False, True) for verdi in (sann + 1, sann - 1)]
        return self.gruppe.hele[v] and any(self.gruppe.naer(v, verdi, hel=hel) for verdi, hel in ganger)

    def _flyttes(self, v: int, sett: "_Sett") -> bool:
        """Whether she must believe two values of a number possible."""
        sann, hel = self.krav[v].sann, self.gruppe.hele[v]
        for retning in (1, -1):
            ytterst, _ = self.gruppe.ytterst(v, retning)
            if abs(ytterst - sann) < (1 - EPS if hel else EPS):
                continue
            if not hel:
                return True
            if not sett.uviss(v):
                funnet = self.gruppe.heltall(v, retning, sann + retning)
                self.regnskap.uavklarte += funnet is None
            if sett.uviss(v):
                return True
        return False


class _Sett:
    """The numbers of which somebody who knows her own must believe two values possible, by the tables found."""

    def __init__(self, gruppe: Del, egne: Mapping[int, float]) -> None:
        self.flyttet, self.egne = gruppe.flyttet, list(egne)
        self.antall, self.uvisse = self.flyttet.antall, self.flyttet.uvisse(self.egne)

    def uviss(self, v: int) -> bool:
        """Whether two values have been found until now."""
        if self.flyttet.antall > self.antall:
            self.uvisse |= self.flyttet.uvisse(self.egne, self.antall)
            self.antall = self.flyttet.antall
        return bool(self.uvisse[v])
