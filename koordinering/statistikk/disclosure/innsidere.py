"""What one family knows of a table by itself: the cells that it fills alone (DISCLOSURE.md rule 5)."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import product

from koordinering.statistikk.disclosure.kontroll import familier_bak, linjer
from koordinering.statistikk.disclosure.samling import Samling
from koordinering.statistikk.disclosure.tabell import FAMILIER, TOTAL, Dimensjon, Noekkel, RawCounts, Slag


def eiere(raw: RawCounts, terskel: int) -> Iterable[tuple[object, Sequence[Noekkel]]]:
    """Families and the cells that they fill alone; where the counts do not say, the cells one family may fill."""
    if raw.eiere is not None:
        return [(familie, sorted(noekler)) for familie, noekler in raw.eiere.items()]
    bak = familier_bak(raw)
    if bak is None:
        return [(noekkel, (noekkel,)) for noekkel in raw.noekler if _kan_vaere_en(raw, noekkel, terskel)]
    return _samme_familie(raw, [n for n in raw.noekler if raw.celler[n].tall[bak] == 1])


def _kan_vaere_en(raw: RawCounts, noekkel: Noekkel, terskel: int) -> bool:
    celle = raw.celler[noekkel]
    if celle.bak is not None:
        return celle.bak == 1
    if raw.kolonner[0].slag is Slag.BELOEP or raw.kolonner[0].kode == FAMILIER:
        return celle.tall[0] == 1
    return 1 <= celle.tall[0] < terskel


def _samme_familie(raw: RawCounts, alene: Sequence[Noekkel]) -> list[tuple[object, Sequence[Noekkel]]]:
    """Cells with one family each, put together where one holds the other: it is the same family."""
    samling = Samling(alene)
    for helt, deler in linjer(raw):
        if helt in samling:
            samling.slaa_sammen([helt, *(del_ for del_ in deler if del_ in samling)])
    return [(gruppe[0], gruppe) for gruppe in samling.grupper()]


Klasser = Mapping[str, frozenset[str]]
"""A cell as other tables can read it: per dimension that it does not sum over, the classes that lie within it."""


class Innhold:
    """What the cells of a table consist of."""

    def __init__(self, raw: RawCounts) -> None:
        self.raw = raw
        self._under = [{kode: frozenset(_under(d, kode)) for kode in d.koder} for d in raw.dimensjoner]
        finest = [frozenset(k for k in d.koder if not d.deler(k) and k != TOTAL) for d in raw.dimensjoner]
        self._blader = {
            noekkel: frozenset(
                product(*(under[k] & fine for under, fine, k in zip(self._under, finest, noekkel, strict=True)))
            )
            - raw.strukturelle
            for noekkel in raw.noekler
        }

    def klasser(self, noekkel: Noekkel) -> Klasser:
        """The cell for other tables."""
        par = zip(self.raw.dimensjoner, self._under, noekkel, strict=True)
        return {d.kode: under[kode] for d, under, kode in par if kode != TOTAL}

    def innenfor(self, egne: Iterable[Klasser]) -> list[Noekkel]:
        """The cells that consist of nothing but parts of these: whoever fills them knows it all, the empty too."""
        plass = {d.kode: nr for nr, d in enumerate(self.raw.dimensjoner)}
        kjent: set[Noekkel] = set()
        alle = frozenset[Noekkel]().union(*self._blader.values())
        for klasser in egne:
            if klasser.keys() <= plass.keys():
                kjent |= {b for b in alle - kjent if all(b[plass[d]] in koder for d, koder in klasser.items())}
        return [noekkel for noekkel, blader in self._blader.items() if blader and blader <= kjent]


def _under(dimensjon: Dimensjon, kode: str) -> Iterator[str]:
    yield kode
    for del_ in dimensjon.deler(kode):
        yield from _under(dimensjon, del_)
