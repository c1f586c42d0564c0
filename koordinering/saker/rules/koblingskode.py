"""The linking code that a family carries from one service to the next, K-XXXX-XXXX-XXXX; never a case's reference."""

import random
from collections import Counter
from collections.abc import Iterator, Sequence

from koordinering.saker.rules.kodetegn import SYSTEM, Kodeslag
from koordinering.tekst import N_, Kode

_KODE = Kodeslag("K", (4, 4, 4))
"""55 random bits and a check character: it is drawn once and never looked for, since two are never the same."""


class Kodevalg(Kode):
    """What is said about the family's code."""

    BEHOLD = "behold", N_("Ikke endre")
    HAR = "har", N_("Familien har en kode fra en annen tjeneste")
    NY = "ny", N_("Familien får denne koden: %(kode)s")
    UTEN = "uten", N_("Uten kode")


def ny(rng: random.Random = SYSTEM) -> str:
    """Draw a code."""
    return _KODE.ny(rng)


def normaliser(tekst: str) -> str | None:
    """Return what was typed as K-XXXX-XXXX-XXXX, or None where it cannot be a linking code."""
    return _KODE.normaliser(tekst)


def barnas_plass(foedselsaar: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Birth year of each child, and which it is among the family's children of that year, in the case's order.

    That is all a code knows a child by: twins change places between two services without being others for it.
    """
    sett: Counter[int] = Counter()
    for aar in foedselsaar:
        sett[aar] += 1
        yield aar, sett[aar]
