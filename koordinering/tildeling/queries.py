"""Reading where families and stock meet: the facts behind hvorfor_ikke, the inbox, the queue, what is given."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from koordinering.access import enheter, vilkaar, visible
from koordinering.db import db, i_dag
from koordinering.errors import FinnesIkke
from koordinering.roles import Rettighet
from koordinering.saker import queries as saker
from koordinering.saker.models import Barn, Henvisning, Hjemmel, Sak, Samtykke
from koordinering.saker.rules.behov import Behov, Opplysning
from koordinering.saker.rules.overganger import Status
from koordinering.saker.services.overgang import har_grunnlag, staar
from koordinering.sider import TELLES_TIL, Side, hent_side
from koordinering.tekst import N_, Kode
from koordinering.tildeling.models import Tildeling
from koordinering.tildeling.rules import (
    TELLER_MOT_TAK,
    Aldersgruppe,
    Gitt,
    Gjenstand,
    Hvorfor,
    Kandidat,
    Tildelingstilstand,
    aldersgruppe,
    hvorfor_ikke,
)
from koordinering.tiltak import queries as tiltaket
from koordinering.tiltak.midler import queries as midler
from koordinering.tiltak.midler.models import Budsjett
from koordinering.tiltak.models import Kortaar, Plass, Tilbud, Tiltak
from koordinering.tiltak.rules import Aktivitet, Kortenhet, Mekanikk, Plasstilstand
from koordinering.users import User

_INNHOLD = (
    joinedload(Henvisning.tiltak),
    joinedload(Henvisning.barn).selectinload(Barn.oensker),
    joinedload(Henvisning.sak).selectinload(Sak.behov),
    joinedload(Henvisning.sak).selectinload(Sak.samtykker).joinedload(Samtykke.hjemmel),
)
"""What a page about a referral shows, and what decides how much of it: the same few queries for any number."""

# --- Facts -----------------------------------------------------------------------------------------------


def kandidat(henvisning: Henvisning) -> Kandidat:
    """What giving to this referral rests on, across the cases of its family.

    Asked only when something is given. The same queries are run whether or not anybody else knows the family.
    """
    koblet = saker.koblede_saker(henvisning.sak_id)
    barn = henvisning.barn
    indeks = barn.blindindeks if barn is not None else None
    samme_barn = Barn.blindindeks == indeks if indeks is not None else false()
    funnet = _gitt(or_(Henvisning.sak_id.in_(sorted(koblet)), samme_barn), {henvisning.tiltak_id})
    return _kandidat(henvisning, funnet)


def kandidater(henvisninger: Collection[Henvisning]) -> Mapping[int, Kandidat]:
    """What pages need to know of many referrals: their own cases only, so that no list depends on a link."""
    egne = {h.sak_id for h in henvisninger}
    funnet = _gitt(Henvisning.sak_id.in_(sorted(egne)), {h.tiltak_id for h in henvisninger})
    return {h.id: _kandidat(h, [t for t in funnet if t.henvisning.sak_id == h.sak_id]) for h in henvisninger}


def _gitt(hos: ColumnElement[bool], tiltak: Collection[str]) -> Sequence[Tildeling]:
    query = (
        select(Tildeling)
        .join(Tildeling.henvisning)
        .outerjoin(Henvisning.barn)
        .outerjoin(Tildeling.plass)
        .options(
            contains_eager(Tildeling.plass),
            contains_eager(Tildeling.henvisning).contains_eager(Henvisning.barn),
        )
        .where(hos, Tildeling.tiltak_id.in_(sorted(tiltak)), Tildeling.tilstand.in_(sorted(TELLER_MOT_TAK)))
    )
    return db.session.scalars(query).all()


def _kandidat(henvisning: Henvisning, funnet: Sequence[Tildeling]) -> Kandidat:
    barn = henvisning.barn
    return Kandidat(
        status=henvisning.status,
        tiltak_id=henvisning.tiltak_id,
        gjelder_barn=barn is not None,
        foedselsaar=barn.foedselsaar if barn is not None else None,
        grunnlag=henvisning.mottaker_id is not None and har_grunnlag(henvisning.sak, henvisning.mottaker_id),
        gitt=tuple(_om(tildeling, barn) for tildeling in funnet),
    )


def _om(tildeling: Tildeling, barn: Barn | None) -> Gitt:
    annet = tildeling.henvisning.barn
    samme = barn is not None and annet is not None and _samme(barn, annet)
    return Gitt(
        enhet_id=tildeling.enhet_id,
        sak_enhet_id=tildeling.henvisning.avsender_id,
        tiltak_id=tildeling.tiltak_id,
        aar=tildeling.aar,
        beholdning_id=tildeling.plass.beholdning_id if tildeling.plass is not None else None,
        samme_barn=samme,
        aapen=tildeling.slutt is None,
        beloep_oere=tildeling.tilsagn.beloep_oere if tildeling.tilsagn is not None else None,
    )


def _samme(ett: Barn, annet: Barn) -> bool:
    return ett.id == annet.id or (ett.blindindeks is not None and ett.blindindeks == annet.blindindeks)


def gjenstand(tiltak: Tiltak, tilbud: Tilbud | None = None) -> Gjenstand:
    """What this measure would give now: a place in the offer, else this year's card, else follow-up."""
    if tilbud is not None:
        return plasser_i({tilbud.id: tilbud})[tilbud.id]
    if Mekanikk.KORT in tiltak.slag:
        return _kort(tiltak, tiltaket.kortaar(tiltak.id, i_dag().year))
    slag = Mekanikk.OPPFOELGING if Mekanikk.OPPFOELGING in tiltak.slag else Mekanikk.FRIPLASS
    ledig = None if slag is Mekanikk.OPPFOELGING else 0
    return Gjenstand(slag=slag, tiltak_id=tiltak.id, aar=i_dag().year, ledig=ledig)


def _kort(tiltak: Tiltak, kortaar: Kortaar | None) -> Gjenstand:
    if kortaar is None:
        return Gjenstand(
            slag=Mekanikk.KORT,
            tiltak_id=tiltak.id,
            aar=i_dag().year,
            ledig=0,
            stengt=True,
            per=Kortenhet.FAMILIE,
        )
    return Gjenstand(
        slag=Mekanikk.KORT,
        tiltak_id=tiltak.id,
        aar=kortaar.aar,
        ledig=tiltaket.tilstander([kortaar.beholdning_id])[kortaar.beholdning_id][Plasstilstand.LEDIG],
        beholdning_id=kortaar.beholdning_id,
        stengt=kortaar.stengt is not None,
        per=kortaar.per,
        tak=kortaar.tak,
    )


def plasser_i(tilbud: Mapping[int, Tilbud]) -> Mapping[int, Gjenstand]:
    """The places of several offers, by the offers' ids; one query beside the offers themselves."""
    tilstander = tiltaket.tilstander([t.beholdning_id for t in tilbud.values()])
    return {
        id_: Gjenstand(
            slag=Mekanikk.FRIPLASS,
            tiltak_id=t.tiltak_id,
            aar=t.sesong_fra.year,
            ledig=tilstander[t.beholdning_id][Plasstilstand.LEDIG],
            beholdning_id=t.beholdning_id,
            stengt=t.trukket is not None,
            sesong=(t.sesong_fra, t.sesong_til),
            alder=(t.alder_fra, t.alder_til),
            per=Kortenhet.BARN,
            tak=t.tiltak.plasser_per_barn,
        )
        for id_, t in tilbud.items()
    }


def penger(tiltak: Tiltak, budsjett: Budsjett, beloep_oere: int) -> Gjenstand:
    """So much money of this budget, for a place that a club is paid for."""
    aaret = midler.midleraar(budsjett.aar)
    return Gjenstand(
        slag=Mekanikk.MIDLER,
        tiltak_id=tiltak.id,
        aar=budsjett.aar,
        ledig=None,
        per=Kortenhet.BARN,
        beloep_oere=beloep_oere,
        fritt_oere=budsjett.fritt_oere,
        tak_oere=aaret.tak_per_barn_oere if aaret is not None else None,
    )


def grunner(kandidat_: Kandidat, ting: Gjenstand, henvisning: Henvisning) -> tuple[Hvorfor, ...]:
    """hvorfor_ikke as the receiving unit of the referral sees it today."""
    return hvorfor_ikke(kandidat_, ting, enhet_id=henvisning.mottaker_id or "", dag=i_dag())


# --- What a receiver sees --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Innsyn:
    """What the consent or authority lets the receiver see; None and empty where it does not."""

    referanse: str | None
    alder: Aldersgruppe | None
    oensker: tuple[Aktivitet, ...]
    behov: tuple[Behov, ...]
    avsender_id: str | None


def innsyn(henvisning: Henvisning) -> Innsyn:
    """What the receiving unit may see of this referral; everything of its own unit's cases."""
    sak, barn = henvisning.sak, henvisning.barn
    ser = _opplysninger(sak, henvisning.mottaker_id)
    return Innsyn(
        referanse=sak.referanse if Opplysning.REFERANSE in ser else None,
        alder=aldersgruppe(barn.foedselsaar, i_dag().year) if barn and Opplysning.ALDERSGRUPPE in ser else None,
        oensker=tuple(o.aktivitet for o in barn.oensker) if barn and Opplysning.OENSKE in ser else (),
        behov=tuple(b.behov for b in sak.behov) if Opplysning.BEHOV in ser else (),
        avsender_id=henvisning.avsender_id if Opplysning.AVSENDER in ser else None,
    )


def _opplysninger(sak: Sak, mottaker_id: str | None) -> frozenset[Opplysning]:
    if mottaker_id == sak.enhet_id:
        return frozenset(Opplysning)
    gjelder = [s for s in sak.samtykker if s.mottaker_id == mottaker_id and staar(s)]
    return frozenset(Opplysning(o) for s in gjelder for o in s.opplysninger)


def henvisning(user: User, henvisning_id: int) -> Henvisning:
    """A referral that the user's unit has sent, or has received and may see. Raises FinnesIkke."""
    naas = or_(vilkaar(Henvisning, user, Rettighet.SAK_LES), vilkaar(Henvisning, user, Rettighet.HENVISNING_MOTTA))
    funnet = db.session.scalar(select(Henvisning).where(Henvisning.id == henvisning_id, naas).options(*_INNHOLD))
    if funnet is None:
        raise FinnesIkke
    return funnet


def med_utloept_grunnlag() -> list[int]:
    """Ids of referrals that a receiver sees and for which some consent or authority has run out, in a fixed order.

    Another may still stand: ask har_grunnlag.
    """
    dag = i_dag()
    om_samme = and_(Samtykke.sak_id == Henvisning.sak_id, Samtykke.mottaker_id == Henvisning.mottaker_id)
    query = select(Henvisning.id).join(Samtykke, om_samme).outerjoin(Samtykke.hjemmel)
    query = query.where(
        Henvisning.synlig,
        Henvisning.mottaker_id != Henvisning.avsender_id,
        Samtykke.trukket.is_(None),
        or_(Samtykke.gyldig_til < dag, Hjemmel.gyldig_til < dag),
    )
    return list(db.session.scalars(query.distinct().order_by(Henvisning.id)))


# --- Referrals that the unit has received ----------------------------------------------------------------


class Innboksfilter(Kode):
    """The named filters of the inbox."""

    VENTER = "venter", N_("Venter på enheten")
    NYE = "nye", N_("Nye")
    UNDER_BEHANDLING = "under_behandling", N_("Under behandling")
    PAA_VENT = "paa_vent", N_("På vent")
    VENTELISTE = "venteliste", N_("Venteliste")
    INNVILGET = "innvilget", N_("Innvilget")
    I_GANG = "i_gang", N_("I gang")
    KLAGER = "klager", N_("Klager")
    AVSLUTTET = "avsluttet", N_("Avsluttet")


FILTERSTATUSER: Mapping[Innboksfilter, frozenset[Status]] = {
    Innboksfilter.VENTER: frozenset({Status.SENDT, Status.MOTTATT, Status.UNDER_BEHANDLING, Status.PAAKLAGET}),
    Innboksfilter.NYE: frozenset({Status.SENDT, Status.MOTTATT}),
    Innboksfilter.UNDER_BEHANDLING: frozenset({Status.UNDER_BEHANDLING}),
    Innboksfilter.PAA_VENT: frozenset({Status.PAA_VENT}),
    Innboksfilter.VENTELISTE: frozenset({Status.VENTELISTE}),
    Innboksfilter.INNVILGET: frozenset({Status.INNVILGET}),
    Innboksfilter.I_GANG: frozenset({Status.I_GANG}),
    Innboksfilter.KLAGER: frozenset({Status.PAAKLAGET}),
    Innboksfilter.AVSLUTTET: frozenset({Status.AVSLUTTET, Status.AVSLAATT, Status.TRUKKET, Status.VIDERESENDT}),
}

I_KOE = frozenset({Status.UNDER_BEHANDLING, Status.VENTELISTE})
"""What can be given something at once."""


def _mottatte(user: User) -> Select[Henvisning]:
    query = visible(select(Henvisning), Henvisning, user, Rettighet.HENVISNING_MOTTA)
    return query.options(*_INNHOLD)


def innboks(user: User, filter_: Innboksfilter, noekkel: str = "") -> Side[Henvisning]:
    """A page of what has come to the user's units, oldest first."""
    mottatt = vilkaar(Henvisning, user, Rettighet.HENVISNING_MOTTA)
    statuser = sorted(FILTERSTATUSER[filter_])
    return hent_side(
        db.session(),
        _mottatte(user).where(Henvisning.status.in_(statuser)),
        [Henvisning.sendt, Henvisning.id],
        noekkel=noekkel,
        deler=[select(Henvisning.id).where(mottatt, Henvisning.status == status) for status in statuser],
    )


def antall_i_innboks(user: User) -> Mapping[Status, int]:
    """How many referrals of each status the user's units have received, up to TELLES_TIL + 1. One query."""
    mottatt = vilkaar(Henvisning, user, Rettighet.HENVISNING_MOTTA)
    statuser = sorted(frozenset().union(*FILTERSTATUSER.values()))
    deler = (
        select(Henvisning.id).where(mottatt, Henvisning.status == status).limit(TELLES_TIL + 1).subquery()
        for status in statuser
    )
    query = select(*(select(func.count()).select_from(del_).scalar_subquery() for del_ in deler))
    return dict(zip(statuser, db.session.execute(query).one(), strict=True))


def koe(user: User, tiltak: Collection[str]) -> Select[Henvisning]:
    """Referrals to these measures that can be given something; in waiting order (sendt, lodd, id)."""
    query = _mottatte(user).where(Henvisning.tiltak_id.in_(sorted(tiltak)), Henvisning.status.in_(sorted(I_KOE)))
    return query.order_by(Henvisning.sendt, Henvisning.lodd, Henvisning.id)


def venteliste(user: User, tiltak_id: str) -> Select[Henvisning]:
    """The waiting list of one measure, in waiting order."""
    return koe(user, [tiltak_id]).where(Henvisning.status == Status.VENTELISTE)


def foer(henvisning: Henvisning) -> ColumnElement[bool]:
    """What comes before this referral in waiting order."""
    return or_(
        Henvisning.sendt < henvisning.sendt,
        and_(Henvisning.sendt == henvisning.sendt, Henvisning.lodd < henvisning.lodd),
    )


def plass_i_koeen(henvisning: Henvisning) -> int:
    """Place on the waiting list of the measure's receiver, 1 for the first."""
    query = select(func.count()).where(
        Henvisning.tiltak_id == henvisning.tiltak_id,
        Henvisning.mottaker_id == henvisning.mottaker_id,
        Henvisning.status == Status.VENTELISTE,
        foer(henvisning),
    )
    return (db.session.scalar(query) or 0) + 1


# --- What is given ---------------------------------------------------------------------------------------


def aapen_tildeling(henvisning: Henvisning) -> Tildeling | None:
    """What the referral holds now, None when it holds nothing."""
    query = select(Tildeling).where(Tildeling.henvisning_id == henvisning.id, Tildeling.slutt.is_(None))
    return db.session.scalar(query.options(joinedload(Tildeling.plass).joinedload(Plass.beholdning)))


def gitt_til(henvisninger: Collection[Henvisning]) -> Mapping[int, Tildeling]:
    """What each of these referrals holds now, by the referral's id; one query."""
    ider = sorted(h.id for h in henvisninger)
    query = select(Tildeling).where(Tildeling.henvisning_id.in_(ider), Tildeling.slutt.is_(None))
    query = query.options(joinedload(Tildeling.plass).joinedload(Plass.beholdning))
    return {t.henvisning_id: t for t in db.session.scalars(query)}


def tildelinger(henvisning: Henvisning) -> list[Tildeling]:
    """Everything that the referral has been given, oldest first."""
    query = select(Tildeling).where(Tildeling.henvisning_id == henvisning.id)
    query = query.options(joinedload(Tildeling.plass), joinedload(Tildeling.periode))
    query = query.order_by(Tildeling.gitt, Tildeling.id)
    return list(db.session.scalars(query))


def tildeling(user: User, tildeling_id: int) -> Tildeling:
    """Something that the user's unit has given. Raises FinnesIkke."""
    query = visible(select(Tildeling).where(Tildeling.id == tildeling_id), Tildeling, user, Rettighet.TILDELING_GI)
    funnet = db.session.scalar(query)
    if funnet is None:
        raise FinnesIkke
    return funnet


def tilbud_til(tildeling_: Tildeling) -> Tilbud | None:
    """The offer that a given place belongs to; None for cards and follow-up."""
    if tildeling_.plass is None:
        return None
    return db.session.scalar(select(Tilbud).where(Tilbud.beholdning_id == tildeling_.plass.beholdning_id))


def i_bruk(user: User, beholdning_id: int) -> Select[Tildeling]:
    """The open tildelinger of one stock that the user's unit has given, ordered by their units' numbers."""
    query = (
        select(Tildeling)
        .join(Tildeling.plass)
        .where(Plass.beholdning_id == beholdning_id, Tildeling.slutt.is_(None))
        .options(
            contains_eager(Tildeling.plass),
            joinedload(Tildeling.henvisning).options(*_INNHOLD),
        )
        .order_by(Plass.nummer)
    )
    return visible(query, Tildeling, user, Rettighet.TILDELING_GI)


def aapne_i_beholdning(beholdning_id: int) -> list[int]:
    """Ids of the referrals that hold a unit of this stock, in a fixed order."""
    query = select(Tildeling.henvisning_id).join(Tildeling.plass)
    query = query.where(Plass.beholdning_id == beholdning_id, Tildeling.slutt.is_(None))
    return list(db.session.scalars(query.order_by(Tildeling.henvisning_id)))


def antall_gitt(tiltak_id: str, aar: int) -> Mapping[Tildelingstilstand, int]:
    """How many have been given of a measure in a year, by the state they are in. One query."""
    query = select(Tildeling.tilstand, func.count()).where(Tildeling.tiltak_id == tiltak_id, Tildeling.aar == aar)
    return dict(db.session.execute(query.group_by(Tildeling.tilstand)).all())


def mottakertiltak(user: User, slag: Mekanikk) -> list[Tiltak]:
    """The measures of this kind whose referrals come to the user's units."""
    mine = enheter(user, Rettighet.TILDELING_GI)
    query = select(Tiltak).where(Tiltak.mottaker_id.in_(sorted(mine)), ~Tiltak.utgaatt).order_by(Tiltak.orden)
    return [t for t in db.session.scalars(query.options(selectinload(Tiltak.mekanikker))) if slag in t.slag]
