"""What declared inequalities say of the numbers of some tables, for the engine."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import product

from koordinering.statistikk.disclosure.kontroll import Identitet
from koordinering.statistikk.disclosure.tabell import TOTAL, Dimensjon, RawCounts
from koordinering.statistikk.disclosure.ulikhet import Ledd, Trinn, Ulikhet, Utvalg

Valg = Mapping[str, str]
"""The class that each variable has."""


def utfold(
    ulikhet: Ulikhet, raa: Sequence[RawCounts], kan: Callable[[Identitet], bool]
) -> Iterator[dict[Identitet, float]]:
    """Coefficients by number: each sum is at most 0. Numbers that no table has are named too, and none left out.
    `kan`: whether it can have a count."""
    hver = [(navn, _klasser(utvalg, raa, {})) for navn, utvalg in ulikhet.hver]
    for koder in product(*(klasser or () for _, klasser in hver)):
        valg = dict(zip((navn for navn, _ in hver), koder, strict=True))
        summer = {navn: _klasser(utvalg, raa, valg) for navn, utvalg in ulikhet.sum}
        if None not in summer.values():
            yield _en(ulikhet, valg, {navn: klasser or () for navn, klasser in summer.items()}, kan)


def _klasser(utvalg: Utvalg, raa: Sequence[RawCounts], valg: Valg) -> tuple[str, ...] | None:
    dimensjoner = {raw.kode: d for raw in raa for d in raw.dimensjoner if d.kode == utvalg.dimensjon}
    dimensjon = next((dimensjoner[kode] for kode in utvalg.tabeller if kode in dimensjoner), None)
    if dimensjon is None:
        return None
    ute = {valg.get(kode, kode) for kode in utvalg.unntatt}
    med = utvalg.bare or dimensjon.koder
    return tuple(k for k in _trinn(dimensjon, utvalg.trinn) if k in med and k not in ute)


def _trinn(dimensjon: Dimensjon, trinn: Trinn) -> tuple[str, ...]:
    if trinn is Trinn.ALLE:
        return dimensjon.koder
    if trinn is Trinn.OEVERST:
        return dimensjon.deler(TOTAL)
    return tuple(k.kode for k in dimensjon.kategorier if not dimensjon.deler(k.kode))


def _en(
    ulikhet: Ulikhet, valg: Valg, summer: Mapping[str, Sequence[str]], kan: Callable[[Identitet], bool]
) -> dict[Identitet, float]:
    koeffisienter: dict[Identitet, float] = {}
    for side, fortegn in ((ulikhet.tall, 1), (ulikhet.hoeyst, -1)):
        for ledd in side:
            ganger = ledd.ganger
            if isinstance(ganger, str):
                summen = next(en for en in (*ulikhet.tall, *ulikhet.hoeyst) if ganger in dict(en.klasser).values())
                ganger = sum(map(kan, _tall(summen, valg, summer)))
            for navn in _tall(ledd, valg, summer):
                koeffisienter[navn] = koeffisienter.get(navn, 0.0) + fortegn * ganger
    return koeffisienter


def _tall(ledd: Ledd, valg: Valg, summer: Mapping[str, Sequence[str]]) -> Iterator[Identitet]:
    mulige = [summer.get(kode, (valg.get(kode, kode),)) for _, kode in ledd.klasser]
    for koder in product(*mulige):
        par = zip((dimensjon for dimensjon, _ in ledd.klasser), koder, strict=True)
        yield ledd.lenke, frozenset((dimensjon, kode) for dimensjon, kode in par if kode != TOTAL)
