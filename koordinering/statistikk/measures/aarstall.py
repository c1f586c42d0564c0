"""Puts a year's referrals and children together into families, and counts them."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from koordinering.saker.rules.familier import familier
from koordinering.saker.rules.registrering import ELDSTE
from koordinering.statistikk.disclosure import (
    BARN,
    FAMILIER,
    GITT,
    HENVIST,
    REST,
    SUM_TEKST,
    VENTELISTE,
    Rad,
    RawCounts,
)
from koordinering.statistikk.measures.katalog import definisjoner
from koordinering.statistikk.measures.lesing import Henvist, Registrert, tiltaksrader, tjenester
from koordinering.tekst import N_
from koordinering.tiltak.models import Tiltak
from koordinering.tiltak.rules import FORMIDLES

ALDERSGRUPPER = ((0, 5), (6, 12), (13, 17), (18, ELDSTE))
"""Years on 31 December, both ends included. A changed grouping is a new counting definition."""

_GRUPPE_AV_ALDER = {alder: f"{fra}-{til}" for fra, til in ALDERSGRUPPER for alder in range(fra, til + 1)}

FLERE = "flere"
_INGEN: frozenset[str] = frozenset()

BARE_VIST_TIL = frozenset({GITT, VENTELISTE})
"""Columns without meaning for a measure that families are only shown the way to."""


@dataclass(frozen=True, repr=False)
class Telling:
    """All raw counts of one year; `repr` shows none of them."""

    tabeller: tuple[RawCounts, ...]
    saker: int
    uten_kobling: int
    """Cases in which at least one counted child stands unlinked."""
    familier_uten_kobling: int
    """Families that these cases belong to."""

    def __repr__(self) -> str:
        return "Telling(...)"


class Aar:
    """One year's referrals and children, put together into families.

    Children are small numbers here, and lists stand in for sets where a child cannot come twice: a large
    municipality has a hundred thousand families.
    """

    def __init__(self, aar: int, dato: date, henvist: list[Henvist], registrert: list[Registrert]) -> None:
        self.aar, self.dato = aar, dato
        self.alder: dict[int, int] = {}
        self.lenkede: set[int] = set()
        barn_av_rad, i_sak = self._barn(registrert)
        self.henvist: list[tuple[Henvist, list[int]]] = []
        self.barn_i_sak: dict[int, set[int]] = defaultdict(set)
        for h in henvist:
            barn = i_sak.get(h.sak) if h.barn is None else barn_av_rad.get(h.barn)
            if barn:
                self.henvist.append((h, barn))
                self.barn_i_sak[h.sak].update(barn)
        self.enhet = {rad.sak: rad.enhet for rad in registrert if rad.sak in self.barn_i_sak}
        self.familie = self._familier(registrert)
        self.barn_i_familie: dict[int, set[int]] = defaultdict(set)
        for sak, barn_ in self.barn_i_sak.items():
            self.barn_i_familie[self.familie[sak]].update(barn_)

    def _barn(self, registrert: list[Registrert]) -> tuple[dict[int, list[int]], dict[int, list[int]]]:
        """The children that can count: by their row, and by case. The same child has the same number."""
        nummer: dict[bytes, int] = {}
        av_rad: dict[int, list[int]] = {}
        i_sak: dict[int, list[int]] = defaultdict(list)
        for nr, rad in enumerate(registrert):
            alder = self.aar - rad.foedselsaar
            if not 0 <= alder <= ELDSTE:
                continue
            barnet = nr if rad.indeks is None else nummer.setdefault(rad.indeks, nr)
            if rad.indeks is not None:
                self.lenkede.add(barnet)
            # Two cases may differ about a birth year: the latest holds, whichever is read first.
            self.alder[barnet] = min(alder, self.alder.get(barnet, alder))
            av_rad[rad.barn] = [barnet]
            i_sak[rad.sak].append(barnet)
        return av_rad, i_sak

    def _familier(self, registrert: list[Registrert]) -> dict[int, int]:
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

    def telling(self) -> Telling:
        """The three tables; all count the same children and families."""
        telles: set[int] = set()
        telles.update(*self.barn_i_sak.values())
        ulenkede = [sak for sak, barn in self.barn_i_sak.items() if not barn <= self.lenkede]
        total = Rad("sum", SUM_TEKST, len(telles), len(self.barn_i_familie))
        return Telling(
            tabeller=(self._etter_tjeneste(total), self._etter_alder(total), self._etter_tiltak(total)),
            saker=len(self.barn_i_sak),
            uten_kobling=len(ulenkede),
            familier_uten_kobling=len({self.familie[sak] for sak in ulenkede}),
        )

    def _tabell(self, kode: str, rader: Iterable[Rad], total: Rad, *additive: str) -> RawCounts:
        definisjon = definisjoner()[kode]
        return RawCounts(
            kode=kode,
            tittel=definisjon.tittel,
            aar=self.aar,
            dimensjon=definisjon.dimensjon,
            rader=tuple(rader),
            total=total,
            additive=frozenset(additive),
            telledefinisjoner=definisjon.telledefinisjoner,
            oeyeblikksbilde=self.dato,
        )

    def _etter_tjeneste(self, total: Rad) -> RawCounts:
        av_barn: dict[int, str] = {}
        av_familie: dict[int, str] = {}
        for sak, barn in self.barn_i_sak.items():
            enhet, familie = self.enhet[sak], self.familie[sak]
            av_familie[familie] = _sammen(av_familie.get(familie, enhet), enhet)
            for ett in barn:
                av_barn[ett] = _sammen(av_barn.get(ett, enhet), enhet)
        _, stoerste = self._per_familie(av_barn)
        barn_i, familier_i = Counter(av_barn.values()), Counter(av_familie.values())
        klasser = [(enhet.id, f"{N_('Bare')} {enhet.kortnavn}") for enhet in tjenester()]
        rader = [
            Rad(kode, etikett, barn_i[kode], familier_i[kode], stoerste=stoerste.get(kode, 0))
            for kode, etikett in (*klasser, (FLERE, N_("To eller flere tjenester")))
        ]
        return self._tabell("tjeneste", rader, total, BARN, FAMILIER)

    def _etter_alder(self, total: Rad) -> RawCounts:
        gruppe: dict[int, str] = {}
        for barn in self.barn_i_sak.values():
            for ett in barn:
                gruppe[ett] = _GRUPPE_AV_ALDER[self.alder[ett]]
        familier_i, stoerste = self._per_familie(gruppe)
        barn_i = Counter(gruppe.values())
        rader = [
            Rad(kode, f"{fra}–{til} {N_('år')}", barn_i[kode], familier_i[kode], stoerste=stoerste.get(kode, 0))
            for fra, til in ALDERSGRUPPER
            for kode in (f"{fra}-{til}",)
        ]
        return self._tabell("alder", rader, total, BARN)

    def _per_familie(self, klasse: Mapping[int, str]) -> tuple[Counter[str], Mapping[str, int]]:
        """Families with a child in each class, and the most children that one family has in it."""
        familier_i: Counter[str] = Counter()
        stoerste: dict[str, int] = {}
        for barn in self.barn_i_familie.values():
            antall: dict[str, int] = {}
            for ett in barn:
                antall[klasse[ett]] = antall.get(klasse[ett], 0) + 1
            for kode, mange in antall.items():
                familier_i[kode] += 1
                stoerste[kode] = max(mange, stoerste.get(kode, 0))
        return familier_i, stoerste

    def _etter_tiltak(self, total: Rad) -> RawCounts:
        per_tiltak: dict[str, list[tuple[Henvist, list[int]]]] = defaultdict(list)
        for par in self.henvist:
            per_tiltak[par[0].tiltak].append(par)
        rader = [self._tiltaksrad(tiltak, per_tiltak[tiltak.id]) for tiltak in tiltaksrader()]
        i_alt, bak = self._etter_utfall(self.henvist)
        total = replace(total, tillegg=i_alt, familier_bak={slag: len(familier_) for slag, familier_ in bak.items()})
        return self._tabell("tiltak", rader, total, HENVIST, GITT, VENTELISTE)

    def _tiltaksrad(self, tiltak: Tiltak, henvist: list[tuple[Henvist, list[int]]]) -> Rad:
        barn: set[int] = set()
        for _, disse in henvist:
            barn.update(disse)
        tillegg, bak = self._etter_utfall(henvist)
        uten = _INGEN if tiltak.slag & FORMIDLES else BARE_VIST_TIL
        return Rad(
            tiltak.id,
            tiltak.kortnavn,
            barn=len(barn),
            familier=len(set().union(*bak.values())),
            tillegg=tillegg,
            familier_bak={slag: len(familier_) for slag, familier_ in bak.items()},
            # What was given before the measure came to be given otherwise is still counted.
            ikke_aktuelt=frozenset(slag for slag in uten if not tillegg[slag]),
        )

    def _etter_utfall(
        self, henvist: list[tuple[Henvist, list[int]]]
    ) -> tuple[Mapping[str, int], Mapping[str, set[int]]]:
        """Referrals, how many were given and wait, and the families behind each and behind the rest."""
        antall = {HENVIST: len(henvist), GITT: 0, VENTELISTE: 0, REST: 0}
        bak: dict[str, set[int]] = {GITT: set(), VENTELISTE: set(), REST: set()}
        for h, _ in henvist:
            slag = GITT if h.gitt else VENTELISTE if h.venter else REST
            antall[slag] += 1
            bak[slag].add(self.familie[h.sak])
        del antall[REST]
        return antall, bak


def _sammen(klasse: str, enhet: str) -> str:
    return klasse if klasse == enhet else FLERE
