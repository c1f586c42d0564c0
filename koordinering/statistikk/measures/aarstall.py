"""Puts a year's referrals and children together into families, and counts them."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from koordinering.saker.rules.familier import familier
from koordinering.saker.rules.registrering import ELDSTE
from koordinering.statistikk.disclosure import (
    BARN,
    FAMILIER,
    TOTAL,
    Dimensjon,
    Kategori,
    Kolonne,
    Raatall,
    RawCounts,
)
from koordinering.statistikk.measures.katalog import definisjoner
from koordinering.statistikk.measures.lesing import Henvist, Registrert, tiltaksrader, tjenester
from koordinering.tekst import N_

ALDERSGRUPPER = ((0, 5), (6, 12), (13, 17), (18, ELDSTE))
"""Years on 31 December, both ends included. A changed grouping is a new counting definition."""

_GRUPPE_AV_ALDER = {alder: f"{fra}-{til}" for fra, til in ALDERSGRUPPER for alder in range(fra, til + 1)}

FLERE = "flere"
_INGEN_CELLER: frozenset[tuple[str, ...]] = frozenset()
_BARN = Kolonne(BARN, N_("Barn"), "barn")
_FAMILIER = Kolonne(FAMILIER, N_("Familier"), "familier", additiv=False)


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
        total = (len(telles), len(self.barn_i_familie))
        return Telling(
            tabeller=(
                self._etter_tjeneste(total),
                self._etter_alder(total),
                self._tjeneste_og_alder(),
                self._etter_tiltak(),
            ),
            saker=len(self.barn_i_sak),
            uten_kobling=len(ulenkede),
            familier_uten_kobling=len({self.familie[sak] for sak in ulenkede}),
        )

    def _tabell(
        self,
        kode: str,
        kategorier: Iterable[Kategori],
        kolonner: tuple[Kolonne, ...],
        celler: Mapping[tuple[str, ...], tuple[int, ...]],
        strukturelle: frozenset[tuple[str, ...]] = _INGEN_CELLER,
    ) -> RawCounts:
        definisjon = definisjoner()[kode]
        return RawCounts(
            kode=kode,
            tittel=definisjon.tittel,
            aar=self.aar,
            dimensjoner=(Dimensjon(kode, definisjon.dimensjon, tuple(kategorier)),),
            kolonner=kolonner,
            celler={noekkel: Raatall(tall) for noekkel, tall in celler.items()},
            telledefinisjoner=definisjon.telledefinisjoner,
            oeyeblikksbilde=self.dato,
            strukturelle=strukturelle,
        )

    def _etter_tjeneste(self, total: tuple[int, int]) -> RawCounts:
        av_barn: dict[int, str] = {}
        av_familie: dict[int, str] = {}
        for sak, barn in self.barn_i_sak.items():
            enhet = self.enhet[sak]
            nr = self.familie[sak]
            av_familie[nr] = _sammen(av_familie.get(nr, enhet), enhet)
            for ett in barn:
                av_barn[ett] = _sammen(av_barn.get(ett, enhet), enhet)
        barn_i, familier_i = Counter(av_barn.values()), Counter(av_familie.values())
        klasser = [Kategori(enhet.id, f"{N_('Bare')} {enhet.kortnavn}") for enhet in tjenester()]
        klasser.append(Kategori(FLERE, N_("To eller flere tjenester")))
        celler = {(k.kode,): (barn_i[k.kode], familier_i[k.kode]) for k in klasser}
        kolonner = (_BARN, Kolonne(FAMILIER, N_("Familier"), "familieklasse_tjeneste", additiv=True))
        return self._tabell("tjeneste", klasser, kolonner, {**celler, (TOTAL,): total})

    def _etter_alder(self, total: tuple[int, int]) -> RawCounts:
        gruppe: dict[int, str] = {}
        for barn in self.barn_i_sak.values():
            for ett in barn:
                gruppe[ett] = _GRUPPE_AV_ALDER[self.alder[ett]]
        familier_i, _ = self._per_familie(gruppe)
        barn_i = Counter(gruppe.values())
        klasser = [Kategori(f"{fra}-{til}", f"{fra}–{til} {N_('år')}") for fra, til in ALDERSGRUPPER]
        celler = {(k.kode,): (barn_i[k.kode], familier_i[k.kode]) for k in klasser}
        return self._tabell("alder", klasser, (_BARN, _FAMILIER), {**celler, (TOTAL,): total})

    def _tjeneste_og_alder(self) -> RawCounts:
        av_barn: dict[int, str] = {}
        for sak, barn in self.barn_i_sak.items():
            for ett in barn:
                av_barn[ett] = _sammen(av_barn.get(ett, self.enhet[sak]), self.enhet[sak])
        klasse = {ett: (enhet, _GRUPPE_AV_ALDER[self.alder[ett]]) for ett, enhet in av_barn.items()}
        enheter = [Kategori(enhet.id, f"{N_('Bare')} {enhet.kortnavn}") for enhet in tjenester()]
        enheter.append(Kategori(FLERE, N_("To eller flere tjenester")))
        aldre = [Kategori(f"{fra}-{til}", f"{fra}–{til} {N_('år')}") for fra, til in ALDERSGRUPPER]
        dimensjoner = (Dimensjon("tjeneste", N_("Tjeneste"), tuple(enheter)), Dimensjon("alder", "Alder", tuple(aldre)))

        def celle(t: str, a: str) -> tuple[int, int]:
            barna = {b for b, (x, y) in klasse.items() if t in {x, TOTAL} and a in {y, TOTAL}}
            return len(barna), sum(1 for b in self.barn_i_familie.values() if b & barna)

        definisjon = definisjoner()["tjeneste_alder"]
        return RawCounts(
            kode="tjeneste_alder",
            tittel=definisjon.tittel,
            aar=self.aar,
            dimensjoner=dimensjoner,
            kolonner=(_BARN, _FAMILIER),
            celler={(t, a): Raatall(celle(t, a)) for t in dimensjoner[0].koder for a in dimensjoner[1].koder},
            telledefinisjoner=definisjon.telledefinisjoner,
            oeyeblikksbilde=self.dato,
        )

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

    def _etter_tiltak(self) -> RawCounts:
        per_tiltak: dict[str, list[tuple[Henvist, list[int]]]] = defaultdict(list)
        for par in self.henvist:
            per_tiltak[par[0].tiltak].append(par)
        rader = tiltaksrader()
        celler = {(t.id,): self._tiltaksrad(per_tiltak[t.id]) for t in rader}
        kolonner = (
            Kolonne("henvisninger", N_("Henvisninger"), "henvisninger"),
            Kolonne(FAMILIER, N_("Familier"), "familier_tiltak", additiv=False),
        )
        klasser = [Kategori(t.id, t.kortnavn) for t in rader]
        return self._tabell("tiltak", klasser, kolonner, {**celler, (TOTAL,): self._tiltaksrad(self.henvist)})

    def _tiltaksrad(self, henvist: list[tuple[Henvist, list[int]]]) -> tuple[int, int]:
        return len(henvist), len({self.familie[h.sak] for h, _ in henvist})


def _sammen(klasse: str, enhet: str) -> str:
    return klasse if klasse == enhet else FLERE
