"""Reading accounts and sessions: the user who asks comes first."""

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from koordinering.access import require
from koordinering.db import db, now
from koordinering.errors import FinnesIkke
from koordinering.konto.models import Okt
from koordinering.roles import Rettighet
from koordinering.sider import Side, hent_side
from koordinering.users import Enhet, User


def brukere(user: User, noekkel: str = "") -> Side[User]:
    """A page of all accounts with their roles, by user name."""
    require(user, Rettighet.BRUKER_LES)
    query = select(User).options(selectinload(User.rolletildelinger))
    return hent_side(db.session(), query, [User.brukernavn], noekkel=noekkel)


def bruker(user: User, user_id: int) -> User:
    """One account. Raises FinnesIkke."""
    require(user, Rettighet.BRUKER_LES)
    funnet = db.session.get(User, user_id)
    if funnet is None:
        raise FinnesIkke
    return funnet


def enheter(user: User) -> list[Enhet]:
    """Every unit, in the order of the plan."""
    require(user, Rettighet.BRUKER_LES)
    return list(db.session.scalars(select(Enhet).order_by(Enhet.orden, Enhet.kortnavn, Enhet.id)))


def egne_okter(user: User, tomgang: timedelta) -> list[Okt]:
    """The user's own running sessions, the one used last first."""
    naa = now()
    query = (
        select(Okt)
        .where(
            Okt.user_id == user.id,
            Okt.avsluttet.is_(None),
            Okt.utloeper > naa,
            Okt.sist_brukt > naa - tomgang,
        )
        .order_by(Okt.sist_brukt.desc(), Okt.id)
        .limit(50)
    )
    return list(db.session.scalars(query))
