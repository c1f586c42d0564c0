"""Holding a case back from being deleted: why, and for how long."""

from datetime import date, timedelta

from koordinering.errors import UgyldigFelt
from koordinering.tekst import N_, Kode

LENGST = timedelta(days=2 * 365)
"""How far ahead a case is held back at a time. Who needs it longer looks at it again and says so."""

TELLER_IKKE = frozenset({"holdt", "sluppet", "arkivert", "overlevert"})
"""Events of a case that are about who keeps it and how long, not about the family: its time does not start anew."""


class Holdegrunn(Kode):
    """Why a case that would be deleted is kept until a day."""

    KLAGE = "klage", N_("En klage eller et tilsyn er ikke avgjort")
    INNSYN = "innsyn", N_("Familien har bedt om innsyn eller retting")
    PAAGAAR = "paagaar", N_("Familien skal henvises igjen")
    KRAV = "krav", N_("Et rettskrav er ikke avgjort")
    ANNET = "annet", N_("Annet")


def sjekk_til(felt: str, til: date, idag: date) -> None:
    """Raise UgyldigFelt for a day that has been, or is further ahead than LENGST."""
    if not idag < til <= idag + LENGST:
        raise UgyldigFelt(felt, N_("Skriv en dag fram i tid, høyst to år fra nå."))
