"""What coordination is: whether the consent stands, who writes notes, and when a meeting can be."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from koordinering.errors import DomainError, UgyldigFelt
from koordinering.saker.rules.behov import SamtykkeFra, Samtykkemaate
from koordinering.tekst import N_, Kode

NOTAT_SLETTES = timedelta(minutes=10)
"""How long whoever wrote a note can delete it: a slip of the finger, not a correction of the past."""

MAKS_VIST = 100
"""Notes, and steps of the history, that a page shows: the newest."""

_LENGST_FRAM = timedelta(days=366)


class Avtaleslag(Kode):
    """What the units agree on."""

    MOETE = "moete", N_("Samarbeidsmøte")
    OPPFOELGER = "oppfoelger", N_("Hvem som følger opp")


class Samordningsfilter(Kode):
    """The named filters of the list, which the counts of the start page lead to."""

    ALLE = "alle", N_("Alle")
    NYTT = "nytt", N_("Nytt i samordning")
    MOETER = "moeter", N_("Møter som kommer")
    FOELGER = "foelger", N_("Du følger opp")


class NotaterStengt(DomainError):
    """The unit is of the health service, or no other unit could read the note."""

    status = 409
    melding = N_("Enheten din skriver og leser ikke notater i denne samordningen.")


class IkkeDittNotat(DomainError):
    """Somebody else wrote the note, or the ten minutes have passed."""

    status = 409
    melding = N_("Bare den som skrev notatet, kan slette det, og bare de første ti minuttene.")


class SamtykketGjelderIkke(DomainError):
    """The consent was withdrawn or has run out; told to the unit that registered it, and to nobody else."""

    status = 409
    melding = N_("Samtykket til samordning gjelder ikke lenger.")


@dataclass(frozen=True)
class NySamordning:
    """A consent to coordinate, as it is registered."""

    enheter: Collection[str]
    """The units that the family has named, besides the one that registers."""
    barn: Collection[int]
    """The children that the consent is for."""
    maate: Samtykkemaate
    fra: SamtykkeFra
    gitt: date
    gyldig_til: date


def gjelder(gitt: date, gyldig_til: date, trukket: datetime | None, dag: date) -> bool:
    """Whether the consent stands on this day; the last day is included."""
    return trukket is None and gitt <= dag <= gyldig_til


def har_notater(egen_er_helse: bool, andre_er_helse: Collection[bool]) -> bool:
    """Whether the unit writes and reads notes: not from or to health, and not where nobody else could read them."""
    return not egen_er_helse and not all(andre_er_helse)


def kan_slette(forfatter: int, skrevet: datetime, user_id: int, naa: datetime) -> bool:
    """Whether this user may delete the note now."""
    return forfatter == user_id and naa - skrevet <= NOTAT_SLETTES


def sjekk_moetetid(felt: str, tid: datetime, naa: datetime) -> None:
    """Raise UgyldigFelt for a meeting that has been, or is more than a year away."""
    if not naa < tid <= naa + _LENGST_FRAM:
        raise UgyldigFelt(felt, N_("Velg et tidspunkt fram i tid, og høyst ett år fram."))


def sjekk_varighet(felt: str, gyldig_til: date, dag: date) -> None:
    """Raise UgyldigFelt for a consent that has ended already."""
    if gyldig_til < dag:
        raise UgyldigFelt(felt, N_("Datoen må være i dag eller senere."))
