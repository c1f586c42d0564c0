"""What can be done to a point, and what a point may hold."""

from dataclasses import dataclass

from koordinering.errors import DomainError, UgyldigFelt
from koordinering.plan.serier.rules.enhet import HELE, TELLER_FOLK, Enhetsslag
from koordinering.tallskrift import HELTALL
from koordinering.tekst import N_, Kode

STOERST = 1e12


class Endringsslag(Kode):
    """Kinds of change."""

    FOERT = "foert", N_("Ført")
    RETTET = "rettet", N_("Rettet")
    SLETTET = "slettet", N_("Slettet")
    IMPORTERT = "importert", N_("Hentet fra fil")
    ANGRET = "angret", N_("Angret")


class KanIkkeAngres(DomainError):
    """What the change did has been changed again since."""

    status = 409
    melding = N_("Tallene er endret igjen etterpå, så dette kan ikke angres. Rett tallet i stedet.")


class LiteTall(UgyldigFelt):
    """A small count that may point somebody out: asked about before it is stored."""


@dataclass(frozen=True)
class Tall:
    """What is to be stored of one point: a number or a sign, never both."""

    periode: str
    verdi: float | None
    tegn: str | None = None
    kilde: str | None = None
    telledefinisjon: str | None = None
    brudd: bool = False
    brudd_grunn: str | None = None
    kommunenummer: str | None = None


def er_lite(slag: Enhetsslag, verdi: float | None, terskel: int) -> bool:
    """Whether it is a count of people from 1 to the threshold (DISCLOSURE.md rule 1)."""
    return slag in TELLER_FOLK and verdi is not None and 0 < verdi < terskel


def sjekk_verdi(slag: Enhetsslag, verdi: float | None) -> None:
    """Raise UgyldigFelt unless the number can be one of this unit."""
    if verdi is None:
        return
    if not 0 <= verdi <= STOERST:
        raise UgyldigFelt("verdi", N_("Tallet må være 0 eller mer, og ikke større enn 1 000 milliarder."))
    if slag is Enhetsslag.PROSENT and verdi > 100:
        raise UgyldigFelt("verdi", N_("Prosent må være fra 0 til 100."))
    if slag is Enhetsslag.JA_NEI and verdi not in (0, 1):
        raise UgyldigFelt("verdi", N_("Skriv ja eller nei."))
    if slag in HELE and verdi != int(verdi):
        raise UgyldigFelt("verdi", HELTALL)


def sjekk_brudd(tall: Tall) -> None:
    """Raise UgyldigFelt for a break without a reason: the reason stands beside the figure wherever it is shown."""
    if tall.brudd and not tall.brudd_grunn:
        raise UgyldigFelt("brudd_grunn", N_("Skriv hvorfor tallet ikke kan sammenlignes med tallet før."))
