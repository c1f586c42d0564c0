"""Plain rules of the card's venues: what one may be, which months it is counted in, and how the ceiling stands."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from koordinering.errors import UgyldigFelt
from koordinering.tekst import N_, Kode
from koordinering.tiltak.foering.rules import sjekk_dager


class Stedslag(Kode):
    """What kind of thing one does there."""

    MUSEUM = "museum", N_("Museum og kultur")
    KINO = "kino", N_("Kino")
    SCENE = "scene", N_("Konsert, teater og forestilling")
    BAD = "bad", N_("Bad og svømming")
    ALPIN = "alpin", N_("Alpin og vinteraktivitet")
    LEK = "lek", N_("Lekeland og familiepark")
    KLATRING = "klatring", N_("Klatring og aktivitetssenter")
    IDRETT = "idrett", N_("Idrettsarrangement")
    ANNET = "annet", N_("Annet")


MAKS_TAK = 99
"""Visits that one card can have at one venue in a year."""


@dataclass(frozen=True)
class Stedsopplysninger:
    """What is written about a venue; the fields are those of the table."""

    navn: str
    slag: Stedslag
    tak: int | None
    """Visits per card in a year; None: no ceiling."""
    fra: date
    til: date | None


def sjekk_sted(opplysninger: Stedsopplysninger) -> None:
    """Raise UgyldigFelt for the first thing about the venue that cannot be so."""
    if opplysninger.tak is not None and not 1 <= opplysninger.tak <= MAKS_TAK:
        raise UgyldigFelt("tak", N_("Skriv et tall fra 1 til 99, eller la feltet stå tomt."))
    sjekk_dager(opplysninger.fra, opplysninger.til)


def maaneder_i_bruk(aar: int, fra: date, til: date | None) -> tuple[int, ...]:
    """The months of the year in which the venue takes the card on some day."""
    return tuple(
        mnd for mnd in range(1, 13) if (fra.year, fra.month) <= (aar, mnd) and (til is None or til >= date(aar, mnd, 1))
    )


def sjekk_maaned(aar: int, maaned: int, i_dag: date) -> None:
    """Raise UgyldigFelt("maaned", …) for a month that has not begun."""
    if (aar, maaned) > (i_dag.year, i_dag.month):
        raise UgyldigFelt("maaned", N_("Måneden er ikke kommet ennå."))


def hoeyst(tak: int | None, kort: int | None) -> int | None:
    """Visits that the ceiling allows with so many cards in use; None where there is no ceiling or no cards to count."""
    return None if tak is None or kort is None else tak * kort


@dataclass(frozen=True)
class Stedsaar:
    """One venue's year."""

    tall: tuple[int | None, ...]
    """Twelve months; None: not written in."""
    hoeyst: int | None

    @property
    def sum(self) -> int:
        """Visits in the year."""
        return sum(antall or 0 for antall in self.tall)

    @property
    def over(self) -> bool:
        """More visits than the ceiling allows with the cards that are in use."""
        return self.hoeyst is not None and self.sum > self.hoeyst


def aarslinje(maaneder: Sequence[tuple[int, int | None]], grense: int | None) -> Stedsaar:
    """A venue's year from what is written in: (month, visits)."""
    tall = dict(maaneder)
    return Stedsaar(tuple(tall.get(mnd) for mnd in range(1, 13)), grense)
