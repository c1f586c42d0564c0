"""Reading the clubs' grants, which are public."""

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import joinedload

from koordinering.access import require
from koordinering.db import i_dag
from koordinering.roles import Rettighet
from koordinering.tekst import N_, Kode
from koordinering.tiltak.lag.queries import navn_ligner
from koordinering.tiltak.midler.models import (
    Budsjett,
    Tilskudd,
)
from koordinering.tiltak.midler.queries.budsjett import finn
from koordinering.tiltak.midler.rules import Tilskuddstatus, Ubrukt
from koordinering.users import User


class Tilskuddsfilter(Kode):
    """The named filters of the list of grants."""

    ALLE = "alle", N_("Alle")
    SOEKT = "soekt", N_("Til vedtak")
    INNVILGET = "innvilget", N_("Innvilget")
    OVER_FRISTEN = "over_fristen", N_("Rapport over fristen")
    RAPPORTERT = "rapportert", N_("Rapportert")
    SKAL_TILBAKE = "skal_tilbake", N_("Skal betales tilbake")
    AVSLAATT = "avslaatt", N_("Avslått")


def tilskuddsvilkaar(valgt: Tilskuddsfilter) -> tuple[ColumnElement[bool], ...]:
    """What the filter asks of a grant."""
    if valgt is Tilskuddsfilter.ALLE:
        return ()
    if valgt is Tilskuddsfilter.OVER_FRISTEN:
        return (Tilskudd.status == Tilskuddstatus.INNVILGET, Tilskudd.rapport_frist < i_dag())
    if valgt is Tilskuddsfilter.SKAL_TILBAKE:
        ubrukt = Tilskudd.betalt_oere - func.coalesce(Tilskudd.brukt_oere, 0) - Tilskudd.tilbakebetalt_oere
        return (
            Tilskudd.status == Tilskuddstatus.RAPPORTERT,
            Tilskudd.ubrukt == Ubrukt.BETALES_TILBAKE,
            ubrukt > 0,
        )
    return (Tilskudd.status == Tilskuddstatus(valgt.value),)


_TILSKUDD_INNHOLD = (
    joinedload(Tilskudd.lag, innerjoin=True),
    joinedload(Tilskudd.runde, innerjoin=True),
    joinedload(Tilskudd.budsjett, innerjoin=True),
)


def tilskuddsliste(valgt: Tilskuddsfilter, tekst: str = "", aar: int | None = None) -> Select[Tilskudd]:
    """The grants of every club, public; ordered and paged by the caller."""
    query = select(Tilskudd).where(*tilskuddsvilkaar(valgt)).options(*_TILSKUDD_INNHOLD)
    if tekst:
        query = query.where(Tilskudd.lag_id.in_(navn_ligner(tekst)))
    if aar is not None:
        query = query.where(Tilskudd.budsjett_id.in_(select(Budsjett.id).where(Budsjett.aar == aar)))
    return query


def tilskudd(user: User, tilskudd_id: int) -> Tilskudd:
    """One grant. Raises FinnesIkke."""
    require(user, Rettighet.TILSKUDD_LES)
    return finn(select(Tilskudd).where(Tilskudd.id == tilskudd_id).options(*_TILSKUDD_INNHOLD))
