"""Reads snapshots, patterns and releases. Raw counts are never fetched here: only what was protected."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Select, String, and_, cast, func, not_, or_, select
from sqlalchemy.orm import joinedload, selectinload

from koordinering.access import can
from koordinering.db import db
from koordinering.errors import FinnesIkke
from koordinering.roles import Rettighet
from koordinering.sider import Side, hent_side
from koordinering.statistikk.models import Bildetabell, Moenster, Oeyeblikksbilde, Publisering, PublisertTabell
from koordinering.statistikk.rules import FOER, Publiseringsstatus
from koordinering.tekst import N_, Kode
from koordinering.users import User, kommune


def bilde(aar: int, dato: date) -> Oeyeblikksbilde | None:
    """The snapshot of a year made on a day."""
    return db.session.scalar(select(Oeyeblikksbilde).where(Oeyeblikksbilde.aar == aar, Oeyeblikksbilde.dato == dato))


def bilder(aar: int) -> list[Oeyeblikksbilde]:
    """All snapshots of a year, the newest first."""
    query = select(Oeyeblikksbilde).where(Oeyeblikksbilde.aar == aar)
    return list(db.session.scalars(query.order_by(Oeyeblikksbilde.dato.desc(), Oeyeblikksbilde.id.desc())))


def siste(aar: Collection[int] | None = None) -> Mapping[int, Oeyeblikksbilde]:
    """The newest snapshot of each year, or of these years. One query."""
    nyeste = select(Oeyeblikksbilde.aar, func.max(Oeyeblikksbilde.dato).label("dato")).group_by(Oeyeblikksbilde.aar)
    if aar is not None:
        nyeste = nyeste.where(Oeyeblikksbilde.aar.in_(sorted(aar)))
    under = nyeste.subquery()
    query = select(Oeyeblikksbilde).join(
        under, (Oeyeblikksbilde.aar == under.c.aar) & (Oeyeblikksbilde.dato == under.c.dato)
    )
    return {funnet.aar: funnet for funnet in db.session.scalars(query.order_by(Oeyeblikksbilde.aar))}


def beskyttede(kode: str, bilde_ider: Collection[int]) -> Mapping[int, str]:
    """The protected table of each of these snapshots, as stored. One query."""
    query = select(Bildetabell.bilde_id, Bildetabell.beskyttet).where(
        Bildetabell.kode == kode, Bildetabell.bilde_id.in_(sorted(bilde_ider))
    )
    return {rad.bilde_id: rad.beskyttet for rad in db.session.execute(query)}


def alle_beskyttede(bilde_id: int) -> Mapping[str, str]:
    """Every protected table of a snapshot by code, as stored. One query."""
    query = select(Bildetabell.kode, Bildetabell.beskyttet).where(Bildetabell.bilde_id == bilde_id)
    return {rad.kode: rad.beskyttet for rad in db.session.execute(query)}


def koder_i(bilde_id: int) -> frozenset[str]:
    """Which tables a snapshot has."""
    return frozenset(db.session.scalars(select(Bildetabell.kode).where(Bildetabell.bilde_id == bilde_id)))


def moenster(avtrykk: str) -> Moenster | None:
    """The pattern stored for an input."""
    return db.session.get(Moenster, avtrykk)


# --- Releases --------------------------------------------------------------------------------------------


class Publiseringsfilter(Kode):
    """Named filters of the list of releases."""

    GJELDENDE = "gjeldende", N_("Gjeldende")
    ALLE = "alle", N_("Alle")
    UTKAST = "utkast", N_("Utkast")
    TIL_KONTROLL = "til_kontroll", N_("Må kontrolleres")
    KAN_PUBLISERES = "kan_publiseres", N_("Kan publiseres av deg")


UTKASTFILTRE = frozenset(
    {Publiseringsfilter.UTKAST, Publiseringsfilter.TIL_KONTROLL, Publiseringsfilter.KAN_PUBLISERES}
)
"""Filters of what is not released; for those who make releases."""


@dataclass(frozen=True)
class Publiseringssoek:
    """What the list is asked for."""

    filter: Publiseringsfilter = Publiseringsfilter.GJELDENDE
    tekst: str = ""
    """In the title of a table, or the year."""


def siste_nummer(aar: int | None = None, uten_avtrykk: str | None = None) -> int:
    """The highest number released, of a year if given, but not from these very raw counts; 0 when there is none."""
    query = select(func.max(Publisering.nummer))
    if aar is not None:
        query = query.where(Publisering.aar == aar)
    if uten_avtrykk is not None:
        query = query.where(Publisering.raaavtrykk != uten_avtrykk)
    return db.session.scalar(query) or 0


def publisering(user: User, publisering_id: int) -> Publisering:
    """One release with its tables' names and its people; a draft only for those who make them. Raises FinnesIkke."""
    query = (
        _synlige(user)
        .where(Publisering.id == publisering_id)
        .options(
            selectinload(Publisering.tabeller),
            joinedload(Publisering.laget_av),
            joinedload(Publisering.kontrollert_av),
            joinedload(Publisering.publisert_av),
            joinedload(Publisering.trukket_av),
            joinedload(Publisering.erstatter),
        )
    )
    funnet = db.session.scalar(query)
    if funnet is None:
        raise FinnesIkke
    return funnet


def med_nummer(nummer: int) -> Publisering:
    """A release by its number. Raises FinnesIkke."""
    funnet = db.session.scalar(select(Publisering).where(Publisering.nummer == nummer))
    if funnet is None:
        raise FinnesIkke(N_("Det finnes ingen publisering med dette nummeret."))
    return funnet


def utkast(aar: int, user_id: int) -> Publisering | None:
    """The user's newest draft of a year."""
    query = select(Publisering).where(
        Publisering.aar == aar, Publisering.laget_av_id == user_id, Publisering.status.in_(sorted(FOER))
    )
    return db.session.scalar(query.order_by(Publisering.laget.desc(), Publisering.id).limit(1))


def erstattet_av(publisering_id: int) -> Publisering | None:
    """The release that names this one as replaced."""
    query = select(Publisering).where(Publisering.erstatter_id == publisering_id, Publisering.nummer.is_not(None))
    return db.session.scalar(query.order_by(Publisering.nummer).limit(1))


def gjeldende(aar: int, kode: str) -> Publisering | None:
    """The newest release of a year that stands and has this table."""
    query = (
        select(Publisering)
        .join(PublisertTabell)
        .where(Publisering.aar == aar, Publisering.status == Publiseringsstatus.PUBLISERT, PublisertTabell.kode == kode)
    )
    return db.session.scalar(query.order_by(Publisering.nummer.desc()).limit(1))


def gjeldende_om(klasse: str, koder: Collection[str]) -> list[tuple[Publisering, str, str]]:
    """The tables of these that have a row for a class, with code and title, from one release that stands.

    It is that of the newest year, and the newest of that year. One query.
    """
    # What is stored is JSON of our own: a class is a list that begins with its code.
    har = and_(PublisertTabell.kode.in_(sorted(koder)), PublisertTabell.innhold.contains(f'["{klasse}", "'))
    nyeste = (
        select(Publisering.id)
        .join(PublisertTabell)
        .where(Publisering.status == Publiseringsstatus.PUBLISERT, har)
        .order_by(Publisering.aar.desc(), Publisering.nummer.desc())
        .limit(1)
    )
    query = (
        select(Publisering, PublisertTabell.kode, PublisertTabell.tittel)
        .join(PublisertTabell)
        .where(Publisering.id == nyeste.scalar_subquery(), har)
    )
    return [(p, kode, tittel) for p, kode, tittel in db.session.execute(query.order_by(PublisertTabell.orden))]


def gjeldende_tabeller(koder: Collection[str]) -> list[tuple[Publisering, str]]:
    """Of each year and each of these tables the newest release that stands, with the table as stored. One query."""
    nyeste = (
        select(Publisering.aar, PublisertTabell.kode, func.max(Publisering.nummer).label("nummer"))
        .join(PublisertTabell)
        .where(Publisering.status == Publiseringsstatus.PUBLISERT, PublisertTabell.kode.in_(sorted(koder)))
        .group_by(Publisering.aar, PublisertTabell.kode)
        .subquery()
    )
    query = (
        select(Publisering, PublisertTabell.innhold)
        .join(PublisertTabell)
        .join(nyeste, and_(nyeste.c.nummer == Publisering.nummer, nyeste.c.kode == PublisertTabell.kode))
        .order_by(Publisering.aar, PublisertTabell.orden)
    )
    return [(p, innhold) for p, innhold in db.session.execute(query)]


def alle_publiserte() -> list[Publisering]:
    """Every release, the newest first."""
    query = select(Publisering).where(Publisering.nummer.is_not(None)).options(selectinload(Publisering.tabeller))
    return list(db.session.scalars(query.order_by(Publisering.nummer.desc())))


def siste_publiserte() -> Publisering | None:
    """The release that was let out last and still stands."""
    query = select(Publisering).where(Publisering.status == Publiseringsstatus.PUBLISERT)
    return db.session.scalars(query.order_by(Publisering.nummer.desc()).limit(1)).first()


def kan_erstattes() -> list[Publisering]:
    """Releases that no other has replaced, the newest first."""
    andre = select(Publisering.erstatter_id).where(
        Publisering.erstatter_id.is_not(None), Publisering.nummer.is_not(None)
    )
    query = select(Publisering).where(Publisering.nummer.is_not(None), Publisering.id.not_in(andre))
    return list(db.session.scalars(query.order_by(Publisering.nummer.desc())))


def innhold(publisering_id: int, kode: str | None = None) -> list[str]:
    """The released tables of a release as stored, in their order; one of them where `kode` is given. One query."""
    query = select(PublisertTabell.innhold).where(PublisertTabell.publisering_id == publisering_id)
    if kode is not None:
        query = query.where(PublisertTabell.kode == kode)
    return list(db.session.scalars(query.order_by(PublisertTabell.orden)))


def publiseringsside(user: User, soek: Publiseringssoek, noekkel: str) -> Side[Publisering]:
    """A page of releases, the newest first."""
    query = _soek(_synlige(user), user, soek).options(
        selectinload(Publisering.tabeller), joinedload(Publisering.laget_av), joinedload(Publisering.publisert_av)
    )
    orden = (Publisering.laget, Publisering.id) if soek.filter in UTKASTFILTRE else (Publisering.nummer,)
    return hent_side(db.session(), query, orden, synkende=True, noekkel=noekkel)


def _synlige(user: User) -> Select[Publisering]:
    query = select(Publisering)
    return query if can(user, Rettighet.STATISTIKK_PUBLISER) else query.where(Publisering.nummer.is_not(None))


def til_kontroll() -> ColumnElement[bool]:
    """A draft that nobody has found safe yet."""
    return Publisering.status == Publiseringsstatus.UTKAST


def kan_publiseres(user: User) -> ColumnElement[bool]:
    """A checked draft that this user may release, as far as people decide it."""
    egen = Publisering.laget_av_id == user.id
    klar = Publisering.status == Publiseringsstatus.KONTROLLERT
    return and_(klar, not_(egen)) if kommune().to_personer else klar


def _filtrert(user: User, filter_: Publiseringsfilter) -> ColumnElement[bool]:
    match filter_:
        case Publiseringsfilter.UTKAST:
            return Publisering.status.in_(sorted(FOER))
        case Publiseringsfilter.TIL_KONTROLL:
            return til_kontroll()
        case Publiseringsfilter.KAN_PUBLISERES:
            return kan_publiseres(user)
        case Publiseringsfilter.GJELDENDE:
            return Publisering.status == Publiseringsstatus.PUBLISERT
        case Publiseringsfilter.ALLE:
            return Publisering.nummer.is_not(None)


def _soek(query: Select[Publisering], user: User, soek: Publiseringssoek) -> Select[Publisering]:
    query = query.where(_filtrert(user, soek.filter))
    for ord_ in soek.tekst.lower().split():
        i_tittel = func.lower(PublisertTabell.tittel).contains(ord_, autoescape=True)
        har = select(PublisertTabell.id).where(PublisertTabell.publisering_id == Publisering.id, i_tittel).exists()
        query = query.where(or_(har, cast(Publisering.aar, String) == ord_, cast(Publisering.nummer, String) == ord_))
    return query


# --- Years ------------------------------------------------------------------------------------------------------


def som_gjelder(aar: int) -> list[tuple[Publisering, list[str]]]:
    """The releases of a year that stand, the oldest first, each with its tables as stored. Two queries."""
    gjelder = (Publisering.aar == aar, Publisering.status == Publiseringsstatus.PUBLISERT)
    alle = db.session.scalars(select(Publisering).where(*gjelder).order_by(Publisering.nummer)).all()
    tabeller = select(PublisertTabell.publisering_id, PublisertTabell.innhold).join(Publisering).where(*gjelder)
    innhold: dict[int, list[str]] = {p.id: [] for p in alle}
    for publisering_id, lagret in db.session.execute(tabeller.order_by(PublisertTabell.orden)):
        innhold[publisering_id].append(lagret)
    return [(p, innhold[p.id]) for p in alle]


def aar_som_gjelder() -> list[int]:
    """The years that have a release that stands."""
    query = select(Publisering.aar).where(Publisering.status == Publiseringsstatus.PUBLISERT).distinct()
    return list(db.session.scalars(query.order_by(Publisering.aar)))
