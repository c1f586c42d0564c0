"""The inbox, the queue and the waiting list: referrals that a unit has received, in order."""

from collections.abc import Collection, Mapping
from functools import lru_cache

from sqlalchemy import ColumnElement, Select, select, tuple_

from koordinering.access import enheter, visible
from koordinering.db import db
from koordinering.roles import Rettighet
from koordinering.saker.models import Henvisning
from koordinering.saker.rules.overganger import Status
from koordinering.setning import Setning
from koordinering.sider import Liste, Side, hent_fast_side, tell, tellbar
from koordinering.tekst import N_, Kode
from koordinering.tildeling.queries.innsyn import INNHOLD
from koordinering.tildeling.queries.rader import MOTTATT, Innboksrad, les_mottatte
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


def _deler(user: User, statuser: Collection[Status]) -> list[Select[int]]:
    return _mottatt_av(enheter(user, Rettighet.HENVISNING_MOTTA), statuser)


def _mottatt_av(enheter_: Collection[str], statuser: Collection[Status]) -> list[Select[int]]:
    """What has come to these units, a part for each unit and status: each lies in an index in its order."""
    mottatt = (
        select(Henvisning.id).where(Henvisning.mottaker_id == enhet, Henvisning.synlig, ~Henvisning.sperret)
        for enhet in sorted(enheter_)
    )
    return [del_.where(Henvisning.status == status) for del_ in mottatt for status in sorted(statuser)]


def innboks(user: User, filter_: Innboksfilter, noekkel: str = "") -> Side[Innboksrad]:
    """A page of what has come to the user's units, oldest first."""
    enheter_ = frozenset(enheter(user, Rettighet.HENVISNING_MOTTA))
    return hent_fast_side(_innboksen, (enheter_, filter_), les_mottatte, noekkel=noekkel)


def _innboksen(enheter_: frozenset[str], filter_: Innboksfilter) -> Liste:
    orden = [Henvisning.sendt, Henvisning.lodd, Henvisning.id]
    return Liste(MOTTATT, orden, _mottatt_av(enheter_, FILTERSTATUSER[filter_]))


def mottatt_i(user: User, filter_: Innboksfilter) -> list[Select[int]]:
    """As many as the inbox shows under this filter, in parts: for whoever counts."""
    return _deler(user, FILTERSTATUSER[filter_])


def antall_i_innboks(user: User) -> Mapping[Status, int]:
    """How many referrals of each status the user's units have received, up to TELLES_TIL + 1. One query."""
    talt = _tellinger(frozenset(enheter(user, Rettighet.HENVISNING_MOTTA))).alle()
    return dict(zip(_STATUSER, talt[0], strict=True))


_STATUSER = sorted(frozenset().union(*FILTERSTATUSER.values()))


@lru_cache(maxsize=64)
def _tellinger(enheter_: frozenset[str]) -> Setning[*tuple[int, ...]]:
    """Made once for all of the same units: putting it together costs more than asking it."""
    return Setning(select(*(tellbar(*_mottatt_av(enheter_, {status})) for status in _STATUSER)))


def koedeler(user: User, tiltak: Collection[str]) -> list[Select[int]]:
    """Referrals to these measures that can be given something, a part for each measure and status.

    Each lies in an index in waiting order.
    """
    mottatt = visible(select(Henvisning.id), Henvisning, user, Rettighet.HENVISNING_MOTTA)
    return [
        mottatt.where(Henvisning.tiltak_id == en, Henvisning.status == status)
        for en in sorted(tiltak)
        for status in sorted(I_KOE)
    ]


def mottatte(user: User, ider: Collection[int]) -> list[Henvisning]:
    """Those of these referrals that the user's units have received and may see, in waiting order."""
    query = _mottatte(user).where(Henvisning.id.in_(sorted(ider))).order_by(*VENTEORDEN)
    return list(db.session.scalars(query).unique())


def venteliste(user: User, tiltak_id: str) -> Select[Henvisning]:
    """The waiting list of one measure, in waiting order."""
    query = _mottatte(user).where(Henvisning.tiltak_id == tiltak_id, Henvisning.status == Status.VENTELISTE)
    return query.order_by(*VENTEORDEN)


def foer(henvisning: Henvisning) -> ColumnElement[bool]:
    """What comes before this referral in waiting order."""
    kolonner = VENTEORDEN[:3]
    plass = (henvisning.koe, henvisning.sendt, henvisning.lodd)
    return tuple_(*kolonner) < tuple_(*plass, types=[kolonne.type for kolonne in kolonner])


def plass_i_koeen(henvisning: Henvisning) -> int:
    """Place on the waiting list of the measure's receiver, 1 for the first; more than TELLES_TIL is only that."""
    foran = select(Henvisning.id).where(
        Henvisning.tiltak_id == henvisning.tiltak_id,
        Henvisning.mottaker_id == henvisning.mottaker_id,
        Henvisning.status == Status.VENTELISTE,
        foer(henvisning),
    )
    return tell(db.session(), foran) + 1
