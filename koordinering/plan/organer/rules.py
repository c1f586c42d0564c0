"""Plain rules of bodies: their names, and how the plan's words are taken apart."""

import re

from koordinering import fritekst
from koordinering.errors import UgyldigFelt
from koordinering.tekst import N_

MAKS_NAVN = 80

_PARENTES = re.compile(r"\([^)]*\)")
_SKILLE = re.compile(r"\s*(?:,|;|/|\bog\b)\s*")


def organer_i(tekst: str | None) -> tuple[str, ...]:
    """The bodies that the plan's words name: «fagutvalg og ungdomsrådet» is two.

    What stands in brackets is how it is told, not to whom, and is left out.
    """
    deler = _SKILLE.split(_PARENTES.sub(" ", tekst or ""))
    navn = (" ".join(del_.split()) for del_ in deler)
    return tuple(dict.fromkeys(n[:1].upper() + n[1:MAKS_NAVN] for n in navn if n))


def sjekk_navn(navn: str) -> str:
    """The name as it is kept. Raises UgyldigFelt at `navn`."""
    rent = " ".join(navn.split())
    if not rent:
        raise UgyldigFelt("navn", N_("Skriv navnet på organet."))
    if len(rent) > MAKS_NAVN:
        raise UgyldigFelt("navn", N_("Navnet er for langt."))
    fritekst.sjekk("navn", rent)
    return rent
