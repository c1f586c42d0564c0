"""The search for the cheapest safe pattern in a table where referrals are divided.

Hiding more never tells more, so every safe pattern holds the small cells and, for whatever an attacker still
learns too much of, at least one of the cells that could blur it. Patterns are tried from the cheapest, so the
first safe one is optimal. Cost: total cells first, then number of cells, then the sum of what is hidden. The
number of patterns tried is limited (not the time, so that the answer is always the same); past it a safe
pattern is built greedily and then thinned.
"""

import heapq
from collections.abc import Iterable

from koordinering.statistikk.disclosure.deling import PERSONER, Angrep, Tall, Valg, brudd
from koordinering.statistikk.disclosure.tabell import GITT, HENVIST, VENTELISTE, RawCounts

FLEST_MOENSTRE = 4_000

Pris = tuple[int, int, int]
Moenster = frozenset[Valg]


def skjul(raw: RawCounts, terskel: int, flest: int = FLEST_MOENSTRE) -> Moenster | None:
    """The cells to hide, or None where no pattern is safe (the table cannot be shown)."""
    tall = Tall(raw, terskel)
    koe: list[tuple[Pris, list[Valg], Moenster]] = []
    sett: set[Moenster] = set()
    _legg(koe, sett, tall, [tall.primaere])
    for _ in range(flest):
        if not koe:
            return None
        _, _, moenster = heapq.heappop(koe)
        neste = _neste(tall, moenster)
        if neste is None:
            return moenster
        _legg(koe, sett, tall, neste)
    return _tynn(tall, _graadig(tall))


def pris(tall: Tall, moenster: Moenster) -> Pris:
    summer = sum(rad == tall.sum for rad, _ in moenster)
    verdi = {PERSONER: tall.barn, HENVIST: tall.henvist, GITT: tall.gitt, VENTELISTE: tall.vent}
    antall = sum(2 if navn == PERSONER else 1 for _, navn in moenster)
    return summer, antall, sum(verdi[navn][rad] for rad, navn in moenster)


def _legg(
    koe: list[tuple[Pris, list[Valg], Moenster]], sett: set[Moenster], tall: Tall, nye: Iterable[Moenster]
) -> None:
    for moenster in nye:
        if moenster not in sett:
            sett.add(moenster)
            heapq.heappush(koe, (pris(tall, moenster), sorted(moenster), moenster))


def _neste(tall: Tall, moenster: Moenster) -> list[Moenster] | None:
    """The patterns one step larger that could mend one breach; None where nothing is wrong."""
    funnet = brudd(tall, moenster)
    if not funnet:
        return None
    angrep = Angrep(tall, moenster)
    smalest = min((_kandidater(tall, angrep, valg) for valg in funnet), key=len)
    return [moenster | tillegg for tillegg in smalest]


def _kandidater(tall: Tall, angrep: Angrep, valg: Valg) -> list[Moenster]:
    rad, navn = valg
    hele = [tall.hel_rad(r) for r in range(tall.sum)]
    deler = [frozenset({(r, n)}) for r in range(tall.sum + 1) for n in (GITT, VENTELISTE)]
    if navn == HENVIST:
        mulige = hele
    elif navn == PERSONER:
        mulige = hele + [frozenset({(r, PERSONER)}) for r in range(tall.sum)]
    elif angrep.ligger_i_raden(valg):
        mulige = [hele[rad], *(d for d in deler if (rad, GITT) in d or (rad, VENTELISTE) in d)]
    else:
        mulige = hele + deler
    kan = [m for m in mulige if all(tall.kan_skjules(v) for v in m)]
    return [m for m in kan if not m <= angrep.skjult]


def _graadig(tall: Tall) -> Moenster | None:
    moenster = tall.primaere
    while (neste := _neste(tall, moenster)) is not None:
        if not neste:
            return None
        moenster = min(neste, key=lambda m: (pris(tall, m), sorted(m)))
    return moenster


def _tynn(tall: Tall, moenster: Moenster | None) -> Moenster | None:
    """Take away again what turned out not to be needed, the dearest first."""
    if moenster is None:
        return None
    for valg in sorted(moenster - tall.primaere, key=lambda v: (pris(tall, frozenset({v})), v), reverse=True):
        mindre = moenster - {valg}
        if valg[1] not in (HENVIST, PERSONER) and (valg[0], HENVIST) not in mindre:
            moenster = mindre if _neste(tall, mindre) is None else moenster
    return moenster
