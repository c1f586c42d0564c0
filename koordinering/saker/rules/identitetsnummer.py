"""Which identity numbers are possible, and how one is found in free text; nothing here keeps one."""

import random
import re
import unicodedata
from collections.abc import Iterator
from datetime import date
from enum import IntEnum

from koordinering.errors import DomainError
from koordinering.tekst import N_, Kode

LENGDE = 11
_VEKTER_1 = (3, 7, 6, 1, 8, 9, 4, 5, 2, 1)
_VEKTER_2 = (5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1)
_USYNLIGE_OG_STREKER = r"\-\u00ad\u200b-\u200d\u2010-\u2015\u2060\u2212\ufeff"
_SKILLETEGN = re.compile(rf"[\s.{_USYNLIGE_OG_STREKER}]+")
_SIFFERREKKE = re.compile(rf"[0-9]+(?:[\s.,:;/_{_USYNLIGE_OG_STREKER}]{{1,3}}[0-9]+)*")


class Grunn(Kode):
    """Why a number is refused. The texts never repeat the number."""

    LENGDE = "lengde", N_("Nummeret skal ha 11 sifre.")
    IKKE_SIFRE = "ikke_sifre", N_("Nummeret skal bare ha sifre.")
    DATO = "dato", N_("De seks første sifrene er ikke en mulig dato. Se over nummeret.")
    KONTROLLSIFRE = "kontrollsifre", N_("Sifrene passer ikke sammen. Se over nummeret.")
    SYNTETISK = "syntetisk", N_("Dette er et testnummer. Det kan ikke brukes her.")
    HJELPENUMMER = "hjelpenummer", N_("Hjelpenummer kan ikke brukes. Registrer barnet uten nummer.")
    EKTE = "ekte", N_("Her kan du bare bruke testnumre, aldri et ekte nummer.")


class Ugyldig(DomainError):
    """The number cannot be used; `grunn` is the coded reason. It never holds the number."""

    def __init__(self, grunn: Grunn) -> None:
        super().__init__(grunn.tekst)
        self.grunn = grunn


class Regel(Kode):
    """The two check-digit rules that live side by side from 1 January 2032."""

    DAGENS = "dagens", N_("Dagens regel")
    FRA_2032 = "fra_2032", N_("Regelen fra 2032")


class Maanedstillegg(IntEnum):
    """What a series adds to the month. Tenor's test population uses 80, help numbers and Nav's tests 40."""

    INGEN = 0
    HJELPENUMMER = 40
    SYNTETISK = 80


_D_TILLEGG = 40


def sjekk(tekst: str, *, syntetisk: bool) -> str:
    """Return the eleven digits of a number that may be used here, or raise Ugyldig.

    `syntetisk` says which world this is: True (demo, tests) takes test numbers only, False (production)
    refuses them. Help numbers share month + 40 with test numbers and are given out by each hospital by
    itself, so that two children can have the same one: production refuses them too.
    """
    nummer = _SKILLETEGN.sub("", tekst)
    if not (nummer.isascii() and nummer.isdigit()):
        raise Ugyldig(Grunn.IKKE_SIFRE if nummer else Grunn.LENGDE)
    if len(nummer) != LENGDE:
        raise Ugyldig(Grunn.LENGDE)
    tillegg = _maanedstillegg(nummer)
    if tillegg is None:
        raise Ugyldig(Grunn.DATO)
    if not regler(nummer):
        raise Ugyldig(Grunn.KONTROLLSIFRE)
    _krev_rett_serie(tillegg, syntetisk)
    return nummer


def regler(nummer: str) -> frozenset[Regel]:
    """Which check-digit rules eleven digits satisfy; the date is not looked at."""
    if _rest(nummer, _VEKTER_2) != 0:
        return frozenset()
    rest = _rest(nummer, _VEKTER_1)
    if rest == 0:
        return frozenset(Regel)
    return frozenset({Regel.FRA_2032}) if rest <= 3 else frozenset()


def finn_i_tekst(tekst: str) -> bool:
    """Tell whether free text holds an identity number of any series, also with spaces or dots inside."""
    ren = unicodedata.normalize("NFKC", tekst)
    return any(
        _maanedstillegg(nummer) is not None and regler(nummer)
        for rekke in _SIFFERREKKE.findall(ren)
        for nummer in _elleve_sifre(re.findall("[0-9]+", rekke))
    )


def syntetisk(rng: random.Random, foedt: date, d_nummer: bool = False) -> str:
    """Make a synthetic number (month + 80) for demo and tests. Two calls can give the same number."""
    dag = foedt.day + (_D_TILLEGG if d_nummer else 0)
    dato = f"{dag:02}{foedt.month + Maanedstillegg.SYNTETISK:02}{foedt.year % 100:02}"
    start = 500 if foedt.year >= 2000 else 0
    while True:
        kropp = f"{dato}{rng.randrange(start, start + 500):03}"
        foerste = -_rest(kropp, _VEKTER_1) % 11
        andre = -_rest(f"{kropp}{foerste}", _VEKTER_2) % 11
        if foerste < 10 and andre < 10:
            return f"{kropp}{foerste}{andre}"


def _rest(sifre: str, vekter: tuple[int, ...]) -> int:
    # the second rule needs one digit more than the first; a body without check digits is shorter than both
    return sum(int(siffer) * vekt for siffer, vekt in zip(sifre, vekter, strict=False)) % 11


def _maanedstillegg(nummer: str) -> Maanedstillegg | None:
    """Return the series the month tells of, or None where the date cannot be."""
    dag, maaned, aar = int(nummer[:2]), int(nummer[2:4]), int(nummer[4:6])
    dag -= _D_TILLEGG if dag > _D_TILLEGG else 0
    for tillegg in Maanedstillegg:
        try:
            # the century cannot be read from a number; 2000 is the one where every fourth year is a leap year
            date(2000 + aar, maaned - tillegg, dag)
        except ValueError:
            continue
        return tillegg
    return None


def _krev_rett_serie(tillegg: Maanedstillegg, vil_ha_syntetisk: bool) -> None:
    if vil_ha_syntetisk and tillegg is Maanedstillegg.INGEN:
        raise Ugyldig(Grunn.EKTE)
    if not vil_ha_syntetisk and tillegg is Maanedstillegg.SYNTETISK:
        raise Ugyldig(Grunn.SYNTETISK)
    if not vil_ha_syntetisk and tillegg is Maanedstillegg.HJELPENUMMER:
        raise Ugyldig(Grunn.HJELPENUMMER)


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
