"""Reading the clubs: whole for whoever may see them, their names alone for whoever names one."""

from sqlalchemy import ColumnElement, Select, func, or_, select

from koordinering.access import require
from koordinering.db import db
from koordinering.errors import FinnesIkke
from koordinering.roles import Rettighet
from koordinering.tiltak.lag.models import Lag
from koordinering.tiltak.lag.rules import Kjentlag
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
    i_navnet = func.lower(Lag.navn).contains(tekst.lower(), autoescape=True)
    treff = or_(i_navnet, Lag.orgnr.contains("".join(tekst.split()), autoescape=True))
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


def kjente_lag(*vilkaar: ColumnElement[bool]) -> list[Kjentlag]:
    """Names and organisation numbers of the clubs, by name: what whoever keeps offers may know of them."""
    query = select(Lag.id, Lag.navn, Lag.orgnr, Lag.aktiv).where(*vilkaar).order_by(Lag.navn, Lag.id)
    return [Kjentlag(*rad) for rad in db.session.execute(query)]


def kan_velges(ogsaa: int | None = None) -> list[Kjentlag]:
    """The clubs that something new can be with: the active, and the one that has it already."""
    return kjente_lag(or_(Lag.aktiv, Lag.id == ogsaa) if ogsaa is not None else Lag.aktiv.is_(True))


def heter_noen(navn: str) -> bool:
    """Whether a club in the list has this name, whichever letters are capital."""
    return db.session.scalar(select(Lag.id).where(func.lower(Lag.navn) == navn.lower()).limit(1)) is not None


def med_orgnr(orgnr: str) -> Lag | None:
    """The club with this organisation number, None when it is not here."""
    return db.session.scalar(select(Lag).where(Lag.orgnr == orgnr))
