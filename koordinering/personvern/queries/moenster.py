"""Unusual patterns: one query for each, by user and day, paged in SQL."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, case, func, or_, select, type_coerce
from sqlalchemy.orm import aliased

from koordinering.access import require
from koordinering.audit import Hva, Innslag
from koordinering.db import db, now
from koordinering.personvern.queries.loggfilter import LINJER_AV_SLAG, synlige
from koordinering.personvern.rules.loggen import GRENSER, UKEN_ETTER, Linjeslag, Moenster, kl, natten
from koordinering.roles import Rettighet
from koordinering.saker.models import Henvisning, Sak
from koordinering.sider import Side, hent_side
from koordinering.users import User

SLAG: Mapping[Moenster, Linjeslag] = {
    Moenster.MANGE_SAKER: Linjeslag.LESING,
    Moenster.NATT: Linjeslag.LESING,
    Moenster.NEKTELSER: Linjeslag.NEKTELSE,
    Moenster.UTEN_HENVISNING: Linjeslag.LESING,
}
"""Which lines of the log show more of it."""

_AAPNET = frozenset({Hva.SAK_LEST, Hva.HENVISNING_LEST})
_SKJEDDE = frozenset(
    {
        Hva.HENVISNING_LAGET,
        Hva.HENVISNING_STATUS,
        Hva.HENVISNING_RETTET,
        Hva.SPURT,
        Hva.BESVART,
        Hva.GITT,
        Hva.TILBUDT,
        Hva.BESKJED_GITT,
        Hva.TATT_TILBAKE,
    }
)


@dataclass(frozen=True)
class Moenstertreff:
    """One user on one day."""

    user_id: int | None
    dag: date
    antall: int


@dataclass(frozen=True)
class Moensterside:
    """A page of a pattern, and the user names on it."""

    side: Side[Row[Any]]
    treff: Sequence[Moenstertreff]
    brukernavn: Mapping[int, str]


def moenstre(user: User, moenster: Moenster, dager: Sequence[date], noekkel: str = "") -> Moensterside:
    """Who shows the pattern on these days, among the lines the user may read; the newest first."""
    require(user, Rettighet.LOGG_LES)
    query, siste = _gruppert(user, moenster, dager)
    side: Side[Row[Any]] = hent_side(
        db.session(), query, [siste], synkende=True, noekkel=noekkel, les=lambda q: list(db.session.execute(q))
    )
    treff = [Moenstertreff(rad.user_id, dager[rad.dagnr], rad.antall) for rad in side.rader]
    ider = {t.user_id for t in treff}
    navn = db.session.execute(select(User.id, User.brukernavn).where(User.id.in_(ider))).all()
    return Moensterside(side, treff, dict(navn))


def _gruppert(user: User, moenster: Moenster, dager: Sequence[date]) -> tuple[Select[Any], Any]:
    """Lines by user and day, those days that have enough; and the column that orders them, each day's newest line."""
    # the day is worked out inside: PostgreSQL holds two equal expressions with parameters for different
    dagnr = case(*((Innslag.tid < kl(dag + timedelta(days=1)), nr) for nr, dag in enumerate(dager)))
    linjer = (
        select(Innslag.id, Innslag.user_id, Innslag.gjelder_id, dagnr.label("dagnr"))
        .where(Innslag.tid >= kl(dager[0]), Innslag.tid < kl(dager[-1] + timedelta(days=1)))
        .where(synlige(user), _VILKAAR[moenster](dager))
        .subquery()
    )
    linjene = moenster in {Moenster.NATT, Moenster.NEKTELSER}
    hva = func.count() if linjene else func.count(linjer.c.gjelder_id.distinct())
    gruppert = (
        select(linjer.c.user_id, linjer.c.dagnr, hva.label("antall"), func.max(linjer.c.id).label("siste"))
        .group_by(linjer.c.user_id, linjer.c.dagnr)
        .having(hva >= GRENSER[moenster].minst)
        .subquery()
    )
    return select(gruppert), gruppert.c.siste


def _mange_saker(_dager: Sequence[date]) -> ColumnElement[bool]:
    return Innslag.hva.in_(_AAPNET)


def _natt(dager: Sequence[date]) -> ColumnElement[bool]:
    naetter = or_(*(and_(Innslag.tid >= fra, Innslag.tid < til) for dag in dager for fra, til in natten(dag)))
    return and_(Innslag.hva.in_(LINJER_AV_SLAG[Linjeslag.LESING]), naetter)


def _nektelser(_dager: Sequence[date]) -> ColumnElement[bool]:
    return Innslag.hva.in_(LINJER_AV_SLAG[Linjeslag.NEKTELSE])


def _uten_henvisning(_dager: Sequence[date]) -> ColumnElement[bool]:
    """A case that is still there was opened, and nobody did anything with a referral of it in the week after."""
    siden = aliased(Innslag)
    henvisninger = select(Henvisning.id).where(Henvisning.sak_id == Innslag.gjelder_id)
    skjedde = (
        select(siden.id)
        .where(siden.gjelder == "henvisning", siden.gjelder_id.in_(henvisninger), siden.hva.in_(_SKJEDDE))
        .where(siden.tid >= Innslag.tid, siden.tid < _en_uke_etter())
        .exists()
    )
    finnes = select(Sak.id).where(Sak.id == Innslag.gjelder_id).exists()
    uken_er_gaatt = Innslag.tid < now() - UKEN_ETTER
    return and_(Innslag.hva == Hva.SAK_LEST, Innslag.gjelder == "sak", uken_er_gaatt, finnes, ~skjedde)


def _en_uke_etter() -> ColumnElement[datetime]:
    if db.engine.dialect.name == "sqlite":  # as Utc writes it there
        tekst = func.strftime("%Y-%m-%d %H:%M:%f000", Innslag.tid, f"+{UKEN_ETTER.days} days")
        return type_coerce(tekst, Innslag.tid.type)
    return type_coerce(Innslag.tid + func.make_interval(0, 0, 0, UKEN_ETTER.days), Innslag.tid.type)


_VILKAAR = {
    Moenster.MANGE_SAKER: _mange_saker,
    Moenster.NATT: _natt,
    Moenster.NEKTELSER: _nektelser,
    Moenster.UTEN_HENVISNING: _uten_henvisning,
}
