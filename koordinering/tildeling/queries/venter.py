"""Who waits: the whole queue of the unit's measures, those who have waited longest, those who got nothing this year."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from koordinering.access import enheter
from koordinering.db import OSLO, db, i_dag
from koordinering.roles import Rettighet
from koordinering.saker.models import Henvisning
from koordinering.saker.rules.overganger import Status
from koordinering.sider import Side, hent_side
from koordinering.tekst import N_, Kode
from koordinering.tildeling.models import Tildeling
from koordinering.tildeling.queries.innsyn import INNHOLD
from koordinering.tildeling.queries.koe import I_KOE, VENTEORDEN
from koordinering.tildeling.rules import TELLER_MOT_TAK
from koordinering.users import User


class Ventefilter(Kode):
    """The named filters of the waiting list."""

    ALLE = "alle", N_("I rekkefølge")
    LENGST = "lengst", N_("Ventet lengst")
    INGENTING = "ingenting", N_("Fått ingenting i år")
    TILBUDT = "tilbudt", N_("Venter på svar")
    FLYTTET = "flyttet", N_("Flyttet i køen")

    @property
    def orden(self) -> Sequence[InstrumentedAttribute[Any]]:
        """Waiting order; the longest wait goes by the date alone."""
        return (Henvisning.sendt, Henvisning.lodd, Henvisning.id) if self is Ventefilter.LENGST else VENTEORDEN


UAVKLART = I_KOE | {Status.SENDT, Status.MOTTATT, Status.PAA_VENT, Status.PAAKLAGET}
"""Where a child has not been granted anything yet, and may still be."""


def venteside(user: User, filter_: Ventefilter, noekkel: str = "") -> Side[Henvisning]:
    """A page of the referrals that wait for something from the user's units.

    For INGENTING also those that are not taken up yet, wait for somebody or were refused.
    """
    deler = [del_ for enhet in sorted(enheter(user, Rettighet.TILDELING_GI)) for del_ in _deler(enhet, filter_)]
    query = select(Henvisning).options(*INNHOLD)
    return hent_side(db.session(), query, filter_.orden, noekkel=noekkel, deler=deler)


def _deler(enhet_id: str, filter_: Ventefilter) -> list[Select[int]]:
    """One unit's, in parts that each lie in an index in the list's order."""
    alle = select(Henvisning.id).where(Henvisning.mottaker_id == enhet_id, Henvisning.synlig, ~Henvisning.sperret)
    if filter_ is Ventefilter.INGENTING:
        barn = alle.where(Henvisning.barn_id.is_not(None), _fikk_ikke_i_aar(), ~_faatt_i_aar())
        return [barn.where(Henvisning.status == status) for status in sorted(UAVKLART | {Status.AVSLAATT})]
    i_koe = [alle.where(Henvisning.status == status) for status in sorted(I_KOE)]
    if filter_ is Ventefilter.TILBUDT:
        return [del_.where(Henvisning.svar_innen.is_not(None)) for del_ in i_koe]
    if filter_ is Ventefilter.FLYTTET:
        return [del_.where(flyttet) for del_ in i_koe for flyttet in (Henvisning.koe < 0, Henvisning.koe > 0)]
    return i_koe


def _fra_nyttaar(kolonne: ColumnElement[Any] | InstrumentedAttribute[Any]) -> ColumnElement[bool]:
    """From the first to the last moment of this calendar year."""
    aar = i_dag().year
    fra, til = (datetime(a, 1, 1, tzinfo=OSLO) for a in (aar, aar + 1))
    return and_(kolonne >= fra, kolonne < til)


def _fikk_ikke_i_aar() -> ColumnElement[bool]:
    """It waits still, whenever it was sent, or it was sent this year and refused."""
    avslaatt = and_(Henvisning.status == Status.AVSLAATT, _fra_nyttaar(Henvisning.sendt))
    return or_(Henvisning.status.in_(sorted(UAVKLART)), avslaatt)


def _faatt_i_aar() -> ColumnElement[bool]:
    """The unit itself has given the same child of the same case something this year; no other case is asked.

    By the day it was given, whatever year the season or the budget is of.
    """
    annen = select(Henvisning.id.label("id"), Henvisning.barn_id.label("barn_id")).subquery()
    return (
        select(Tildeling.id)
        .join(annen, annen.c.id == Tildeling.henvisning_id)
        .where(
            annen.c.barn_id == Henvisning.barn_id,
            Tildeling.enhet_id == Henvisning.mottaker_id,
            _fra_nyttaar(Tildeling.gitt),
            Tildeling.tilstand.in_(sorted(TELLER_MOT_TAK)),
        )
        .exists()
    )
