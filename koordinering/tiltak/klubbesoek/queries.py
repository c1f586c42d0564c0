"""Reading visits to clubs."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Select, String, cast, extract, func, select

from koordinering.access import visible
from koordinering.db import db
from koordinering.errors import FinnesIkke
from koordinering.roles import Rettighet
from koordinering.tiltak.foering.queries import inneholder
from koordinering.tiltak.klubbesoek.models import Klubbesoek
from koordinering.tiltak.klubbesoek.rules import Besoekstema
from koordinering.users import User


@dataclass(frozen=True)
class Klubbesoeksoek:
    """What the list of visits is narrowed by; empty fields narrow nothing."""

    aar: int
    tekst: str = ""
    tema: Besoekstema | None = None


def _i_aaret(user: User, aar: int) -> Select[Klubbesoek]:
    query = select(Klubbesoek).where(Klubbesoek.dag >= date(aar, 1, 1), Klubbesoek.dag <= date(aar, 12, 31))
    return visible(query, Klubbesoek, user, Rettighet.KLUBBESOEK_FOER)


def liste(user: User, soek: Klubbesoeksoek) -> Select[Klubbesoek]:
    """The unit's visits in a year; ordered and paged by the caller."""
    query = _i_aaret(user, soek.aar)
    if soek.tekst:
        query = query.where(inneholder(Klubbesoek.lagnavn, soek.tekst))
    if soek.tema is not None:
        query = query.where(Klubbesoek.tema == soek.tema)
    return query


@dataclass(frozen=True)
class Aarstall:
    """A year in figures."""

    besoek: int
    lag: int
    """Different clubs; those that are not in the list by the name as it is written."""


def antall(user: User, aar: int) -> Aarstall:
    """How many visits the unit has made in the year, and to how many clubs."""
    rader = _i_aaret(user, aar).subquery()
    hvilket = func.coalesce(cast(rader.c.lag_id, String), func.lower(rader.c.lag))
    besoek, lag = db.session.execute(select(func.count(rader.c.id), func.count(hvilket.distinct()))).one()
    return Aarstall(besoek, lag)


def aarene(user: User) -> list[int]:
    """The years that have visits, the newest first."""
    aar = extract("year", Klubbesoek.dag)
    query = visible(select(aar).distinct().order_by(aar.desc()), Klubbesoek, user, Rettighet.KLUBBESOEK_FOER)
    return [int(et) for et in db.session.scalars(query)]


def klubbesoek(user: User, klubbesoek_id: int) -> Klubbesoek:
    """One visit of the user's unit. Raises FinnesIkke."""
    query = select(Klubbesoek).where(Klubbesoek.id == klubbesoek_id)
    funnet = db.session.scalar(visible(query, Klubbesoek, user, Rettighet.KLUBBESOEK_FOER))
    if funnet is None:
        raise FinnesIkke
    return funnet


def hos_laget(user: User, lag_id: int) -> Select[Klubbesoek]:
    """The unit's visits to a club, of every year; ordered and paged by the caller."""
    query = select(Klubbesoek).where(Klubbesoek.lag_id == lag_id)
    return visible(query, Klubbesoek, user, Rettighet.KLUBBESOEK_FOER)
