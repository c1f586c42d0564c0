"""What must be said about open data, and who may use it how."""

import re
from dataclasses import dataclass

from koordinering.errors import DomainError, KoordineringError, UgyldigFelt
from koordinering.tekst import N_, Kode
from koordinering.tiltak.lag.rules import sjekk_orgnr

_EPOST = re.compile(r"[^\s@<>\"]+@[^\s@<>\"]+\.[^\s@<>\".]+")
STOERSTE_SIDE = 1000
"""Tables on one page of the index that programs read."""


class Lisens(Kode):
    """Terms of use, of those that the EU's authority table has."""

    CC_BY = "CC_BY_4_0", N_("Creative Commons Navngivelse 4.0 (CC BY 4.0)")
    NLOD = "NLOD_2_0", N_("Norsk lisens for offentlige data (NLOD 2.0)")
    CC0 = "CC0", N_("Ingen vilkår (CC0 1.0)")


class Endelse(Kode):
    """Kinds of files: how an address ends, and what it is called."""

    JSON = "json", N_("JSON-stat 2.0")
    CSV = "csv", N_("CSV med semikolon")


@dataclass(frozen=True)
class Opplysninger:
    """Who answers for the data, as every description of it must say (DCAT-AP-NO)."""

    orgnr: str
    """The municipality's organisation number."""
    kontakt: str
    """An office; never a person."""
    epost: str
    lisens: Lisens


def sjekk(opplysninger: Opplysninger) -> Opplysninger:
    """The same with the number as bare digits. Raises UgyldigFelt for the first thing that cannot be so."""
    orgnr = sjekk_orgnr("orgnr", opplysninger.orgnr)
    if not opplysninger.kontakt:
        raise UgyldigFelt("kontakt", N_("Skriv hvilket kontor som svarer på spørsmål om tallene."))
    if not _EPOST.fullmatch(opplysninger.epost):
        raise UgyldigFelt("epost", N_("E-postadressen er ikke riktig skrevet."))
    return Opplysninger(orgnr, opplysninger.kontakt, opplysninger.epost, opplysninger.lisens)


class KanIkkeAapnes(DomainError):
    """Only a release that stands is opened."""

    status = 409
    melding = N_("Bare en publisering som gjelder, kan gjøres åpen. Den er endret siden du åpnet siden.")


class OpplysningerMangler(DomainError):
    """Nobody has said who answers for the data."""

    status = 409
    melding = N_("Skriv først hvem som svarer for de åpne dataene.")


class ErTrukket(KoordineringError):
    """The release was open and is withdrawn: its address says so, and gives no figures."""

    status = 410
    melding = N_("Publiseringen er trukket. Tallene skal ikke brukes, og hentes derfor ikke ut herfra.")


class UgyldigUtvalg(DomainError):
    """The address names a dimension or a class that the table has not."""

    status = 400
    melding = N_("Adressen velger noe som ikke finnes i tabellen.")
