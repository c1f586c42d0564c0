"""Reads the plan: its matrix and one measure. Everybody who signs in may."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from koordinering.access import require
from koordinering.db import db
from koordinering.errors import FinnesIkke
from koordinering.plan.models import Delmaal, Plan
from koordinering.roles import Rettighet
from koordinering.tiltak.models import Strategi, Tiltak, TiltakAnsvar
from koordinering.users import Enhet, User


@dataclass(frozen=True)
class Matriserad:
    """One strategy with the measures that the filter leaves."""

    strategi: Strategi
    tiltak: list[Tiltak]


def plan(user: User) -> Plan | None:
    """The plan that was loaded last."""
    require(user, Rettighet.PLAN_LES)
    return db.session.get(Plan, 1)


def delmaal(user: User) -> Sequence[Delmaal]:
    """The plan's aims, in its order."""
    require(user, Rettighet.PLAN_LES)
    return db.session.scalars(select(Delmaal).order_by(Delmaal.orden)).all()


def strategier(user: User) -> Sequence[Strategi]:
    """The strategies that have measures today, in the plan's order."""
    require(user, Rettighet.PLAN_LES)
    har_tiltak = select(Tiltak.strategi_id).where(~Tiltak.utgaatt)
    return db.session.scalars(select(Strategi).where(Strategi.id.in_(har_tiltak)).order_by(Strategi.orden)).all()


def ansvarlige(user: User) -> Sequence[Enhet]:
    """The units that answer for a measure, in the plan's order."""
    require(user, Rettighet.PLAN_LES)
    har_ansvar = select(TiltakAnsvar.enhet_id).join(Tiltak, Tiltak.id == TiltakAnsvar.tiltak_id).where(~Tiltak.utgaatt)
    return db.session.scalars(select(Enhet).where(Enhet.id.in_(har_ansvar)).order_by(Enhet.orden, Enhet.id)).all()


def tiltaksliste(user: User, *, enheter: frozenset[str] | None = None, strategi: str | None = None) -> Sequence[Tiltak]:
    """The measures of today's plan in its order, narrowed to those these units answer for and to one strategy."""
    require(user, Rettighet.PLAN_LES)
    query = (
        select(Tiltak)
        .where(~Tiltak.utgaatt)
        .options(joinedload(Tiltak.strategi), selectinload(Tiltak.ansvar).joinedload(TiltakAnsvar.enhet))
        .order_by(Tiltak.orden, Tiltak.id)
    )
    if strategi is not None:
        query = query.where(Tiltak.strategi_id == strategi)
    if enheter is not None:
        query = query.where(
            Tiltak.id.in_(select(TiltakAnsvar.tiltak_id).where(TiltakAnsvar.enhet_id.in_(sorted(enheter))))
        )
    return db.session.scalars(query).all()


def matrise(user: User, *, enhet: str | None = None, strategi: str | None = None) -> list[Matriserad]:
    """The plan's own matrix: strategy by strategy."""
    rader: dict[str, Matriserad] = {}
    for en in tiltaksliste(user, enheter=frozenset({enhet}) if enhet else None, strategi=strategi):
        rader.setdefault(en.strategi_id, Matriserad(en.strategi, [])).tiltak.append(en)
    return list(rader.values())


def tiltak(user: User, tiltak_id: str) -> Tiltak:
    """One measure, also one that is no longer in the plan. Raises FinnesIkke."""
    require(user, Rettighet.PLAN_LES)
    funnet = db.session.scalar(
        select(Tiltak)
        .where(Tiltak.id == tiltak_id)
        .options(
            joinedload(Tiltak.strategi),
            joinedload(Tiltak.mottaker),
            selectinload(Tiltak.ansvar).joinedload(TiltakAnsvar.enhet),
        )
    )
    if funnet is None:
        raise FinnesIkke
    return funnet
