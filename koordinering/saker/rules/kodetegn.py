"""Codes that people read and type: random, meaningless, and able to tell that they were mistyped."""

import random
import re
import secrets
from dataclasses import dataclass

ALFABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base32: no I, L, O (read as 1 and 0) and no U."""

SYSTEM = secrets.SystemRandom()

_VERDI = {tegn: verdi for verdi, tegn in enumerate(ALFABET)}
_LESES_SOM = str.maketrans("OIL", "011")
_SKILLETEGN = re.compile(r"[\s\-\u2010-\u2015\u2212]+")
_POLYNOM = 0b100101  # x^5 + x^2 + 1, primitive: its powers run through all 31 non-zero values
_KONSTANT = 8  # makes the reference that all documents show, F-7K3M-Q2, a valid one


@dataclass(frozen=True)
class Kodeslag:
    """A kind of code: its letter, and how its characters are grouped; the last one is the check character."""

    bokstav: str
    grupper: tuple[int, ...]

    @property
    def lengde(self) -> int:
        """Characters after the letter, at most 31: the check tells every place from every other."""
        return sum(self.grupper)

    def ny(self, rng: random.Random = SYSTEM) -> str:
        """Draw one of 32^(lengde - 1)."""
        kropp = _trekk(rng, self.lengde - 1)
        return self._med_streker(kropp + kontrolltegn(kropp))

    def normaliser(self, tekst: str) -> str | None:
        """Return what was typed as the code is written, or None where it cannot be one.

        Takes lower case, missing or other dashes, spaces, a missing letter, O for 0, and I or L for 1.
        """
        tegn = _SKILLETEGN.sub("", tekst).upper().translate(_LESES_SOM)
        if len(tegn) == self.lengde + 1:
            if tegn[0] != self.bokstav:
                return None
            tegn = tegn[1:]
        if len(tegn) != self.lengde or any(t not in _VERDI for t in tegn):
            return None
        return self._med_streker(tegn) if kontrolltegn(tegn[:-1]) == tegn[-1] else None

    def _med_streker(self, tegn: str) -> str:
        deler, fra = [self.bokstav], 0
        for antall in self.grupper:
            deler.append(tegn[fra : fra + antall])
            fra += antall
        return "-".join(deler)


def _trekk(rng: random.Random, antall: int) -> str:
    if rng is not SYSTEM:
        return "".join(rng.choice(ALFABET) for _ in range(antall))
    # the system is asked once for all: a byte has as many values for each of the 32
    return "".join([ALFABET[en % len(ALFABET)] for en in secrets.token_bytes(antall)])


def kontrolltegn(kropp: str) -> str:
    """Return the check character.

    The characters are weighed with different powers of x in the field of 32 elements. A character changed
    moves the sum by a non-zero product, and two that change places by (difference of weights) times
    (difference of characters): both are always seen, also where the check character takes part.
    """
    sum_ = 0
    for tegn in kropp:
        sum_ = _ganger_x(sum_ ^ _VERDI[tegn])
    return ALFABET[sum_ ^ _KONSTANT]


def _ganger_x(verdi: int) -> int:
    doblet = verdi << 1
    return doblet ^ _POLYNOM if doblet & 0b100000 else doblet
