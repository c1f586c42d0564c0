"""Reads the plan's versions, and what was changed in them. Everybody reads what is or was in force."""

from sqlalchemy import Select, select
from sqlalchemy.orm import undefer

from koordinering.access import can, require
from koordinering.db import db
from koordinering.errors import FinnesIkke
from koordinering.plan.rullering.models import Planendring, Planversjon
from koordinering.plan.rullering.rules import Plandel, Versjonsstatus
from koordinering.plan.rullering.rules.dokument import fra_innhold
from koordinering.plan.rullering.rules.forskjell import Endring, forskjell
from koordinering.roles import Rettighet
from koordinering.users import Enhet, User


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
    funnet = db.session.scalar(query.options(undefer(Planversjon.innhold), undefer(Planversjon.grunner)))
    if funnet is None:
        raise FinnesIkke
    return funnet


def gjeldende() -> Planversjon | None:
    """The version in force, with its document; None before any plan is loaded."""
    return _med_status(Versjonsstatus.GJELDENDE)


def _med_status(status: Versjonsstatus) -> Planversjon | None:
    return db.session.scalar(
        select(Planversjon)
        .where(Planversjon.status == status)
        .options(undefer(Planversjon.innhold), undefer(Planversjon.grunner))
    )


def utkast(av: User) -> Planversjon | None:
    """The draft, where there is one. Raises IngenTilgang."""
    require(av, Rettighet.PLAN_ENDRE)
    return _med_status(Versjonsstatus.UTKAST)


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
