"""The code list of statutory authorities: what may be written, and what may not be changed once it is used."""

from dataclasses import dataclass
from datetime import date

from koordinering.errors import UgyldigFelt
from koordinering.tekst import N_
from koordinering.tiltak.foering.rules import sjekk_dager

MAKS_HJEMMELTEKST = 300


@dataclass(frozen=True)
class Hjemmelopplysninger:
    """What is written of an authority; the first and the last day that it can be chosen, both included."""

    tekst: str
    fra: date
    til: date | None


def sjekk_hjemmel(om: Hjemmelopplysninger) -> None:
    """Raise UgyldigFelt for what cannot stand in the list."""
    if not om.tekst:
        raise UgyldigFelt("tekst", N_("Skriv hva hjemmelen er."))
    if len(om.tekst) > MAKS_HJEMMELTEKST:
        raise UgyldigFelt("tekst", N_("Teksten er for lang. Skriv høyst 300 tegn."))
    sjekk_dager(om.fra, om.til)


def sjekk_endring(naa: Hjemmelopplysninger, ny: Hjemmelopplysninger, *, brukt: bool, dag: date) -> None:
    """Raise UgyldigFelt for a change that would make the past another: what was shared rested on the words then.

    One that is used can only be ended, today at the earliest; one that is used and ended stays as it is.
    """
    sjekk_hjemmel(ny)
    if not brukt:
        return
    if ny.tekst != naa.tekst:
        raise UgyldigFelt("tekst", N_("Hjemmelen er brukt. Avslutt den, og legg inn en ny med den nye teksten."))
    if ny.fra != naa.fra:
        raise UgyldigFelt("fra", N_("Hjemmelen er brukt. Den første dagen kan ikke endres."))
    if ny.til == naa.til:
        return
    if naa.til is not None and naa.til < dag:
        raise UgyldigFelt("til", N_("Hjemmelen er brukt og avsluttet. Legg inn en ny."))
    if ny.til is not None and ny.til < dag:
        raise UgyldigFelt("til", N_("Hjemmelen er brukt. Den siste dagen kan ikke være før i dag."))
