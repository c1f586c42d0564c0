"""The unit's list of coordinations, and the counts of the start page."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, not_, or_, select, true
from sqlalchemy.orm import aliased, contains_eager

from koordinering.access import rekkevidde
from koordinering.db import db, now
from koordinering.roles import Omfang
from koordinering.saker.models import Henvisning, Sak
from koordinering.saker.samordning.models import Samordning, SamordningEnhet, Samordningsavtale, Samordningsnotat
from koordinering.saker.samordning.queries.rekkevidde import DELTA, andre_saker, dekket, fra_ulaast, vilkaar
from koordinering.saker.samordning.rules import Avtaleslag, Samordningsfilter
from koordinering.sider import Side, hent_side
from koordinering.tiltak.models import Tiltak
from koordinering.users import Enhet, User


@cache
def _siste(slag: Avtaleslag) -> ColumnElement[bool]:
    """The step is the newest of its kind in the outer Samordning."""
    nyere = aliased(Samordningsavtale)
    senere = exists().where(
        nyere.samordning_id == Samordningsavtale.samordning_id,
        nyere.slag == slag,
        nyere.id > Samordningsavtale.id,
        fra_ulaast(nyere),
    )
    denne = and_(Samordningsavtale.samordning_id == Samordning.id, Samordningsavtale.slag == slag)
    return and_(denne, fra_ulaast(Samordningsavtale), not_(senere))


@cache
def _nytt() -> ColumnElement[bool]:
    """Others have done something since the unit last looked; a note is nothing to a unit that does not read them."""
    siden = func.coalesce(SamordningEnhet.sett, SamordningEnhet.registrert)
    forste, egen = aliased(Sak), aliased(Enhet)
    aldri_sett = and_(
        SamordningEnhet.sett.is_(None),
        exists().where(forste.id == Samordning.sak_id, forste.enhet_id != SamordningEnhet.enhet_id),
    )
    leser = exists().where(egen.id == SamordningEnhet.enhet_id, not_(egen.helse))
    notat = exists().where(
        Samordningsnotat.samordning_id == Samordning.id,
        Samordningsnotat.tid > siden,
        fra_ulaast(Samordningsnotat),
        Samordningsnotat.enhet_id != SamordningEnhet.enhet_id,
    )
    avtale = exists().where(
        Samordningsavtale.samordning_id == Samordning.id,
        Samordningsavtale.tid > siden,
        fra_ulaast(Samordningsavtale),
        Samordningsavtale.enhet_id != SamordningEnhet.enhet_id,
    )
    return or_(aldri_sett, and_(leser, notat), avtale)


def _betingelse(user: User, filter_: Samordningsfilter) -> ColumnElement[bool]:
    if filter_ is Samordningsfilter.NYTT:
        return _nytt()
    if filter_ is Samordningsfilter.MOETER:
        return exists().where(_siste(Avtaleslag.MOETE), Samordningsavtale.moete >= now())
    if filter_ is Samordningsfilter.FOELGER:
        return exists().where(
            _siste(Avtaleslag.OPPFOELGER),
            Samordningsavtale.ansvarlig_enhet_id == SamordningEnhet.enhet_id,
            or_(Samordningsavtale.ansvarlig_id == user.id, Samordningsavtale.ansvarlig_id.is_(None)),
        )
    return true()


def liste(user: User, filter_: Samordningsfilter) -> Select[SamordningEnhet]:
    """The lines of the user's units in what stands, by a named filter."""
    query = select(SamordningEnhet).join(SamordningEnhet.samordning).where(_betingelse(user, filter_), vilkaar(user))
    return query.options(contains_eager(SamordningEnhet.samordning).selectinload(Samordning.enheter))


def side(user: User, filter_: Samordningsfilter, noekkel: str = "") -> Side[SamordningEnhet]:
    """A page of the list, the newest consent first."""
    orden = [SamordningEnhet.registrert, SamordningEnhet.id]
    return hent_side(db.session(), liste(user, filter_), orden, synkende=True, noekkel=noekkel)


def venter(user: User) -> Mapping[str, Select[Any]]:
    """What the start page counts."""
    filtre = (f for f in Samordningsfilter if f is not Samordningsfilter.ALLE)
    return {
        f"samordning_{f.value}": select(SamordningEnhet.id)
        .join(SamordningEnhet.samordning)
        .where(_betingelse(user, f), vilkaar(user))
        for f in filtre
    }


@dataclass(frozen=True)
class Inngang:
    """Where the unit gets to a coordination from: its own case, or a referral it has received."""

    sak_id: int | None = None
    referanse: str = ""
    henvisning_id: int | None = None
    tiltak: str = ""


def innganger(user: User, deltakere: Collection[SamordningEnhet]) -> Mapping[int, Inngang]:
    """One way in for each line of a page, the oldest case or the newest referral; three queries for all."""
    ider, enheter = sorted({d.samordning_id for d in deltakere}), {d.enhet_id for d in deltakere}
    kolonner = (Samordning.id, Sak.enhet_id, Sak.referanse)
    egen = select(Sak.id, *kolonner).select_from(Sak).join(Samordning, Samordning.sak_id == Sak.id)
    andre = andre_saker().correlate(None).add_columns(*kolonner)
    saker = [
        rad
        for query in (egen, andre)
        for rad in db.session.execute(query.where(Samordning.id.in_(ider)).order_by(Sak.opprettet.desc(), Sak.id))
    ]
    mottatt = (
        select(Samordning.id, Henvisning.sak_id, Henvisning.id, Henvisning.mottaker_id, Tiltak.kortnavn)
        .select_from(Henvisning)
        .join(Samordning, Samordning.id.in_(ider))
        .join(Tiltak, Tiltak.id == Henvisning.tiltak_id)
        .where(Henvisning.sak_id.in_({sak_id for sak_id, *_ in saker}), Henvisning.synlig, dekket(Henvisning))
        .where(func.coalesce(Henvisning.mottaker_id, "").in_(enheter))
        .order_by(Henvisning.opprettet, Henvisning.id)
    )
    rader, naas = db.session.execute(mottatt).all(), rekkevidde(user, DELTA)
    fra = {(samordning_id, sak_id) for sak_id, samordning_id, *_ in saker}
    ut: dict[tuple[int, str | None], Inngang] = {}
    for samordning_id, sak_id, henvisning_id, enhet_id, tiltak in rader:
        if (samordning_id, sak_id) in fra and enhet_id in naas.get(Omfang.MOTTATT, ()):
            ut[samordning_id, enhet_id] = Inngang(henvisning_id=henvisning_id, tiltak=tiltak)
    for sak_id, samordning_id, enhet_id, referanse in saker:
        if enhet_id in naas.get(Omfang.ENHET, ()):
            ut[samordning_id, enhet_id] = Inngang(sak_id=sak_id, referanse=referanse)
    return {d.id: ut[d.samordning_id, d.enhet_id] for d in deltakere if (d.samordning_id, d.enhet_id) in ut}
