"""A series of figures and its points, as every page, picture and report takes them."""

from dataclasses import dataclass, field
from functools import cached_property

from koordinering.plan.serier.rules.enhet import Enhetsslag, enhetsslag
from koordinering.plan.serier.rules.periode import Periode, les_periode
from koordinering.tekst import N_, Kode


class Opphav(Kode):
    """Where the figures of a series come from. Figures of two origins are never divided by each other."""

    PLAN = "plan", N_("Planen")
    FOERT = "foert", N_("Ført for hånd eller fra fil")
    SSB = "ssb", N_("Statistisk sentralbyrå")
    TALT = "talt", N_("Talt av Koordinering")


@dataclass(frozen=True)
class Punkt:
    """One figure of a series.

    Exactly one of `verdi`, `tegn`, `intervall` and `tekst` says what it is. `tegn` is «:» hidden, «.» not applicable,
    «..» missing. `brudd`: not comparable with the point before it.
    """

    periode: str
    """«2015», «2015H1», «2015M01», «2011-2013», or words where the source gives no more («de siste fem år»)."""
    verdi: float | None = None
    tegn: str | None = None
    brudd: bool = False
    brudd_grunn: str | None = None
    intervall: tuple[float, float] | None = None
    """Lowest and highest, where the source gives both and nothing between."""
    tekst: str | None = None
    """What the source says instead of a number, «over halvparten»."""
    kilde: str | None = None
    """Where this point has another source than its series."""
    telledefinisjon: str | None = None
    """Where this point is counted in a way of its own."""
    kommunenummer: str | None = None
    """Which number the municipality had in the source."""
    fra_planen: bool = False
    """Stands in the plan itself, and is corrected there."""

    @property
    def tid(self) -> Periode | None:
        """The period in time; None for words."""
        return les_periode(self.periode)

    @property
    def rekkefoelge(self) -> tuple[int, int, str]:
        """Sorts points by when they end; what is only words comes first."""
        tid = self.tid
        return (*tid.slutt, self.periode) if tid else (0, 0, self.periode)


@dataclass(frozen=True)
class Serie:
    """Figures of one thing counted in one unit, oldest first."""

    id: str
    navn: str
    enhet: str
    """In words, «familier»."""
    kilde: str | None
    telledefinisjon: str | None
    tiltak: tuple[str, ...]
    """The measures that it tells of."""
    punkter: tuple[Punkt, ...]
    opphav: Opphav = Opphav.FOERT
    omraade: str | None = None
    gruppe: str | None = None
    maal: float | None = None
    """What the municipality aims at, in the unit of the series."""
    maal_tekst: str | None = None
    """When, or in what words."""
    avsluttet: bool = False
    """No longer kept; its figures stand as history."""
    avsluttet_grunn: str | None = None
    slag: str = "tall"
    """As in the plan: «tall», «ramme», «maal» or «rapporteres»."""
    maaneder: bool = field(default=False)
    """A figure for each month; half-years and years otherwise."""

    @cached_property
    def enhetsslag(self) -> Enhetsslag:
        """What the unit counts."""
        return enhetsslag(self.enhet)

    @property
    def siste(self) -> Punkt | None:
        """The newest point."""
        return self.punkter[-1] if self.punkter else None

    @property
    def foeres(self) -> bool:
        """Figures may be entered: neither counted by the product nor ended."""
        return self.opphav is not Opphav.TALT and not self.avsluttet
