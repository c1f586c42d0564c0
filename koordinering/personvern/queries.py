"""Reading the access log: the user who asks comes first and decides which lines there are."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import ColumnElement, select, true
from sqlalchemy.orm import contains_eager, joinedload

from koordinering.access import rekkevidde, require
from koordinering.audit import Hva, Innslag, loggenheter
from koordinering.db import OSLO, db
from koordinering.roles import Omfang, Rettighet
from koordinering.saker.models import Aapning, Sak
from koordinering.saker.rules.innboks import Aapningsgrunn
from koordinering.sider import Side, hent_side
from koordinering.users import Enhet, User


@dataclass(frozen=True)
class Loggfilter:
    """What to look for; None is everything. Days are whole days in Norway, both included."""

    brukernavn: str | None = None
    hva: Hva | None = None
    fra: date | None = None
    til: date | None = None
    enhet_id: str | None = None


@dataclass(frozen=True)
class Loggside:
    """A page of the log, and the names of the users and units on it."""

    side: Side[Innslag]
    brukernavn: Mapping[int, str]
    enheter: Mapping[str, str]


def _ser_alt(user: User) -> bool:
    return Omfang.ALLE in rekkevidde(user, Rettighet.LOGG_LES)


def _rekkevidde(user: User) -> ColumnElement[bool]:
    return true() if _ser_alt(user) else Innslag.enhet_id.in_(sorted(loggenheter(user)))


_FOERSTE, _SISTE = date(2000, 1, 1), date(2999, 12, 31)
"""No line lies outside; a moment near the ends of the calendar cannot be moved to another time zone."""


def _midnatt(dag: date) -> datetime:
    return datetime.combine(min(max(dag, _FOERSTE), _SISTE), time(), OSLO)


def _vilkaar(valg: Loggfilter) -> list[ColumnElement[bool]]:
    vilkaar: list[ColumnElement[bool]] = []
    if valg.brukernavn:
        vilkaar.append(Innslag.user_id.in_(select(User.id).where(User.brukernavn == valg.brukernavn)))
    if valg.hva is not None:
        vilkaar.append(Innslag.hva == valg.hva)
    if valg.fra is not None:
        vilkaar.append(Innslag.tid >= _midnatt(valg.fra))
    if valg.til is not None and valg.til < date.max:
        vilkaar.append(Innslag.tid < _midnatt(valg.til + timedelta(days=1)))
    if valg.enhet_id is not None:
        vilkaar.append(Innslag.enhet_id == valg.enhet_id)
    return vilkaar


def logg(user: User, valg: Loggfilter, noekkel: str = "") -> Loggside:
    """A page of the lines the user may read, the newest first."""
    require(user, Rettighet.LOGG_LES)
    query = select(Innslag).where(_rekkevidde(user), *_vilkaar(valg))
    side = hent_side(db.session(), query, [Innslag.id], synkende=True, noekkel=noekkel)
    ider = {i.user_id for i in side.rader if i.user_id is not None}
    ider |= {i.gjelder_id for i in side.rader if i.gjelder == "bruker" and i.gjelder_id is not None}
    navn = db.session.execute(select(User.id, User.brukernavn).where(User.id.in_(ider)))
    return Loggside(side, dict(navn.all()), enhetsnavn())


def enheter_i_loggen(user: User) -> list[Enhet]:
    """The units whose lines the user can ask for."""
    require(user, Rettighet.LOGG_LES)
    query = select(Enhet).order_by(Enhet.orden, Enhet.navn, Enhet.id)
    if not _ser_alt(user):
        query = query.where(Enhet.id.in_(sorted(loggenheter(user))))
    return list(db.session.scalars(query))


def aapninger(user: User, grunn: Aapningsgrunn | None = None, noekkel: str = "") -> Side[Aapning]:
    """Why cases outside somebody's own inbox were opened, within what the user may read of the log, newest first."""
    require(user, Rettighet.LOGG_LES)
    query = select(Aapning).join(Aapning.sak).options(contains_eager(Aapning.sak), joinedload(Aapning.user))
    if not _ser_alt(user):
        query = query.where(Sak.enhet_id.in_(sorted(loggenheter(user))))
    if grunn is not None:
        query = query.where(Aapning.grunn == grunn)
    return hent_side(db.session(), query, [Aapning.tid, Aapning.id], synkende=True, noekkel=noekkel)


def enhetsnavn() -> Mapping[str, str]:
    """Short names of all units."""
    return dict(db.session.execute(select(Enhet.id, Enhet.kortnavn)).all())
