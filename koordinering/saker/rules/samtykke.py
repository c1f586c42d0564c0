"""Who can give a consent, and whether one stands on a day."""

from collections.abc import Collection
from datetime import date, timedelta
from typing import NamedTuple

from koordinering.errors import UgyldigFelt
from koordinering.saker.rules.behov import SamtykkeFra
from koordinering.tekst import N_, Kode

VARSLES = timedelta(days=30)
"""How long before a consent or authority ends its case says so."""


class Tilstand(Kode):
    """Where a consent or authority stands on a day."""

    STAAR = "staar", N_("Gjelder")
    GAAR_UT = "gaar_ut", N_("Går ut snart")
    UTLOEPT = "utloept", N_("Gått ut")
    IKKE_ENNAA = "ikke_ennaa", N_("Gjelder ikke ennå")
    TRUKKET = "trukket", N_("Trukket")

    @property
    def tillater(self) -> bool:
        """It allows sharing on the day."""
        return self in {Tilstand.STAAR, Tilstand.GAAR_UT}


class Varighet(NamedTuple):
    """The days of a consent or authority: its own, and those of the code list where it rests on that."""

    gitt: date
    gyldig_til: date | None
    hjemmel_fra: date | None
    hjemmel_til: date | None

    @property
    def fra(self) -> date:
        """The first day."""
        return self.gitt if self.hjemmel_fra is None else max(self.gitt, self.hjemmel_fra)

    @property
    def til(self) -> date | None:
        """The last day; None where it has none."""
        return min((dag for dag in (self.gyldig_til, self.hjemmel_til) if dag is not None), default=None)


def tilstand(*, trukket: bool, fra: date, til: date | None, dag: date) -> Tilstand:
    """Where it stands: from `fra` to `til`, both included; an end that is passed is as if it had never been given."""
    if trukket:
        return Tilstand.TRUKKET
    if fra > dag:
        return Tilstand.IKKE_ENNAA
    if til is None or til - VARSLES > dag:
        return Tilstand.STAAR
    return Tilstand.GAAR_UT if til >= dag else Tilstand.UTLOEPT


def hvem_kan_samtykke(foedselsaar: Collection[int], aar: int, alder: int) -> frozenset[SamtykkeFra]:
    """Who can give the consent for these children: the young person from `alder`, else a guardian.

    Only the birth year is known. In the year that the youngest turns `alder`, it can be either: the service knows
    the day. Where some are younger, a guardian gives it for them all.
    """
    yngste = min((aar - foedt for foedt in foedselsaar), default=0)
    if yngste > alder:
        return frozenset({SamtykkeFra.UNGDOM})
    return frozenset(SamtykkeFra) if yngste == alder else frozenset({SamtykkeFra.FORESATT})


def sjekk_hvem(felt: str, fra: SamtykkeFra, kan: Collection[SamtykkeFra]) -> None:
    """Raise UgyldigFelt where the consent was given by somebody who cannot give it."""
    if fra in kan:
        return
    if fra is SamtykkeFra.UNGDOM:
        raise UgyldigFelt(felt, N_("Barnet er for ungt til å gi samtykket selv. Velg foresatt."))
    raise UgyldigFelt(felt, N_("Ungdommen er gammel nok til å samtykke selv. Velg «Ungdommen selv»."))
