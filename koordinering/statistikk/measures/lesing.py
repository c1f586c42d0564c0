"""Reads from the cases what a year's counts are made of."""

from datetime import date, datetime, timedelta
from typing import NamedTuple

from sqlalchemy import ColumnElement, Select, and_, case, or_, select

from koordinering.db import OSLO, db
from koordinering.saker.models import Barn, Hendelse, Henvisning, Sak
from koordinering.saker.rules.overganger import Status, Trekkgrunn
from koordinering.tildeling.models import Tildeling
from koordinering.tildeling.rules import TELLER_MOT_TAK
from koordinering.tiltak.models import Tiltak
from koordinering.tiltak.rules import FORMIDLES, VISES_TIL
from koordinering.users import Enhet


class Henvist(NamedTuple):
    """A referral that counts; `barn` is None for the whole family."""

    sak: int
    barn: int | None
    tiltak: str
    gitt: bool
    venter: bool


class Registrert(NamedTuple):
    """A child in a case that has such a referral."""

    barn: int
    sak: int
    enhet: str
    foedselsaar: int
    indeks: bytes | None
    """None: the child stands unlinked."""


def les(aar: int, dato: date) -> tuple[list[Henvist], list[Registrert]]:
    """The year's referrals, and all children of their cases. Two queries."""
    start = datetime(aar, 1, 1, tzinfo=OSLO)
    dagen_etter = dato + timedelta(days=1)
    slutt = min(
        datetime(aar + 1, 1, 1, tzinfo=OSLO),
        datetime(dagen_etter.year, dagen_etter.month, dagen_etter.day, tzinfo=OSLO),
    )
    telles = _telles(start, slutt)
    henvist = select(
        Henvisning.sak_id, Henvisning.barn_id, Henvisning.tiltak_id, _var_gitt(slutt), _ventet(slutt)
    ).where(telles)
    registrert = (
        select(Barn.id, Barn.sak_id, Sak.enhet_id, Barn.foedselsaar, Barn.blindindeks)
        .join(Sak)
        .where(Barn.sak_id.in_(select(Henvisning.sak_id).where(telles)))
    )
    return (
        [Henvist._make(rad) for rad in db.session.execute(henvist)],
        [Registrert._make(rad) for rad in db.session.execute(registrert)],
    )


def _telles(start: datetime, slutt: datetime) -> ColumnElement[bool]:
    """Sent in the year, or shown the way in it; not misregistered; of a chain sent on, the last one."""
    sendt = and_(Henvisning.sendt >= start, Henvisning.sendt < slutt)
    vist_til = and_(
        Henvisning.sendt.is_(None),
        Henvisning.status == Status.VIST_TIL,
        Henvisning.endret >= start,
        Henvisning.endret < slutt,
    )
    ny = select(Henvisning.videresendt_fra_id).where(Henvisning.videresendt_fra_id.is_not(None), sendt)
    feil = and_(Henvisning.status == Status.TRUKKET, Henvisning.grunn == Trekkgrunn.FEILREGISTRERT.value)
    return and_(or_(sendt, vist_til), Henvisning.id.not_in(ny), ~feil | Henvisning.grunn.is_(None))


def _var_gitt(slutt: datetime) -> ColumnElement[bool]:
    staar = or_(Tildeling.tilstand.in_(sorted(TELLER_MOT_TAK)), Tildeling.slutt >= slutt)
    return Henvisning.id.in_(select(Tildeling.henvisning_id).where(Tildeling.gitt < slutt, staar))


def _ventet(slutt: datetime) -> ColumnElement[bool]:
    """On the waiting list at that moment; where the status has changed since, its events tell."""
    da = (
        select(Hendelse.til)
        .where(Hendelse.henvisning_id == Henvisning.id, Hendelse.slag == "status", Hendelse.tid < slutt)
        .order_by(Hendelse.tid.desc(), Hendelse.id.desc())
        .limit(1)
        .correlate(Henvisning)
        .scalar_subquery()
    )
    return case(
        (Henvisning.endret < slutt, Henvisning.status == Status.VENTELISTE),
        else_=da == Status.VENTELISTE.value,
    )


def tiltaksrader() -> list[Tiltak]:
    """The rows of the third table: what can be referred to, and what ever was. The year's counts have no say."""
    query: Select[Tiltak] = select(Tiltak).order_by(Tiltak.orden, Tiltak.id)
    brukt = set(db.session.scalars(select(Henvisning.tiltak_id).distinct()))
    mulige = FORMIDLES | VISES_TIL
    return [t for t in db.session.scalars(query) if t.id in brukt or (t.slag & mulige and not t.utgaatt)]


def tjenester() -> list[Enhet]:
    """The classes of the first table: the units that refer, and any that ever had a case."""
    brukt = select(Sak.enhet_id).distinct()
    query = select(Enhet).where(or_(Enhet.henviser, Enhet.id.in_(brukt))).order_by(Enhet.orden, Enhet.id)
    return list(db.session.scalars(query))
