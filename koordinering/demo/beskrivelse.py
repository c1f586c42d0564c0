"""What a demo case is, before it is rows: both the bulk writer and the services can make it."""

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from koordinering.saker.rules.behov import (
    Behov,
    Grunnlag,
    JaNeiVetIkke,
    Opplysning,
    SamtykkeFra,
    Samtykkemaate,
    Spurt,
)
from koordinering.tiltak.oppfoelging.rules import Oppfoelgingsresultat
from koordinering.tiltak.rules import Aktivitet


class Handling(StrEnum):
    """One thing somebody does with a referral, as a button in the product."""

    REGISTRER = "registrer"
    REGISTRER_UTKAST = "registrer_utkast"
    SEND = "send"
    SAMTYKKE_GITT = "samtykke_gitt"
    MOTTA = "motta"
    TA_IMOT = "ta_imot"
    SPOER = "spoer"
    SVAR = "svar"
    VENT = "vent"
    FORTSETT = "fortsett"
    VENTELISTE = "venteliste"
    GI = "gi"
    GI_STRAKS = "gi_straks"
    BESKJED = "beskjed"
    START = "start"
    AVSLUTT = "avslutt"
    LEVER_TILBAKE = "lever_tilbake"
    MELD_TAPT = "meld_tapt"
    IKKE_MOETT = "ikke_moett"
    UTLOEP = "utloep"
    AVSLAA = "avslaa"
    KLAG = "klag"
    MEDHOLD = "medhold"
    OPPRETTHOLD = "oppretthold"
    GJENAAPNE = "gjenaapne"
    TREKK = "trekk"
    SAMTYKKE_TRUKKET = "samtykke_trukket"
    VIDERESEND = "videresend"
    VIDERESENDT_HIT = "videresendt_hit"


@dataclass(slots=True)
class Steg:
    """One step: when, what, who, and the code or the unit that goes with it."""

    tid: datetime
    handling: Handling
    av: int
    kode: str | None = None
    """Reason, question or answer, where the action has one."""
    plass: int | None = None
    """Number of the unit given, 1, 2, 3 … within the stock; None for follow-up."""
    beholdning: int | None = None
    """The stock it is taken from, by its key in the database."""
    aar: int | None = None
    """The year that what is given counts in."""
    deltar: JaNeiVetIkke | None = None
    """Whether the child takes part regularly, asked at the end."""
    resultat: Oppfoelgingsresultat | None = None
    """What came of a follow-up, told at the end."""
    nr: int = 0
    """Settles which of two at the same moment came first."""


@dataclass(slots=True, eq=False)
class Barn:
    """A child in a case. The identity number is gone: only its blind index is here."""

    id: int
    foedselsaar: int
    deltar: JaNeiVetIkke
    spurt: Spurt
    oensker: tuple[Aktivitet, ...]
    blindindeks: bytes | None = field(repr=False)


@dataclass(slots=True, eq=False)
class Samtykke:
    """Consent or authority for one receiving unit."""

    id: int
    mottaker: str
    grunnlag: Grunnlag
    hjemmel: str | None
    maate: Samtykkemaate | None
    fra: SamtykkeFra | None
    opplysninger: tuple[Opplysning, ...]
    gitt: datetime
    gyldig_til: date | None
    av: int
    ved_registrering: bool
    """Given when the case was made; otherwise added later, which sends what waited."""
    trukket: datetime | None = None


@dataclass(slots=True, eq=False)
class Henvisning:
    """A referral and everything that is done with it, in order of time."""

    id: int
    sak: "Sak" = field(repr=False)
    barn: Barn | None
    tiltak: str
    mottaker: str | None
    lodd: int
    opprettet: datetime
    av: int
    steg: list[Steg] = field(default_factory=list)
    venter: bool = False
    """Consent for the receiver was missing when it was registered."""
    sendt: datetime | None = None
    tildelinger: list[int] = field(default_factory=list)
    """Keys of what it is given, in order."""
    videresendt_fra: "Henvisning | None" = field(default=None, repr=False)


@dataclass(slots=True, eq=False)
class Sak:
    """A case of one unit with all that belongs to it."""

    id: int
    referanse: str
    enhet: str
    ansvarlig: int
    opprettet: datetime
    i_maalgruppe: bool
    egen_referanse: str | None
    behov: tuple[Behov, ...]
    barn: list[Barn]
    samtykker: list[Samtykke] = field(default_factory=list)
    henvisninger: list[Henvisning] = field(default_factory=list)
