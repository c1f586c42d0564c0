"""What may be seen of a coordination. `_vilkaar` is the one place that decides which cases a consent reaches.

A case is reached when the consent stands, the case's unit is named in it, and the case is the family's: it is the one
the consent stands on, or shares a child that the consent is for with it and more than half of the children of the
smaller of the two (rules.familier, for two cases). Cases of units that are not named take no part in any answer, nor
in finding any: nothing about them can be learned here.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, false, func, not_, or_, select, true, union
from sqlalchemy.orm import aliased, contains_eager, joinedload, selectinload

from koordinering.access import rekkevidde, visible
from koordinering.db import db, i_dag, now
from koordinering.errors import FinnesIkke
from koordinering.roles import MATRISE, Omfang, Rettighet
from koordinering.saker.models import Barn, Henvisning, Sak
from koordinering.saker.rules.overganger import Status
from koordinering.saker.samordning.models import (
    Samordning,
    SamordningBarn,
    SamordningEnhet,
    Samordningsavtale,
    Samordningsnotat,
)
from koordinering.saker.samordning.rules import MAKS_VIST, Avtaleslag, Samordningsfilter, gjelder, har_notater
from koordinering.sider import Side, hent_side
from koordinering.tiltak.models import Tiltak
from koordinering.users import Enhet, Rolletildeling, User

DELTA = Rettighet.SAMORDNING_DELTA


@dataclass(frozen=True)
class Adgang:
    """Where somebody stands in a coordination: for which unit, and from which case."""

    deltaker: SamordningEnhet
    sak_id: int
    """The own case, or for a receiving unit the case that the referral is from. What is written goes with it."""

    @property
    def samordning(self) -> Samordning:
        """The consent."""
        return self.deltaker.samordning

    @property
    def gjelder(self) -> bool:
        """Whether the consent stands today; the unit that registered it also finds one that has ended."""
        s = self.samordning
        return gjelder(s.gitt, s.gyldig_til, s.trukket, i_dag())

    @property
    def notater(self) -> bool:
        """Whether the unit writes and reads notes here."""
        andre = [e.enhet.helse for e in self.samordning.enheter if e is not self.deltaker]
        return har_notater(self.deltaker.enhet.helse, andre)


# --- Which cases a consent reaches -----------------------------------------------------------------------


def _staar() -> ColumnElement[bool]:
    """The consent is in force, and the case it stands on is not locked for the family (Sak.begrenset)."""
    dag, dens = i_dag(), aliased(Sak)
    laast = exists().where(dens.id == Samordning.sak_id, dens.begrenset.is_not(None))
    return and_(Samordning.trukket.is_(None), Samordning.gitt <= dag, Samordning.gyldig_til >= dag, not_(laast))


def _andre_saker() -> Select[Any]:
    """Ids of the other cases that the consent of the outer query's Samordning reaches; `Sak` can be narrowed further.

    Found by index from the covered children, so that it costs the same in a large town.
    """
    deres, vaart, samme, nevnt = aliased(Barn), aliased(Barn), aliased(Barn), aliased(SamordningEnhet)
    felles = (
        select(func.count())
        .select_from(vaart)
        .join(samme, samme.blindindeks == vaart.blindindeks)
        .where(vaart.sak_id == Samordning.sak_id, samme.sak_id == Sak.id)
        .correlate(Samordning, Sak)
        .scalar_subquery()
    )
    dekket = aliased(Barn)
    return (
        select(Sak.id)
        .select_from(SamordningBarn)
        .join(dekket, dekket.id == SamordningBarn.barn_id)
        .join(deres, deres.blindindeks == dekket.blindindeks)
        .join(Sak, Sak.id == deres.sak_id)
        .join(nevnt, and_(nevnt.samordning_id == SamordningBarn.samordning_id, nevnt.enhet_id == Sak.enhet_id))
        .where(
            SamordningBarn.samordning_id == Samordning.id,
            Sak.id != Samordning.sak_id,
            Sak.begrenset.is_(None),
            or_(2 * felles > _antall_barn(Samordning.sak_id, Samordning), 2 * felles > _antall_barn(Sak.id, Sak)),
        )
        .correlate(Samordning, SamordningEnhet)
    )


def _antall_barn(sak_id: Any, utenfra: Any) -> Any:
    """How many children a case has; `utenfra` is the table of the outer query that names the case."""
    barn = aliased(Barn)
    return select(func.count(barn.id)).where(barn.sak_id == sak_id).correlate(utenfra).scalar_subquery()


def _dekket(henvisning: Any) -> ColumnElement[bool]:
    """The referral is for a child that the consent is for, or for a family all of whose children it is for."""
    dekket, barnet = aliased(Barn), aliased(Barn)
    barna = (
        select(func.count(barnet.id.distinct()))
        .select_from(SamordningBarn)
        .join(dekket, dekket.id == SamordningBarn.barn_id)
        .join(barnet, or_(barnet.id == dekket.id, barnet.blindindeks == dekket.blindindeks))
        .where(SamordningBarn.samordning_id == Samordning.id, barnet.sak_id == henvisning.sak_id)
        .correlate(Samordning, henvisning)
    )
    alle = barna.scalar_subquery() == _antall_barn(henvisning.sak_id, henvisning)
    for_barnet = barna.where(barnet.id == henvisning.barn_id).scalar_subquery() > 0
    return or_(for_barnet, and_(henvisning.barn_id.is_(None), alle))


def _med_egen_sak() -> ColumnElement[bool]:
    """The unit of the outer SamordningEnhet has a case that the consent reaches."""
    forste = aliased(Sak)
    registrerte = exists().where(forste.id == Samordning.sak_id, forste.enhet_id == SamordningEnhet.enhet_id)
    return or_(registrerte, _andre_saker().where(Sak.enhet_id == SamordningEnhet.enhet_id).exists())


def _med_mottatt(*, bare: int | None = None) -> ColumnElement[bool]:
    """The outer SamordningEnhet's unit has received a referral, or that one, from a case that the consent reaches.

    Found from the cases. The receiver's index would lead through all that the unit has received: coalesce hides it.
    """
    mottaker = func.coalesce(Henvisning.mottaker_id, "") == SamordningEnhet.enhet_id
    vilkaar = [mottaker, Henvisning.synlig, _dekket(Henvisning)]
    if bare is not None:
        vilkaar.append(Henvisning.id == bare)
    forste = exists().where(Henvisning.sak_id == Samordning.sak_id, *vilkaar)
    andre = _andre_saker().join(Henvisning, Henvisning.sak_id == Sak.id).where(*vilkaar)
    return or_(forste, andre.exists())


def _vilkaar(user: User) -> ColumnElement[bool]:
    """Lines of units that the user acts for, where the consent stands and reaches something of the unit's own."""
    grener: list[ColumnElement[bool]] = [false()]
    for omfang, enheter in rekkevidde(user, DELTA).items():
        eget = _med_egen_sak() if omfang is Omfang.ENHET else _med_mottatt()
        grener.append(and_(SamordningEnhet.enhet_id.in_(sorted(enheter)), eget))
    return and_(_staar(), or_(*grener))


def _deltakere() -> Select[SamordningEnhet]:
    return (
        select(SamordningEnhet)
        .join(SamordningEnhet.samordning)
        .options(contains_eager(SamordningEnhet.samordning).selectinload(Samordning.enheter))
        .order_by(SamordningEnhet.registrert.desc(), SamordningEnhet.id.desc())
    )


# --- From a case, and from a referral received -----------------------------------------------------------


def fra_sak(user: User, sak: Sak) -> list[SamordningEnhet]:
    """The unit's lines in what stands and reaches this case, the newest first. The case is one the user may open."""
    deres, vaart = aliased(Barn), aliased(Barn)
    med_samme_barn = (
        select(deres.sak_id).join(vaart, vaart.blindindeks == deres.blindindeks).where(vaart.sak_id == sak.id)
    )
    egen = select(Sak.id).where(Sak.id == sak.id)
    query = _deltakere().where(
        _staar(),
        SamordningEnhet.enhet_id == sak.enhet_id,
        Samordning.sak_id.in_(union(egen, med_samme_barn)),
        or_(Samordning.sak_id == sak.id, _andre_saker().where(Sak.id == sak.id).exists()),
    )
    return list(db.session.scalars(visible(query, SamordningEnhet, user, DELTA)))


def registrerte(sak: Sak) -> list[Samordning]:
    """The consents that stand on the case itself, also those that have ended, the newest first."""
    query = select(Samordning).where(Samordning.sak_id == sak.id).options(selectinload(Samordning.enheter))
    return list(db.session.scalars(query.order_by(Samordning.registrert.desc(), Samordning.id.desc())))


def fra_henvisning(user: User, henvisning: Henvisning) -> list[SamordningEnhet]:
    """The receiving unit's lines in what stands and covers this referral, the newest first."""
    query = _deltakere().where(
        _staar(),
        SamordningEnhet.enhet_id == henvisning.mottaker_id,
        _med_mottatt(bare=henvisning.id),
    )
    return list(db.session.scalars(visible(query, SamordningEnhet, user, DELTA)))


def henvisning(user: User, henvisning_id: int) -> Henvisning:
    """A referral that the user reaches for coordinating: received, or the unit's own. Else FinnesIkke."""
    query = select(Henvisning).where(Henvisning.id == henvisning_id)
    funnet = db.session.scalar(visible(query, Henvisning, user, DELTA))
    if funnet is None:
        raise FinnesIkke
    return funnet


def adgang(deltakere: Collection[SamordningEnhet], sak_id: int, samordning_id: int) -> Adgang:
    """The one asked for among those the user reaches. Raises FinnesIkke."""
    funnet = next((d for d in deltakere if d.samordning_id == samordning_id), None)
    if funnet is None:
        raise FinnesIkke
    return Adgang(funnet, sak_id)


def egen_eller_staaende(user: User, sak: Sak) -> list[SamordningEnhet]:
    """As fra_sak, and also what the unit itself has registered on the case and has ended."""
    egne = _deltakere().where(Samordning.sak_id == sak.id, SamordningEnhet.enhet_id == sak.enhet_id)
    staar = fra_sak(user, sak)
    ider = {d.id for d in staar}
    return [*staar, *(d for d in db.session.scalars(visible(egne, SamordningEnhet, user, DELTA)) if d.id not in ider)]


def samordning(user: User, sak: Sak, samordning_id: int) -> Samordning:
    """A consent that stands on this case, for whoever may register in it. Raises FinnesIkke."""
    query = select(Samordning).join(Samordning.sak).where(Samordning.id == samordning_id, Sak.id == sak.id)
    funnet = db.session.scalar(visible(query, Sak, user, Rettighet.SAK_REGISTRER))
    if funnet is None:
        raise FinnesIkke
    return funnet


# --- What the units share --------------------------------------------------------------------------------


def tidslinje(adgang_: Adgang, noekkel: str = "") -> Side[Henvisning]:
    """A page of the referrals of the cases that the consent reaches, the newest first. Empty when it does not stand.

    Drafts, and what waits for the consent of its receiver, are not sent and not shown.
    """
    reist = or_(Henvisning.sendt.is_not(None), Henvisning.status == Status.VIST_TIL)
    query = (
        select(Henvisning)
        .join(Samordning, Samordning.id == adgang_.samordning.id)
        .where(
            _staar(),
            or_(Henvisning.sak_id == Samordning.sak_id, Henvisning.sak_id.in_(_andre_saker())),
            _dekket(Henvisning),
            reist,
        )
        .options(joinedload(Henvisning.tiltak), joinedload(Henvisning.sak).joinedload(Sak.enhet))
    )
    return hent_side(db.session(), query, [Henvisning.opprettet, Henvisning.id], synkende=True, noekkel=noekkel)


def notater(adgang_: Adgang) -> list[Samordningsnotat]:
    """The newest notes, newest first; none for a unit that has none, or for others than the registering one after."""
    if not adgang_.notater:
        return []
    query = select(Samordningsnotat).where(Samordningsnotat.samordning_id == adgang_.samordning.id)
    query = query.order_by(Samordningsnotat.tid.desc(), Samordningsnotat.id.desc()).limit(MAKS_VIST)
    return list(db.session.scalars(query))


def avtaler(adgang_: Adgang) -> list[Samordningsavtale]:
    """What the units have agreed on, step by step, the newest first."""
    query = select(Samordningsavtale).where(Samordningsavtale.samordning_id == adgang_.samordning.id)
    return list(db.session.scalars(query.order_by(Samordningsavtale.id.desc()).limit(MAKS_VIST)))


def gjeldende(samordning_ider: Collection[int]) -> Mapping[tuple[int, Avtaleslag], Samordningsavtale]:
    """The newest step of each kind, of several coordinations at once."""
    siste = (
        select(func.max(Samordningsavtale.id))
        .where(Samordningsavtale.samordning_id.in_(sorted(samordning_ider)))
        .group_by(Samordningsavtale.samordning_id, Samordningsavtale.slag)
    )
    rader = db.session.scalars(select(Samordningsavtale).where(Samordningsavtale.id.in_(siste)))
    return {(rad.samordning_id, rad.slag): rad for rad in rader}


@dataclass(frozen=True)
class Avtalt:
    """What holds now: the meeting that is to come, and who follows up."""

    moete: datetime | None
    hvem: str


def avtalt(samordning_ider: Collection[int]) -> Mapping[int, Avtalt]:
    """What holds now in several coordinations. One query, also for none."""
    siste, naa = gjeldende(samordning_ider), now()
    ut: dict[int, Avtalt] = {}
    for en in samordning_ider:
        moetet, oppfoelger = siste.get((en, Avtaleslag.MOETE)), siste.get((en, Avtaleslag.OPPFOELGER))
        kommer = moetet is not None and moetet.moete is not None and moetet.moete >= naa
        ut[en] = Avtalt(moetet.moete if moetet and kommer else None, oppfoelger.hvem if oppfoelger else "")
    return ut


# --- Who can be named ------------------------------------------------------------------------------------


def _roller() -> list[Any]:
    return [rolle for rolle, rettigheter in MATRISE.items() if DELTA in rettigheter]


def _har_rolle(enhet_id: Any) -> ColumnElement[bool]:
    dag = i_dag()
    return and_(
        Rolletildeling.enhet_id == enhet_id,
        Rolletildeling.rolle.in_(_roller()),
        Rolletildeling.fra <= dag,
        or_(Rolletildeling.til.is_(None), Rolletildeling.til >= dag),
    )


def kan_nevnes(sak: Sak) -> list[Enhet]:
    """The other units that a family can name: they refer or receive, and somebody there can take part."""
    med_folk = exists().where(_har_rolle(Enhet.id), Rolletildeling.user_id == User.id, not_(User.laast))
    deltar = or_(Enhet.henviser, Enhet.id.in_(select(Tiltak.mottaker_id)))
    query = select(Enhet).where(Enhet.id != sak.enhet_id, med_folk, deltar)
    return list(db.session.scalars(query.order_by(Enhet.orden, Enhet.id)))


def kolleger(enhet_id: str) -> list[User]:
    """Those in the unit who can follow up."""
    query = select(User).where(exists().where(_har_rolle(enhet_id), Rolletildeling.user_id == User.id))
    return list(db.session.scalars(query.where(not_(User.laast)).order_by(User.visningsnavn, User.id)))


# --- The unit's list and the counts of the start page ----------------------------------------------------


def _siste(slag: Avtaleslag) -> ColumnElement[bool]:
    """The step is the newest of its kind in the outer Samordning."""
    nyere = aliased(Samordningsavtale)
    senere = exists().where(
        nyere.samordning_id == Samordningsavtale.samordning_id, nyere.slag == slag, nyere.id > Samordningsavtale.id
    )
    return and_(Samordningsavtale.samordning_id == Samordning.id, Samordningsavtale.slag == slag, not_(senere))


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
        Samordningsnotat.enhet_id != SamordningEnhet.enhet_id,
    )
    avtale = exists().where(
        Samordningsavtale.samordning_id == Samordning.id,
        Samordningsavtale.tid > siden,
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
    query = select(SamordningEnhet).join(SamordningEnhet.samordning).where(_betingelse(user, filter_), _vilkaar(user))
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
        .where(_betingelse(user, f), _vilkaar(user))
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
    andre = _andre_saker().correlate(None).add_columns(*kolonner)
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
        .where(Henvisning.sak_id.in_({sak_id for sak_id, *_ in saker}), Henvisning.synlig, _dekket(Henvisning))
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
