"""The reference of a case, F-XXXX-XX: random, meaningless, and able to tell that it was mistyped."""

import random

from koordinering.saker.rules.kodetegn import SYSTEM, Kodeslag

_REFERANSE = Kodeslag("F", (4, 2))


def ny(rng: random.Random = SYSTEM) -> str:
    """Draw a reference out of 32^5 = 33,554,432; the caller draws again where it is taken."""
    return _REFERANSE.ny(rng)


def normaliser(tekst: str) -> str | None:
    """Return what was typed as F-XXXX-XX, or None where it cannot be a reference."""
    return _REFERANSE.normaliser(tekst)
