"""Reads the plan's versions, and what was changed in them. Everybody reads what is or was in force."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import undefer

from koordinering.access import can, require
from koordinering.db import OSLO, db
from koordinering.errors import FinnesIkke
from koordinering.plan.rules.planfil import (
    Delmaalslinje,
    Enhetslinje,
    Indikatorlinje,
    Planfil,
    Planhode,
    Strategilinje,
    Tiltakslinje,
)
from koordinering.plan.rullering.models import Planendring, Planversjon
from koordinering.plan.rullering.rules import Hendelse, IngenUtkast, Merke, Plandel, Versjonsstatus
from koordinering.plan.rullering.rules.dokument import fra_innhold
from koordinering.plan.rullering.rules.forskjell import FELT, Endring, enhetsnavn, finn, forskjell, i_ord, merker
from koordinering.plan.rullering.rules.visning import Strategirad, matrise
from koordinering.roles import Rettighet
from koordinering.users import Enhet, User

_INNHOLD = (undefer(Planversjon.innhold), undefer(Planversjon.grunner))
AAPNE = (Versjonsstatus.UTKAST, Versjonsstatus.GJELDENDE)
"""Those that can be edited."""


def _de_hun_ser(user: User) -> Select[Planversjon]:
    """Those that are or were in force; the draft too for whoever may edit it."""
    require(user, Rettighet.PLAN_LES)
    query = select(Planversjon)
    if not can(user, Rettighet.PLAN_ENDRE):
        query = query.where(Planversjon.status != Versjonsstatus.UTKAST)
    return query


def versjoner(av: User) -> Select[Planversjon]:
    """The versions without their documents; ordered and paged by the caller."""
    return _de_hun_ser(av)


def versjon(av: User, nr: int) -> Planversjon:
    """One version with its document. Raises FinnesIkke."""
    query = _de_hun_ser(av).where(Planversjon.nr == nr)
    funnet = db.session.scalar(query.options(*_INNHOLD))
    if funnet is None:
        raise FinnesIkke
    return funnet


def gjeldende() -> Planversjon | None:
    """The version in force, with its document; None before any plan is loaded."""
    return _med_status(Versjonsstatus.GJELDENDE)


def _med_status(status: Versjonsstatus) -> Planversjon | None:
    return db.session.scalar(_med_innhold().where(Planversjon.status == status))


def _med_innhold() -> Select[Planversjon]:
    return select(Planversjon).options(*_INNHOLD)


def utkast(av: User) -> Planversjon | None:
    """The draft, where there is one. Raises IngenTilgang."""
    require(av, Rettighet.PLAN_ENDRE)
    return _med_status(Versjonsstatus.UTKAST)


def utkastet_fra() -> date | None:
    """The day that the draft of the next version was begun; None where there is none. Anybody may know a date."""
    laget = db.session.scalar(select(Planversjon.laget).where(Planversjon.status == Versjonsstatus.UTKAST))
    return laget.astimezone(OSLO).date() if laget is not None else None


@dataclass(frozen=True)
class Redigering:
    """The draft or the plan in force while it is edited, with what it differs from."""

    hvor: Versjonsstatus
    rad: Planversjon
    fil: Planfil
    gjelder: Planfil
    """The plan in force: the same one unless this is the draft."""
    gjelder_nr: int
    enheter: Mapping[str, str]
    """Short names of every unit, by id."""
    endringer: tuple[Endring, ...] = ()

    @property
    def er_utkast(self) -> bool:
        """Whether it is the draft."""
        return self.hvor is Versjonsstatus.UTKAST

    def matrise(self) -> tuple[Strategirad, ...]:
        """Strategy by strategy, for the draft with what it does to each."""
        return matrise(self.fil, self.enheter, mot=self.gjelder if self.er_utkast else None, endringer=self.endringer)

    def merker(self) -> Mapping[Merke, int]:
        """How many measures the draft continues, changes, ends and brings."""
        alle = list(merker(self.endringer, self.fil).values())
        return {merke: sum(en is merke for en in alle) for merke in Merke}

    def krev(self, slag: Plandel, del_id: str) -> Any:
        """One part. Raises FinnesIkke."""
        funnet = finn(self.fil, slag, del_id)
        if funnet is None:
            raise FinnesIkke
        return funnet

    def endring(self, slag: Plandel, del_id: str) -> Endring | None:
        """What the draft does to a part."""
        return next((en for en in self.endringer if (en.slag, en.id) == (slag, del_id)), None)

    def i_planen(self, slag: Plandel, del_id: str) -> bool:
        """Whether the plan in force has it."""
        return finn(self.gjelder, slag, del_id) is not None

    def tatt_ut(self, slag: Plandel) -> list[Endring]:
        """Parts of a kind that the plan in force has and the draft has not."""
        return [en for en in self.endringer if en.slag is slag and en.hva is Hendelse.FJERNET]

    def ordene(self, linje: Any) -> list[tuple[str, str, str | None]]:
        """Field, its name and its value in words, of one part."""
        slag = _slaget(linje)
        navn = {**self.enheter, **enhetsnavn(self.fil)}
        return [(felt, tekst, i_ord(felt, getattr(linje, felt), navn)) for felt, tekst in FELT[slag].items()]


_SLAG: Mapping[type, Plandel] = {
    Planhode: Plandel.HODE,
    Delmaalslinje: Plandel.DELMAAL,
    Strategilinje: Plandel.STRATEGI,
    Tiltakslinje: Plandel.TILTAK,
    Indikatorlinje: Plandel.INDIKATOR,
    Enhetslinje: Plandel.ENHET,
}


def _slaget(linje: Any) -> Plandel:
    return _SLAG[type(linje)]


def redigering(av: User, hvor: Versjonsstatus) -> Redigering:
    """What is edited, and the plan in force beside it. Raises IngenUtkast, FinnesIkke."""
    require(av, Rettighet.PLAN_ENDRE)
    rader = {en.status: en for en in db.session.scalars(_med_innhold().where(Planversjon.status.in_(AAPNE)))}
    if Versjonsstatus.GJELDENDE not in rader:
        raise FinnesIkke
    if hvor not in rader:
        raise IngenUtkast
    gjelder = fra_innhold(rader[Versjonsstatus.GJELDENDE].innhold)
    fil = gjelder if hvor is Versjonsstatus.GJELDENDE else fra_innhold(rader[hvor].innhold)
    enheter = alle_enheter()
    endringer = () if fil is gjelder else forskjell(gjelder, fil, enheter)
    return Redigering(hvor, rader[hvor], fil, gjelder, rader[Versjonsstatus.GJELDENDE].nr, enheter, endringer)


def numre(av: User) -> list[int]:
    """Numbers of the versions that the user reads, the newest first."""
    return list(db.session.scalars(_de_hun_ser(av).with_only_columns(Planversjon.nr).order_by(Planversjon.nr.desc())))


def fulle_navn() -> dict[str, str]:
    """Names of every unit there is, by id."""
    return {en.id: en.navn for en in db.session.scalars(select(Enhet).order_by(Enhet.orden, Enhet.id))}


def gjelder_naa(av: User) -> Planversjon | None:
    """The version in force, without its document."""
    return db.session.scalar(_de_hun_ser(av).where(Planversjon.status == Versjonsstatus.GJELDENDE))


def alle_enheter() -> dict[str, str]:
    """Short names of every unit there is, by id."""
    return {en.id: en.kortnavn for en in db.session.scalars(select(Enhet).order_by(Enhet.orden, Enhet.id))}


def historikk(av: User, *, slag: Plandel | None = None, del_id: str | None = None) -> Select[Planendring]:
    """What was changed, field by field; of one part where it is named. In a draft only for whoever may edit it."""
    synlige = _de_hun_ser(av).with_only_columns(Planversjon.id)
    query = select(Planendring).where(Planendring.versjon_id.in_(synlige))
    if slag is not None:
        query = query.where(Planendring.slag == slag, Planendring.del_id == del_id)
    return query


def bekreftet(av: User, tiltak_id: str) -> Planendring | None:
    """The line of the newest confirmation of where a measure stands in the plan, or of one taken back."""
    query = historikk(av, slag=Plandel.TILTAK, del_id=tiltak_id)
    query = query.where(Planendring.rettelse, Planendring.felt == "usikker")
    return db.session.scalar(query.order_by(Planendring.id.desc()).limit(1))


def sammenlign(av: User, fra_nr: int, til_nr: int) -> tuple[Planversjon, Planversjon, tuple[Endring, ...]]:
    """Two versions and what differs from the first to the second. Raises FinnesIkke."""
    fra, til = versjon(av, fra_nr), versjon(av, til_nr)
    return fra, til, forskjell(fra_innhold(fra.innhold), fra_innhold(til.innhold), alle_enheter())
