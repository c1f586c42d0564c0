"""The shelf: items found by scanning, searched, and told the history of."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, and_, func, or_, select

from koordinering.access import vilkaar, visible
from koordinering.db import db
from koordinering.errors import FinnesIkke
from koordinering.roles import Rettighet
from koordinering.tekst import N_, Kode
from koordinering.tiltak.utstyr.models import Utstyrsenhet, Utstyrshendelse
from koordinering.tiltak.utstyr.rules.strekkode import normaliser, som_nummer
from koordinering.tiltak.utstyr.rules.tilstander import Kategori, Status
from koordinering.users import User

HISTORIKK = 50
"""Lines of an item's history that its page shows."""
MAKS_ETIKETTER = 120


class Lagerfilter(Kode):
    """Named filters of the list of items."""

    I_BRUK = "i_bruk", N_("I bruk")
    LEDIG = "ledig", N_("Ledige")
    UTE = "ute", N_("Utlånte")
    RESERVERT = "reservert", N_("Reserverte")
    UTE_AV_DRIFT = "ute_av_drift", N_("Til reparasjon")
    SAVNET = "savnet", N_("Savnet")
    KASSERT = "kassert", N_("Kasserte")
    ALLE = "alle", N_("Alle")


@dataclass(frozen=True)
class Lagersoek:
    """What the list of items is narrowed by."""

    tekst: str = ""
    filter: Lagerfilter = Lagerfilter.I_BRUK
    kategori: Kategori | None = None


def _mine(user: User) -> Select[Utstyrsenhet]:
    return visible(select(Utstyrsenhet), Utstyrsenhet, user, Rettighet.UTSTYR_LAAN)


def lager(user: User, soek: Lagersoek) -> Select[Utstyrsenhet]:
    """The items of the user's unit; ordered and paged by the caller."""
    query = _mine(user)
    if soek.filter is Lagerfilter.I_BRUK:
        query = query.where(Utstyrsenhet.status != Status.KASSERT)
    elif soek.filter is not Lagerfilter.ALLE:
        query = query.where(Utstyrsenhet.status == Status(soek.filter.value))
    if soek.kategori is not None:
        query = query.where(Utstyrsenhet.kategori == soek.kategori)
    if soek.tekst:
        ord_ = f"%{soek.tekst.lower().replace('!', '!!').replace('%', '!%').replace('_', '!_')}%"
        treff = [func.lower(Utstyrsenhet.navn).like(ord_, escape="!"), _er(soek.tekst)]
        query = query.where(or_(*treff, func.lower(Utstyrsenhet.stoerrelse).like(ord_, escape="!")))
    return query


def _er(lest: str) -> ColumnElement[bool]:
    kode = normaliser(lest)
    nummer = som_nummer(kode)
    return Utstyrsenhet.nummer == nummer if nummer is not None else Utstyrsenhet.strekkode == kode


def enhet(user: User, utstyrsenhet_id: int) -> Utstyrsenhet:
    """One item. Raises FinnesIkke."""
    funnet = db.session.scalar(_mine(user).where(Utstyrsenhet.id == utstyrsenhet_id))
    if funnet is None:
        raise FinnesIkke
    return funnet


def finn(user: User, lest: str) -> Utstyrsenhet | None:
    """The item whose barcode was scanned or whose number was typed."""
    return db.session.scalar(_mine(user).where(_er(lest)).order_by(Utstyrsenhet.id).limit(1))


def flere(user: User, ider: Sequence[int]) -> list[Utstyrsenhet]:
    """These items in this order; what the user may not see is left out. One query (and one for parts)."""
    funnet = {rad.id: rad for rad in db.session.scalars(_mine(user).where(Utstyrsenhet.id.in_(sorted(set(ider)))))}
    return [funnet[en] for en in dict.fromkeys(ider) if en in funnet]


def etter_nummer(user: User, foerste: int, antall: int) -> list[Utstyrsenhet]:
    """So many items from this number on: those that were put in together."""
    query = _mine(user).where(Utstyrsenhet.nummer >= foerste, Utstyrsenhet.nummer < foerste + antall)
    return list(db.session.scalars(query.order_by(Utstyrsenhet.nummer)))


def etiketter(user: User, fra: int | None, til: int | None, kategori: Kategori | None) -> list[Utstyrsenhet]:
    """Items to print labels for, by number, no more than one print can hold."""
    query = _mine(user).where(Utstyrsenhet.status != Status.KASSERT)
    if fra is not None:
        query = query.where(Utstyrsenhet.nummer >= fra)
    if til is not None:
        query = query.where(Utstyrsenhet.nummer <= til)
    if kategori is not None:
        query = query.where(Utstyrsenhet.kategori == kategori)
    return list(db.session.scalars(query.order_by(Utstyrsenhet.nummer).limit(MAKS_ETIKETTER)))


def historikk(user: User, utstyrsenhet_id: int) -> list[Utstyrshendelse]:
    """What was done with an item, the newest first."""
    query = (
        select(Utstyrshendelse)
        .join(Utstyrsenhet, Utstyrsenhet.id == Utstyrshendelse.utstyrsenhet_id)
        .where(and_(Utstyrsenhet.id == utstyrsenhet_id, vilkaar(Utstyrsenhet, user, Rettighet.UTSTYR_LAAN)))
        .order_by(Utstyrshendelse.id.desc())
        .limit(HISTORIKK)
    )
    return list(db.session.scalars(query))


def med_status(ider: Collection[int], statuser: Collection[Status]) -> set[int]:
    """Which of these items stand in one of these places, their rows locked in one order on PostgreSQL."""
    query = select(Utstyrsenhet.id, Utstyrsenhet.status).where(Utstyrsenhet.id.in_(sorted(set(ider))))
    rader = db.session.execute(query.order_by(Utstyrsenhet.id).with_for_update())
    return {id_ for id_, status in rader if status in statuser}
