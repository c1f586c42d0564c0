"""Made-up towns counted one by one into tables that have the catalogue's codes, without a database."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from itertools import product
from typing import NamedTuple

from hypothesis import strategies as st

from koordinering.statistikk import measures
from koordinering.statistikk.disclosure import TOTAL, Dimensjon, Kategori, Noekkel, Raatall, RawCounts, Ulikhet
from koordinering.statistikk.disclosure.kontroll import Identitet, identitet
from koordinering.statistikk.disclosure.utfolding import utfold
from koordinering.statistikk.measures import klasser
from tests.statistikk.tabeller import dimensjon

TJENESTER = ("nav", "helse", "kultur")
KVARTALER = ("k1", "k2", "k3", "k4")
TO_HJEM = "barn med to hjem"
"""The one reservation that a town can be made without."""
UTFALL = ("gitt", "venteliste", "annet")


class Henvist(NamedTuple):
    """A referral of one child."""

    tjeneste: str
    tiltak: str = "a"
    utfall: str = "annet"
    kvartal: str = "k1"


class Barnet(NamedTuple):
    """A child that is referred at least once; unlinked, it has one service."""

    henvist: tuple[Henvist, ...]
    gang: str = "foerste"


Familien = tuple[Barnet, ...]


def barn(*tjenester: str, gang: str = "foerste") -> Barnet:
    """Referred once by each of these."""
    return Barnet(tuple(Henvist(tjeneste) for tjeneste in tjenester), gang)


class _Enhet(NamedTuple):
    """Something counted: where it stands, and who is behind it."""

    klasser: Noekkel
    familie: int
    barn: tuple[int, int] | None = None


def tell(by: Sequence[Familien], tiltak: Dimensjon | None = None) -> dict[str, RawCounts]:
    """The tables by code. `tiltak`: the measures, in their kinds."""
    tiltak = tiltak or dimensjon("tiltak", ("KORT", ("a", "b")), ("OPPFOELGING", ("c",)))
    barna = [(familie, nr, barnet) for familie, barna in enumerate(by) for nr, barnet in enumerate(barna)]
    henvist = [(familie, nr, h) for familie, nr, barnet in barna for h in barnet.henvist]

    def av_barn(*klasse: Callable[[Barnet], str]) -> list[_Enhet]:
        return [_Enhet(tuple(k(b) for k in klasse), f, (f, nr)) for f, nr, b in barna]

    def av_familie(klasse: Callable[[Familien], str]) -> list[_Enhet]:
        return [_Enhet((klasse(familien),), nr) for nr, familien in enumerate(by)]

    def av_henvist(*klasse: Callable[[Henvist], str]) -> list[_Enhet]:
        return [_Enhet(tuple(k(h) for k in klasse), f, (f, nr)) for f, nr, h in henvist]

    tjeneste = Dimensjon("tjeneste", "", tuple(Kategori(k, k) for k in (*TJENESTER, "flere")))
    kvartal = Dimensjon("kvartal_foerst", "", klasser.KVARTAL)
    gang = Dimensjon("foerste_gang", "", klasser.FOERSTE)
    saker = {(f, h.tjeneste, barnet.gang == "ukjent" and (f, nr)) for f, nr, barnet in barna for h in barnet.henvist}
    saker_i = {(f, tjeneste) for f, tjeneste, _ in saker}
    mangler = {(f, tjeneste) for f, tjeneste, ukjent in saker if ukjent}
    gitt_eller_ikke = Dimensjon("utfall", "", klasser.GITT_ELLER_IKKE)
    av = (
        ("tjeneste", (tjeneste,), av_barn(_barnets_tjeneste)),
        ("tjeneste_familier", (tjeneste._replace(kode="familiens_tjeneste"),), av_familie(_familiens_tjeneste)),
        ("aar", (kvartal,), av_barn(_barnets_kvartal)),
        ("familier_kvartal", (kvartal._replace(kode="familiens_kvartal"),),
         av_familie(lambda familien: min(map(_barnets_kvartal, familien)))),
        ("foerste_gang", (gang,), av_barn(lambda barnet: barnet.gang)),
        ("familier_foerste_gang", (gang._replace(kode="familien_foerste_gang"),), av_familie(_familiens_gang)),
        ("antall_tiltak", (Dimensjon("utfall", "", klasser.ANTALL_TILTAK),), av_barn(_antall_tiltak)),
        ("kobling", (Dimensjon("kobling", "", klasser.KOBLING),),
         [_Enhet(("mangler" if sak in mangler else "alle",), sak[0]) for sak in sorted(saker_i)]),
        ("tiltak", (tiltak, Dimensjon("utfall", "", klasser.UTFALL)),
         av_henvist(lambda h: h.tiltak, lambda h: h.utfall)),
        ("gitt", (tiltak, gitt_eller_ikke),
         av_henvist(lambda h: h.tiltak, lambda h: h.utfall if h.utfall == "gitt" else "ikke_gitt")),
        ("henvist_kvartal", (kvartal._replace(kode="kvartal"), _slagene(tiltak)),
         av_henvist(lambda h: h.kvartal, lambda h: _forelder(tiltak, h.tiltak))),
    )  # fmt: skip
    return {kode: _tabell(kode, dimensjoner, enheter) for kode, dimensjoner, enheter in av}


def _barnets_tjeneste(barnet: Barnet) -> str:
    tjenester = {h.tjeneste for h in barnet.henvist}
    return min(tjenester) if len(tjenester) == 1 else "flere"


def _familiens_tjeneste(familien: Familien) -> str:
    tjenester = {h.tjeneste for barnet in familien for h in barnet.henvist}
    return min(tjenester) if len(tjenester) == 1 else "flere"


def _barnets_kvartal(barnet: Barnet) -> str:
    return min(h.kvartal for h in barnet.henvist)


def _familiens_gang(familien: Familien) -> str:
    ganger = {barnet.gang for barnet in familien}
    return next(gang for gang in ("kjent", "ukjent", "foerste") if gang in ganger)


def _antall_tiltak(barnet: Barnet) -> str:
    antall = len({h.tiltak for h in barnet.henvist if h.utfall == "gitt"})
    return f"t{min(antall, 3)}" if antall else klasser.UTEN_GITT


def _forelder(tiltak: Dimensjon, kode: str) -> str:
    return next(k.forelder or k.kode for k in tiltak.kategorier if k.kode == kode)


def _slagene(tiltak: Dimensjon) -> Dimensjon:
    return tiltak._replace(kategorier=tuple(k for k in tiltak.kategorier if k.forelder is None))


def _tabell(kode: str, dimensjoner: tuple[Dimensjon, ...], enheter: Iterable[_Enhet]) -> RawCounts:
    definisjon = measures.definisjoner()[kode]
    celler: dict[Noekkel, list[_Enhet]] = {n: [] for n in product(*(d.koder for d in dimensjoner))}
    for enhet in enheter:
        for noekkel in product(*(_over(d, k) for d, k in zip(dimensjoner, enhet.klasser, strict=True))):
            celler[noekkel].append(enhet)
    familier = {noekkel: {en.familie for en in inne} for noekkel, inne in celler.items()}
    eiere: dict[int, set[Noekkel]] = {}
    for noekkel, hvem in familier.items():
        if len(hvem) == 1:
            eiere.setdefault(min(hvem), set()).add(noekkel)
    koder = [kolonne.kode for kolonne in definisjon.kolonner]

    def tall(noekkel: Noekkel) -> Raatall:
        barna = {en.barn for en in celler[noekkel]} - {None}
        hvem = {"familier": len(familier[noekkel]), "barn": len(barna) or len(familier[noekkel])}
        andre = tuple(hvem[k] for k in koder[1:])
        return Raatall((len(celler[noekkel]), *andre), None if "familier" in koder else min(hvem.values()))

    return RawCounts(
        kode, definisjon.tittel, 2025, dimensjoner, definisjon.kolonner, {n: tall(n) for n in celler},
        definisjon.telledefinisjoner, date(2026, 1, 15), eiere={nr: frozenset(n) for nr, n in eiere.items()},
    )  # fmt: skip


def _over(dim: Dimensjon, kode: str) -> tuple[str, ...]:
    forelder = next(k.forelder for k in dim.kategorier if k.kode == kode)
    return (kode, TOTAL) if forelder is None else (kode, forelder, TOTAL)


@st.composite
def byer(draw: st.DrawFn, *, hoeyst: int = 14) -> list[Familien]:
    """Random towns: many families of some kinds, few of others."""
    henvisning = st.builds(
        Henvist, st.sampled_from(TJENESTER), st.sampled_from("abc"), st.sampled_from(UTFALL), st.sampled_from(KVARTALER)
    )
    koblet = st.builds(
        Barnet, st.lists(henvisning, min_size=1, max_size=4).map(tuple), st.sampled_from(("foerste", "kjent"))
    )
    ukoblet = henvisning.map(lambda h: Barnet((h,), "ukjent"))
    familie = st.lists(st.one_of(koblet, koblet, koblet, ukoblet), min_size=1, max_size=4).map(tuple)
    like = draw(st.lists(st.tuples(familie, st.sampled_from([1, 1, 2, 6, 25])), min_size=3, max_size=hoeyst))
    return [familien for familien, antall in like for _ in range(antall)]


def tallene(raa: Iterable[RawCounts]) -> dict[Identitet, int]:
    """Every number by its name across tables."""
    return {
        identitet(raw, nr, noekkel): celle.tall[nr]
        for raw in raa
        for noekkel, celle in raw.celler.items()
        for nr in range(len(raw.kolonner))
    }


def brutte(ulikhet: Ulikhet, raa: Sequence[RawCounts]) -> tuple[int, int]:
    """How many times an inequality is said of these tables, and how many of those it does not hold."""
    tall = tallene(raa)
    sagt = [ledd for ledd in utfold(ulikhet, raa, lambda navn: tall.get(navn, 0) > 0) if ledd.keys() <= tall.keys()]
    return len(sagt), sum(sum(k * tall[navn] for navn, k in ledd.items()) > 0 for ledd in sagt)
