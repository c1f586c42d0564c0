"""Rules of the second factor: who needs one, what a code looks like, how long things wait."""

import secrets
from datetime import datetime, timedelta

from koordinering.config import Faktorkrav
from koordinering.errors import DomainError, UgyldigFelt
from koordinering.konto.rules import FERSK, STERKE, Metode
from koordinering.roles import LESER_SAKER, MATRISE, Rettighet, Rolle
from koordinering.tekst import N_, Kode

ANTALL_KODER = 10
"""Recovery codes that are made at a time."""

MAKS_PASSKEYS = 20
"""A user's passkeys; more than anybody's machines."""

SVARTID = timedelta(minutes=5)
"""How long a challenge waits for its answer."""

OPPSETTSTID = timedelta(minutes=15)
"""How long a secret for an app waits for its first code."""

STOERSTE_NAVN = 60


class Formaal(Kode):
    """What a challenge was made for; an answer to one is no answer to another."""

    INN = "inn", N_("Logge inn")
    BEVIS = "bevis", N_("Vise at det fortsatt er deg")
    NY = "ny", N_("Lage en ny passkey")


KONTOFORVALTERE = frozenset(rolle for rolle, har in MATRISE.items() if Rettighet.BRUKER_ENDRE in har)
"""Roles that can give anybody a new sign-in: taking over one of these is taking over all."""


class IkkeFersk(DomainError):
    """The proof of who sits there is too old for this: ask again first."""


def krever_faktor(roller: frozenset[Rolle], krav: Faktorkrav) -> bool:
    """Whether somebody with these roles must have a second factor."""
    if krav is Faktorkrav.SAKER:
        return bool(roller & (LESER_SAKER | KONTOFORVALTERE))
    return krav is Faktorkrav.ALLE


def er_usikret(roller: frozenset[Rolle], metode: Metode, krav: Faktorkrav) -> bool:
    """Whether a session begun this way is too weak for these roles."""
    return metode not in STERKE and krever_faktor(roller, krav)


def krev_fersk(bevist: datetime, naa: datetime, *, innen: timedelta = FERSK) -> None:
    """Raise IkkeFersk where the last proof of who sits there is older than that, or from a time that has not been."""
    if not -innen < naa - bevist < innen:
        raise IkkeFersk(N_("Vis at det er deg før du endrer dette."))


_TEGN = "abcdefghjkmnpqrstuvwxyz23456789"
_GRUPPER, _GRUPPE = 4, 4


def ny_kode() -> str:
    """A recovery code of 79 random bits, without signs that are taken for others."""
    return "-".join("".join(secrets.choice(_TEGN) for _ in range(_GRUPPE)) for _ in range(_GRUPPER))


def les_kode(tekst: str) -> str:
    """What was typed as it is compared: six digits, or a recovery code with its dashes; empty for anything else."""
    ren = "".join(tegn for tegn in tekst.casefold() if tegn.isalnum())
    if len(ren) == 6 and ren.isascii() and ren.isdigit():
        return ren
    if len(ren) == _GRUPPER * _GRUPPE and set(ren) <= set(_TEGN):
        return "-".join(ren[i : i + _GRUPPE] for i in range(0, len(ren), _GRUPPE))
    return ""


def sjekk_navn(navn: str) -> str:
    """The name of a passkey as stored. Raises UgyldigFelt at `navn`."""
    ren = " ".join(navn.replace("\x00", "").split())
    if not 1 <= len(ren) <= STOERSTE_NAVN:
        raise UgyldigFelt("navn", N_("Skriv et navn på høyst 60 tegn, så du kjenner den igjen."))
    return ren
