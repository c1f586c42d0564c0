"""What a plan file holds once it has been read and found whole."""

import re
from dataclasses import dataclass

from koordinering.tekst import N_, Kode
from koordinering.tiltak.rules import Kadens, Mekanikk

ID = re.compile(r"[0-9A-Za-z][0-9A-Za-z_.-]{0,39}")
"""What can name a part of the plan, in a file, in an address and in a key."""


class Indikatorslag(Kode):
    """What kind of number an indicator is."""

    TALL = "tall", N_("Tall")
    RAMME = "ramme", N_("Ramme")
    MAAL = "maal", N_("Mål")
    RAPPORTERES = "rapporteres", N_("Skal rapporteres")


class Ansvarsrolle(Kode):
    """How a unit answers for a measure."""

    HOVEDANSVAR = "hovedansvar", N_("Hovedansvar")
    SAMARBEID = "samarbeid", N_("Samarbeid")


@dataclass(frozen=True)
class Planhode:
    """The plan's title and decision."""

    tittel: str
    kommune: str
    kommunenummer: str
    periode: str
    vedtak: str
    merknad: str | None


@dataclass(frozen=True)
class Enhetslinje:
    """One unit."""

    id: str
    navn: str
    kortnavn: str
    henviser: bool
    helse: bool


@dataclass(frozen=True)
class Delmaalslinje:
    """One aim."""

    id: str
    navn: str
    tekst: str


@dataclass(frozen=True)
class Tiltakslinje:
    """One measure. `ansvar` is (unit, main) in the plan's order."""

    id: str
    strategi: str
    navn: str
    kortnavn: str
    evalueres: str
    kadens: Kadens
    frist: str | None
    rapporteres_til: str | None
    maalgruppe: str | None
    usikker: bool
    merknad: str | None
    ansvar_tekst: str
    mottaker: str | None
    enkeltvedtak: bool
    mekanikker: tuple[Mekanikk, ...]
    ansvar: tuple[tuple[str, bool], ...]


@dataclass(frozen=True)
class Strategilinje:
    """One strategy with its measures."""

    id: str
    hovedstrategi: int
    tekst: str
    tiltak: tuple[Tiltakslinje, ...]


@dataclass(frozen=True)
class Indikatorlinje:
    """One indicator."""

    id: str
    navn: str
    omraade: str | None
    aar: int | None
    periode: str | None
    verdi: float | None
    tekst: str | None
    enhet: str
    gruppe: str | None
    kilde: str | None
    slag: Indikatorslag
    brudd: bool
    brudd_mot: str | None
    brudd_grunn: str | None
    avsluttet: bool
    avsluttet_grunn: str | None
    tiltak: tuple[str, ...]


@dataclass(frozen=True)
class Planfil:
    """A whole plan: every reference in it leads somewhere."""

    hode: Planhode
    enheter: tuple[Enhetslinje, ...]
    delmaal: tuple[Delmaalslinje, ...]
    strategier: tuple[Strategilinje, ...]
    indikatorer: tuple[Indikatorlinje, ...]

    @property
    def tiltak(self) -> tuple[Tiltakslinje, ...]:
        """All measures, in the plan's order."""
        return tuple(tiltak for strategi in self.strategier for tiltak in strategi.tiltak)
