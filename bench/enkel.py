"""The simple rule, for comparison: hide the smallest other cell in each row and column, until nothing is alone.

It looks at one row at a time, as one does with paper and pencil: a hidden cell that is alone among shown parts of
a shown total can be computed, and gets company. DISCLOSURE.md says what that is worth in three dimensions.
"""

from collections.abc import Iterator

from koordinering.statistikk.disclosure import Celle, Noekkel, Raatall, RawCounts, SafeTable, Tegn
from koordinering.statistikk.disclosure.revisjon.kjent import summer
from koordinering.statistikk.disclosure.tabell import lag

Linje = tuple[Noekkel, ...]


def bare_smaa(raw: RawCounts, terskel: int) -> SafeTable:
    """Small cells and zeros hidden, and nothing else."""
    return _vis(raw, _smaa(raw, terskel), terskel)


def enkel_regel(raw: RawCounts, terskel: int) -> SafeTable:
    """The simple rule, repeated until it changes nothing."""
    skjult = _smaa(raw, terskel)
    linjer = list(_linjer(raw))
    endret = True
    while endret:
        endret = False
        for linje in linjer:
            vist = [n for n in linje if n not in skjult and n not in raw.strukturelle]
            if len(skjult.intersection(linje)) == 1 and vist:
                skjult.add(min(vist, key=lambda n: (raw.celler[n].tall[0], n)))
                endret = True
    return _vis(raw, skjult, terskel)


def _smaa(raw: RawCounts, terskel: int) -> set[Noekkel]:
    return {n for n in raw.noekler if n not in raw.strukturelle and min(raw.celler[n].tall) < terskel}


def _linjer(raw: RawCounts) -> Iterator[Linje]:
    """Each total with its parts."""
    for helt, deler in summer(_vis(raw, set(), 0)):
        yield (helt, *deler)


def _vis(raw: RawCounts, skjult: set[Noekkel], terskel: int) -> SafeTable:
    def celle(noekkel: Noekkel, tall: Raatall) -> tuple[Celle, ...]:
        if noekkel in raw.strukturelle:
            return (Tegn.IKKE_AKTUELT,) * len(raw.kolonner)
        return (Tegn.SKJULT,) * len(raw.kolonner) if noekkel in skjult else tall.tall

    return lag(
        kode=raw.kode, tittel=raw.tittel, aar=raw.aar, dimensjoner=raw.dimensjoner, kolonner=raw.kolonner,
        celler={n: celle(n, tall) for n, tall in raw.celler.items()}, forklaring=(), terskel=terskel,
        telledefinisjoner=raw.telledefinisjoner, oeyeblikksbilde=raw.oeyeblikksbilde,
    )  # fmt: skip
