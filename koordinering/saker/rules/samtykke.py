"""Who can give a consent, and whether one stands on a day."""

from collections.abc import Collection, Mapping
from datetime import date, timedelta
from types import MappingProxyType
from typing import NamedTuple

from koordinering.errors import UgyldigFelt
from koordinering.saker.rules.behov import SamtykkeFra
from koordinering.tekst import N_, Kode

FAMILIEN = "familien"
"""What stands among the children of a consent that is for the whole family."""

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
    """Who can give the consent for these children, one birth year for each: a guardian, the young person, or both.

    Only the birth year is known. Whoever turns `alder` this year can be on either side: the service knows the day.
    Where there is somebody on each side, nobody consents for the other: both must have said yes.
    """
    aldre = [aar - foedt for foedt in foedselsaar] or [0]
    yngste, eldste = min(aldre), max(aldre)
    kan = {
        SamtykkeFra.FORESATT: eldste <= alder,
        SamtykkeFra.UNGDOM: yngste >= alder,
        SamtykkeFra.BEGGE: len(aldre) > 1 and yngste <= alder <= eldste,
    }
    return frozenset(fra for fra, sant in kan.items() if sant)


def naar(gjelder: Collection[str] | None, barn_id: int | None) -> bool:
    """Whether a consent for these reaches what is about this child (None: the whole family).

    None reaches all: an authority, or a consent from before its children were kept.
    """
    return gjelder is None or (FAMILIEN if barn_id is None else str(barn_id)) in gjelder


def foerste(kan: Collection[SamtykkeFra]) -> SamtykkeFra:
    """The one that is chosen where several can: a guardian before the young person, one of them before both."""
    return next(fra for fra in SamtykkeFra if fra in kan)


def sjekk_hvem(felt: str, fra: SamtykkeFra, kan: Collection[SamtykkeFra]) -> None:
    """Raise UgyldigFelt where the consent was given by somebody who cannot give it, or by one of the two who must."""
    if fra in kan:
        return
    if SamtykkeFra.BEGGE in kan:
        raise UgyldigFelt(felt, _EN_MANGLER[fra])
    if SamtykkeFra.FORESATT in kan and SamtykkeFra.UNGDOM in kan:
        raise UgyldigFelt(felt, N_("Samtykket gjelder ett barn. Velg enten foresatt eller ungdommen selv."))
    if SamtykkeFra.UNGDOM in kan:
        raise UgyldigFelt(felt, N_("Ungdommen er gammel nok til å samtykke selv. Velg «Ungdommen selv»."))
    raise UgyldigFelt(felt, N_("Barnet er for ungt til å gi samtykket selv. Velg foresatt."))


_EN_MANGLER: Mapping[SamtykkeFra, str] = MappingProxyType(
    {
        SamtykkeFra.FORESATT: N_(
            "En av ungdommene er gammel nok til å samtykke selv, og må også ha sagt ja. "
            "Velg «Både foresatt og ungdommen selv» når begge har samtykket."
        ),
        SamtykkeFra.UNGDOM: N_(
            "Et av barna er for ungt til å samtykke selv, og da må foresatt også ha sagt ja. "
            "Velg «Både foresatt og ungdommen selv» når begge har samtykket."
        ),
    }
)
