"""Which cases are counted as one family: for counts and ceilings only."""

from collections import Counter, defaultdict
from collections.abc import Collection, Hashable, Iterator, Mapping
from itertools import chain, combinations
from types import MappingProxyType

_INGEN: Mapping[int, int] = MappingProxyType({})


def familier(saker: Mapping[int, Collection[Hashable]], uten_lenke: Mapping[int, int] = _INGEN) -> list[frozenset[int]]:
    """Group cases into families, ordered by their lowest case id.

    `saker` gives each case its linked children (blind indexes), `uten_lenke` how many children it has
    without one; a case may stand in either or both. Two cases belong together when more than half of the
    children of the smaller one are the same children; a family is a connected group of such cases. A child
    without a link is a child of its own: it makes its case larger and is never the same as another.
    """
    lenkede = {sak: frozenset(barn) for sak, barn in saker.items()}
    stoerrelse = {sak: len(lenkede.get(sak, ())) + uten_lenke.get(sak, 0) for sak in lenkede.keys() | uten_lenke.keys()}
    leder = {sak: sak for sak in stoerrelse}
    for en, annen, felles in _par_med_felles_barn(lenkede):
        if 2 * felles > min(stoerrelse[en], stoerrelse[annen]):
            en, annen = _foerste(leder, en), _foerste(leder, annen)
            leder[max(en, annen)] = min(en, annen)
    grupper: dict[int, set[int]] = defaultdict(set)
    for sak in sorted(leder):
        grupper[_foerste(leder, sak)].add(sak)
    return [frozenset(gruppe) for gruppe in grupper.values()]


def _par_med_felles_barn(lenkede: Mapping[int, frozenset[Hashable]]) -> Iterator[tuple[int, int, int]]:
    """Each pair of cases that share children, with how many. Cases that share none are never compared."""
    saker_med: dict[Hashable, list[int]] = defaultdict(list)
    for sak, barn in lenkede.items():
        for indeks in barn:
            saker_med[indeks].append(sak)
    par = chain.from_iterable(combinations(saker, 2) for saker in saker_med.values() if len(saker) > 1)
    for (en, annen), antall in Counter(par).items():
        yield en, annen, antall


def _foerste(leder: dict[int, int], sak: int) -> int:
    """The lowest case of the group; halves the path on the way, so that long chains stay fast."""
    while leder[sak] != sak:
        leder[sak] = leder[leder[sak]]
        sak = leder[sak]
    return sak
