"""Digits in a text: identity numbers by both check rules, account numbers and telephone numbers."""

import re
import unicodedata
from collections.abc import Iterator
from datetime import date
from enum import IntEnum
from operator import mul

from koordinering.tekst import N_, Kode

LENGDE = 11
"""Digits of an identity number and of an account number."""

USYNLIGE_OG_STREKER = r"\-\u00ad\u200b-\u200d\u2010-\u2015\u2060\u2212\ufeff"
D_TILLEGG = 40
"""What a D-number adds to the day."""

_VEKTER_1 = (3, 7, 6, 1, 8, 9, 4, 5, 2, 1)
_VEKTER_2 = (5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1)
_SIFFERREKKE = re.compile(rf"[0-9]+(?:[\s.,:;/_{USYNLIGE_OG_STREKER}]{{1,3}}[0-9]+)*")


class Regel(Kode):
    """The two check-digit rules that live side by side from 1 January 2032."""

    DAGENS = "dagens", N_("Dagens regel")
    FRA_2032 = "fra_2032", N_("Regelen fra 2032")


class Maanedstillegg(IntEnum):
    """What a series adds to the month. Tenor's test population uses 80, help numbers and Nav's tests 40."""

    INGEN = 0
    HJELPENUMMER = 40
    SYNTETISK = 80


def regler(nummer: str) -> frozenset[Regel]:
    """Which check-digit rules eleven digits satisfy; the date is not looked at."""
    if rest(nummer, _VEKTER_2) != 0:
        return _INGEN
    foerste = rest(nummer, _VEKTER_1)
    if foerste == 0:
        return _BEGGE
    return _NY if foerste <= 3 else _INGEN


_INGEN: frozenset[Regel] = frozenset()
_BEGGE, _NY = frozenset(Regel), frozenset({Regel.FRA_2032})


def kontrollsifre(kropp: str) -> tuple[int, int]:
    """The two check digits of nine digits by today's rule; 10 where there is none."""
    foerste = -rest(kropp, _VEKTER_1) % 11
    return foerste, -rest(f"{kropp}{foerste}", _VEKTER_2) % 11


def rest(sifre: str, vekter: tuple[int, ...]) -> int:
    """The weighted sum modulo 11."""
    # the second rule needs one digit more than the first; a body without check digits is shorter than both
    summen: int = sum(map(mul, map(int, sifre), vekter))
    return summen % 11


def maanedstillegg(nummer: str) -> Maanedstillegg | None:
    """Return the series the month tells of, or None where the date cannot be."""
    dag, maaned, aar = int(nummer[:2]), int(nummer[2:4]), int(nummer[4:6])
    dag -= D_TILLEGG if dag > D_TILLEGG else 0
    tillegg = _TILLEGG.get(maaned)
    if tillegg is None:
        return None
    try:
        # the century cannot be read from a number; 2000 is the one where every fourth year is a leap year
        date(2000 + aar, maaned - tillegg, dag)
    except ValueError:
        return None
    return tillegg


_TILLEGG = {maaned + tillegg: tillegg for tillegg in Maanedstillegg for maaned in range(1, 13)}


def har_identitetsnummer(tekst: str) -> bool:
    """Tell whether free text holds an identity number of any series, also with spaces or dots inside."""
    ren = _ren(tekst)
    return _har_sifre(ren, LENGDE) and any(
        maanedstillegg(nummer) is not None and regler(nummer)
        for rekke in _SIFFERREKKE.findall(ren)
        for nummer in _elleve_sifre(_SIFRE.findall(rekke))
    )


def uten_identitetsnummer(tekst: str) -> str:
    """The text without the digits where an identity number stands; the text itself where there is none."""
    while har_identitetsnummer(tekst):  # what stood on either side can make one more
        tekst = _SIFFERREKKE.sub(lambda rekke: "" if har_identitetsnummer(rekke[0]) else rekke[0], _ren(tekst))
    return tekst


def _ren(tekst: str) -> str:
    return unicodedata.normalize("NFKC", tekst)


_SIFRE = re.compile("[0-9]+")


def _har_sifre(ren: str, antall: int) -> bool:
    """So many that a number of that length can stand in it: few texts have, and the others are not searched."""
    return len(ren) >= antall and sum(map(len, _SIFRE.findall(ren))) >= antall


def _elleve_sifre(biter: list[str]) -> Iterator[str]:
    """Every run of whole pieces that together have eleven digits."""
    for start in range(len(biter)):
        samlet = ""
        for bit in biter[start : start + LENGDE]:
            samlet += bit
            if len(samlet) >= LENGDE:
                break
        if len(samlet) == LENGDE:
            yield samlet


# One kind of sign between the groups, or none: «1234.56.78903», «1234 56 78903», «12345678903».
_KONTO = re.compile(rf"(?<![0-9])([0-9]{{4}})([\s.{USYNLIGE_OG_STREKER}]?)([0-9]{{2}})\2([0-9]{{5}})(?![0-9])")


def har_kontonummer(tekst: str) -> bool:
    """Tell whether free text holds a Norwegian account number: eleven digits whose weighted sum modulo 11 is 0."""
    ren = _ren(tekst)
    funnet = _KONTO.findall(ren) if _har_sifre(ren, LENGDE) else ()
    return any(rest(f"{register}{slag}{resten}", _VEKTER_2) == 0 for register, _, slag, resten in funnet)


_MELLOM = rf"[\s.{USYNLIGE_OG_STREKER}]"
_ALENE = rf"(?<![0-9])(?<![0-9]{_MELLOM})", rf"(?!{_MELLOM}?[0-9])"
_DAG = r"(?:0?[1-9]|[12][0-9]|3[01])"
_KLOKKE = r"(?:[01]?[0-9]|2[0-3])[.:][0-5][0-9]"
_BELOEP = r"(?:[0-9]{1,3}(?:[\s.][0-9]{3})+|[0-9]{1,7})"
"""In threes, or at most seven digits together: eight are a telephone number before they are money."""
_HARMLOEST = tuple(
    re.compile(moenster, re.IGNORECASE)
    for moenster in (
        # amounts: before or after «kr», «kroner», «,-»
        rf"(?<![0-9]){_BELOEP}(?:,[0-9]{{2}})?\s?(?:kr\b|kroner\b|,-)",
        rf"\bkr\.?\s?{_BELOEP}(?![0-9])",
        # days: 12.8.2026, 12.08.26, 2026-08-12, 20260812
        rf"{_ALENE[0]}{_DAG}[./-](?:0?[1-9]|1[0-2])[./-](?:(?:19|20)[0-9]{{2}}|[0-9]{{2}}){_ALENE[1]}",
        rf"{_ALENE[0]}(?:19|20)[0-9]{{2}}-?(?:0[1-9]|1[0-2])-?(?:0[1-9]|[12][0-9]|3[01]){_ALENE[1]}",
        # seasons and school years: 2026/2027, 2026–2027
        rf"{_ALENE[0]}(?:19|20)[0-9]{{2}}\s?[/{USYNLIGE_OG_STREKER}]\s?(?:19|20)[0-9]{{2}}{_ALENE[1]}",
        # from one time of the day to another: 17.30–19.00
        rf"{_ALENE[0]}{_KLOKKE}\s?[{USYNLIGE_OG_STREKER}]\s?{_KLOKKE}{_ALENE[1]}",
    )
)
"""Digits that say when and how much, in the forms people write."""

_NORSK = re.compile(rf"(?<![0-9])(?!20)[2-9](?:{_MELLOM}?[0-9]){{7}}(?![0-9])")
_UTLAND = re.compile(rf"(?:\+|(?<![0-9])00)[1-9](?:{_MELLOM}?[0-9]){{6,13}}(?![0-9])")
_KORTESTE = 7
"""Digits of the shortest: one abroad, after its «+». What is harmless only takes digits away."""


def har_telefonnummer(tekst: str) -> bool:
    """Tell whether free text holds a telephone number: eight digits, not beginning with 0, 1 or 20, or one abroad.

    Eight digits that are a day, a season, hours or an amount are left alone.
    """
    ren = _ren(tekst)
    if not _har_sifre(ren, _KORTESTE):
        return False
    for moenster in _HARMLOEST:
        ren = moenster.sub("x", ren)
    return bool(_NORSK.search(ren) or _UTLAND.search(ren))
