"""Reading payments and the files they go into."""

from collections.abc import Collection, Mapping

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import joinedload

from koordinering.access import require
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


def kan_eksporteres() -> Select[Utbetaling]:
    """Payments that go into the next file: ready, and to the account that the club still has."""
    query = select(Utbetaling).join(Lag, Lag.id == Utbetaling.lag_id)
    return query.where(Utbetaling.status == Utbetalingstatus.KLAR, Lag.kontonummer == Utbetaling.kontonummer)


def til_fil() -> tuple[int, int]:
    """How many payments the next file gets, and their sum."""
    klare = kan_eksporteres().with_only_columns(Utbetaling.beloep_oere).subquery()
    query = select(func.count(), func.coalesce(func.sum(klare.c.beloep_oere), 0)).select_from(klare)
    antall, sum_ = db.session.execute(query).one()
    return int(antall), int(sum_)


def navn_paa(ider: Collection[int | None]) -> Mapping[int, str]:
    """The titles of these users, as colleagues know them."""
    kjente = sorted({id_ for id_ in ider if id_ is not None})
    return dict(db.session.execute(select(User.id, User.visningsnavn).where(User.id.in_(kjente))).all())
