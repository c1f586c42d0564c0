"""Reading payments and the files they go into."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, exists, func, not_, or_, select, true
from sqlalchemy.orm import aliased, joinedload

from koordinering.access import can, require
from koordinering.db import db
from koordinering.roles import Rettighet
from koordinering.tekst import N_, Kode
from koordinering.tiltak.lag.models import Lag
from koordinering.tiltak.lag.queries import navn_ligner
from koordinering.tiltak.midler.models import (
    Bunt,
    Utbetaling,
)
from koordinering.tiltak.midler.queries.budsjett import finn
from koordinering.tiltak.midler.rules import Utbetalingstatus
from koordinering.users import User


class Utbetalingsfilter(Kode):
    """The named filters of the list of payments."""

    VENTER = "venter", N_("Venter på godkjenning")
    KLAR = "klar", N_("Klare for fil")
    SENDT_TILBAKE = "sendt_tilbake", N_("Sendt tilbake")
    EKSPORTERT = "eksportert", N_("I fil til økonomi")
    STANSET = "stanset", N_("Stanset")
    I_RETUR = "i_retur", N_("Kom i retur")


_UTBETALING_INNHOLD = (
    joinedload(Utbetaling.lag, innerjoin=True),
    joinedload(Utbetaling.budsjett, innerjoin=True),
    joinedload(Utbetaling.faktura),
)


def utbetalingsliste(valgt: Utbetalingsfilter, tekst: str = "") -> Select[Utbetaling]:
    """The payments in one state; the text finds club, organisation number or our own number."""
    query = select(Utbetaling).where(Utbetaling.status == Utbetalingstatus(valgt.value)).options(*_UTBETALING_INNHOLD)
    if tekst:
        query = query.where(or_(Utbetaling.lag_id.in_(navn_ligner(tekst)), _bilag_er(tekst)))
    return query


def _bilag_er(tekst: str) -> ColumnElement[bool]:
    aar, _, nummer = tekst.partition("-")
    if not (aar.isascii() and aar.isdigit() and len(aar) == 4 and nummer.isascii() and nummer.isdigit()):
        return Utbetaling.id.in_(())
    return (Utbetaling.aar == int(aar)) & (Utbetaling.nummer == int(nummer[:9]))


def utbetaling(user: User, utbetaling_id: int) -> Utbetaling:
    """One payment. Raises FinnesIkke."""
    require(user, Rettighet.MIDLER_LES)
    return finn(select(Utbetaling).where(Utbetaling.id == utbetaling_id).options(*_UTBETALING_INNHOLD))


def utbetalinger(ider: Collection[int]) -> Mapping[int, Utbetaling]:
    """These payments, by id; those that do not exist are left out. One query."""
    query = select(Utbetaling).where(Utbetaling.id.in_(sorted(ider))).options(*_UTBETALING_INNHOLD)
    return {u.id: u for u in db.session.scalars(query)}


def utbetalinger_av(*, tilskudd_id: int | None = None, fakturaer: Collection[int] = ()) -> list[Utbetaling]:
    """The payments of a grant, or of these invoices, oldest first."""
    hvor = Utbetaling.tilskudd_id == tilskudd_id if tilskudd_id else Utbetaling.faktura_id.in_(sorted(fakturaer))
    query = select(Utbetaling).where(hvor).options(*_UTBETALING_INNHOLD)
    return list(db.session.scalars(query.order_by(Utbetaling.foert, Utbetaling.id)))


def i_bunten(nummer: int) -> list[Utbetaling]:
    """What is in a file, in the order of our own numbers. A payment that came back later is still in it."""
    query = select(Utbetaling).where(Utbetaling.bunt_nummer == nummer).options(*_UTBETALING_INNHOLD)
    return list(db.session.scalars(query.order_by(Utbetaling.aar, Utbetaling.nummer)))


def bunter() -> Select[Bunt]:
    """Every file; ordered and paged by the caller."""
    return select(Bunt)


def bunt(user: User, nummer: int) -> Bunt:
    """One file. Raises FinnesIkke."""
    require(user, Rettighet.MIDLER_LES)
    return finn(select(Bunt).where(Bunt.nummer == nummer))


def _klare() -> Select[Utbetaling]:
    query = select(Utbetaling).join(Lag, Lag.id == Utbetaling.lag_id)
    return query.where(Utbetaling.status == Utbetalingstatus.KLAR, Lag.kontonummer == Utbetaling.kontonummer)


def _konto_bekreftet() -> ColumnElement[bool]:
    """Somebody else than who wrote the club's account number has approved a payment to it since it was written."""
    en = aliased(Utbetaling)
    return exists().where(
        en.lag_id == Lag.id,
        en.kontonummer == Lag.kontonummer,
        en.status.in_((Utbetalingstatus.KLAR, Utbetalingstatus.EKSPORTERT)),
        en.avgjort_av != Lag.konto_av,
        or_(Lag.konto_endret.is_(None), en.avgjort >= Lag.konto_endret),
    )


def _sett_av_to(user: User) -> ColumnElement[bool]:
    """Two people have had to do with where the money goes when this user makes the file."""
    av_samme = Lag.konto_av == Utbetaling.foert_av
    if can(user, Rettighet.UTBETALING_EKSPORTER):
        av_samme = or_(av_samme, Lag.konto_av == user.id)
    return or_(Lag.konto_av.is_(None), not_(av_samme), Utbetaling.avgjort_av.is_not(None), _konto_bekreftet())


def egen_ubekreftet_konto(user_id: int, lag: Lag) -> bool:
    """The user wrote the club's account number herself, and nobody else has approved a payment to it since."""
    if lag.kontonummer is None or lag.konto_av != user_id:
        return False
    return db.session.scalar(select(Lag.id).where(Lag.id == lag.id, _konto_bekreftet())) is None


def kan_eksporteres(user: User) -> Select[Utbetaling]:
    """Payments that go into the next file, if this user makes it.

    They are ready, and to the account that the club still has, which more than one person has had to do with.
    """
    return _klare().where(_sett_av_to(user))


@dataclass(frozen=True)
class TilFil:
    """What the next file gets."""

    antall: int
    sum_oere: int
    holdt: int
    """Ready, but left out until somebody else has approved a payment to the account."""


def til_fil(user: User) -> TilFil:
    """What the next file gets, if this user makes it. One query."""
    klare = _klare().with_only_columns(Utbetaling.beloep_oere, _sett_av_to(user).label("med")).subquery()
    med = klare.c.med.is_(true())
    query = select(
        func.count().filter(med),
        func.coalesce(func.sum(klare.c.beloep_oere).filter(med), 0),
        func.count(),
    )
    antall, sum_, alle = db.session.execute(query.select_from(klare)).one()
    return TilFil(int(antall), int(sum_), int(alle) - int(antall))


def navn_paa(ider: Collection[int | None]) -> Mapping[int, str]:
    """The titles of these users, as colleagues know them."""
    kjente = sorted({id_ for id_ in ider if id_ is not None})
    return dict(db.session.execute(select(User.id, User.visningsnavn).where(User.id.in_(kjente))).all())
