"""What a form asks for: frozen commands whose repr tells nothing."""

from dataclasses import dataclass
from datetime import date

from koordinering.saker.rules.behov import (
    STANDARD_OPPLYSNINGER,
    Behov,
    Grunnlag,
    JaNeiVetIkke,
    Kjoenn,
    Opplysning,
    Rettegrunn,
    SamtykkeFra,
    Samtykkemaate,
    Spurt,
)
from koordinering.saker.services.koblingskode import Koblingskode
from koordinering.tiltak.rules import Aktivitet


class _Taus:
    """Says its kind and nothing else: a command can stand in a trace."""

    def __repr__(self) -> str:
        return f"{type(self).__name__}(...)"


@dataclass(frozen=True, repr=False)
class NyttBarn(_Taus):
    """A child as registered. The identity number is gone already: only its blind index is here."""

    foedselsaar: int
    kjoenn: Kjoenn | None = None
    deltar: JaNeiVetIkke = JaNeiVetIkke.VET_IKKE
    spurt: Spurt = Spurt.IKKE_AKTUELT
    oensker: tuple[Aktivitet, ...] = ()
    """Up to three, the dearest first."""
    blindindeks: bytes | None = None


@dataclass(frozen=True, repr=False)
class NyHenvisning(_Taus):
    """A referral to register: which measure, and which of the command's children (None: the whole family)."""

    tiltak_id: str
    barn: int | None = None


@dataclass(frozen=True, repr=False)
class NyttGrunnlag(_Taus):
    """What allows sending to one receiving unit. A unit without one waits for consent."""

    mottaker_id: str
    grunnlag: Grunnlag
    maate: Samtykkemaate | None = None
    fra: SamtykkeFra | None = None
    hjemmel_id: str | None = None
    opplysninger: tuple[Opplysning, ...] = STANDARD_OPPLYSNINGER
    gitt: date | None = None
    """The day the family consented; None: today."""
    gyldig_til: date | None = None
    alle: bool = False
    """Given for all the children of the case; else for those that the referrals to the unit are for."""


@dataclass(frozen=True, repr=False)
class NySak(_Taus):
    """A family to register, with its referrals."""

    enhet_id: str
    i_maalgruppe: bool
    barn: tuple[NyttBarn, ...]
    behov: frozenset[Behov] = frozenset()
    henvisninger: tuple[NyHenvisning, ...] = ()
    grunnlag: tuple[NyttGrunnlag, ...] = ()
    egen_referanse: str | None = None
    kode: Koblingskode | None = None
    """The family's linking code; used only where the municipality links by code."""
    utkast: bool = False
    """Keep it unsent."""
    likevel: bool = False
    """Make a case although the unit has one with the same child: a child can have two homes."""
    innsending: str | None = None
    """Token of the form: the same one sent twice makes one case."""


@dataclass(frozen=True, repr=False)
class SakRettelse(_Taus):
    """New content of a case's own fields, and why."""

    i_maalgruppe: bool
    behov: frozenset[Behov]
    egen_referanse: str | None
    grunn: Rettegrunn
    versjon: int | None = None
    bytt_kode: bool = False
    """Link the case by `kode` from now on, or by none."""
    kode: Koblingskode | None = None
    likevel: bool = False
    """Although another case of the unit has the code."""


@dataclass(frozen=True, repr=False)
class HenvisningRettelse(_Taus):
    """New content of a referral: its child, that child's wishes, the family's needs, and why.

    The wishes are not used when the child is another than before.
    """

    barn_id: int | None
    oensker: tuple[Aktivitet, ...]
    behov: frozenset[Behov]
    grunn: Rettegrunn
    versjon: int | None = None
    sak_versjon: int | None = None
    """The case's version on the page: needs and wishes belong to it."""
