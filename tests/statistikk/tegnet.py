"""Published tables drawn as text: `2*` is hidden, `20/8` is children/families, `.` cannot be, `+` is the sum."""

from collections.abc import Mapping
from itertools import product

from koordinering.statistikk.disclosure import (
    TOTAL,
    Celle,
    Dimensjon,
    Kategori,
    Kolonne,
    Noekkel,
    Raatall,
    RawCounts,
    SafeTable,
    Slag,
    Tegn,
    tabell,
)
from tests.statistikk.tabeller import DAG, DEFINISJON, KOLONNER

KRONER = (Kolonne("kroner", "Kroner", "kroner", slag=Slag.BELOEP),)

Par = tuple[RawCounts, SafeTable]
"""The counts and what is published of them."""


def tegn(
    tekst: str, navn: str = "abc", *, kode: str = "t", eiere: Mapping[int, frozenset[Noekkel]] | None = None,
    bak: int | None = None, stoerste: int = 0, dag: int = 2,
) -> Par:  # fmt: skip
    """Rows are the first dimension («-x» a part of the row above), columns (after «|») the second, blocks the third.

    A table whose only column is «antall» has one dimension. `bak` makes the numbers kroner from so many.
    """
    celler, dimensjoner = _les(tekst, navn)
    med_familier = any("/" in felt for felt in celler.values())
    kolonner = KRONER if bak is not None else KOLONNER if med_familier else KOLONNER[:1]
    tall = {n: _tall(n, celler, dimensjoner)[: len(kolonner)] for n in celler}
    felles = {
        "kode": kode, "tittel": kode, "aar": 2025, "dimensjoner": dimensjoner, "kolonner": kolonner,
        "telledefinisjoner": DEFINISJON, "oeyeblikksbilde": DAG.replace(day=dag),
    }  # fmt: skip
    raw = RawCounts(
        **felles,  # type: ignore[arg-type]
        celler={n: Raatall(t, bak, stoerste) for n, t in tall.items()},
        strukturelle=frozenset(n for n, felt in celler.items() if felt == "."),
        eiere=eiere,
    )
    vist = {n: _vist(celler[n], t) for n, t in tall.items()}
    return raw, tabell.lag(**felles, celler=vist, forklaring=(), terskel=5)


def _les(tekst: str, navn: str) -> tuple[dict[Noekkel, str], tuple[Dimensjon, ...]]:
    celler: dict[Noekkel, str] = {}
    kolonner: list[str] = []
    rader: dict[str, str | None] = {}
    blokker: list[str] = []
    over = ""
    for ord_ in filter(None, (linje.split() for linje in tekst.splitlines())):
        if ord_[0].endswith(":"):
            blokker.append(ord_[0][:-1])
        elif ord_[0] != "|":
            rad = ord_[0].lstrip("-")
            rader[rad], over = (over, over) if ord_[0][0] == "-" else (None, rad)
            for kolonne, felt in zip(kolonner, ord_[1:], strict=True):
                celler[(rad, *([] if kolonne == "antall" else [kolonne]), *blokker[-1:])] = felt
        else:
            kolonner = ord_[1:]
    klasser = [list(rader), *([] if kolonner == ["antall"] else [kolonner]), *([blokker] if blokker else [])]
    return celler, tuple(
        Dimensjon(navn[nr], navn[nr], tuple(Kategori(k, k, rader.get(k)) for k in dim if k != TOTAL))
        for nr, dim in enumerate(klasser)
    )


def _tall(noekkel: Noekkel, celler: Mapping[Noekkel, str], dimensjoner: tuple[Dimensjon, ...]) -> tuple[int, int]:
    felt = celler[noekkel].rstrip("*").replace(".", "0")
    barn, _, familier = felt.partition("/")
    deler = [_blader(d, kode) for d, kode in zip(dimensjoner, noekkel, strict=True)]
    under = [_tall(n, celler, dimensjoner) for n in product(*deler) if n != noekkel]
    sum_barn, sum_familier = (sum(par[i] for par in under) for i in (0, 1))
    return sum_barn if barn == "+" else int(barn), int(familier) if familier else sum_familier


def _blader(dim: Dimensjon, kode: str) -> list[str]:
    deler = dim.deler(kode)
    return [blad for del_ in deler for blad in _blader(dim, del_)] if deler else [kode]


def _vist(felt: str, tall: tuple[int, ...]) -> tuple[Celle, ...]:
    if felt == ".":
        return (Tegn.IKKE_AKTUELT,) * len(tall)
    return (Tegn.SKJULT,) * len(tall) if felt.endswith("*") else tall
