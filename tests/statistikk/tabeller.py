"""Made-up families counted into tables: every number is true of somebody, and every insider is known."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import date
from itertools import product

from hypothesis import strategies as st

from koordinering.statistikk.disclosure import (
    BARN,
    FAMILIER,
    TOTAL,
    Dimensjon,
    Kategori,
    Kolonne,
    Noekkel,
    Raatall,
    RawCounts,
    Telledefinisjon,
)

Familie = tuple[Noekkel, ...]
"""The leaf that each of its children stands in."""

KOLONNER = (Kolonne(BARN, "Barn", "barn"), Kolonne(FAMILIER, "Familier", "familier", additiv=False))
DEFINISJON = (Telledefinisjon("Barn og familier i året", 1),)
DAG = date(2026, 1, 2)


def dimensjon(kode: str, *deler: str | tuple[str, Sequence[str]]) -> Dimensjon:
    """A dimension: each part is a class, or a class with the classes it is divided into."""
    kategorier: list[Kategori] = []
    for del_ in deler:
        navn, under = (del_, ()) if isinstance(del_, str) else del_
        kategorier += [Kategori(navn, navn), *(Kategori(barn, barn, navn) for barn in under)]
    return Dimensjon(kode, kode, tuple(kategorier))


def tell(
    dimensjoner: Sequence[Dimensjon], familier: Sequence[Familie], *, kode: str = "t",
    strukturelle: frozenset[Noekkel] = frozenset(), med_familier: bool = True, kjente_eiere: bool = True,
) -> RawCounts:  # fmt: skip
    """Count children and families; `strukturelle` are leaves, and what consists of nothing else follows."""
    barn: Counter[Noekkel] = Counter()
    av: defaultdict[Noekkel, set[int]] = defaultdict(set)
    for nr, familie in enumerate(familier):
        for blad in familie:
            for noekkel in _over(dimensjoner, blad):
                barn[noekkel] += 1
                av[noekkel].add(nr)
    eiere: defaultdict[int, set[Noekkel]] = defaultdict(set)
    for noekkel, hvem in av.items():
        if len(hvem) == 1:
            eiere[min(hvem)].add(noekkel)
    alle = list(product(*(d.koder for d in dimensjoner)))
    mulige = {n for blad in _blader(dimensjoner) if blad not in strukturelle for n in _over(dimensjoner, blad)}
    return RawCounts(
        kode=kode,
        tittel=f"Tabell {kode}",
        aar=2025,
        dimensjoner=tuple(dimensjoner),
        kolonner=KOLONNER if med_familier else KOLONNER[:1],
        celler={n: Raatall((barn[n], len(av[n])) if med_familier else (barn[n],)) for n in alle},
        telledefinisjoner=DEFINISJON,
        oeyeblikksbilde=DAG,
        strukturelle=frozenset(alle) - mulige,
        eiere={nr: frozenset(celler) for nr, celler in eiere.items()} if kjente_eiere else None,
    )


def _over(dimensjoner: Sequence[Dimensjon], blad: Noekkel) -> list[Noekkel]:
    """Every cell that a leaf counts in."""
    return list(product(*(_stige(d, kode) for d, kode in zip(dimensjoner, blad, strict=True))))


def _stige(dim: Dimensjon, kode: str) -> tuple[str, ...]:
    forelder = {k.kode: k.forelder for k in dim.kategorier}
    stige: list[str] = []
    trinn: str | None = kode
    while trinn is not None:
        stige.append(trinn)
        trinn = forelder[trinn]
    return (*stige, TOTAL)


def _blader(dimensjoner: Sequence[Dimensjon]) -> list[Noekkel]:
    return list(product(*(tuple(k for k in d.koder[:-1] if not d.deler(k)) for d in dimensjoner)))


@st.composite
def former(draw: st.DrawFn, *, minst: int = 2, hoeyst: int = 3, hierarki: bool = True) -> tuple[Dimensjon, ...]:
    """Dimensions of two to four classes, one of them divided further now and then."""
    svar = []
    for nr in range(draw(st.integers(minst, hoeyst))):
        antall = draw(st.integers(2, 4 if minst < 3 and nr < 2 else 3))
        klasser: list[str | tuple[str, Sequence[str]]] = [f"{'abcd'[nr]}{i}" for i in range(antall)]
        if hierarki and nr == 0 and draw(st.booleans()):
            klasser[-1] = (f"a{antall - 1}", [f"a{antall - 1}{i}" for i in range(draw(st.integers(2, 3)))])
        svar.append(dimensjon(f"d{nr}", *klasser))
    return tuple(svar)


@st.composite
def raatabeller(
    draw: st.DrawFn, *, minst: int = 2, hoeyst: int = 3, hierarki: bool = True, med_familier: bool | None = None,
    familier: int = 12,
) -> RawCounts:  # fmt: skip
    """Random tables: sparse or full, one family behind many children, leaves that cannot have a count."""
    dimensjoner = draw(former(minst=minst, hoeyst=hoeyst, hierarki=hierarki))
    blader = _blader(dimensjoner)
    umulige = draw(st.sets(st.sampled_from(blader), max_size=2))
    mulige = [blad for blad in blader if blad not in umulige]
    plasser = draw(st.lists(st.sampled_from(mulige), min_size=1, max_size=len(mulige), unique=True))
    en = st.lists(st.sampled_from(plasser), min_size=1, max_size=6).map(tuple)
    like = draw(st.lists(st.tuples(en, st.sampled_from([1, 1, 1, 2, 7, 25])), min_size=1, max_size=familier))
    return tell(
        dimensjoner,
        [familie for familie, antall in like for _ in range(antall)],
        strukturelle=frozenset(umulige),
        med_familier=draw(st.booleans()) if med_familier is None else med_familier,
        kjente_eiere=draw(st.booleans()),
    )


def bruksformer(nr: int) -> tuple[Dimensjon, ...]:
    """Shapes of this product's tables: 2, 3 and 4 dimensions, then two with a hierarchy (nr 0 to 34)."""
    alder = dimensjon("alder", "0-5", "6-12", "13-17", "18-24")
    tjeneste = dimensjon("tjeneste", "nav", "helse", "kultur", "skole", "flere")
    tiltak = dimensjon("tiltak", "kort", "plass", "utstyr", "ferie")
    kjoenn = dimensjon("kjoenn", "j", "g")
    omraade = dimensjon("omraade", ("nord", ("n1", "n2", "n3")), ("soer", ("s1", "s2")), "vest")
    return (
        ((tjeneste, alder), (tiltak, alder), (tjeneste, tiltak), (alder, kjoenn))[nr % 4] if nr < 10
        else ((tjeneste, alder, kjoenn), (tiltak, alder, kjoenn))[nr % 2] if nr < 20
        else (tjeneste, tiltak, alder, kjoenn) if nr < 30
        else (omraade, alder)
    )  # fmt: skip
