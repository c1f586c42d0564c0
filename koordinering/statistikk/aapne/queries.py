"""Reads what is open. Nobody is asked who reads: all of it is for all."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import selectinload

from koordinering.access import require
from koordinering.db import db
from koordinering.errors import FinnesIkke
from koordinering.roles import Rettighet
from koordinering.sider import Side, hent_side
from koordinering.statistikk.aapne.models import AapenPublisering, AapneData
from koordinering.statistikk.aapne.rules import ErTrukket, Opplysninger
from koordinering.statistikk.models import Publisering, PublisertTabell
from koordinering.statistikk.rules import Publiseringsstatus
from koordinering.users import User


@dataclass(frozen=True)
class Tabellrad:
    """An open table, without its figures."""

    publisering: Publisering
    kode: str
    tittel: str


def _er_aapen() -> ColumnElement[bool]:
    return (
        select(AapenPublisering.id)
        .where(AapenPublisering.publisering_id == Publisering.id, AapenPublisering.lukket.is_(None))
        .exists()
    )


def _gjelder() -> ColumnElement[bool]:
    return Publisering.status == Publiseringsstatus.PUBLISERT


def aapning(user: User, publisering_id: int) -> AapenPublisering | None:
    """Since when a release is open, and by whom; None: it is not."""
    require(user, Rettighet.STATISTIKK_PUBLISERT_LES)
    query = select(AapenPublisering).where(
        AapenPublisering.publisering_id == publisering_id, AapenPublisering.lukket.is_(None)
    )
    return db.session.scalar(query)


def opplysninger() -> Opplysninger | None:
    """Who answers for the data; None: nobody has said."""
    rad = db.session.get(AapneData, 1)
    return None if rad is None else Opplysninger(rad.orgnr, rad.kontakt, rad.epost, rad.lisens)


def side(noekkel: str) -> Side[Publisering]:
    """A page of the open releases that stand, the newest first, each with its tables' names."""
    query = select(Publisering).where(_er_aapen(), _gjelder()).options(selectinload(Publisering.tabeller))
    return hent_side(db.session(), query, (Publisering.nummer,), synkende=True, noekkel=noekkel)


def med_nummer(nummer: int) -> Publisering:
    """An open release with its tables' names. Raises FinnesIkke, and ErTrukket when it is withdrawn."""
    query = select(Publisering).where(Publisering.nummer == nummer, _er_aapen())
    funnet = db.session.scalar(query.options(selectinload(Publisering.tabeller)))
    if funnet is None:
        raise FinnesIkke
    if funnet.status is Publiseringsstatus.TRUKKET:
        raise ErTrukket
    return funnet


def tabellrader(fra: int = 0, hoeyst: int | None = None) -> list[Tabellrad]:
    """The open tables, those of the newest release first."""
    query = (
        select(Publisering, PublisertTabell.kode, PublisertTabell.tittel)
        .join(PublisertTabell)
        .where(_er_aapen(), _gjelder())
        .order_by(Publisering.nummer.desc(), PublisertTabell.orden)
        .offset(fra)
        .limit(hoeyst)
    )
    return [Tabellrad(*rad) for rad in db.session.execute(query)]


def antall_tabeller() -> int:
    """How many tables are open."""
    query = select(func.count()).select_from(PublisertTabell).join(Publisering).where(_er_aapen(), _gjelder())
    return db.session.scalar(query) or 0
