"""The life of a release, and what stops it: a table of transitions and one list of hindrances."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from koordinering.errors import DomainError
from koordinering.tekst import N_, Kode


class Publiseringsstatus(Kode):
    """Where a release is."""

    UTKAST = "utkast", N_("Utkast")
    KONTROLLERT = "kontrollert", N_("Kontrollert")
    PUBLISERT = "publisert", N_("Publisert")
    TRUKKET = "trukket", N_("Trukket")


OVERGANGER: Mapping[Publiseringsstatus, frozenset[Publiseringsstatus]] = MappingProxyType(
    {
        Publiseringsstatus.UTKAST: frozenset({Publiseringsstatus.UTKAST, Publiseringsstatus.KONTROLLERT}),
        Publiseringsstatus.KONTROLLERT: frozenset(
            {Publiseringsstatus.UTKAST, Publiseringsstatus.KONTROLLERT, Publiseringsstatus.PUBLISERT}
        ),
        Publiseringsstatus.PUBLISERT: frozenset({Publiseringsstatus.TRUKKET}),
        Publiseringsstatus.TRUKKET: frozenset(),
    }
)
"""A check may be done again, with either outcome, until the release is out."""

FOER = frozenset({Publiseringsstatus.UTKAST, Publiseringsstatus.KONTROLLERT})
"""Not released yet: seen by coordinators only, and may be deleted."""


class Trekkgrunn(Kode):
    """Why a release is withdrawn."""

    FEIL_TALL = "feil_tall", N_("Feil i tallene")
    FEIL_MAATE = "feil_maate", N_("Feil i måten det er telt på")
    PERSONVERN = "personvern", N_("Noen kan kjennes igjen")
    ERSTATTET = "erstattet", N_("Erstattet av en ny publisering")
    ANNET = "annet", N_("Annet")


class Hinder(Kode):
    """What stops a release; the text says what to do."""

    IKKE_KONTROLLERT = "ikke_kontrollert", N_("Publiseringen må kontrolleres først.")
    IKKE_TRYGG = "ikke_trygg", N_("Kontrollen fant tall som kan røpe noen. Publiseringen kan ikke publiseres.")
    EGEN = "egen", N_("En annen enn den som har laget publiseringen, må publisere den.")
    ENDRET = "endret", N_("Noe annet fra samme år er publisert etter kontrollen. Kontroller på nytt.")
    ANNET_AAR = (
        "annet_aar",
        N_("Publiseringen skulle erstatte en fra et annet år, og det kan den ikke. Slett utkastet, og lag et nytt."),
    )
    ALT_ERSTATTET = (
        "alt_erstattet",
        N_("Det denne skulle erstatte, er allerede erstattet av en annen. Slett utkastet, og lag et nytt."),
    )
    BORTE = "borte", N_("Tellingen er slettet. Tell året på nytt, og lag publiseringen av den nye tellingen.")
    UTDATERT = (
        "utdatert",
        N_(
            "Tallene er fra før reglene for hva som telles, og hvordan det beskyttes, ble endret. "
            "Tell året på nytt, og lag publiseringen av den nye tellingen."
        ),
    )
    GAMMEL = (
        "gammel",
        N_(
            "Noe annet fra samme år er publisert etter at disse tallene ble beskyttet. Den som har begge, kunne "
            "trekke dem fra hverandre. Tell året på nytt, og lag publiseringen av den nye tellingen."
        ),
    )


@dataclass(frozen=True)
class Forhold:
    """What decides whether a release may go out now."""

    status: Publiseringsstatus
    kontroll_ok: bool | None
    hensyn_telling: int
    """The highest release number that the protection of its snapshot took into account."""
    hensyn_kontroll: int | None
    """The same for the check."""
    siste: int
    """The highest number released of the same year from another set of numbers; 0: none."""
    egen: bool
    """The one who asks has made it."""
    to_personer: bool
    har_telling: bool = True
    """Its snapshot is still there."""
    definisjonene_gjelder: bool = True
    """It was counted by the definitions of today."""
    erstatter_samme_aar: bool = True
    """What it replaces, if anything, is of the same year."""
    alt_erstattet: bool = False
    """Another release has replaced that already."""


def hinder_kontroll(forhold: Forhold) -> Hinder | None:
    """What stops the check: what can never go out, and numbers protected before a later release of the year, or by
    definitions that hold no more."""
    if not forhold.har_telling:
        return Hinder.BORTE
    if not forhold.erstatter_samme_aar:
        return Hinder.ANNET_AAR
    if forhold.alt_erstattet:
        return Hinder.ALT_ERSTATTET
    if not forhold.definisjonene_gjelder:
        return Hinder.UTDATERT
    return Hinder.GAMMEL if forhold.siste > forhold.hensyn_telling else None


def hinder_publisering(forhold: Forhold) -> Hinder | None:
    """What stops the release; None: it may go out."""
    if (gammel := hinder_kontroll(forhold)) is not None:
        return gammel
    if forhold.kontroll_ok is False:
        return Hinder.IKKE_TRYGG
    if forhold.status is not Publiseringsstatus.KONTROLLERT or forhold.hensyn_kontroll is None:
        return Hinder.IKKE_KONTROLLERT
    if forhold.siste > forhold.hensyn_kontroll:
        return Hinder.ENDRET
    return Hinder.EGEN if forhold.egen and forhold.to_personer else None


TREKKES_MED = tuple(grunn for grunn in Trekkgrunn if grunn is not Trekkgrunn.ERSTATTET)
"""Reasons to choose from; that a release is replaced follows from the one that replaces it."""


class UgyldigSteg(DomainError):
    """The release is not where this step can be taken from."""

    status = 409
    melding = N_("Dette kan ikke gjøres nå. Publiseringen er endret siden du åpnet siden.")


class Samtidig(DomainError):
    """Somebody released something at the same moment, and came first."""

    status = 409
    melding = N_("Noe annet ble publisert i samme øyeblikk. Åpne siden på nytt, og prøv igjen.")


class KanIkkePubliseres(DomainError):
    """Something stops the release; the message says what."""

    status = 409

    def __init__(self, hinder: Hinder) -> None:
        super().__init__(hinder.tekst)
        self.hinder = hinder


def sjekk_overgang(fra: Publiseringsstatus, til: Publiseringsstatus) -> None:
    """Raise UgyldigSteg unless the table has the transition."""
    if til not in OVERGANGER[fra]:
        raise UgyldigSteg
