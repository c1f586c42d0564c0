"""Reads the plan's versions, and what was changed in them. Everybody reads what is or was in force."""

from sqlalchemy import Select, select
from sqlalchemy.orm import undefer

from koordinering.access import can, require
from koordinering.db import db
from koordinering.errors import FinnesIkke
from koordinering.plan.rullering.models import Planversjon
from koordinering.plan.rullering.rules import Versjonsstatus
from koordinering.roles import Rettighet
from koordinering.users import User


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
