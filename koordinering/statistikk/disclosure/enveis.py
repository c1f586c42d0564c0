"""Which rows of a one-way table of children and families must be hidden.

With the totals shown, what is hidden can be anything that sums to what is missing: from 0 to that sum, in every
hidden row, as soon as two rows are hidden. So a pattern is safe when the missing sums are large enough. A row
that is not small holds at least the threshold in both units: one such row always suffices, and the cheapest
safe row found by trying them in order of value is an optimal answer.
"""

from collections.abc import Iterable, Iterator
from itertools import combinations

from koordinering.statistikk.disclosure.krav import MINSTE_BREDDE, krav
from koordinering.statistikk.disclosure.tabell import BARN, FAMILIER, Rad, RawCounts

FLESTE_NABOER = 3
"""More neighbours than this are never needed unless `stoerste` says that one family fills several rows."""


def primaere(raw: RawCounts, terskel: int) -> frozenset[int]:
    """Rows that are small, or leave a small rest, in either unit."""
    flere = len(raw.rader) > 1
    return frozenset(
        nummer
        for nummer, rad in enumerate(raw.rader)
        if krav(rad.barn, terskel, av=raw.total.barn if flere else None)
        or krav(rad.familier, terskel, av=raw.total.familier if flere else None)
    )


def skjul(raw: RawCounts, terskel: int) -> frozenset[int] | None:
    """The cheapest safe set of rows to hide: fewest, then least value. None where none is safe."""
    smaa = primaere(raw, terskel)
    for naboer in _i_rekkefoelge(raw, smaa):
        if trygg(raw, smaa, smaa | naboer, terskel):
            return smaa | naboer
    return None


def trygg(raw: RawCounts, smaa: frozenset[int], skjult: frozenset[int], terskel: int) -> bool:
    if not smaa:
        return not skjult or len(skjult) > 1
    if len(skjult) < 2 or not {BARN} <= raw.additive:
        return False
    valgte = [raw.rader[nummer] for nummer in skjult]
    bare_nuller = not any(raw.rader[nummer].barn or raw.rader[nummer].familier for nummer in smaa)
    grense = MINSTE_BREDDE if bare_nuller else terskel
    barn = sum(rad.barn for rad in valgte)
    familier = raw.total.familier
    if FAMILIER in raw.additive:
        familier = sum(rad.familier for rad in valgte)
    return barn >= grense and familier >= grense and _andres_barn(raw, valgte) >= 1


def _andres_barn(raw: RawCounts, valgte: list[Rad]) -> int:
    """Children behind the hidden rows that are certainly not of one and the same family (rule 5)."""
    if all(rad.stoerste is not None for rad in valgte):
        return sum(rad.barn - (rad.stoerste or 0) for rad in valgte)
    skjulte = [rad.familier for rad in valgte]
    if FAMILIER in raw.additive:
        return sum(skjulte) - 1
    viste = sum(rad.familier for rad in raw.rader) - sum(skjulte)
    return max(*skjulte, raw.total.familier - viste) - 1


def _i_rekkefoelge(raw: RawCounts, smaa: frozenset[int]) -> Iterator[frozenset[int]]:
    store = [nummer for nummer in range(len(raw.rader)) if nummer not in smaa]

    def verdi(gruppe: Iterable[int]) -> tuple[int, int, tuple[int, ...]]:
        rader = [raw.rader[nummer] for nummer in gruppe]
        return sum(r.barn for r in rader), sum(r.familier for r in rader), tuple(gruppe)

    for antall in range(min(FLESTE_NABOER, len(store)) + 1):
        yield from map(frozenset, sorted(combinations(store, antall), key=verdi))
    yield frozenset(store)
