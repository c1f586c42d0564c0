"""Plain rules of a club: numbers that check themselves, and what is written about it."""

import re
from dataclasses import dataclass

from koordinering.errors import UgyldigFelt
from koordinering.tekst import N_

_SKILLE = re.compile(r"[\s.\u00a0]")
ORGNR_VEKTER = (3, 2, 7, 6, 5, 4, 3, 2)
KONTO_VEKTER = (5, 4, 3, 2, 7, 6, 5, 4, 3, 2)
_EPOST = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]{2,}")
_TELEFON = re.compile(r"\+?[\d\s]{5,20}")


@dataclass(frozen=True)
class Lagopplysninger:
    """What is written about a club; the fields are those of the table."""

    navn: str
    orgnr: str
    kontakt: str | None
    """A role in the club («kasserer»), never a person's name."""
    epost: str | None
    telefon: str | None
    kontonummer: str | None
    aktiv: bool = True


@dataclass(frozen=True)
class Kjentlag:
    """As much of a club in the list as is needed to name it. Nothing of its contact and account."""

    id: int
    navn: str
    orgnr: str
    aktiv: bool


def kontrollsiffer(sifre: str, vekter: tuple[int, ...]) -> int | None:
    """The modulus 11 check digit of these digits; None when they can have none."""
    rest = 11 - sum(int(siffer) * vekt for siffer, vekt in zip(sifre, vekter, strict=True)) % 11
    return {11: 0, 10: None}.get(rest, rest)


def _stemmer(nummer: str, vekter: tuple[int, ...]) -> bool:
    riktig_form = nummer.isascii() and nummer.isdigit() and len(nummer) == len(vekter) + 1
    return riktig_form and kontrollsiffer(nummer[:-1], vekter) == int(nummer[-1])


def sjekk_orgnr(felt: str, tekst: str) -> str:
    """The organisation number as nine digits. Raises UgyldigFelt when it is none."""
    nummer = _SKILLE.sub("", tekst)
    if not _stemmer(nummer, ORGNR_VEKTER) or nummer[0] not in "89":
        raise UgyldigFelt(felt, N_("Dette er ikke et organisasjonsnummer. Skriv ni sifre, som i Enhetsregisteret."))
    return nummer


def sjekk_kontonummer(felt: str, tekst: str) -> str:
    """The account number as eleven digits. Raises UgyldigFelt when it is none."""
    nummer = _SKILLE.sub("", tekst)
    if not _stemmer(nummer, KONTO_VEKTER) or nummer.startswith("0000"):
        raise UgyldigFelt(felt, N_("Dette er ikke et kontonummer. Skriv elleve sifre."))
    return nummer


def sjekk_lag(lag: Lagopplysninger) -> Lagopplysninger:
    """The same with its numbers as bare digits. Raises UgyldigFelt for the first thing that cannot be so."""
    if not lag.navn:
        raise UgyldigFelt("navn", N_("Skriv lagets navn."))
    if lag.epost and not _EPOST.fullmatch(lag.epost):
        raise UgyldigFelt("epost", N_("Skriv en e-postadresse, for eksempel post@laget.no."))
    if lag.telefon and not _TELEFON.fullmatch(lag.telefon):
        raise UgyldigFelt("telefon", N_("Skriv et telefonnummer med bare sifre."))
    return Lagopplysninger(
        navn=lag.navn,
        orgnr=sjekk_orgnr("orgnr", lag.orgnr),
        kontakt=lag.kontakt or None,
        epost=lag.epost or None,
        telefon=lag.telefon or None,
        kontonummer=sjekk_kontonummer("kontonummer", lag.kontonummer) if lag.kontonummer else None,
        aktiv=lag.aktiv,
    )


def i_grupper(nummer: str) -> str:
    """An organisation or account number as people write it: 987 654 321, 1234 56 78903."""
    deler = (nummer[:3], nummer[3:6], nummer[6:]) if len(nummer) == 9 else (nummer[:4], nummer[4:6], nummer[6:])
    return "\N{NO-BREAK SPACE}".join(deler)
