"""Kinds of lines in the access log, and the patterns that are worth a look: their limits are data."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from types import MappingProxyType
from zoneinfo import ZoneInfo

from koordinering.tekst import N_, Kode

_OSLO = ZoneInfo("Europe/Oslo")


class Linjeslag(Kode):
    """What kind of act a line tells of."""

    LESING = "lesing", N_("Lesing og søk")
    ENDRING = "endring", N_("Registrering og endring")
    NEKTELSE = "nektelse", N_("Avvisninger")
    UTTREKK = "uttrekk", N_("Uttrekk, filer og publisering")
    INNLOGGING = "innlogging", N_("Innlogging og økter")
    RETTIGHET = "rettighet", N_("Brukere, rettigheter og kommunens valg")


class Moenster(Kode):
    """A use of the product that may have a good reason, and that somebody should ask about."""

    MANGE_SAKER = "mange_saker", N_("Mange saker på en dag")
    NATT = "natt", N_("Lesing om natten")
    NEKTELSER = "nektelser", N_("Mange avvisninger på en dag")
    UTEN_HENVISNING = "uten_henvisning", N_("Åpnet saker der ingenting skjedde den neste uken")


@dataclass(frozen=True)
class Grense:
    """When a pattern is shown: one user, one day in Norway."""

    minst: int
    """Lines, or different cases and referrals, on that day."""
    forklaring: str


GRENSER: Mapping[Moenster, Grense] = MappingProxyType(
    {
        Moenster.MANGE_SAKER: Grense(25, N_("En bruker åpnet minst %(minst)d ulike saker og henvisninger på en dag.")),
        Moenster.NATT: Grense(3, N_("En bruker leste eller søkte minst %(minst)d ganger mellom kl. 22 og 6.")),
        Moenster.NEKTELSER: Grense(5, N_("En bruker, eller noen uten innlogging, ble avvist minst %(minst)d ganger.")),
        Moenster.UTEN_HENVISNING: Grense(
            3,
            N_(
                "En bruker åpnet minst %(minst)d saker der ingen henvisning ble laget eller behandlet den neste uken. "
                "Saker som er slettet, er ikke med."
            ),
        ),
    }
)

UKEN_ETTER = timedelta(days=7)
NATT_FRA, NATT_TIL = time(22), time(6)
STANDARDPERIODE, LENGSTE_PERIODE = timedelta(days=29), timedelta(days=91)
"""Days before the last one, that a page of patterns looks at."""


def periode(fra: date | None, til: date | None, idag: date) -> list[date]:
    """The days to look at, the last ones of what was asked for; never more than the longest period."""
    siste = min(til or idag, idag)
    foerste = fra or siste - STANDARDPERIODE
    foerste = min(max(foerste, siste - LENGSTE_PERIODE), siste)
    return [foerste + timedelta(days=nr) for nr in range((siste - foerste).days + 1)]


def kl(dag: date, klokken: time = time(0)) -> datetime:
    """A moment of that day in Norway."""
    return datetime.combine(dag, klokken, _OSLO)


def natten(dag: date) -> tuple[tuple[datetime, datetime], ...]:
    """The two parts of the day that are night."""
    return (kl(dag), kl(dag, NATT_TIL)), (kl(dag, NATT_FRA), kl(dag + timedelta(days=1)))
