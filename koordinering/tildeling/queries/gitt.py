"""What is given: by whom, to which referral, from which stock."""

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from koordinering.access import enheter, visible
from koordinering.db import db
from koordinering.errors import FinnesIkke
from koordinering.roles import Rettighet
from koordinering.saker.models import Hendelse, Henvisning
from koordinering.saker.rules.overganger import Status
from koordinering.sider import Side, hent_side
from koordinering.tildeling.models import Tildeling
from koordinering.tildeling.queries.innsyn import INNHOLD
from koordinering.tildeling.rules import Tildelingstilstand
from koordinering.tiltak.models import Kortaar, Plass, Tilbud, Tiltak
from koordinering.tiltak.rules import Mekanikk
from koordinering.users import User


def aapen_tildeling(henvisning: Henvisning) -> Tildeling | None:
    """What the referral holds now, None when it holds nothing."""
    query = select(Tildeling).where(Tildeling.henvisning_id == henvisning.id, Tildeling.slutt.is_(None))
    return db.session.scalar(query.options(joinedload(Tildeling.plass).joinedload(Plass.beholdning)))


def gitt_til(henvisninger: Collection[Henvisning]) -> Mapping[int, Tildeling]:
    """What each of these referrals holds now, by the referral's id; one query."""
    ider = sorted(h.id for h in henvisninger)
    query = select(Tildeling).where(Tildeling.henvisning_id.in_(ider), Tildeling.slutt.is_(None))
    query = query.options(joinedload(Tildeling.plass).joinedload(Plass.beholdning))
    return {t.henvisning_id: t for t in db.session.scalars(query)}


def angret(henvisninger: Collection[Henvisning], siden: datetime) -> set[int]:
    """Which of these referrals were given something since then that was undone, and hold nothing now."""
    ider = sorted(h.id for h in henvisninger)
    query = select(Tildeling.henvisning_id).where(Tildeling.henvisning_id.in_(ider), Tildeling.gitt >= siden)
    holder = select(Tildeling.henvisning_id).where(Tildeling.henvisning_id.in_(ider), Tildeling.slutt.is_(None))
    query = query.where(Tildeling.tilstand == Tildelingstilstand.ANGRET, Tildeling.henvisning_id.not_in(holder))
    return set(db.session.scalars(query))


def tildelinger(henvisning: Henvisning) -> list[Tildeling]:
    """Everything that the referral has been given, oldest first."""
    query = select(Tildeling).where(Tildeling.henvisning_id == henvisning.id)
    query = query.options(joinedload(Tildeling.plass), joinedload(Tildeling.periode))
    query = query.order_by(Tildeling.gitt, Tildeling.id)
    return list(db.session.scalars(query))


def tildeling(user: User, tildeling_id: int) -> Tildeling:
    """Something that the user's unit has given. Raises FinnesIkke."""
    query = visible(select(Tildeling).where(Tildeling.id == tildeling_id), Tildeling, user, Rettighet.TILDELING_GI)
    funnet = db.session.scalar(query)
    if funnet is None:
        raise FinnesIkke
    return funnet


def holdt(user: User, beholdning_id: int, ider: Collection[int]) -> list[Tildeling]:
    """Those of these tildelinger of one stock that the user's unit has given, ended ones too, by their numbers."""
    query = (
        select(Tildeling)
        .join(Tildeling.plass)
        .where(Plass.beholdning_id == beholdning_id, Tildeling.id.in_(sorted(ider)))
        .options(contains_eager(Tildeling.plass), joinedload(Tildeling.henvisning))
        .order_by(Plass.nummer, Tildeling.gitt)
    )
    return list(db.session.scalars(visible(query, Tildeling, user, Rettighet.TILDELING_GI)))


def tilbud_til(tildeling_: Tildeling) -> Tilbud | None:
    """The offer that a given place belongs to; None for cards and follow-up."""
    if tildeling_.plass is None:
        return None
    return db.session.scalar(select(Tilbud).where(Tilbud.beholdning_id == tildeling_.plass.beholdning_id))


def i_bruk(user: User, beholdning_id: int) -> Select[Tildeling]:
    """The open tildelinger of one stock that the user's unit has given, ordered by their units' numbers."""
    query = (
        select(Tildeling)
        .join(Tildeling.plass)
        .where(Plass.beholdning_id == beholdning_id, Tildeling.slutt.is_(None))
        .options(
            contains_eager(Tildeling.plass),
            joinedload(Tildeling.henvisning).options(*INNHOLD),
        )
        .order_by(Plass.nummer)
    )
    return visible(query, Tildeling, user, Rettighet.TILDELING_GI)


def kort_ute(user: User, kortaar: Kortaar, noekkel: str = "") -> Side[Tildeling]:
    """A page of the year's cards that the user's unit has given and that are out, the first given first."""
    ute = (
        select(Tildeling.id)
        .join(Tildeling.plass)
        .where(
            Tildeling.tiltak_id == kortaar.tiltak_id,
            Tildeling.aar == kortaar.aar,
            Tildeling.slutt.is_(None),
            Plass.beholdning_id == kortaar.beholdning_id,
        )
    )
    query = select(Tildeling).join(Tildeling.plass)
    query = query.options(contains_eager(Tildeling.plass), joinedload(Tildeling.henvisning).options(*INNHOLD))
    deler = [visible(ute, Tildeling, user, Rettighet.TILDELING_GI)]
    return hent_side(db.session(), query, [Tildeling.gitt, Tildeling.id], noekkel=noekkel, deler=deler)


def aapne_i_beholdning(beholdning_id: int) -> list[int]:
    """Ids of the referrals that hold a unit of this stock, in a fixed order."""
    query = select(Tildeling.henvisning_id).join(Tildeling.plass)
    query = query.where(Plass.beholdning_id == beholdning_id, Tildeling.slutt.is_(None))
    return list(db.session.scalars(query.order_by(Tildeling.henvisning_id)))


def antall_gitt(tiltak_id: str, aar: int) -> Mapping[Tildelingstilstand, int]:
    """How many have been given of a measure in a year, by the state they are in. One query."""
    query = select(Tildeling.tilstand, func.count()).where(Tildeling.tiltak_id == tiltak_id, Tildeling.aar == aar)
    return dict(db.session.execute(query.group_by(Tildeling.tilstand)).all())


def mottakertiltak(user: User, slag: Mekanikk) -> list[Tiltak]:
    """The measures of this kind whose referrals come to the user's units."""
    mine = enheter(user, Rettighet.TILDELING_GI)
    query = select(Tiltak).where(Tiltak.mottaker_id.in_(sorted(mine)), ~Tiltak.utgaatt).order_by(Tiltak.orden)
    return [t for t in db.session.scalars(query.options(selectinload(Tiltak.mekanikker))) if slag in t.slag]


def innvilget_fra(henvisning: Henvisning) -> Status:
    """Where the referral stood before it was last given something."""
    query = select(Hendelse.fra).where(
        Hendelse.henvisning_id == henvisning.id, Hendelse.slag == "status", Hendelse.til == Status.INNVILGET.value
    )
    fra = db.session.scalar(query.order_by(Hendelse.tid.desc(), Hendelse.id.desc()).limit(1))
    return Status.UNDER_BEHANDLING if fra == Status.UNDER_BEHANDLING.value else Status.VENTELISTE
