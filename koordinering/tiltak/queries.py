"""Reading what there is: measures, offers, cards and what is left of each. Nothing here knows of families."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import CompoundSelect, Select, and_, bindparam, func, or_, select
from sqlalchemy.orm import joinedload

from koordinering.access import enheter, visible
from koordinering.db import db, i_dag
from koordinering.errors import FinnesIkke
from koordinering.objekter import kolonner, objekter
from koordinering.roles import Rettighet
from koordinering.setning import Setning
from koordinering.tiltak.lag.models import Lag
from koordinering.tiltak.lag.queries import kjente_lag
from koordinering.tiltak.lag.rules import Kjentlag
from koordinering.tiltak.models import Beholdning, Kortaar, Plass, Tilbud, Tiltak, TiltakMekanikk
from koordinering.tiltak.rules import FORMIDLES, VISES_TIL, Aktivitet, Kortenhet, Ledighet, Mekanikk, Plasstilstand
from koordinering.users import Enhet, User


class Mottaker(NamedTuple):
    """A unit that handles referrals."""

    id: str
    kortnavn: str


class Henvisbart(NamedTuple):
    """A measure to choose: what a form shows of it. Read as columns, since there are dozens on each form."""

    id: str
    kortnavn: str
    mottaker: Mottaker | None
    slag: frozenset[Mekanikk]
    kort_per: Kortenhet | None
    """Whom this year's cards are counted for; None where there are none."""

    @property
    def mottaker_id(self) -> str | None:
        """The unit that handles referrals to it; None where the family is shown the way."""
        return self.mottaker.id if self.mottaker else None


@dataclass(frozen=True)
class Valgt:
    """A measure that was chosen: what decides where a referral to it goes, and how."""

    id: str
    mottaker_id: str | None
    enkeltvedtak: bool
    slag: frozenset[Mekanikk]


_HENVISES = FORMIDLES | VISES_TIL
_SLAG = select(TiltakMekanikk.tiltak_id).where(TiltakMekanikk.mekanikk.in_(sorted(_HENVISES)))
_HENVISBARE = Setning[str, str, str | None, str | None, Kortenhet | None, Mekanikk](
    select(Tiltak.id, Tiltak.kortnavn, Enhet.id, Enhet.kortnavn, Kortaar.per, TiltakMekanikk.mekanikk)
    .join(Tiltak.mekanikker)
    .outerjoin(Tiltak.mottaker)
    .outerjoin(Kortaar, and_(Kortaar.tiltak_id == Tiltak.id, Kortaar.aar == bindparam("aar")))
    .where(Tiltak.id.in_(_SLAG), ~Tiltak.utgaatt)
    .order_by(Tiltak.orden, Tiltak.id)
)


_VALGTE = Setning[str, str | None, bool, Mekanikk](
    select(Tiltak.id, Tiltak.mottaker_id, Tiltak.enkeltvedtak, TiltakMekanikk.mekanikk)
    .join(Tiltak.mekanikker)
    .where(Tiltak.id.in_(bindparam("tiltak", expanding=True)), ~Tiltak.utgaatt)
)


def henvisbare() -> list[Henvisbart]:
    """The measures that a family can be referred to, in the plan's order."""
    om: dict[str, tuple[str, Mottaker | None, Kortenhet | None]] = {}
    slag: dict[str, list[Mekanikk]] = {}
    for id_, kortnavn, enhet, enhetsnavn, kort_per, mekanikk in _HENVISBARE.alle({"aar": i_dag().year}):
        if id_ not in om:
            om[id_], slag[id_] = (kortnavn, Mottaker(enhet, enhetsnavn or "") if enhet else None, kort_per), []
        slag[id_].append(mekanikk)
    return [
        Henvisbart(id_, kortnavn, mottaker, frozenset(slag[id_]), kort_per)
        for id_, (kortnavn, mottaker, kort_per) in om.items()
    ]


def valgte(tiltak: Collection[str]) -> dict[str, Valgt]:
    """Those of these measures that a family can be referred to, by id."""
    slag: dict[tuple[str, str | None, bool], list[Mekanikk]] = {}
    for id_, mottaker_id, enkeltvedtak, mekanikk in _VALGTE.alle({"tiltak": sorted(set(tiltak))}):
        slag.setdefault((id_, mottaker_id, enkeltvedtak), []).append(mekanikk)
    return {om[0]: Valgt(*om, frozenset(dens)) for om, dens in slag.items() if not _HENVISES.isdisjoint(dens)}


def _gis_fra(dag: date) -> CompoundSelect[int]:
    """The stocks that something can be given from on this day: this year's cards and offers that are not over.

    Each asked by itself: joined to either, every stock there has been is looked up in both.
    """
    kort = select(Kortaar.beholdning_id).where(Kortaar.aar == dag.year, Kortaar.stengt.is_(None))
    return kort.union_all(select(Tilbud.beholdning_id).where(Tilbud.trukket.is_(None), Tilbud.sesong_til >= dag))


def ledighet() -> Mapping[str, Ledighet]:
    """What is left now of every measure that has a stock, in one query: what is taken is not looked at."""
    ledige = (
        select(func.count())
        .where(Plass.beholdning_id == Beholdning.id, Plass.tilstand == Plasstilstand.LEDIG)
        .scalar_subquery()
    )
    query = (
        select(Beholdning.tiltak_id, func.sum(ledige), func.sum(Beholdning.antall))
        .where(Beholdning.id.in_(_gis_fra(i_dag())))
        .group_by(Beholdning.tiltak_id)
    )
    return {tiltak: Ledighet(int(ledig), int(antall)) for tiltak, ledig, antall in db.session.execute(query)}


Tilstander = Mapping[Plasstilstand, int]


def tilstander(beholdninger: Collection[int]) -> Mapping[int, Tilstander]:
    """How many units of each stock are in each state; every state is there. One query."""
    query = (
        select(Plass.beholdning_id, Plass.tilstand, func.count())
        .where(Plass.beholdning_id.in_(sorted(beholdninger)))
        .group_by(Plass.beholdning_id, Plass.tilstand)
    )
    funnet = {beholdning: dict.fromkeys(Plasstilstand, 0) for beholdning in beholdninger}
    for beholdning, tilstand, antall in db.session.execute(query):
        funnet[beholdning][tilstand] = antall
    return funnet


# --- Cards -----------------------------------------------------------------------------------------------


def korttiltak() -> list[Tiltak]:
    """The measures that are given as numbered cards."""
    slag = select(TiltakMekanikk.tiltak_id).where(TiltakMekanikk.mekanikk == Mekanikk.KORT)
    return list(db.session.scalars(select(Tiltak).where(Tiltak.id.in_(slag), ~Tiltak.utgaatt).order_by(Tiltak.orden)))


_KORTAAR = Setning[*tuple[Any, ...]](
    select(*kolonner(Kortaar)).where(Kortaar.tiltak_id == bindparam("tiltak"), Kortaar.aar == bindparam("aar"))
)


def kortaar(tiltak_id: str, aar: int) -> Kortaar | None:
    """One year's cards, None when they have not been made."""
    return next(iter(objekter(_KORTAAR, Kortaar, {"tiltak": tiltak_id, "aar": aar})), None)


def alle_kortaar(tiltak_id: str) -> list[Kortaar]:
    """Every year's cards, the newest first."""
    return list(db.session.scalars(select(Kortaar).where(Kortaar.tiltak_id == tiltak_id).order_by(Kortaar.aar.desc())))


# --- Offers ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Tilbudssoek:
    """What the list of offers is narrowed by; empty fields narrow nothing."""

    tekst: str = ""
    tiltak_id: str = ""
    aktivitet: Aktivitet | None = None
    alder: int | None = None
    bare_ledige: bool = False
    ogsaa_avsluttede: bool = False
    lag_id: int | None = None


def tilbudsliste(soek: Tilbudssoek) -> Select[Tilbud]:
    """The offers that everybody who may see offers sees; ordered and paged by the caller."""
    query = select(Tilbud).options(joinedload(Tilbud.tiltak))
    if soek.tekst:
        ord_ = f"%{soek.tekst.lower().replace('!', '!!').replace('%', '!%').replace('_', '!_')}%"
        query = query.where(
            or_(func.lower(Tilbud.navn).like(ord_, escape="!"), func.lower(Tilbud.arrangoer).like(ord_, escape="!"))
        )
    if soek.tiltak_id:
        query = query.where(Tilbud.tiltak_id == soek.tiltak_id)
    if soek.lag_id is not None:
        query = query.where(Tilbud.lag_id == soek.lag_id)
    if soek.aktivitet is not None:
        query = query.where(Tilbud.aktivitet == soek.aktivitet)
    if soek.alder is not None:
        query = query.where(Tilbud.alder_fra <= soek.alder, Tilbud.alder_til >= soek.alder)
    if soek.bare_ledige:
        query = query.where(
            select(Plass.id)
            .where(Plass.beholdning_id == Tilbud.beholdning_id, Plass.tilstand == Plasstilstand.LEDIG)
            .exists()
        )
    if not soek.ogsaa_avsluttede:
        query = query.where(Tilbud.trukket.is_(None), Tilbud.sesong_til >= i_dag())
    return query


def tilbud(user: User, tilbud_id: int) -> Tilbud:
    """One offer, for whoever may see offers. Raises FinnesIkke."""
    query = visible(select(Tilbud).where(Tilbud.id == tilbud_id), Tilbud, user, Rettighet.TILBUD_LES)
    funnet = db.session.scalar(query.options(joinedload(Tilbud.tiltak)))
    if funnet is None:
        raise FinnesIkke
    return funnet


def eget_tilbud(user: User, tilbud_id: int) -> Tilbud:
    """One offer that the user may change: kept by the user's unit. Raises FinnesIkke."""
    query = visible(select(Tilbud).where(Tilbud.id == tilbud_id), Tilbud, user, Rettighet.TILBUD_ENDRE)
    funnet = db.session.scalar(query.options(joinedload(Tilbud.tiltak)))
    if funnet is None:
        raise FinnesIkke
    return funnet


def egne_tilbud(user: User, soek: Tilbudssoek | None = None) -> Select[Tilbud]:
    """The offers that the user's unit gives places in now: neither taken back nor over; narrowed by a search."""
    return visible(tilbudsliste(soek or Tilbudssoek()), Tilbud, user, Rettighet.TILBUD_ENDRE)


def egne_noekler(user: User) -> list[tuple[str, str, date]]:
    """Who, name and first day of every offer that the user's units keep: an offer is not made twice."""
    query = visible(select(Tilbud), Tilbud, user, Rettighet.TILBUD_ENDRE)
    rader = db.session.execute(query.with_only_columns(Tilbud.arrangoer, Tilbud.navn, Tilbud.sesong_fra))
    return [(arrangoer, navn, fra) for arrangoer, navn, fra in rader]


def lag_med_tilbud() -> list[Kjentlag]:
    """The clubs that have or have had an offer, by name."""
    return kjente_lag(select(Tilbud.id).where(Tilbud.lag_id == Lag.id).exists())


def lagets_tilbud(user: User, lag_id: int) -> Select[Tilbud]:
    """A club's offers, as far as the user may see offers; ordered and paged by the caller."""
    return visible(select(Tilbud).where(Tilbud.lag_id == lag_id), Tilbud, user, Rettighet.TILBUD_LES)


def loepende_tilbud(user: User, lag_id: int) -> int:
    """How many offers a club has that are neither taken back nor over, as far as the user may see offers."""
    query = select(Tilbud.id).where(Tilbud.lag_id == lag_id, Tilbud.trukket.is_(None), Tilbud.sesong_til >= i_dag())
    synlige = visible(query, Tilbud, user, Rettighet.TILBUD_LES)
    return db.session.scalar(select(func.count()).select_from(synlige.subquery())) or 0


def aktiviteter_hos(lag_id: int) -> list[Aktivitet]:
    """The activities of a club's offers that are neither taken back nor over."""
    query = select(Tilbud.aktivitet).where(
        Tilbud.lag_id == lag_id, Tilbud.trukket.is_(None), Tilbud.sesong_til >= i_dag()
    )
    return list(db.session.scalars(query.distinct().order_by(Tilbud.aktivitet)))


def friplasstiltak(user: User | None = None) -> list[Tiltak]:
    """The measures that are given as places in offers; with a user, those whose offers the user's units keep."""
    slag = select(TiltakMekanikk.tiltak_id).where(TiltakMekanikk.mekanikk == Mekanikk.FRIPLASS)
    query = select(Tiltak).where(Tiltak.id.in_(slag), ~Tiltak.utgaatt, Tiltak.mottaker_id.is_not(None))
    if user is not None:
        query = query.where(Tiltak.mottaker_id.in_(sorted(enheter(user, Rettighet.TILBUD_ENDRE))))
    return list(db.session.scalars(query.order_by(Tiltak.orden, Tiltak.id)))


def som_hsds(tilbud_: Tilbud, tall: Tilstander) -> tuple[object, ...]:
    """One offer in the columns of the export (rules.tilbudseksport.HSDS)."""
    aktiv = tilbud_.trukket is None and tilbud_.sesong_til >= i_dag()
    return (
        tilbud_.arrangoer,
        tilbud_.lag.orgnr if tilbud_.lag is not None else "",
        tilbud_.id,
        tilbud_.navn,
        tilbud_.aktivitet.tekst,
        tilbud_.sted,
        tilbud_.ukedager,
        tilbud_.sesong_fra.isoformat(),
        tilbud_.sesong_til.isoformat(),
        tilbud_.alder_fra,
        tilbud_.alder_til,
        "partly free" if tilbud_.egenandel_oere else "free",
        f"{tilbud_.egenandel_oere / 100:.2f}",
        "NOK",
        "" if tilbud_.ordinaer_pris_oere is None else f"Ordinær pris {tilbud_.ordinaer_pris_oere / 100:.2f} NOK",
        tall[Plasstilstand.LEDIG],
        tilbud_.beholdning.antall,
        tilbud_.bekreftet.isoformat() if tilbud_.bekreftet else "",
        "active" if aktiv else "inactive",
        tilbud_.endret.isoformat(),
    )


def plasser(beholdning_id: int) -> Select[Plass]:
    """The units of a stock, in the order of their numbers."""
    return select(Plass).where(Plass.beholdning_id == beholdning_id).order_by(Plass.nummer)
