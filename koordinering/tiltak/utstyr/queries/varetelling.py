"""Stock-taking: what has been scanned, held against what should be on the shelf."""

from dataclasses import dataclass

from sqlalchemy import ScalarSelect, Select, func, or_, select

from koordinering.access import visible
from koordinering.db import db
from koordinering.errors import FinnesIkke
from koordinering.roles import Rettighet
from koordinering.tiltak.utstyr.models import Utstyrsenhet, Varelinje, Varetelling
from koordinering.tiltak.utstyr.rules.tilstander import PAA_HYLLEN
from koordinering.users import User

VISES = 200
"""Rows of each list on the page; the counts are whole."""


def _mine(user: User) -> Select[Varetelling]:
    return visible(select(Varetelling), Varetelling, user, Rettighet.UTSTYR_ENDRE)


def aapen_telling(user: User) -> Varetelling | None:
    """The stock-taking that goes on."""
    return db.session.scalar(_mine(user).where(Varetelling.slutt.is_(None)).limit(1))


def varetelling(user: User, varetelling_id: int) -> Varetelling:
    """One that goes on. Raises FinnesIkke."""
    query = _mine(user).where(Varetelling.id == varetelling_id, Varetelling.slutt.is_(None))
    funnet = db.session.scalar(query)
    if funnet is None:
        raise FinnesIkke
    return funnet


def avsluttede(user: User) -> Select[Varetelling]:
    """Those that have ended; ordered and paged by the caller."""
    return _mine(user).where(Varetelling.slutt.is_not(None))


@dataclass(frozen=True)
class Varestatus:
    """How far a stock-taking has come."""

    funnet: int
    mangler: int
    uventet: int
    manglende: list[Utstyrsenhet]
    uventede: list[Utstyrsenhet]
    """Scanned though they should be out, missing or thrown away."""
    ukjente: list[str]
    """Barcodes that no item here has."""


def savnede(varetelling: Varetelling) -> Select[Utstyrsenhet]:
    """What should be on the shelf and has not been scanned."""
    lest = select(Varelinje.utstyrsenhet_id).where(
        Varelinje.varetelling_id == varetelling.id, Varelinje.utstyrsenhet_id.is_not(None)
    )
    return select(Utstyrsenhet).where(
        Utstyrsenhet.enhet_id == varetelling.enhet_id,
        Utstyrsenhet.status.in_(sorted(PAA_HYLLEN)),
        Utstyrsenhet.id.not_in(lest),
    )


def varestatus(varetelling: Varetelling) -> Varestatus:
    """Found, missing and unexpected; the same number of queries whatever the size of the shelf."""
    linjer = select(Varelinje).where(Varelinje.varetelling_id == varetelling.id)
    med_enhet = linjer.join(Utstyrsenhet, Utstyrsenhet.id == Varelinje.utstyrsenhet_id)
    feil_sted = Utstyrsenhet.status.not_in(sorted(PAA_HYLLEN))
    utenfor = linjer.outerjoin(Utstyrsenhet, Utstyrsenhet.id == Varelinje.utstyrsenhet_id).where(
        or_(feil_sted, Varelinje.utstyrsenhet_id.is_(None))
    )
    mangler = savnede(varetelling)
    tall = select(_antall(med_enhet.where(~feil_sted)), _antall(mangler), _antall(utenfor))
    funnet, borte, uventet = db.session.execute(tall).one()
    uventede = med_enhet.where(feil_sted).with_only_columns(Utstyrsenhet)
    ukjente = linjer.where(Varelinje.utstyrsenhet_id.is_(None)).with_only_columns(Varelinje.strekkode)
    return Varestatus(
        funnet,
        borte,
        uventet,
        list(db.session.scalars(mangler.order_by(Utstyrsenhet.nummer).limit(VISES))),
        list(db.session.scalars(uventede.order_by(Utstyrsenhet.nummer).limit(VISES))),
        list(db.session.scalars(ukjente.order_by(Varelinje.strekkode).limit(VISES))),
    )


def _antall(query: Select[Varelinje] | Select[Utstyrsenhet]) -> ScalarSelect[int]:
    return select(func.count()).select_from(query.subquery()).scalar_subquery()
