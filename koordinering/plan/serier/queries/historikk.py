"""What was done to the points of a series: every change, newest first, with what stood there before, who and when."""

from collections import Counter
from dataclasses import dataclass

from sqlalchemy import and_, exists, select
from sqlalchemy.orm import aliased, joinedload

from koordinering.access import require
from koordinering.db import db
from koordinering.plan.serier.models import Serieendring, Seriepunkt
from koordinering.roles import Rettighet
from koordinering.sider import Side, hent_side
from koordinering.users import User


@dataclass(frozen=True)
class Linje:
    """One point of a change: what it came to hold, and what it held before (None: nothing)."""

    naa: Seriepunkt
    foer: Seriepunkt | None


@dataclass(frozen=True)
class Historikk:
    """A page of changes in a series."""

    side: Side[Serieendring]
    linjer: dict[int, list[Linje]]
    """The points of each change in this series."""
    kan_angres: set[int]
    """The changes whose every point, in every series, is still the newest version."""
    andre: dict[int, int]
    """How many other series a change touched: a file's are undone together."""


def historikk(av: User, serie_id: str, noekkel: str) -> Historikk:
    """A page of changes, newest first. Five queries."""
    require(av, Rettighet.PLAN_LES)
    query = (
        select(Serieendring)
        .where(Serieendring.id.in_(select(Seriepunkt.endring_id).where(Seriepunkt.serie_id == serie_id)))
        .options(joinedload(Serieendring.av))
    )
    side = hent_side(db.session(), query, (Serieendring.tid, Serieendring.id), synkende=True, noekkel=noekkel)
    ider = [endring.id for endring in side.rader]
    foer = aliased(Seriepunkt)
    par = (
        select(Seriepunkt, foer)
        .outerjoin(
            foer,
            and_(
                foer.serie_id == Seriepunkt.serie_id,
                foer.periode == Seriepunkt.periode,
                foer.versjon == Seriepunkt.versjon - 1,
            ),
        )
        .where(Seriepunkt.serie_id == serie_id, Seriepunkt.endring_id.in_(ider))
        .order_by(Seriepunkt.periode)
    )
    linjer: dict[int, list[Linje]] = {}
    for naa, en in db.session.execute(par):
        linjer.setdefault(naa.endring_id, []).append(Linje(naa, en))
    return Historikk(side, linjer, _kan_angres(ider), _andre(ider))


def _andre(ider: list[int]) -> dict[int, int]:
    query = select(Seriepunkt.endring_id, Seriepunkt.serie_id).where(Seriepunkt.endring_id.in_(ider)).distinct()
    antall = Counter(endring_id for endring_id, _ in db.session.execute(query))
    return {endring_id: n - 1 for endring_id, n in antall.items()}


def _kan_angres(ider: list[int]) -> set[int]:
    eldet = exists().where(Seriepunkt.endring_id == Serieendring.id, ~Seriepunkt.gjeldende)
    return set(db.session.scalars(select(Serieendring.id).where(Serieendring.id.in_(ider), ~eldet)))
