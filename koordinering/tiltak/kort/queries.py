"""Reading the card's venues and the visits that they tell of."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select

from koordinering.access import require
from koordinering.db import db, i_dag
from koordinering.errors import FinnesIkke
from koordinering.roles import Rettighet
from koordinering.tiltak.foering.queries import inneholder
from koordinering.tiltak.kort.models import Kortbesoek, Kortbesoekretting, Samarbeidssted
from koordinering.tiltak.kort.rules import Stedslag
from koordinering.tiltak.models import KORT_OG_PLASSER, Kortaar, Plass
from koordinering.users import User


@dataclass(frozen=True)
class Stedsoek:
    """What the list of venues is narrowed by; empty fields narrow nothing."""

    tekst: str = ""
    slag: Stedslag | None = None
    ogsaa_avsluttede: bool = False


def sted(user: User, sted_id: int) -> Samarbeidssted:
    """One venue, for whoever may see what there is. Raises FinnesIkke."""
    require(user, Rettighet.TILBUD_LES)
    funnet = db.session.get(Samarbeidssted, sted_id)
    if funnet is None:
        raise FinnesIkke
    return funnet


def liste(user: User, soek: Stedsoek) -> Select[Samarbeidssted]:
    """The venues; ordered and paged by the caller."""
    require(user, Rettighet.TILBUD_LES)
    query = select(Samarbeidssted)
    if soek.tekst:
        query = query.where(inneholder(Samarbeidssted.navn, soek.tekst))
    if soek.slag is not None:
        query = query.where(Samarbeidssted.slag == soek.slag)
    if not soek.ogsaa_avsluttede:
        query = query.where(or_(Samarbeidssted.til.is_(None), Samarbeidssted.til >= i_dag()))
    return query


def navnet_er_i_bruk(tiltak_id: str, navn: str, *, av_andre_enn: int | None = None) -> bool:
    """Whether another venue has the name; ended ones too."""
    query = select(Samarbeidssted.id).where(Samarbeidssted.tiltak_id == tiltak_id, Samarbeidssted.navn == navn)
    return db.session.scalar(query.where(Samarbeidssted.id != (av_andre_enn or 0)).limit(1)) is not None


MAKS_STEDER = 200
"""Venues on the page where a month is written in; more than any municipality has."""


def steder_i(aar: int, maaned: int) -> list[Samarbeidssted]:
    """The venues that take the card on some day of the month, by name."""
    query = select(Samarbeidssted).where(_tar_kortet(aar, maaned))
    return list(db.session.scalars(query.order_by(Samarbeidssted.navn, Samarbeidssted.id).limit(MAKS_STEDER)))


def _tar_kortet(aar: int, maaned: int) -> ColumnElement[bool]:
    foerste, neste = date(aar, maaned, 1), date(aar + maaned // 12, maaned % 12 + 1, 1)
    return and_(Samarbeidssted.fra < neste, or_(Samarbeidssted.til.is_(None), Samarbeidssted.til >= foerste))


def maanedens(steder: Sequence[int], aar: int, maaned: int, *, laas: bool = False) -> dict[int, Kortbesoek]:
    """The month's rows by venue. `laas`: to change them."""
    query = (
        select(Kortbesoek)
        .where(Kortbesoek.sted_id.in_(sorted(steder)), Kortbesoek.aar == aar, Kortbesoek.maaned == maaned)
        .order_by(Kortbesoek.id)
    )
    return {rad.sted_id: rad for rad in db.session.scalars(query.with_for_update() if laas else query)}


def aarets(steder: Sequence[int], aar: int) -> dict[int, list[tuple[int, int | None]]]:
    """What each venue has told of in the year: (month, visits)."""
    query = select(Kortbesoek.sted_id, Kortbesoek.maaned, Kortbesoek.antall).where(
        Kortbesoek.sted_id.in_(sorted(steder)), Kortbesoek.aar == aar
    )
    funnet: dict[int, list[tuple[int, int | None]]] = {id_: [] for id_ in steder}
    for id_, maaned, antall in db.session.execute(query):
        funnet[id_].append((maaned, antall))
    return funnet


def maaneder_uten_tall(aar: int, siste: date) -> int:
    """How many months a venue took the card without having told of its visits, all venues together. Two queries."""
    foerste, slutt = date(aar, 1, 1), date(aar, 12, 31)
    tok_kortet = or_(Samarbeidssted.til.is_(None), Samarbeidssted.til >= foerste)
    query = select(Samarbeidssted).where(Samarbeidssted.fra <= slutt, tok_kortet)
    steder = db.session.scalars(query).all()
    foert = aarets([sted.id for sted in steder], aar)
    return sum(
        len(set(_maaneder(sted, aar, siste)) - {maaned for maaned, antall in foert[sted.id] if antall is not None})
        for sted in steder
    )


def _maaneder(sted: Samarbeidssted, aar: int, siste: date) -> range:
    """The months of the year in which the venue took the card, whole months until `siste`."""
    til = min(d for d in (date(aar, 12, 31), siste, sted.til) if d is not None)
    fra = max(date(aar, 1, 1), sted.fra)
    return range(fra.month, til.month + 1) if fra <= til else range(0)


@dataclass(frozen=True)
class Rettelinje:
    """One corrected count, as the page tells of it."""

    retting: Kortbesoekretting
    sted: str
    maaned: int
    hvem: str


def rettinger(aar: int, *, maaned: int | None = None, sted_id: int | None = None) -> list[Rettelinje]:
    """The corrections of a year's counts, of one month or one venue where told; the newest first."""
    query = (
        select(Kortbesoekretting, Samarbeidssted.navn, Kortbesoek.maaned, User.visningsnavn)
        .join(Kortbesoek, Kortbesoek.id == Kortbesoekretting.besoek_id)
        .join(Samarbeidssted, Samarbeidssted.id == Kortbesoek.sted_id)
        .join(User, User.id == Kortbesoekretting.user_id)
        .where(Kortbesoek.aar == aar)
        .order_by(Kortbesoekretting.tid.desc(), Kortbesoekretting.id.desc())
    )
    if maaned is not None:
        query = query.where(Kortbesoek.maaned == maaned)
    if sted_id is not None:
        query = query.where(Kortbesoek.sted_id == sted_id)
    return [Rettelinje(*rad) for rad in db.session.execute(query.limit(100))]


def kort_i_bruk(aar: int) -> dict[str, int]:
    """Cards that are out or lost, by measure; only years that are not closed, since a closed year has taken them in."""
    i_bruk = case((Plass.tilstand.in_(sorted(KORT_OG_PLASSER.brukt)), 1), else_=0)
    query = (
        select(Kortaar.tiltak_id, func.coalesce(func.sum(i_bruk), 0))
        .outerjoin(Plass, Plass.beholdning_id == Kortaar.beholdning_id)
        .where(Kortaar.aar == aar, Kortaar.stengt.is_(None))
        .group_by(Kortaar.tiltak_id)
    )
    return {tiltak: int(antall) for tiltak, antall in db.session.execute(query)}


# --- For counting -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Kortbesoekslinje:
    """Visits with the card at one venue in one month. Visits, not cards."""

    sted_id: int
    navn: str
    tiltak_id: str
    slag: Stedslag
    maaned: int
    besoek: int


def besoek_i_aaret(aar: int) -> list[Kortbesoekslinje]:
    """Every venue's visits in the year, by month; what is not written in has no line. Raw: for statistikk."""
    query = (
        select(
            Samarbeidssted.id,
            Samarbeidssted.navn,
            Samarbeidssted.tiltak_id,
            Samarbeidssted.slag,
            Kortbesoek.maaned,
            Kortbesoek.antall,
        )
        .join(Kortbesoek, Kortbesoek.sted_id == Samarbeidssted.id)
        .where(Kortbesoek.aar == aar, Kortbesoek.antall.is_not(None))
        .order_by(Samarbeidssted.navn, Samarbeidssted.id, Kortbesoek.maaned)
    )
    return [
        Kortbesoekslinje(id_, navn, tiltak, slag, maaned, antall or 0)
        for id_, navn, tiltak, slag, maaned, antall in db.session.execute(query)
    ]
