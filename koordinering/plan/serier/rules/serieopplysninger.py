"""What the coordinator decides about a series."""

from dataclasses import dataclass

from koordinering.errors import UgyldigFelt
from koordinering.plan.serier.rules.enhet import enhetsslag
from koordinering.plan.serier.rules.foering import sjekk_verdi
from koordinering.tekst import N_


@dataclass(frozen=True)
class Serieopplysninger:
    """The fields that can be set; name and unit of the plan's own series are the plan's."""

    navn: str
    enhet: str
    omraade: str | None
    kilde: str | None
    telledefinisjon: str | None
    maaneder: bool
    maal: float | None
    maal_tekst: str | None
    tiltak: frozenset[str]
    avsluttet: bool
    avsluttet_grunn: str | None


def sjekk(opplysninger: Serieopplysninger, tiltak: frozenset[str]) -> None:
    """Raise UgyldigFelt for what cannot be so. `tiltak`: the measures that there are."""
    if not opplysninger.navn:
        raise UgyldigFelt("navn", N_("Skriv hva tallene er."))
    if not opplysninger.enhet:
        raise UgyldigFelt("enhet", N_("Skriv hva som telles, for eksempel familier eller prosent."))
    if opplysninger.tiltak - tiltak:
        raise UgyldigFelt("tiltak", N_("Velg tiltak fra listen."))
    if opplysninger.avsluttet and not opplysninger.avsluttet_grunn:
        raise UgyldigFelt("avsluttet_grunn", N_("Skriv hvorfor serien ikke føres videre."))
    try:
        sjekk_verdi(enhetsslag(opplysninger.enhet), opplysninger.maal)
    except UgyldigFelt as feil:
        raise UgyldigFelt("maal", str(feil)) from None
