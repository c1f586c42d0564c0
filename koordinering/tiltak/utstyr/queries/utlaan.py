"""Loans and reservations: lists by what is due, and one at a time."""

from collections import defaultdict
from collections.abc import Collection, Mapping

from sqlalchemy import Select, select

from koordinering.access import visible
from koordinering.db import db, i_dag
from koordinering.errors import FinnesIkke
from koordinering.roles import Rettighet
from koordinering.tekst import N_, Kode
from koordinering.tiltak.utstyr.models import Reservasjon, Utlaan
from koordinering.users import User


class Utlaansfilter(Kode):
    """Named filters of the list of loans."""

    FORFALT = "forfalt", N_("Over fristen")
    I_DAG = "i_dag", N_("Skal inn i dag")
    DELER = "deler", N_("Mangler deler")
    UTE = "ute", N_("Alle utlånte")


def _mine(user: User) -> Select[Utlaan]:
    return visible(select(Utlaan), Utlaan, user, Rettighet.UTSTYR_LAAN)


def utlaansliste(user: User, filter_: Utlaansfilter) -> Select[Utlaan]:
    """Open loans under a filter; ordered by due date and paged by the caller."""
    query = _mine(user).where(Utlaan.inn.is_(None))
    if filter_ is Utlaansfilter.FORFALT:
        return query.where(Utlaan.forfall < i_dag())
    if filter_ is Utlaansfilter.I_DAG:
        return query.where(Utlaan.forfall == i_dag())
    return query.where(Utlaan.delvis.is_not(None)) if filter_ is Utlaansfilter.DELER else query


def utlaan(user: User, utlaan_id: int) -> Utlaan:
    """One loan. Raises FinnesIkke."""
    funnet = db.session.scalar(_mine(user).where(Utlaan.id == utlaan_id))
    if funnet is None:
        raise FinnesIkke
    return funnet


def aapne_utlaan(user: User, ider: Collection[int]) -> Mapping[int, Utlaan]:
    """The open loan of each of these items that is out."""
    query = _mine(user).where(Utlaan.inn.is_(None), Utlaan.utstyrsenhet_id.in_(sorted(set(ider))))
    return {rad.utstyrsenhet_id: rad for rad in db.session.scalars(query)}


def sammen_med(user: User, numre: Collection[int]) -> Mapping[int, list[Utlaan]]:
    """What is still out of each of these borrowings, the first due first: one text names it all."""
    query = _mine(user).where(Utlaan.inn.is_(None), Utlaan.sammen.in_(sorted(set(numre))))
    funnet: dict[int, list[Utlaan]] = defaultdict(list)
    for rad in db.session.scalars(query.order_by(Utlaan.forfall, Utlaan.id)):
        funnet[rad.sammen].append(rad)
    return funnet


def _holdte(user: User) -> Select[Reservasjon]:
    query = visible(select(Reservasjon), Reservasjon, user, Rettighet.UTSTYR_LAAN)
    return query.where(Reservasjon.slutt.is_(None))


def reservasjoner(user: User) -> Select[Reservasjon]:
    """What is held now; ordered and paged by the caller."""
    return _holdte(user)


def reservasjon(user: User, reservasjon_id: int) -> Reservasjon:
    """One reservation that is held now. Raises FinnesIkke."""
    funnet = db.session.scalar(_holdte(user).where(Reservasjon.id == reservasjon_id))
    if funnet is None:
        raise FinnesIkke
    return funnet


def aapne_reservasjoner(user: User, ider: Collection[int]) -> Mapping[int, Reservasjon]:
    """The reservation that holds each of these items."""
    query = _holdte(user).where(Reservasjon.utstyrsenhet_id.in_(sorted(set(ider))))
    return {rad.utstyrsenhet_id: rad for rad in db.session.scalars(query)}
