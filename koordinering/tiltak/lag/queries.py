"""Reading the clubs."""

from sqlalchemy import Select, func, or_, select

from koordinering.access import require
from koordinering.db import db
from koordinering.errors import FinnesIkke
from koordinering.roles import Rettighet
from koordinering.tiltak.lag.models import Lag
from koordinering.users import User


def lag(user: User, lag_id: int) -> Lag:
    """One club, for whoever may see clubs. Raises FinnesIkke."""
    require(user, Rettighet.LAG_LES)
    funnet = db.session.get(Lag, lag_id)
    if funnet is None:
        raise FinnesIkke
    return funnet


def navn_ligner(tekst: str) -> Select[int]:
    """Ids of the clubs whose name or organisation number holds this text."""
    ord_ = f"%{tekst.lower().replace('!', '!!').replace('%', '!%').replace('_', '!_')}%"
    nummer = f"%{''.join(tekst.split())}%"
    treff = or_(func.lower(Lag.navn).like(ord_, escape="!"), Lag.orgnr.like(nummer))
    return select(Lag.id).where(treff)


def lagliste(tekst: str = "", *, alle: bool = False) -> Select[Lag]:
    """The clubs, those no longer active only when asked for; ordered and paged by the caller."""
    query = select(Lag)
    if tekst:
        query = query.where(Lag.id.in_(navn_ligner(tekst)))
    return query if alle else query.where(Lag.aktiv)


def aktive_lag() -> list[Lag]:
    """Every active club by name: for choosing one."""
    return list(db.session.scalars(select(Lag).where(Lag.aktiv).order_by(Lag.navn, Lag.id)))


def med_orgnr(orgnr: str) -> Lag | None:
    """The club with this organisation number, None when it is not here."""
    return db.session.scalar(select(Lag).where(Lag.orgnr == orgnr))
