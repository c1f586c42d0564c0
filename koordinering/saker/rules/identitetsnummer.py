"""Which identity numbers may be used here, and made-up ones; nothing here keeps one."""

import random
import re
from datetime import date

from koordinering.errors import DomainError
from koordinering.fritekst.sifre import (
    D_TILLEGG,
    LENGDE,
    USYNLIGE_OG_STREKER,
    Maanedstillegg,
    kontrollsifre,
    maanedstillegg,
    regler,
)
from koordinering.tekst import N_, Kode

_SKILLETEGN = re.compile(rf"[\s.{USYNLIGE_OG_STREKER}]+")


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
    tillegg = maanedstillegg(nummer)
    if tillegg is None:
        raise Ugyldig(Grunn.DATO)
    if not regler(nummer):
        raise Ugyldig(Grunn.KONTROLLSIFRE)
    _krev_rett_serie(tillegg, syntetisk)
    return nummer


def passer(nummer: str, foedselsaar: int) -> bool:
    """Tell whether the digits of a checked number are those of somebody born in this year.

    The century cannot be read from a number, and need not be: nobody here is more than a few decades old.
    """
    return int(nummer[4:6]) == foedselsaar % 100


def syntetisk(rng: random.Random, foedt: date, d_nummer: bool = False) -> str:
    """Make a synthetic number (month + 80) for demo and tests. Two calls can give the same number."""
    dag = foedt.day + (D_TILLEGG if d_nummer else 0)
    dato = f"{dag:02}{foedt.month + Maanedstillegg.SYNTETISK:02}{foedt.year % 100:02}"
    start = 500 if foedt.year >= 2000 else 0
    while True:
        kropp = f"{dato}{rng.randrange(start, start + 500):03}"
        foerste, andre = kontrollsifre(kropp)
        if foerste < 10 and andre < 10:
            return f"{kropp}{foerste}{andre}"


def _krev_rett_serie(tillegg: Maanedstillegg, vil_ha_syntetisk: bool) -> None:
    if vil_ha_syntetisk and tillegg is Maanedstillegg.INGEN:
        raise Ugyldig(Grunn.EKTE)
    if not vil_ha_syntetisk and tillegg is Maanedstillegg.SYNTETISK:
        raise Ugyldig(Grunn.SYNTETISK)
    if not vil_ha_syntetisk and tillegg is Maanedstillegg.HJELPENUMMER:
        raise Ugyldig(Grunn.HJELPENUMMER)
