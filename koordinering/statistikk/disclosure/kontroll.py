"""Refuses counts that contradict themselves or each other; messages name table and cell, never a number."""

from collections.abc import Iterator, Sequence
from itertools import product

from koordinering.statistikk.disclosure.krav import modellerte
from koordinering.statistikk.disclosure.tabell import (
    FAMILIER,
    TOTAL,
    Dimensjon,
    Noekkel,
    RawCounts,
    Slag,
    UgyldigTabell,
)

Identitet = tuple[str, frozenset[tuple[str, str]]]
"""What is counted, and in which classes: the same in every table."""


def identitet(raw: RawCounts, kolonne: int, noekkel: Noekkel) -> Identitet:
    """The number's name across tables."""
    klasser = zip(raw.dimensjoner, noekkel, strict=True)
    return raw.kolonner[kolonne].lenke, frozenset((d.kode, k) for d, k in klasser if k != TOTAL)


def linjer(raw: RawCounts) -> Iterator[tuple[Noekkel, tuple[Noekkel, ...]]]:
    """Every whole and its parts: one class (or the total) of one dimension, for every choice of the others."""
    for nr, dimensjon in enumerate(raw.dimensjoner):
        andre = [d.koder if i != nr else (TOTAL,) for i, d in enumerate(raw.dimensjoner)]
        for helt in (*(k.kode for k in dimensjon.kategorier), TOTAL):
            deler = dimensjon.deler(helt)
            if not deler:
                continue
            for valg in product(*andre):
                yield _med(valg, nr, helt), tuple(_med(valg, nr, del_) for del_ in deler)


def _med(noekkel: Noekkel, plass: int, kode: str) -> Noekkel:
    return (*noekkel[:plass], kode, *noekkel[plass + 1 :])


def kontroller(raa: Sequence[RawCounts]) -> None:
    """Raise UgyldigTabell unless every table is whole, adds up, and agrees with the others."""
    kjent: dict[Identitet, int] = {}
    for raw in raa:
        _form(raw)
        for noekkel in raw.noekler:
            _celle(raw, noekkel)
        for helt, deler in linjer(raw):
            _sum(raw, helt, deler)
        for noekkel in raw.noekler:
            for kolonne in modellerte(raw):
                verdi = raw.celler[noekkel].tall[kolonne]
                if kjent.setdefault(identitet(raw, kolonne, noekkel), verdi) != verdi:
                    raise UgyldigTabell(f"{raw.kode}: {_sted(noekkel)} differs from the same count in another table")


def _form(raw: RawCounts) -> None:
    if not raw.dimensjoner or not raw.kolonner or not raw.kolonner[0].additiv:
        raise UgyldigTabell(f"{raw.kode}: a table has dimensions, and its first column adds up")
    if set(raw.celler) != set(raw.noekler):
        raise UgyldigTabell(f"{raw.kode}: a cell is missing or does not belong")
    for dimensjon in raw.dimensjoner:
        _dimensjon(raw, dimensjon)


def _dimensjon(raw: RawCounts, dimensjon: Dimensjon) -> None:
    sett: set[str] = {TOTAL}
    for kategori in dimensjon.kategorier:
        if kategori.kode in sett or (kategori.forelder is not None and kategori.forelder not in sett - {TOTAL}):
            raise UgyldigTabell(f"{raw.kode}: class {kategori.kode} stands twice or before its parent")
        sett.add(kategori.kode)
    if len(sett) == 1:
        raise UgyldigTabell(f"{raw.kode}: {dimensjon.kode} has no classes")


def _celle(raw: RawCounts, noekkel: Noekkel) -> None:
    celle = raw.celler[noekkel]
    feil = len(celle.tall) != len(raw.kolonner) or min(celle.tall) < 0
    feil = feil or (celle.bak is not None and celle.bak < 0)
    feil = feil or (noekkel in raw.strukturelle and any(celle.tall))
    if not feil and FAMILIER in (koder := [k.kode for k in raw.kolonner]):
        familier = celle.tall[koder.index(FAMILIER)]
        for nr in modellerte(raw):
            feil |= raw.kolonner[nr].slag is Slag.ANTALL and bool(familier) != bool(celle.tall[nr])
    if feil:
        raise UgyldigTabell(f"{raw.kode}: {_sted(noekkel)} contradicts itself")


def _sum(raw: RawCounts, helt: Noekkel, deler: tuple[Noekkel, ...]) -> None:
    for nr in modellerte(raw):
        parter = [raw.celler[del_].tall[nr] for del_ in deler]
        sum_ = raw.celler[helt].tall[nr]
        enig = sum(parter) == sum_ if raw.kolonner[nr].additiv else max(parter) <= sum_ <= sum(parter)
        if not enig:
            raise UgyldigTabell(f"{raw.kode}: {raw.kolonner[nr].kode} in {_sted(helt)} does not agree with its parts")


def _sted(noekkel: Noekkel) -> str:
    return "/".join(noekkel)


def familier_bak(raw: RawCounts) -> int | None:
    """Number of the column that counts the families behind a cell, where there is one."""
    return next((i for i, k in enumerate(raw.kolonner) if k.kode == FAMILIER and i), None)


def stoettet(raw: RawCounts) -> tuple[int, ...]:
    """The columns in which a family behind a cell counts for at least one, as far as these counts bear that out.

    A child with two homes is one child in two families: where there is one, nobody may reckon with the rule.
    """
    bak = familier_bak(raw)
    andre = (i for i in modellerte(raw) if raw.kolonner[i].slag is Slag.ANTALL and raw.kolonner[i].kode != FAMILIER)
    if bak is None:
        return ()
    return tuple(i for i in andre if all(celle.tall[bak] <= celle.tall[i] for celle in raw.celler.values()))
