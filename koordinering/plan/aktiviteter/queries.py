"""Reading activities, and counting them against what the plan asks. Everybody who may read the plan may."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Select, extract, select

from koordinering.access import enheter, rekkevidde, require, vilkaar
from koordinering.db import db
from koordinering.errors import FinnesIkke
from koordinering.plan.aktiviteter.models import Aktivitet, AktivitetOrgan, Plankrav
from koordinering.plan.aktiviteter.rules import Aktivitetskrav, Aktivitetslinje, Aktivitetsslag, Foert, kravdeler
from koordinering.plan.organer import queries as organer
from koordinering.plan.organer.models import Organ
from koordinering.roles import Omfang, Rettighet
from koordinering.tiltak.models import Tiltak, TiltakAnsvar
from koordinering.users import User


@dataclass(frozen=True)
class Aktivitetssoek:
    """What the list is narrowed by; None narrows nothing."""

    aar: int
    tiltak_id: str | None = None
    slag: Aktivitetsslag | None = None


def liste(av: User, soek: Aktivitetssoek) -> Select[Aktivitet]:
    """The activities of a year that are not taken away; ordered and paged by the caller."""
    require(av, Rettighet.PLAN_LES)
    query = _i_aaret(soek.aar)
    if soek.tiltak_id:
        query = query.where(Aktivitet.tiltak_id == soek.tiltak_id)
    return query.where(Aktivitet.slag == soek.slag) if soek.slag is not None else query


def linjer(av: User, soek: Aktivitetssoek) -> list[Aktivitetslinje]:
    """The whole of the list, oldest first, to be taken out."""
    return [
        Aktivitetslinje(
            en.dag,
            en.tiltak_id,
            en.tiltak.kortnavn,
            en.slag,
            en.tema,
            en.antall,
            tuple(organ.navn for organ in en.organer),
            en.enhet.kortnavn,
        )
        for en in db.session.scalars(liste(av, soek).order_by(Aktivitet.dag, Aktivitet.id))
    ]


def _i_aaret(aar: int) -> Select[Aktivitet]:
    return select(Aktivitet).where(
        Aktivitet.dag >= date(aar, 1, 1), Aktivitet.dag <= date(aar, 12, 31), Aktivitet.slettet.is_(None)
    )


def aarene(av: User) -> list[int]:
    """The years that have activities, the newest first."""
    require(av, Rettighet.PLAN_LES)
    aar = extract("year", Aktivitet.dag)
    query = select(aar).where(Aktivitet.slettet.is_(None)).distinct().order_by(aar.desc())
    return [int(et) for et in db.session.scalars(query)]


def aar_per_tiltak() -> Mapping[str, frozenset[int]]:
    """The years in which each measure has an activity: what is due «ved gjennomføring» rests on it."""
    query = select(Aktivitet.tiltak_id, extract("year", Aktivitet.dag)).where(Aktivitet.slettet.is_(None)).distinct()
    funnet: dict[str, frozenset[int]] = {}
    for tiltak_id, aar in db.session.execute(query):
        funnet[tiltak_id] = funnet.get(tiltak_id, frozenset()) | {int(aar)}
    return funnet


def aktivitet(av: User, aktivitet_id: int, *, ogsaa_slettet: bool = False) -> Aktivitet:
    """One activity that the user may correct; one that was taken away only when asked for. Raises FinnesIkke."""
    query = select(Aktivitet).where(Aktivitet.id == aktivitet_id)
    if not ogsaa_slettet:
        query = query.where(Aktivitet.slettet.is_(None))
    funnet = db.session.scalar(query.where(vilkaar(Aktivitet, av, Rettighet.AKTIVITET_FOER)))
    if funnet is None:
        raise FinnesIkke
    return funnet


def tiltak(av: User, *, ogsaa: str | None = None) -> Sequence[Tiltak]:
    """The measures that the user may write activities in: all, or those the unit answers for.

    `ogsaa`: one that stands on the activity already.
    """
    query = select(Tiltak).order_by(Tiltak.orden, Tiltak.id)
    reach = rekkevidde(av, Rettighet.AKTIVITET_FOER)
    har = ~Tiltak.utgaatt
    if Omfang.ALLE not in reach:
        egne = sorted(enheter(av, Rettighet.AKTIVITET_FOER))
        har &= Tiltak.id.in_(select(TiltakAnsvar.tiltak_id).where(TiltakAnsvar.enhet_id.in_(egne)))
    return db.session.scalars(query.where(har | (Tiltak.id == ogsaa)) if ogsaa else query.where(har)).all()


def kan_angres(av: User, aktivitet_id: int | None) -> int | None:
    """The activity, when it is taken away and the user may have it back: an address lives on after that."""
    if aktivitet_id is None:
        return None
    query = select(Aktivitet.id).where(Aktivitet.id == aktivitet_id, Aktivitet.slettet.is_not(None))
    return db.session.scalar(query.where(vilkaar(Aktivitet, av, Rettighet.AKTIVITET_FOER)))


def alle_tiltak(av: User) -> Sequence[Tiltak]:
    """The measures that have an activity or can get one, for narrowing the list."""
    require(av, Rettighet.PLAN_LES)
    har = Tiltak.id.in_(select(Aktivitet.tiltak_id)) | Tiltak.id.in_(select(Plankrav.tiltak_id))
    return db.session.scalars(select(Tiltak).where(har).order_by(Tiltak.orden, Tiltak.id)).all()


def kravene(av: User) -> Sequence[Plankrav]:
    """What the plan asks of activities, in the plan's order."""
    require(av, Rettighet.PLAN_LES)
    query = select(Plankrav).join(Plankrav.tiltak).where(~Tiltak.utgaatt).order_by(Tiltak.orden, Plankrav.slag)
    return db.session.scalars(query).all()


def krav(av: User, krav_id: int) -> Plankrav:
    """One of them. Raises FinnesIkke."""
    require(av, Rettighet.EVALUERING_STYR)
    funnet = db.session.get(Plankrav, krav_id)
    if funnet is None:
        raise FinnesIkke
    return funnet


def opptelling(av: User, aar: int) -> list[Aktivitetskrav]:
    """What the plan asks of each measure in the year, and how many there were."""
    kravene_ = kravene(av)
    foert = _foert({krav.tiltak_id for krav in kravene_}, aar)
    navn = organer.navn_per_tiltak(av)
    svar = []
    for krav in kravene_:
        rader = foert.get((krav.tiltak_id, krav.slag), [])
        deler = kravdeler(krav.per, krav.antall, rader, aar, navn.get(krav.tiltak_id, ()))
        temaer = tuple(dict.fromkeys(rad.tema for rad in rader))
        svar.append(
            Aktivitetskrav(krav.tiltak_id, krav.tiltak.kortnavn, krav.slag, krav.antall, krav.per, deler, temaer)
        )
    return svar


def _foert(tiltak_ider: Collection[str], aar: int) -> dict[tuple[str, Aktivitetsslag], list[Foert]]:
    query = (
        select(Aktivitet.id, Aktivitet.tiltak_id, Aktivitet.slag, Aktivitet.dag, Aktivitet.tema, Organ.navn)
        .outerjoin(AktivitetOrgan, AktivitetOrgan.aktivitet_id == Aktivitet.id)
        .outerjoin(Organ, Organ.id == AktivitetOrgan.organ_id)
        .where(
            Aktivitet.tiltak_id.in_(sorted(tiltak_ider)),
            Aktivitet.dag >= date(aar, 1, 1),
            Aktivitet.dag <= date(aar, 12, 31),
            Aktivitet.slettet.is_(None),
        )
        .order_by(Aktivitet.dag, Aktivitet.id)
    )
    rader: dict[int, tuple[tuple[str, Aktivitetsslag], Foert]] = {}
    for id_, tiltak_id, slag, dag, tema, navn in db.session.execute(query):
        foer = rader[id_][1].organer if id_ in rader else frozenset()
        rader[id_] = ((tiltak_id, slag), Foert(dag, tema, foer | ({navn} if navn else set())))
    funnet: dict[tuple[str, Aktivitetsslag], list[Foert]] = {}
    for noekkel, en in rader.values():
        funnet.setdefault(noekkel, []).append(en)
    return funnet


def temaliste(av: User, aar: int) -> list[tuple[date, Aktivitetsslag, str]]:
    """What was learnt in the year: the themes of seminars, courses and lists of themes, oldest first."""
    require(av, Rettighet.PLAN_LES)
    slag = (Aktivitetsslag.SEMINAR, Aktivitetsslag.KURS, Aktivitetsslag.TEMALISTE)
    query = _i_aaret(aar).where(Aktivitet.slag.in_(slag)).order_by(Aktivitet.dag, Aktivitet.id)
    return [(en.dag, en.slag, en.tema) for en in db.session.scalars(query)]


def hos_organet(av: User, organ_id: int, aar: int) -> Sequence[Aktivitet]:
    """What was done with a body in a year, oldest first."""
    require(av, Rettighet.PLAN_LES)
    query = _i_aaret(aar).join(AktivitetOrgan, AktivitetOrgan.aktivitet_id == Aktivitet.id)
    query = query.where(AktivitetOrgan.organ_id == organ_id).order_by(Aktivitet.dag, Aktivitet.id)
    return db.session.scalars(query).unique().all()
