"""Who waits: the whole queue of the unit's measures, those who have waited longest, those who got nothing this year."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import InstrumentedAttribute

from koordinering.access import visible
from koordinering.db import i_dag
from koordinering.roles import Rettighet
from koordinering.saker.models import Henvisning
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


def i_koeen(user: User, filter_: Ventefilter) -> Select[Henvisning]:
    """Referrals that wait for something from the user's units; ordered and paged by the caller."""
    query = select(Henvisning).where(Henvisning.status.in_(sorted(I_KOE))).options(*INNHOLD)
    query = visible(query, Henvisning, user, Rettighet.TILDELING_GI)
    if filter_ is Ventefilter.TILBUDT:
        return query.where(Henvisning.svar_innen.is_not(None))
    if filter_ is Ventefilter.FLYTTET:
        return query.where(Henvisning.koe != 0)
    if filter_ is Ventefilter.INGENTING:
        return query.where(Henvisning.barn_id.is_not(None), ~_faatt_i_aar())
    return query


def _faatt_i_aar() -> Any:
    """The unit itself has given the same child of the same case something this year; no other case is asked."""
    annen = select(Henvisning.id.label("id"), Henvisning.barn_id.label("barn_id")).subquery()
    return (
        select(Tildeling.id)
        .join(annen, annen.c.id == Tildeling.henvisning_id)
        .where(
            annen.c.barn_id == Henvisning.barn_id,
            Tildeling.enhet_id == Henvisning.mottaker_id,
            Tildeling.aar == i_dag().year,
            Tildeling.tilstand.in_(sorted(TELLER_MOT_TAK)),
        )
        .exists()
    )
