"""The inbox, the queue and the waiting list: referrals that a unit has received, in order."""

from collections.abc import Collection, Mapping

from sqlalchemy import ColumnElement, Select, and_, func, or_, select

from koordinering.access import vilkaar, visible
from koordinering.db import db
from koordinering.roles import Rettighet
from koordinering.saker.models import Henvisning
from koordinering.saker.rules.overganger import Status
from koordinering.sider import TELLES_TIL, Side, hent_side
from koordinering.tekst import N_, Kode
from koordinering.tildeling.queries.innsyn import INNHOLD
from koordinering.users import User


class Innboksfilter(Kode):
    """The named filters of the inbox."""

    VENTER = "venter", N_("Venter på enheten")
    NYE = "nye", N_("Nye")
    UNDER_BEHANDLING = "under_behandling", N_("Under behandling")
    PAA_VENT = "paa_vent", N_("På vent")
    VENTELISTE = "venteliste", N_("Venteliste")
    INNVILGET = "innvilget", N_("Innvilget")
    I_GANG = "i_gang", N_("I gang")
    KLAGER = "klager", N_("Klager")
    AVSLUTTET = "avsluttet", N_("Avsluttet")


FILTERSTATUSER: Mapping[Innboksfilter, frozenset[Status]] = {
    Innboksfilter.VENTER: frozenset({Status.SENDT, Status.MOTTATT, Status.UNDER_BEHANDLING, Status.PAAKLAGET}),
    Innboksfilter.NYE: frozenset({Status.SENDT, Status.MOTTATT}),
    Innboksfilter.UNDER_BEHANDLING: frozenset({Status.UNDER_BEHANDLING}),
    Innboksfilter.PAA_VENT: frozenset({Status.PAA_VENT}),
    Innboksfilter.VENTELISTE: frozenset({Status.VENTELISTE}),
    Innboksfilter.INNVILGET: frozenset({Status.INNVILGET}),
    Innboksfilter.I_GANG: frozenset({Status.I_GANG}),
    Innboksfilter.KLAGER: frozenset({Status.PAAKLAGET}),
    Innboksfilter.AVSLUTTET: frozenset({Status.AVSLUTTET, Status.AVSLAATT, Status.TRUKKET, Status.VIDERESENDT}),
}

I_KOE = frozenset({Status.UNDER_BEHANDLING, Status.VENTELISTE})
"""What can be given something at once."""

VENTEORDEN = (Henvisning.koe, Henvisning.sendt, Henvisning.lodd, Henvisning.id)
"""Waiting order: where it is moved to with a reason, then the date sent, then the number drawn once."""


def _mottatte(user: User) -> Select[Henvisning]:
    query = visible(select(Henvisning), Henvisning, user, Rettighet.HENVISNING_MOTTA)
    return query.options(*INNHOLD)


def innboks(user: User, filter_: Innboksfilter, noekkel: str = "") -> Side[Henvisning]:
    """A page of what has come to the user's units, oldest first."""
    mottatt = vilkaar(Henvisning, user, Rettighet.HENVISNING_MOTTA)
    statuser = sorted(FILTERSTATUSER[filter_])
    return hent_side(
        db.session(),
        _mottatte(user).where(Henvisning.status.in_(statuser)),
        [Henvisning.sendt, Henvisning.id],
        noekkel=noekkel,
        deler=[select(Henvisning.id).where(mottatt, Henvisning.status == status) for status in statuser],
    )


def antall_i_innboks(user: User) -> Mapping[Status, int]:
    """How many referrals of each status the user's units have received, up to TELLES_TIL + 1. One query."""
    mottatt = vilkaar(Henvisning, user, Rettighet.HENVISNING_MOTTA)
    statuser = sorted(frozenset().union(*FILTERSTATUSER.values()))
    deler = (
        select(Henvisning.id).where(mottatt, Henvisning.status == status).limit(TELLES_TIL + 1).subquery()
        for status in statuser
    )
    query = select(*(select(func.count()).select_from(del_).scalar_subquery() for del_ in deler))
    return dict(zip(statuser, db.session.execute(query).one(), strict=True))


def koe(user: User, tiltak: Collection[str]) -> Select[Henvisning]:
    """Referrals to these measures that can be given something; in waiting order (koe, sendt, lodd, id)."""
    query = _mottatte(user).where(Henvisning.tiltak_id.in_(sorted(tiltak)), Henvisning.status.in_(sorted(I_KOE)))
    return query.order_by(*VENTEORDEN)


def mottatte(user: User, ider: Collection[int]) -> list[Henvisning]:
    """Those of these referrals that the user's units have received and may see, in waiting order."""
    query = _mottatte(user).where(Henvisning.id.in_(sorted(ider))).order_by(*VENTEORDEN)
    return list(db.session.scalars(query).unique())


def venteliste(user: User, tiltak_id: str) -> Select[Henvisning]:
    """The waiting list of one measure, in waiting order."""
    return koe(user, [tiltak_id]).where(Henvisning.status == Status.VENTELISTE)


def foer(henvisning: Henvisning) -> ColumnElement[bool]:
    """What comes before this referral in waiting order."""
    samtidig = and_(Henvisning.sendt == henvisning.sendt, Henvisning.lodd < henvisning.lodd)
    return or_(
        Henvisning.koe < henvisning.koe,
        and_(Henvisning.koe == henvisning.koe, or_(Henvisning.sendt < henvisning.sendt, samtidig)),
    )


def plass_i_koeen(henvisning: Henvisning) -> int:
    """Place on the waiting list of the measure's receiver, 1 for the first."""
    query = select(func.count()).where(
        Henvisning.tiltak_id == henvisning.tiltak_id,
        Henvisning.mottaker_id == henvisning.mottaker_id,
        Henvisning.status == Status.VENTELISTE,
        foer(henvisning),
    )
    return (db.session.scalar(query) or 0) + 1
