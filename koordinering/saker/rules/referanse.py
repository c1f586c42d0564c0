"""The reference of a case, F-XXXX-XX: random, meaningless, and able to tell that it was mistyped."""

import random
import re
import secrets

ALFABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base32: no I, L, O (read as 1 and 0) and no U."""

_VERDI = {tegn: verdi for verdi, tegn in enumerate(ALFABET)}
_LESES_SOM = str.maketrans("OIL", "011")
_SKILLETEGN = re.compile(r"[\s\-\u2010-\u2015\u2212]+")
_TILFELDIGE = 5
_POLYNOM = 0b100101  # x^5 + x^2 + 1, primitive: its powers run through all 31 non-zero values
_KONSTANT = 8  # makes the reference that all documents show, F-7K3M-Q2, a valid one
_SYSTEM = secrets.SystemRandom()


def ny(rng: random.Random = _SYSTEM) -> str:
    """Draw a reference out of 32^5 = 33,554,432; the caller draws again where it is taken."""
    kropp = "".join(rng.choice(ALFABET) for _ in range(_TILFELDIGE))
    return _med_streker(kropp + kontrolltegn(kropp))


def normaliser(tekst: str) -> str | None:
    """Return what was typed as F-XXXX-XX, or None where it cannot be a reference.

    Takes lower case, missing or other dashes, spaces, a missing F, O for 0, and I or L for 1.
    """
    tegn = _SKILLETEGN.sub("", tekst).upper().translate(_LESES_SOM)
    if len(tegn) == _TILFELDIGE + 2:
        if tegn[0] != "F":
            return None
        tegn = tegn[1:]
    if len(tegn) != _TILFELDIGE + 1 or any(t not in _VERDI for t in tegn):
        return None
    return _med_streker(tegn) if kontrolltegn(tegn[:-1]) == tegn[-1] else None


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


def _med_streker(tegn: str) -> str:
    return f"F-{tegn[:4]}-{tegn[4:]}"
