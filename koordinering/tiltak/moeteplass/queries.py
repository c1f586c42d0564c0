"""Reading open offers and how many came."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Select, extract, func, or_, select
from sqlalchemy.orm import joinedload

from koordinering.access import rekkevidde, vilkaar, visible
from koordinering.db import db, i_dag
from koordinering.errors import FinnesIkke
from koordinering.roles import Omfang, Rettighet
from koordinering.tiltak.foering.queries import inneholder
from koordinering.tiltak.models import Tiltak, TiltakMekanikk
from koordinering.tiltak.moeteplass.models import Moeteplass, Moeteplassgruppe, Moeteplassretting, Moeteplasstall
from koordinering.tiltak.moeteplass.rules import neste_maaned
from koordinering.tiltak.rules import Mekanikk
from koordinering.users import Enhet, User


@dataclass(frozen=True)
class Moeteplassoek:
    """What the list of open offers is narrowed by; empty fields narrow nothing."""

    tekst: str = ""
    ogsaa_avsluttede: bool = False


def moeteplass(user: User, moeteplass_id: int, rettighet: Rettighet) -> Moeteplass:
    """One open offer that the user reaches with this right. Raises FinnesIkke."""
    query = visible(select(Moeteplass).where(Moeteplass.id == moeteplass_id), Moeteplass, user, rettighet)
    funnet = db.session.scalar(query.options(joinedload(Moeteplass.tiltak), joinedload(Moeteplass.enhet)))
    if funnet is None:
        raise FinnesIkke
    return funnet


def liste(user: User, soek: Moeteplassoek) -> Select[Moeteplass]:
    """The open offers that the user may read or change; ordered and paged by the caller."""
    naadd = or_(
        vilkaar(Moeteplass, user, Rettighet.MOETEPLASS_LES), vilkaar(Moeteplass, user, Rettighet.MOETEPLASS_ENDRE)
    )
    query = select(Moeteplass).where(naadd).options(joinedload(Moeteplass.tiltak), joinedload(Moeteplass.enhet))
    if soek.tekst:
        query = query.where(inneholder(Moeteplass.navn, soek.tekst))
    if not soek.ogsaa_avsluttede:
        query = query.where(or_(Moeteplass.til.is_(None), Moeteplass.til >= i_dag()))
    return query


def navnet_er_i_bruk(enhet_id: str, navn: str, *, av_andre_enn: int | None = None) -> bool:
    """Whether another open offer of the unit has the name; ended ones too."""
    query = select(Moeteplass.id).where(Moeteplass.enhet_id == enhet_id, Moeteplass.navn == navn)
    return db.session.scalar(query.where(Moeteplass.id != (av_andre_enn or 0)).limit(1)) is not None


def aa_foere(user: User) -> list[Moeteplass]:
    """The open offers that the user counts at and that have not ended: what the form chooses among."""
    query = select(Moeteplass).where(or_(Moeteplass.til.is_(None), Moeteplass.til >= i_dag()))
    query = visible(query.where(Moeteplass.fra <= i_dag()), Moeteplass, user, Rettighet.MOETEPLASS_FOER)
    query = query.options(joinedload(Moeteplass.tiltak), joinedload(Moeteplass.enhet))
    return list(db.session.scalars(query.order_by(Moeteplass.navn, Moeteplass.id)))


def sist_foert(user: User) -> int | None:
    """The open offer that the user wrote in last."""
    query = (
        select(Moeteplassgruppe.moeteplass_id)
        .join(Moeteplasstall, Moeteplasstall.gruppe_id == Moeteplassgruppe.id)
        .where(Moeteplasstall.foert_av == user.id)
        .order_by(Moeteplasstall.foert.desc(), Moeteplasstall.id.desc())
    )
    return db.session.scalar(query.limit(1))


def dagens(moeteplass: Moeteplass, dag: date, *, laas: bool = False) -> dict[int, Moeteplasstall]:
    """The day's rows by age group. `laas`: to change them."""
    grupper = [gruppe.id for gruppe in moeteplass.grupper]
    query = select(Moeteplasstall).where(Moeteplasstall.gruppe_id.in_(grupper), Moeteplasstall.dag == dag)
    query = query.order_by(Moeteplasstall.id)
    return {tall.gruppe_id: tall for tall in db.session.scalars(query.with_for_update() if laas else query)}


def dagens_grupper(moeteplass: Moeteplass, tall: Mapping[int, Moeteplasstall]) -> list[Moeteplassgruppe]:
    """The age groups that the day is counted in: today's, or the earlier ones that it was written in with."""
    foert_i = [g for g in moeteplass.grupper if g.id in tall and tall[g.id].antall is not None]
    return foert_i if any(gruppe.utgaatt for gruppe in foert_i) else moeteplass.i_bruk


def maanedens(moeteplass: Moeteplass, maaned: date) -> dict[tuple[date, int], int | None]:
    """Every count of the month that begins here, by day and age group."""
    grupper = [gruppe.id for gruppe in moeteplass.grupper]
    query = select(Moeteplasstall.dag, Moeteplasstall.gruppe_id, Moeteplasstall.antall).where(
        Moeteplasstall.gruppe_id.in_(grupper), Moeteplasstall.dag >= maaned, Moeteplasstall.dag < neste_maaned(maaned)
    )
    return {(dag, gruppe): antall for dag, gruppe, antall in db.session.execute(query)}


@dataclass(frozen=True)
class Rettelinje:
    """One corrected count, as the page tells of it."""

    retting: Moeteplassretting
    dag: date
    gruppe: str
    hvem: str


def rettinger(moeteplass: Moeteplass, fra: date, foer: date) -> list[Rettelinje]:
    """The corrections of the counts of these days (the last one not included), the newest first."""
    query = (
        select(Moeteplassretting, Moeteplasstall.dag, Moeteplassgruppe.navn, User.visningsnavn)
        .join(Moeteplasstall, Moeteplasstall.id == Moeteplassretting.tall_id)
        .join(Moeteplassgruppe, Moeteplassgruppe.id == Moeteplasstall.gruppe_id)
        .join(User, User.id == Moeteplassretting.user_id)
        .where(Moeteplassgruppe.moeteplass_id == moeteplass.id, Moeteplasstall.dag >= fra, Moeteplasstall.dag < foer)
        .order_by(Moeteplassretting.tid.desc(), Moeteplassretting.id.desc())
    )
    return [Rettelinje(*rad) for rad in db.session.execute(query)]


def foerte_dager(moeteplasser: Sequence[int], maaned: date) -> dict[int, int]:
    """On how many days of the month each open offer is written in: that, and not how many came."""
    query = (
        select(Moeteplassgruppe.moeteplass_id, func.count(Moeteplasstall.dag.distinct()))
        .join(Moeteplasstall, Moeteplasstall.gruppe_id == Moeteplassgruppe.id)
        .where(
            Moeteplassgruppe.moeteplass_id.in_(sorted(moeteplasser)),
            Moeteplasstall.dag >= maaned,
            Moeteplasstall.dag < neste_maaned(maaned),
            Moeteplasstall.antall.is_not(None),
        )
        .group_by(Moeteplassgruppe.moeteplass_id)
    )
    talte = {id_: int(dager) for id_, dager in db.session.execute(query)}
    return dict.fromkeys(moeteplasser, 0) | talte


def maaneder_uten_tall(aar: int, siste: date) -> int:
    """How many months an open offer was kept without a day written in, all open offers together. Two queries."""
    foerste, slutt = date(aar, 1, 1), min(date(aar, 12, 31), siste)
    query = select(Moeteplass).where(Moeteplass.fra <= slutt, or_(Moeteplass.til.is_(None), Moeteplass.til >= foerste))
    alle = db.session.scalars(query).all()
    dager = (
        select(Moeteplassgruppe.moeteplass_id, Moeteplasstall.dag)
        .join(Moeteplasstall, Moeteplasstall.gruppe_id == Moeteplassgruppe.id)
        .where(Moeteplasstall.dag >= foerste, Moeteplasstall.dag <= slutt, Moeteplasstall.antall.is_not(None))
        .distinct()
    )
    foert = {(id_, dag.month) for id_, dag in db.session.execute(dager)}
    holdt = {
        (m.id, maaned)
        for m in alle
        for maaned in range(max(m.fra, foerste).month, min(m.til or slutt, slutt).month + 1)
    }
    return len(holdt - foert)


def moeteplasstiltak() -> list[Tiltak]:
    """The measures of the plan that are open offers, in its order."""
    slag = select(TiltakMekanikk.tiltak_id).where(TiltakMekanikk.mekanikk == Mekanikk.MOETEPLASS)
    query = select(Tiltak).where(Tiltak.id.in_(slag), ~Tiltak.utgaatt).order_by(Tiltak.orden, Tiltak.id)
    return list(db.session.scalars(query))


def enheter(user: User) -> list[Enhet]:
    """The units whose open offers the user may keep."""
    rekker = rekkevidde(user, Rettighet.MOETEPLASS_ENDRE)
    query = select(Enhet).order_by(Enhet.orden, Enhet.id)
    if Omfang.ALLE not in rekker:
        query = query.where(Enhet.id.in_(sorted(rekker.get(Omfang.ENHET, ()))))
    return list(db.session.scalars(query))


# --- For counting -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Besoekslinje:
    """Visits at one open offer in one month, of one age group. Visits, not persons."""

    moeteplass_id: int
    navn: str
    tiltak_id: str
    maaned: int
    gruppe: str
    dager: int
    """Days that are written in."""
    besoek: int


def besoek_i_aaret(aar: int) -> list[Besoekslinje]:
    """Every open offer's visits in the year, by month and age group. Raw: for statistikk, never for a page."""
    maaned = extract("month", Moeteplasstall.dag)
    query = (
        select(
            Moeteplass.id,
            Moeteplass.navn,
            Moeteplass.tiltak_id,
            maaned,
            Moeteplassgruppe.navn,
            func.count(Moeteplasstall.antall),
            func.sum(Moeteplasstall.antall),
        )
        .join(Moeteplassgruppe, Moeteplassgruppe.moeteplass_id == Moeteplass.id)
        .join(Moeteplasstall, Moeteplasstall.gruppe_id == Moeteplassgruppe.id)
        .where(
            Moeteplasstall.dag >= date(aar, 1, 1),
            Moeteplasstall.dag <= date(aar, 12, 31),
            Moeteplasstall.antall.is_not(None),
        )
        .group_by(Moeteplass.id, Moeteplass.navn, Moeteplass.tiltak_id, maaned, Moeteplassgruppe.id)
        .group_by(Moeteplassgruppe.navn, Moeteplassgruppe.orden)
        .order_by(Moeteplass.tiltak_id, Moeteplass.id, maaned, Moeteplassgruppe.orden, Moeteplassgruppe.id)
    )
    return [
        Besoekslinje(id_, navn, tiltak, int(mnd), gruppe, int(dager), int(antall or 0))
        for id_, navn, tiltak, mnd, gruppe, dager, antall in db.session.execute(query)
    ]
