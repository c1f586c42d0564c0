"""What may be seen of cases and referrals: every reading takes the user first."""

from collections.abc import Collection, Mapping
from datetime import date
from functools import lru_cache
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, and_, bindparam, exists, not_, or_, select

from koordinering.access import enheter, rekkevidde, visible
from koordinering.db import db, i_dag, now
from koordinering.errors import FinnesIkke
from koordinering.objekter import kolonner, objekter
from koordinering.roles import MATRISE, Rettighet
from koordinering.saker.models import (
    Aapning,
    Barn,
    Hendelse,
    Henvisning,
    Hjemmelendring,
    Sak,
    Sakshendelse,
    Samtykke,
)
from koordinering.saker.queries import hel
from koordinering.saker.rules.innboks import GJELDER, TrengerGrunn
from koordinering.saker.rules.overganger import Status
from koordinering.setning import Setning
from koordinering.tiltak.models import Tiltak
from koordinering.users import Enhet, Rolletildeling, User

T = TypeVar("T")


def sak(user: User, sak_id: int, rettighet: Rettighet = Rettighet.SAK_LES, *, hele: bool = False) -> Sak:
    """A case that the user reaches with the right, or FinnesIkke. Raises TrengerGrunn outside the own inbox.

    `hele`: with its children, their wishes, its needs and consents, for the page that shows them all.
    """
    sak_ = _i_innboksen(user, _finn(user, sak_id, rettighet))
    return hel.med_alt(sak_) if hele else sak_


def i_enheten(user: User, sak_id: int, rettighet: Rettighet = Rettighet.SAK_LES) -> Sak:
    """A case of the unit whoever's inbox it is in: for asking why it is opened, never for showing what it holds."""
    return _finn(user, sak_id, rettighet)


def _finn(user: User, sak_id: int, rettighet: Rettighet) -> Sak:
    return funnet(hel.finn(frozenset(rekkevidde(user, rettighet).items()), sak_id))


def _i_innboksen(user: User, sak_: Sak) -> Sak:
    """The case when the user may open it as it stands, else TrengerGrunn.

    In the own inbox are one's own cases and those in which something waits for the unit. What one has done
    something with, or given a reason for, stays open for the day.
    """
    if sak_.ansvarlig_id == user.id:
        return sak_
    siden = now() - GJELDER
    grunner = (
        select(Aapning.id).where(Aapning.sak_id == sak_.id, Aapning.user_id == user.id, Aapning.tid >= siden),
        select(Henvisning.id).where(Henvisning.sak_id == sak_.id, or_(*_VENTER)),
        select(Hendelse.id)
        .join(Henvisning, Henvisning.id == Hendelse.henvisning_id)
        .where(Henvisning.sak_id == sak_.id, Hendelse.user_id == user.id, Hendelse.tid >= siden),
        select(Sakshendelse.id).where(
            Sakshendelse.sak_id == sak_.id, Sakshendelse.user_id == user.id, Sakshendelse.tid >= siden
        ),
    )
    if not db.session.scalar(select(or_(*(grunn.exists() for grunn in grunner)))):
        raise TrengerGrunn(sak_.id)
    return sak_


def henvisning(user: User, henvisning_id: int, rettighet: Rettighet = Rettighet.SAK_LES) -> Henvisning:
    """A referral that the user's unit has sent, or FinnesIkke. Raises TrengerGrunn outside the own inbox."""
    query = select(Henvisning).where(Henvisning.id == henvisning_id)
    rad = funnet(db.session.scalar(visible(query, Henvisning, user, rettighet)))
    _i_innboksen(user, rad.sak)
    return rad


def mottatt(user: User, henvisning_id: int) -> Henvisning:
    """A referral that the user's unit has received and may see, or FinnesIkke."""
    query = select(Henvisning).where(Henvisning.id == henvisning_id)
    return funnet(db.session.scalar(visible(query, Henvisning, user, Rettighet.HENVISNING_MOTTA)))


def barn(user: User, barn_id: int) -> Barn:
    """A child in a case that the user may correct, or FinnesIkke."""
    query = select(Barn).join(Barn.sak).where(Barn.id == barn_id)
    rad = funnet(db.session.scalar(visible(query, Sak, user, Rettighet.SAK_REGISTRER)))
    _i_innboksen(user, rad.sak)
    return rad


def samtykke(user: User, samtykke_id: int) -> Samtykke:
    """A consent in a case that the user may correct, or FinnesIkke."""
    query = select(Samtykke).join(Samtykke.sak).where(Samtykke.id == samtykke_id)
    rad = funnet(db.session.scalar(visible(query, Sak, user, Rettighet.SAK_REGISTRER)))
    _i_innboksen(user, rad.sak)
    return rad


def funnet(rad: T | None) -> T:
    """The row, or FinnesIkke."""
    if rad is None:
        raise FinnesIkke
    return rad


_SPURT = and_(Henvisning.status == Status.PAA_VENT, Henvisning.spoersmaal.is_not(None))
_VENTER = (
    Henvisning.status == Status.VENTER_SAMTYKKE,
    _SPURT,
    Henvisning.beskjed_siden.is_not(None),
    Henvisning.svar_innen.is_not(None),
)
"""What waits for the unit that sent it: anybody there may take it."""

_NAVN = Setning[int, str](select(User.id, User.visningsnavn).where(User.id.in_(bindparam("ider", expanding=True))))


def navn(hendelser: Collection[Hendelse | Sakshendelse | Hjemmelendring]) -> Mapping[int, str]:
    """Display names of those who did something."""
    ider = {h.user_id for h in hendelser if h.user_id is not None}
    ider |= {int(h.til) for h in hendelser if isinstance(h, Sakshendelse) and h.slag == "overlevert" and h.til}
    return dict(_NAVN.alle({"ider": sorted(ider)}))


def har_rettighet(enhet_id: Any, rettighet: Rettighet, dag: date | None = None) -> ColumnElement[bool]:
    """The Rolletildeling is one that gives the right in this unit on the day, which is today unless told."""
    dag = dag or i_dag()
    return and_(
        Rolletildeling.enhet_id == enhet_id,
        Rolletildeling.rolle.in_([rolle for rolle, rettigheter in MATRISE.items() if rettighet in rettigheter]),
        Rolletildeling.fra <= dag,
        or_(Rolletildeling.til.is_(None), Rolletildeling.til >= dag),
    )


def kolleger(enhet_id: str, rettighet: Rettighet = Rettighet.SAK_REGISTRER) -> list[User]:
    """Those who have the right in the unit today: to be responsible for a case, unless another is asked for."""
    return objekter(_kolleger(rettighet, i_dag()), User, {"enhet": enhet_id})


@lru_cache(maxsize=16)
def _kolleger(rettighet: Rettighet, dag: date) -> Setning[*tuple[Any, ...]]:
    med_rettighet = exists().where(Rolletildeling.user_id == User.id, har_rettighet(bindparam("enhet"), rettighet, dag))
    query = select(*kolonner(User)).where(med_rettighet, not_(User.laast))
    return Setning(query.order_by(User.visningsnavn, User.id))


def registreringsenheter(user: User) -> list[Enhet]:
    """The units in whose name the user may register: they were read with the roles."""
    egne = enheter(user, Rettighet.SAK_REGISTRER)
    funnet = {rolle.enhet_id: rolle.enhet for rolle in user.gjeldende if rolle.enhet_id in egne}
    return sorted(funnet.values(), key=lambda enhet: (enhet.orden, enhet.id))


def mottakere(enhet_id: str) -> list[Enhet]:
    """The other units that can receive a referral from the unit."""
    query = select(Enhet).where(Enhet.id.in_(select(Tiltak.mottaker_id)), Enhet.id != enhet_id)
    return list(db.session.scalars(query.order_by(Enhet.orden, Enhet.id)))
