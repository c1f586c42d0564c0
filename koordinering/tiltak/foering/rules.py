"""Plain rules of counts that are written in, corrected with a reason, and of texts that must not tell who."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from koordinering.errors import Endret, UgyldigFelt
from koordinering.tekst import N_, Kode


class Rettegrunn(Kode):
    """Why a count that was written in is changed."""

    FEIL_TALL = "feil_tall", N_("Feil tall ble skrevet")
    FEIL_STED = "feil_sted", N_("Ført på feil dag eller sted")
    TALT_PAA_NYTT = "talt_paa_nytt", N_("Talt på nytt")
    SENT_INN = "sent_inn", N_("Flere tall kom inn senere")


MAKS_BESOEK = 999
"""Visits in one field; more than this is a slip of the finger."""

Foert = Mapping[int, int | None]
"""Counts by key; None is «not written in», which is not the same as 0."""


@dataclass(frozen=True)
class Tallendring:
    """One count to write: what stands there now, and what shall."""

    fra: int | None
    til: int | None


def sjekk_tall(nye: Foert) -> None:
    """Raise UgyldigFelt("tall_KEY", …) for the first count that cannot be meant."""
    for noekkel, tall in nye.items():
        if tall is not None and not 0 <= tall <= MAKS_BESOEK:
            raise UgyldigFelt(f"tall_{noekkel}", N_("Skriv et helt tall fra 0 til 999."))


def flett(vist: Foert, naa: Foert, nye: Foert) -> dict[int, Tallendring]:
    """What to write so that the user's own changes stand, and everybody else's too.

    `vist`: what stood on the user's page. `naa`: what stands now. `nye`: what the user sent. What the user did
    not touch stays as it is now; what is already so is not written again. Raises Endret when somebody else has
    given the same count another value meanwhile.
    """
    endringer = {}
    for noekkel, ny in nye.items():
        foer, staar = vist.get(noekkel), naa.get(noekkel)
        if ny in (foer, staar):
            continue
        if staar != foer:
            raise Endret
        endringer[noekkel] = Tallendring(staar, ny)
    return endringer


def krev_grunn(endringer: Mapping[int, Tallendring], grunn: Rettegrunn | None) -> None:
    """Raise UgyldigFelt("grunn", …) when a count that is written in is changed without a reason."""
    if grunn is None and any(endring.fra is not None for endring in endringer.values()):
        raise UgyldigFelt("grunn", N_("Velg hvorfor tallet rettes."))


_NUMMER = re.compile(r"\d(?:[ .\-/]?\d){5,}")
_EPOST = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+")


def sjekk_uten_person(felt: str, tekst: str) -> None:
    """Raise UgyldigFelt for a text that holds what can point at a person. Never repeats the text."""
    if _NUMMER.search(tekst) or _EPOST.search(tekst):
        raise UgyldigFelt(felt, N_("Skriv ikke nummer, datoer eller e-postadresser i teksten."))


AAR = (2000, 2100)
"""Years that a date in the product can lie in."""


def sjekk_dager(fra: date, til: date | None) -> None:
    """Raise UgyldigFelt for a period that cannot be; an open end is allowed."""
    if not AAR[0] <= fra.year <= AAR[1]:
        raise UgyldigFelt("fra", N_("Skriv en dato med et årstall fra 2000 til 2100."))
    if til is not None and not AAR[0] <= til.year <= AAR[1]:
        raise UgyldigFelt("til", N_("Skriv en dato med et årstall fra 2000 til 2100."))
    if til is not None and til < fra:
        raise UgyldigFelt("til", N_("Siste dag kan ikke være før første dag."))


class Maaned(Kode):
    """The months by name."""

    JANUAR = "1", N_("januar")
    FEBRUAR = "2", N_("februar")
    MARS = "3", N_("mars")
    APRIL = "4", N_("april")
    MAI = "5", N_("mai")
    JUNI = "6", N_("juni")
    JULI = "7", N_("juli")
    AUGUST = "8", N_("august")
    SEPTEMBER = "9", N_("september")
    OKTOBER = "10", N_("oktober")
    NOVEMBER = "11", N_("november")
    DESEMBER = "12", N_("desember")
