"""Reads from the cases what a year's counts are made of: a constant number of queries, whatever the size."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Select,
    SQLColumnExpression,
    String,
    and_,
    case,
    cast,
    func,
    or_,
    select,
    type_coerce,
)
from sqlalchemy.orm import aliased

from koordinering.db import OSLO, db
from koordinering.saker.models import Barn, Hendelse, Henvisning, Sak
from koordinering.saker.rules.overganger import Status, Trekkgrunn
from koordinering.tildeling.models import Tildeling
from koordinering.tildeling.rules import TELLER_MOT_TAK
from koordinering.tiltak.midler.models import Tilsagn
from koordinering.tiltak.models import Plass, Tilbud, Tiltak
from koordinering.tiltak.rules import FORMIDLES, VISES_TIL
from koordinering.users import Enhet


class Henvist(NamedTuple):
    """A referral that counts; `barn` is None for the whole family."""

    id: int
    sak: int
    barn: int | None
    tiltak: str
    sendt: datetime | None
    """None: the family was shown the way."""
    endret: datetime
    status: str | None
    """As it stood when the year, or the day counted, was over."""
    grunn: str | None
    deltar_ved_slutt: str | None
    videresendt_grunn: str | None
    """Why an earlier receiver sent it on."""

    @property
    def naar(self) -> datetime:
        """When it was sent, or the family shown the way."""
        return self.sendt or self.endret


class Registrert(NamedTuple):
    """A child in a case that has such a referral."""

    barn: int
    sak: int
    enhet: str
    foedselsaar: int
    indeks: bytes | None
    """None: the child stands unlinked."""
    kjoenn: str | None
    deltar: str


class Gitt(NamedTuple):
    """What a referral first led to in the year."""

    naar: datetime
    betalt: bool
    """Money for a place in a club, which says nothing of the activity."""
    aktivitet: str | None
    arrangoer: str | None
    """Who has it: the key of the club, or what is written of one that is in no list."""


@dataclass(frozen=True, repr=False)
class Lest:
    """All that is read."""

    start: datetime
    slutt: datetime
    """When the year, or the day counted, was over."""
    henvist: list[Henvist]
    registrert: list[Registrert]
    gitt: Mapping[int, Gitt]
    kjente: frozenset[bytes]
    """Children who were referred in an earlier year."""
    ventegrunn: Mapping[int, str]
    """Why referrals were put on hold in the year, the last time."""
    tiltak: list[Tiltak]
    tjenester: list[Enhet]


def les(aar: int, dato: date) -> Lest:
    """The year's referrals, earlier ones that were given or waited in it, and all children of their cases."""
    start, slutt = datetime(aar, 1, 1, tzinfo=OSLO), _slutt(aar, dato)
    telles = or_(_telles(start, slutt), _fra_tidligere(start, slutt))
    saker = select(Henvisning.sak_id).where(telles)
    return Lest(
        start,
        slutt,
        [Henvist._make(rad) for rad in db.session.execute(henviste(slutt).where(telles))],
        [Registrert._make(rad) for rad in db.session.execute(registrerte(saker))],
        _gitt(start, slutt),
        frozenset(db.session.scalars(_kjente(start))),
        _ventegrunner(start, slutt),
        tiltaksrader(),
        tjenester(),
    )


def dagens_slutt(dato: date) -> datetime:
    """When a day is over in Norway."""
    dagen_etter = dato + timedelta(days=1)
    return datetime(dagen_etter.year, dagen_etter.month, dagen_etter.day, tzinfo=OSLO)


def _slutt(aar: int, dato: date) -> datetime:
    return min(datetime(aar + 1, 1, 1, tzinfo=OSLO), dagens_slutt(dato))


def registrerte(saker: Select[Any]) -> Select[Any]:
    """The children of these cases, as Registrert."""
    koder = (type_coerce(kode, String) for kode in (Barn.kjoenn, Barn.deltar))
    kolonner: list[Any] = [Barn.id, Barn.sak_id, Sak.enhet_id, Barn.foedselsaar, Barn.blindindeks, *koder]
    query: Select[Any] = select(*kolonner)
    return query.join(Sak).where(Barn.sak_id.in_(saker))


def henviste(slutt: datetime) -> Select[Any]:
    """Referrals as they stood then, as Henvist."""
    forrige = aliased(Henvisning)
    query: Select[Any] = select(
        Henvisning.id,
        Henvisning.sak_id,
        Henvisning.barn_id,
        Henvisning.tiltak_id,
        Henvisning.sendt,
        Henvisning.endret,
        _da(type_coerce(Henvisning.status, String), Hendelse.til, slutt),
        _da(Henvisning.grunn, Hendelse.grunn, slutt),
        type_coerce(Henvisning.deltar_ved_slutt, String),
        forrige.grunn,
    ).outerjoin(forrige, forrige.id == Henvisning.videresendt_fra_id)
    return query


def _feil() -> ColumnElement[bool]:
    feil = and_(Henvisning.status == Status.TRUKKET, Henvisning.grunn == Trekkgrunn.FEILREGISTRERT.value)
    return ~feil | Henvisning.grunn.is_(None)


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
    return and_(or_(sendt, vist_til), Henvisning.id.not_in(ny), _feil())


def _fra_tidligere(start: datetime, slutt: datetime) -> ColumnElement[bool]:
    """Sent in an earlier year, and given something in this one or on the waiting list at its end."""
    gitt = select(Tildeling.henvisning_id).where(_staar(start, slutt))
    venter = _da(type_coerce(Henvisning.status, String), Hendelse.til, slutt) == Status.VENTELISTE.value
    return and_(Henvisning.sendt < start, or_(Henvisning.id.in_(gitt), venter), _feil())


def _staar(start: datetime, slutt: datetime) -> ColumnElement[bool]:
    """Given in the year, and not brought back unused by its end."""
    staar = or_(Tildeling.tilstand.in_(sorted(TELLER_MOT_TAK)), Tildeling.slutt >= slutt)
    return and_(Tildeling.gitt >= start, Tildeling.gitt < slutt, staar)


def _gitt(start: datetime, slutt: datetime) -> Mapping[int, Gitt]:
    query = (
        select(
            Tildeling.henvisning_id,
            Tildeling.gitt,
            Tildeling.tilsagn_id.is_not(None),
            type_coerce(Tilbud.aktivitet, String),
            # a club is the same whether it has the place or is paid for it, and whatever it is called
            func.coalesce(cast(func.coalesce(Tilbud.lag_id, Tilsagn.lag_id), String), Tilbud.arrangoertekst),
        )
        .outerjoin(Plass, Plass.id == Tildeling.plass_id)
        .outerjoin(Tilbud, Tilbud.beholdning_id == Plass.beholdning_id)
        .outerjoin(Tilsagn, Tilsagn.id == Tildeling.tilsagn_id)
        .where(_staar(start, slutt))
        .order_by(Tildeling.gitt.desc(), Tildeling.id.desc())
    )
    return {rad[0]: Gitt._make(rad[1:]) for rad in db.session.execute(query)}


def _da(naa: SQLColumnExpression[Any], den_gang: SQLColumnExpression[Any], slutt: datetime) -> ColumnElement[Any]:
    """A referral's status or reason at that moment; where it has changed since, its events tell."""
    da = (
        select(den_gang)
        .where(Hendelse.henvisning_id == Henvisning.id, Hendelse.slag == "status", Hendelse.tid < slutt)
        .order_by(Hendelse.tid.desc(), Hendelse.id.desc())
        .limit(1)
        .correlate(Henvisning)
        .scalar_subquery()
    )
    return case((Henvisning.endret < slutt, naa), else_=da)


def _kjente(start: datetime) -> Select[Any]:
    foer = or_(
        Henvisning.sendt < start,
        and_(Henvisning.sendt.is_(None), Henvisning.status == Status.VIST_TIL, Henvisning.endret < start),
    )
    gjelder = or_(Henvisning.barn_id.is_(None), Henvisning.barn_id == Barn.id)
    return (
        select(Barn.blindindeks)
        .join(Henvisning, and_(Henvisning.sak_id == Barn.sak_id, gjelder))
        .where(Barn.blindindeks.is_not(None), foer, _feil())
        .distinct()
    )


def _ventegrunner(start: datetime, slutt: datetime) -> Mapping[int, str]:
    query = (
        select(Hendelse.henvisning_id, Hendelse.grunn)
        .where(
            Hendelse.slag == "status",
            Hendelse.til == Status.PAA_VENT.value,
            Hendelse.grunn.is_not(None),
            Hendelse.tid >= start,
            Hendelse.tid < slutt,
        )
        .order_by(Hendelse.tid, Hendelse.id)
    )
    return {henvisning: grunn for henvisning, grunn in db.session.execute(query) if grunn is not None}


def tiltaksrader() -> list[Tiltak]:
    """The classes of measures: what can be referred to, and what ever was. The year's counts have no say."""
    query: Select[Any] = select(Tiltak).order_by(Tiltak.orden, Tiltak.id)
    brukt = set(db.session.scalars(select(Henvisning.tiltak_id).distinct()))
    mulige = FORMIDLES | VISES_TIL
    return [t for t in db.session.scalars(query) if t.id in brukt or (t.slag & mulige and not t.utgaatt)]


def tjenester() -> list[Enhet]:
    """The classes of services: the units that refer, and any that ever had a case."""
    brukt = select(Sak.enhet_id).distinct()
    query = select(Enhet).where(or_(Enhet.henviser, Enhet.id.in_(brukt))).order_by(Enhet.orden, Enhet.id)
    return list(db.session.scalars(query))
