"""Passwords that are tried first: whether a new one is among them, or one of them dressed up. No network is asked."""

import gzip
import re
import unicodedata
from functools import cache
from importlib import resources

_LIKT = str.maketrans({"0": "o", "1": "i", "3": "e", "4": "a", "5": "s", "7": "t", "@": "a", "$": "s", "!": "i"})
"""Signs that people write for letters."""

_PYNT = re.compile(r"[\W\d_]+")
_KORTEST = 3
"""A shorter core than this says nothing of the whole."""


@cache
def listen() -> frozenset[str]:
    """The passwords, in small letters. Where they come from stands in data/passord/KILDE.json."""
    mappe = resources.files("koordinering") / "data" / "passord"
    fra_lekkasjer = gzip.decompress((mappe / "common-passwords.txt.gz").read_bytes()).decode()
    norske = (mappe / "norske.txt").read_text(encoding="utf-8")
    linjer = (linje.strip() for linje in (*fra_lekkasjer.splitlines(), *norske.splitlines()))
    return frozenset(linje for linje in linjer if linje and not linje.startswith("#"))


def er_vanlig(passord: str) -> bool:
    """Whether it is on the list, or is one on the list with digits and marks about it, repeated, or with 0 for o."""
    grunn = unicodedata.normalize("NFKC", passord).casefold()
    if grunn in listen() or re.sub(r"[\W_]+", "", grunn).isdecimal():
        return True  # digits alone are a date, a telephone number, or the keys in order
    return any(_kjernen(form) in listen() for form in {grunn, _bytt_tegn(grunn)})


def _bytt_tegn(tekst: str) -> str:
    """Letters for the signs that stand for them, but not for the digits at the ends: they are a year or a number."""
    kjerne = re.sub(r"^[\d\W_]+|[\d\W_]+$", "", tekst)
    return kjerne.translate(_LIKT)


def _kjernen(tekst: str) -> str:
    """The letters alone, once where they are the same over and over; all of it where there are too few letters."""
    bokstaver = _PYNT.sub("", tekst)
    return _en_gang(bokstaver) if len(bokstaver) >= _KORTEST else tekst


def _en_gang(tekst: str) -> str:
    for lengde in range(1, len(tekst) // 2 + 1):
        if len(tekst) % lengde == 0 and tekst[:lengde] * (len(tekst) // lengde) == tekst:
            return tekst[:lengde]
    return tekst
