"""An assessment: what it says, where it stands, and the named steps between."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from types import MappingProxyType

from koordinering import fritekst
from koordinering.errors import DomainError, UgyldigFelt
from koordinering.tekst import N_, Kode

MAKS_TEKST = 2000
"""Characters in one field of an assessment."""

MAKS_GRUNN = 500


class UgyldigSteg(DomainError):
    """The assessment is not where the step begins any more."""

    status = 409
    melding = N_("Dette kan ikke gjøres nå. Vurderingen har fått en ny status siden du åpnet siden.")


class Konklusjon(Kode):
    """What becomes of the measure (DESIGN.md section 8)."""

    VIDEREFOERES = "viderefoeres", N_("Videreføres")
    ENDRES = "endres", N_("Endres")
    AVSLUTTES = "avsluttes", N_("Avsluttes")


class Vurderingsstatus(Kode):
    """Where an assessment stands."""

    UTKAST = "utkast", N_("Utkast")
    SENDT = "sendt", N_("Sendt til koordinatoren")
    RETURNERT = "returnert", N_("Sendt tilbake")
    GODKJENT = "godkjent", N_("Godkjent")


class Paaminnelsesslag(Kode):
    """What a reminder tells."""

    SNART = "snart", N_("Fristen nærmer seg")
    FORFALT = "forfalt", N_("Fristen er ute")


class Handling(Kode):
    """A named step. SEND and TREKK are the unit's; the others are the coordinator's."""

    SEND = "send", N_("Send til koordinatoren")
    TREKK = "trekk", N_("Trekk tilbake")
    GODKJENN = "godkjenn", N_("Godkjenn")
    RETURNER = "returner", N_("Send tilbake")
    GJENAAPNE = "gjenaapne", N_("Åpne igjen")


@dataclass(frozen=True)
class Steg:
    """Where a step may begin and where it ends."""

    fra: frozenset[Vurderingsstatus]
    til: Vurderingsstatus


HANDLINGER: Mapping[Handling, Steg] = MappingProxyType(
    {
        Handling.SEND: Steg(frozenset({Vurderingsstatus.UTKAST, Vurderingsstatus.RETURNERT}), Vurderingsstatus.SENDT),
        Handling.TREKK: Steg(frozenset({Vurderingsstatus.SENDT}), Vurderingsstatus.UTKAST),
        Handling.GODKJENN: Steg(frozenset({Vurderingsstatus.SENDT}), Vurderingsstatus.GODKJENT),
        Handling.RETURNER: Steg(frozenset({Vurderingsstatus.SENDT}), Vurderingsstatus.RETURNERT),
        Handling.GJENAAPNE: Steg(frozenset({Vurderingsstatus.GODKJENT}), Vurderingsstatus.RETURNERT),
    }
)

OVERGANGER: Mapping[Vurderingsstatus, frozenset[Vurderingsstatus]] = MappingProxyType(
    {status: frozenset(s.til for s in HANDLINGER.values() if status in s.fra) for status in Vurderingsstatus}
)
"""Where each status leads."""

KAN_SKRIVES = frozenset({Vurderingsstatus.UTKAST, Vurderingsstatus.RETURNERT})
"""In these the unit can change the text."""


def kan_ta(status: Vurderingsstatus, handling: Handling) -> bool:
    """Whether the step can be taken from here: for hiding a button."""
    return status in HANDLINGER[handling].fra


def ta_steg(status: Vurderingsstatus, handling: Handling) -> Vurderingsstatus:
    """Where the step leads. Raises UgyldigSteg."""
    if not kan_ta(status, handling):
        raise UgyldigSteg
    return HANDLINGER[handling].til


@dataclass(frozen=True)
class Vurderingsinnhold:
    """What the unit writes; the names are those of the form's fields and the table's columns."""

    gjort: str = ""
    effekt: str = ""
    hindring: str = ""
    neste_steg: str = ""
    medvirkning: str = ""
    konklusjon: Konklusjon | None = None


FELTENE: Mapping[str, str] = MappingProxyType(
    {
        "gjort": N_("Hva er gjort"),
        "effekt": N_("Hvilken virkning dere ser"),
        "hindring": N_("Hva som har stått i veien"),
        "neste_steg": N_("Neste steg"),
        "medvirkning": N_("Hvordan barn og familier er hørt"),
    }
)
"""The texts of an assessment with their headings, in the order in which they are read."""

PAAKREVD: Mapping[str, str] = MappingProxyType(
    {
        "gjort": N_("Skriv hva som er gjort."),
        "effekt": N_("Skriv hvilken virkning dere ser, eller at den ikke er kjent."),
        "neste_steg": N_("Skriv hva som er neste steg."),
        "medvirkning": N_("Skriv hvordan barn og familier er hørt, eller at de ikke er hørt."),
    }
)
"""What must be there before it is sent. A draft may lack all of it."""


def sjekk_innhold(innhold: Vurderingsinnhold) -> None:
    """Raise UgyldigFelt for a text that is too long or holds what can identify somebody."""
    for felt in FELTENE:
        _sjekk_tekst(felt, getattr(innhold, felt), MAKS_TEKST)


def _sjekk_tekst(felt: str, tekst: str, maks: int) -> None:
    if len(tekst) > maks:
        raise UgyldigFelt(felt, N_("Teksten er for lang."))
    fritekst.sjekk(felt, tekst)


def krev_hel(innhold: Vurderingsinnhold) -> None:
    """Raise UgyldigFelt for the first thing that is missing when it is to be sent."""
    for felt, melding in PAAKREVD.items():
        if not getattr(innhold, felt).strip():
            raise UgyldigFelt(felt, melding)
    if innhold.konklusjon is None:
        raise UgyldigFelt("konklusjon", N_("Velg en konklusjon."))


def sjekk_grunn(grunn: str) -> None:
    """Raise UgyldigFelt("grunn", …) where the reason of a return is missing, too long or tells of somebody."""
    if not grunn.strip():
        raise UgyldigFelt("grunn", N_("Skriv hva enheten må endre."))
    _sjekk_tekst("grunn", grunn, MAKS_GRUNN)


@dataclass(frozen=True)
class Vurderingslinje:
    """One measure's assessment of a year, as it is told to others than the unit.

    The texts are empty until it is approved: before that they are nobody else's.
    """

    tiltak_id: str
    aar: int
    gjort: str
    effekt: str
    hindring: str
    neste_steg: str
    medvirkning: str
    konklusjon: Konklusjon | None
    status: Vurderingsstatus
    enhet: str
    """Short name of the unit that writes it."""
    godkjent: date | None


@dataclass(frozen=True)
class Evalueringsstatus:
    """Where a measure's evaluation stands."""

    tiltak_id: str
    neste: date | None
    """When the next assessment is due; None when none is to come."""
    forfalt: bool
    """That day has passed without an approved assessment."""
    tur: str | None
    """Short name of the unit whose turn it is, or the coordinator; None when no assessment is to come."""


class Evalueringsfilter(Kode):
    """How the coordinator's list is narrowed by state."""

    ALLE = "alle", N_("Alle")
    FORFALT = "forfalt", N_("Over fristen")
    SNART = "snart", N_("Innen tre måneder")
    SENDT = "sendt", N_("Venter på koordinatoren")
    RETURNERT = "returnert", N_("Sendt tilbake")
    UTKAST = "utkast", N_("Påbegynt")
    GODKJENT = "godkjent", N_("Godkjent siste år")
    INGEN = "ingen", N_("Ingen dato nå")


def innhold_av(rad: object) -> Vurderingsinnhold:
    """The content of a row of the table."""
    return Vurderingsinnhold(**{felt.name: getattr(rad, felt.name) for felt in fields(Vurderingsinnhold)})
