"""Reading years, budgets, rounds and the ledger."""

from datetime import date
from typing import TypeVar

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload

from koordinering.access import require
from koordinering.db import db
from koordinering.errors import FinnesIkke
from koordinering.roles import Rettighet
from koordinering.tiltak.midler.models import (
    Budsjett,
    Formaal,
    Midleraar,
    Postering,
    Runde,
    Tilsagn,
    Tilskudd,
    Utbetaling,
)
from koordinering.users import User

T = TypeVar("T")


def finn(query: Select[T]) -> T:
    """The one row of the query. Raises FinnesIkke."""
    funnet: T | None = db.session.scalar(query)
    if funnet is None:
        raise FinnesIkke
    return funnet


def midleraar(aar: int) -> Midleraar | None:
    """A year's rules, None when the year is not made."""
    return db.session.get(Midleraar, aar)


def alle_aar() -> list[Midleraar]:
    """Every year that is made, the newest first."""
    return list(db.session.scalars(select(Midleraar).order_by(Midleraar.aar.desc())))


def formaalene() -> list[Formaal]:
    """Every purpose, in order."""
    return list(db.session.scalars(select(Formaal).order_by(Formaal.orden, Formaal.id)))


def budsjettene(aar: int) -> list[Budsjett]:
    """A year's budgets, in the order of their purposes."""
    query = select(Budsjett).join(Budsjett.formaal).where(Budsjett.aar == aar)
    return list(db.session.scalars(query.order_by(Formaal.orden, Formaal.id)))


def budsjett(user: User, budsjett_id: int) -> Budsjett:
    """One budget. Raises FinnesIkke."""
    require(user, Rettighet.MIDLER_LES)
    return finn(select(Budsjett).where(Budsjett.id == budsjett_id))


def budsjett_for(aar: int, formaal_id: str) -> Budsjett | None:
    """The budget of a purpose in a year."""
    return db.session.scalar(select(Budsjett).where(Budsjett.aar == aar, Budsjett.formaal_id == formaal_id))


def til_enkeltplasser(dag: date, tiltak_id: str) -> list[Budsjett]:
    """This year's budgets that single places of this measure are paid from, while the year is open."""
    query = select(Budsjett).join(Budsjett.formaal).join(Midleraar, Midleraar.aar == Budsjett.aar)
    query = query.where(Formaal.enkeltplass, Formaal.tiltak_id == tiltak_id)
    query = query.where(Budsjett.aar == dag.year, Midleraar.stengt.is_(None))
    return list(db.session.scalars(query.order_by(Formaal.orden, Formaal.id)))


def posteringer(budsjett_id: int) -> Select[Postering]:
    """The ledger of one budget; ordered and paged by the caller."""
    return (
        select(Postering)
        .where(Postering.budsjett_id == budsjett_id)
        .options(
            joinedload(Postering.tilskudd).joinedload(Tilskudd.lag),
            joinedload(Postering.tilsagn).joinedload(Tilsagn.lag),
            joinedload(Postering.utbetaling).joinedload(Utbetaling.lag),
        )
    )


def runder(aar: int) -> list[Runde]:
    """A year's rounds, in the order of their deadlines."""
    return list(db.session.scalars(select(Runde).where(Runde.aar == aar).order_by(Runde.frist, Runde.id)))


def runder_til_soeknad(dag: date) -> list[Runde]:
    """Rounds of open years from last year on: an application may be late, and next year's may come early."""
    query = select(Runde).join(Midleraar, Midleraar.aar == Runde.aar)
    query = query.where(Midleraar.stengt.is_(None), Runde.aar >= dag.year - 1)
    return list(db.session.scalars(query.order_by(Runde.frist.desc(), Runde.id)))


def runde(user: User, runde_id: int) -> Runde:
    """One round. Raises FinnesIkke."""
    require(user, Rettighet.MIDLER_LES)
    return finn(select(Runde).where(Runde.id == runde_id))
