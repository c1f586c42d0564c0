"""Which cases a consent to coordinate reaches: asked here, and nowhere else.

A case is reached when the consent stands, the case's unit is named in it, and the case is the family's: it is the one
the consent stands on, or shares a child that the consent is for with it and more than half of the children of the
smaller of the two (rules.familier, for two cases). Cases of units that are not named take no part in any answer, nor
in finding any: nothing about them can be learned here.
"""

from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, false, func, not_, or_, select
from sqlalchemy.orm import aliased, contains_eager

from koordinering.access import rekkevidde
from koordinering.db import i_dag
from koordinering.roles import Omfang, Rettighet
from koordinering.saker.models import Barn, Henvisning, Sak
from koordinering.saker.samordning.models import (
    Samordning,
    SamordningBarn,
    SamordningEnhet,
    Samordningsavtale,
    Samordningsnotat,
)
from koordinering.users import User

DELTA = Rettighet.SAMORDNING_DELTA


def staar(dag: date | None = None) -> ColumnElement[bool]:
    """The consent is in force on the day, which is today unless told, and its case is not locked for the family."""
    dag, dens = dag or i_dag(), aliased(Sak)
    laast = exists().where(dens.id == Samordning.sak_id, dens.begrenset.is_not(None))
    return and_(Samordning.trukket.is_(None), Samordning.gitt <= dag, Samordning.gyldig_til >= dag, not_(laast))


def andre_saker() -> Select[Any]:
    """Ids of the other cases that the consent of the outer query's Samordning reaches; `Sak` can be narrowed further.

    Found by index from the covered children, so that it costs the same in a large town.
    """
    deres, vaart, samme, nevnt = aliased(Barn), aliased(Barn), aliased(Barn), aliased(SamordningEnhet)
    felles = (
        select(func.count())
        .select_from(vaart)
        .join(samme, samme.blindindeks == vaart.blindindeks)
        .where(vaart.sak_id == Samordning.sak_id, samme.sak_id == Sak.id)
        .correlate(Samordning, Sak)
        .scalar_subquery()
    )
    nevnte = aliased(Barn)
    return (
        select(Sak.id)
        .select_from(SamordningBarn)
        .join(nevnte, nevnte.id == SamordningBarn.barn_id)
        .join(deres, deres.blindindeks == nevnte.blindindeks)
        .join(Sak, Sak.id == deres.sak_id)
        .join(nevnt, and_(nevnt.samordning_id == SamordningBarn.samordning_id, nevnt.enhet_id == Sak.enhet_id))
        .where(
            SamordningBarn.samordning_id == Samordning.id,
            Sak.id != Samordning.sak_id,
            Sak.begrenset.is_(None),
            or_(2 * felles > _antall_barn(Samordning.sak_id, Samordning), 2 * felles > _antall_barn(Sak.id, Sak)),
        )
        .correlate(Samordning, SamordningEnhet)
    )


def fra_ulaast(rad: type[Samordningsnotat] | type[Samordningsavtale]) -> ColumnElement[bool]:
    """The note or the step was not written from a case that is locked for the family (Sak.begrenset)."""
    fra = aliased(Sak)
    return not_(exists().where(fra.id == rad.fra_sak_id, fra.begrenset.is_not(None)))


def _antall_barn(sak_id: Any, utenfra: Any) -> Any:
    """How many children a case has; `utenfra` is the table of the outer query that names the case."""
    barn = aliased(Barn)
    return select(func.count(barn.id)).where(barn.sak_id == sak_id).correlate(utenfra).scalar_subquery()


def dekket(henvisning: Any) -> ColumnElement[bool]:
    """The referral is for a child that the consent is for, or for a family all of whose children it is for."""
    nevnte, barnet = aliased(Barn), aliased(Barn)
    barna = (
        select(func.count(barnet.id.distinct()))
        .select_from(SamordningBarn)
        .join(nevnte, nevnte.id == SamordningBarn.barn_id)
        .join(barnet, or_(barnet.id == nevnte.id, barnet.blindindeks == nevnte.blindindeks))
        .where(SamordningBarn.samordning_id == Samordning.id, barnet.sak_id == henvisning.sak_id)
        .correlate(Samordning, henvisning)
    )
    alle = barna.scalar_subquery() == _antall_barn(henvisning.sak_id, henvisning)
    for_barnet = barna.where(barnet.id == henvisning.barn_id).scalar_subquery() > 0
    return or_(for_barnet, and_(henvisning.barn_id.is_(None), alle))


@cache  # says nothing of whom it is asked for: to put it together costs more than to ask it, on every start page
def _med_egen_sak() -> ColumnElement[bool]:
    """The unit of the outer SamordningEnhet has a case that the consent reaches."""
    forste = aliased(Sak)
    registrerte = exists().where(forste.id == Samordning.sak_id, forste.enhet_id == SamordningEnhet.enhet_id)
    return or_(registrerte, andre_saker().where(Sak.enhet_id == SamordningEnhet.enhet_id).exists())


def med_mottatt(*, bare: int | None = None) -> ColumnElement[bool]:
    """The outer SamordningEnhet's unit has received a referral, or that one, from a case that the consent reaches.

    Found from the cases. The receiver's index would lead through all that the unit has received: coalesce hides it.
    """
    mottaker = func.coalesce(Henvisning.mottaker_id, "") == SamordningEnhet.enhet_id
    alle = [mottaker, Henvisning.synlig, dekket(Henvisning)]
    if bare is not None:
        alle.append(Henvisning.id == bare)
    forste = exists().where(Henvisning.sak_id == Samordning.sak_id, *alle)
    andre = andre_saker().join(Henvisning, Henvisning.sak_id == Sak.id).where(*alle)
    return or_(forste, andre.exists())


@cache
def _med_noe_mottatt() -> ColumnElement[bool]:
    return med_mottatt()


def vilkaar(user: User) -> ColumnElement[bool]:
    """Lines of units that the user acts for, where the consent stands and reaches something of the unit's own."""
    grener: list[ColumnElement[bool]] = [false()]
    for omfang, enheter in rekkevidde(user, DELTA).items():
        eget = _med_egen_sak() if omfang is Omfang.ENHET else _med_noe_mottatt()
        grener.append(and_(SamordningEnhet.enhet_id.in_(sorted(enheter)), eget))
    return and_(staar(), or_(*grener))


def deltakere() -> Select[SamordningEnhet]:
    """The units of a consent, each with all of them, the newest first."""
    return (
        select(SamordningEnhet)
        .join(SamordningEnhet.samordning)
        .options(contains_eager(SamordningEnhet.samordning).selectinload(Samordning.enheter))
        .order_by(SamordningEnhet.registrert.desc(), SamordningEnhet.id.desc())
    )
