"""What is read of the cases, as columns: referrals, the kinds of them, and the children."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from koordinering.saker.rules.behov import JaNeiVetIkke, Kjoenn
from koordinering.statistikk.measures.kolonner import Janei, Tallrekke, Tider
from koordinering.tiltak.models import Tiltak
from koordinering.users import Enhet


class Kjennetegn(NamedTuple):
    """What the tables ask of a referral, but for who and when: a year has a thousand kinds or two."""

    enhet: str
    """The service that referred."""
    tiltak: str
    status: str | None
    """As it stood when the year, or the day counted, was over."""
    grunn: str | None
    deltar_ved_slutt: str | None
    videresendt_grunn: str | None
    """Why an earlier receiver sent it on."""
    hele_familien: bool
    ventegrunn: str | None
    """Why it was put on hold in the year, the last time."""
    gitt: bool
    """Something was given in the year."""
    betalt: bool
    """What was given is money for a place in a club, which says nothing of the activity."""
    aktivitet: str | None


class Henviste(NamedTuple):
    """Referrals that count, as columns."""

    id: Tallrekke
    sak: Tallrekke
    """Cases are numbered from 0."""
    barn: Tallrekke
    """The child's row among the registered; HELE_FAMILIEN for the whole family."""
    naar: Tider
    """When it was sent, or the family shown the way."""
    endret: Tider
    gitt: Tider
    """When something was first given in the year; NaT: nothing was."""
    arrangoer: Tallrekke
    """Who has what was given, numbered from 0; -1: nobody."""
    kjenn: Tallrekke
    """Which of the kinds in `Lest.kjennetegn`."""

    def valgt(self, hvilke: Janei) -> "Henviste":
        """Some of them."""
        return Henviste._make(kolonne[hvilke] for kolonne in self)


class Registrerte(NamedTuple):
    """The children in the cases that have such referrals, as columns."""

    sak: Tallrekke
    """Those of one case lie together, in the order of the cases."""
    foedselsaar: Tallrekke
    person: Tallrekke
    """The same child has the same number in every case; numbered from 0."""
    lenket: Janei
    kjoenn: Tallrekke
    """The place in KJOENN."""
    deltar: Tallrekke
    """The place in DELTAR."""
    kjent: Janei
    """Whether the child was referred in an earlier year."""


KJOENN = (None, *sorted(k.value for k in Kjoenn))
DELTAR = tuple(svar.value for svar in JaNeiVetIkke)


@dataclass(frozen=True, repr=False)
class Lest:
    """All that is read."""

    start: datetime
    slutt: datetime
    """When the year, or the day counted, was over."""
    henvist: Henviste
    kjennetegn: Sequence[Kjennetegn]
    registrert: Registrerte
    tiltak: list[Tiltak]
    tjenester: list[Enhet]
