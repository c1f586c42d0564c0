"""A whole number and an amount as somebody writes them, and why what is written is none.

In Norwegian a space stands between thousands and a comma before the decimals. A dot in «1.000» is a thousand to one
and one to another, so such a number is asked about and never guessed.
"""

import re

from koordinering.tekst import N_

HELTALL = N_("Skriv et helt tall.")
BELOEP = N_("Skriv et beløp i kroner, for eksempel 250 eller 99,50.")
PUNKTUM = N_("Skriv tallet uten punktum: 1 000 for tusen.")

_MELLOM = "[ \u00a0\u2009\u202f]"
"""What stands between thousands: the ordinary space, and those that text and spreadsheets are pasted with."""
_HELE = rf"[0-9]{{1,3}}(?:{_MELLOM}[0-9]{{3}})+|[0-9]+"
_ETT_MELLOMROM = re.compile(_MELLOM)
_HELTALL = re.compile(rf"[-\u2212]?(?:{_HELE})")
_KRONER = re.compile(rf"(?:kr\.?\s*)?({_HELE})(?:[.,]([0-9]{{1,2}})|,-)?(?:\s*kr\.?)?", re.IGNORECASE)
_MED_PUNKTUM = re.compile(r"[0-9]\.[0-9]{3}(?![0-9])")
_MAKS_TEGN, _MAKS_KRONER = 30, 7
"""Characters of a number and figures of an amount: more than any of ours has."""


def les_heltall(tekst: str) -> int:
    """The number: «1000», «1 000». Raises ValueError with what is wrong, in words."""
    skrevet = tekst.strip()
    if len(skrevet) > _MAKS_TEGN or not _HELTALL.fullmatch(skrevet):
        raise ValueError(PUNKTUM if har_tusenpunktum(skrevet) else HELTALL)
    return int(_uten_mellomrom(skrevet).replace("\u2212", "-"))


def les_kroner(tekst: str) -> int:
    """The amount in øre: «1 250», «99,50», «250 kr»; nothing written is nothing. Raises ValueError, in words."""
    skrevet = tekst.strip() or "0"
    funnet = _KRONER.fullmatch(skrevet)
    hele = _uten_mellomrom(funnet[1]) if funnet else ""
    if funnet is None or len(hele) > _MAKS_KRONER:
        raise ValueError(PUNKTUM if har_tusenpunktum(skrevet) else BELOEP)
    return int(hele) * 100 + int((funnet[2] or "0").ljust(2, "0"))


def har_tusenpunktum(tekst: str) -> bool:
    """Whether a dot stands where somebody may have meant a thousand by it."""
    return _MED_PUNKTUM.search(tekst) is not None


def kroner_tekst(oere: int) -> str:
    """Øre as somebody would type them."""
    hele, rest = divmod(oere, 100)
    return f"{hele},{rest:02d}" if rest else str(hele)


def _uten_mellomrom(tekst: str) -> str:
    return _ETT_MELLOMROM.sub("", tekst)
