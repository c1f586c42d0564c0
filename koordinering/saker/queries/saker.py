"""What may be seen of cases and referrals: every reading takes the user first."""

from collections.abc import Collection, Mapping
from datetime import date
from functools import lru_cache
from types import MappingProxyType
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Select, and_, bindparam, exists, not_, or_, select
from sqlalchemy.orm import joinedload, lazyload, load_only, selectinload

from koordinering.access import enheter, innenfor, rekkevidde, visible
from koordinering.db import HELTALL, db, i_dag, now
from koordinering.errors import FinnesIkke
from koordinering.roles import MATRISE, Omfang, Rettighet
from koordinering.saker.models import (
    Aapning,
    Barn,
    Hendelse,
    Henvisning,
    Hjemmelendring,
    Sak,
    Sakshendelse,
    Saksmerke,
    Samtykke,
)
from koordinering.saker.queries.rader import SAKER, Saksrad, les_saker
from koordinering.saker.rules.innboks import GJELDER, MAKS_TREFF, TrengerGrunn
from koordinering.saker.rules.merker import Merke
from koordinering.saker.rules.overganger import Status
from koordinering.sider import Side, hent_side, tellbar
from koordinering.tekst import N_, Kode
from koordinering.tiltak.models import Tiltak
from koordinering.users import Enhet, Rolletildeling, User

T = TypeVar("T")
S = TypeVar("S", bound=Select[Any])


class Saksfilter(Kode):
    """The named filters of «Mine saker»."""

    MINE = "mine", N_("Mine saker")
    ENHETEN = "enheten", N_("Hele enheten")
    UTKAST = "utkast", N_("Utkast")
    SAMTYKKE = "samtykke", N_("Venter på samtykke")
    SPOERSMAAL = "spoersmaal", N_("Spørsmål fra mottaker")
    BESKJED = "beskjed", N_("Gi beskjed til familien")
    TILBUD = "tilbud", N_("Tilbud å svare på")
    AAPNE = "aapne", N_("Åpne")
    AVSLUTTEDE = "avsluttede", N_("Avsluttede")


def sak(user: User, sak_id: int, rettighet: Rettighet = Rettighet.SAK_LES, *, hele: bool = False) -> Sak:
    """A case that the user reaches with the right, or FinnesIkke. Raises TrengerGrunn outside the own inbox.

    `hele`: with its children, their wishes, its needs and consents, for the page that shows them all.
    """
    return _i_innboksen(user, _finn(user, sak_id, rettighet, hele=hele))


def i_enheten(user: User, sak_id: int, rettighet: Rettighet = Rettighet.SAK_LES) -> Sak:
    """A case of the unit whoever's inbox it is in: for asking why it is opened, never for showing what it holds."""
    return _finn(user, sak_id, rettighet)


def _finn(user: User, sak_id: int, rettighet: Rettighet, *, hele: bool = False) -> Sak:
    query = _saken(frozenset(rekkevidde(user, rettighet).items()), hele)
    return funnet(db.session.scalar(query, {"sak": sak_id}))


@lru_cache(maxsize=64)
def _saken(reach: frozenset[tuple[Omfang, frozenset[str]]], hele: bool) -> Select[Sak]:
    """Made once for all who reach the same: putting it together costs more than asking it."""
    query = select(Sak).where(Sak.id == bindparam("sak", type_=HELTALL), innenfor(Sak, dict(reach)))
    query = query.options(joinedload(Sak.ansvarlig), joinedload(Sak.enhet))
    if not hele:
        return query
    samtykker = selectinload(Sak.samtykker).options(joinedload(Samtykke.mottaker), joinedload(Samtykke.hjemmel))
    return query.options(selectinload(Sak.barn).joinedload(Barn.oensker), selectinload(Sak.behov), samtykker)


def _i_innboksen(user: User, sak_: Sak) -> Sak:
    """The case when the user may open it as it stands, else TrengerGrunn.

    In the own inbox are one's own cases and those in which something waits for the unit. What one has done
    something with, or given a reason for, stays open for the day.
    """
    if sak_.ansvarlig_id == user.id:
        return sak_
    siden = now() - GJELDER
    grunner = (
        select(Aapning.id).where(Aapning.sak_id == sak_.id, Aapning.user_id == user.id, Aapning.tid >= siden),
        select(Henvisning.id).where(Henvisning.sak_id == sak_.id, or_(*_VENTER)),
        select(Hendelse.id)
        .join(Henvisning, Henvisning.id == Hendelse.henvisning_id)
        .where(Henvisning.sak_id == sak_.id, Hendelse.user_id == user.id, Hendelse.tid >= siden),
        select(Sakshendelse.id).where(
            Sakshendelse.sak_id == sak_.id, Sakshendelse.user_id == user.id, Sakshendelse.tid >= siden
        ),
    )
    if not db.session.scalar(select(or_(*(grunn.exists() for grunn in grunner)))):
        raise TrengerGrunn(sak_.id)
    return sak_


def henvisning(user: User, henvisning_id: int, rettighet: Rettighet = Rettighet.SAK_LES) -> Henvisning:
    """A referral that the user's unit has sent, or FinnesIkke. Raises TrengerGrunn outside the own inbox."""
    query = select(Henvisning).where(Henvisning.id == henvisning_id)
    rad = funnet(db.session.scalar(visible(query, Henvisning, user, rettighet)))
    _i_innboksen(user, rad.sak)
    return rad


def mottatt(user: User, henvisning_id: int) -> Henvisning:
    """A referral that the user's unit has received and may see, or FinnesIkke."""
    query = select(Henvisning).where(Henvisning.id == henvisning_id)
    return funnet(db.session.scalar(visible(query, Henvisning, user, Rettighet.HENVISNING_MOTTA)))


def barn(user: User, barn_id: int) -> Barn:
    """A child in a case that the user may correct, or FinnesIkke."""
    query = select(Barn).join(Barn.sak).where(Barn.id == barn_id)
    rad = funnet(db.session.scalar(visible(query, Sak, user, Rettighet.SAK_REGISTRER)))
    _i_innboksen(user, rad.sak)
    return rad


def samtykke(user: User, samtykke_id: int) -> Samtykke:
    """A consent in a case that the user may correct, or FinnesIkke."""
    query = select(Samtykke).join(Samtykke.sak).where(Samtykke.id == samtykke_id)
    rad = funnet(db.session.scalar(visible(query, Sak, user, Rettighet.SAK_REGISTRER)))
    _i_innboksen(user, rad.sak)
    return rad


def funnet(rad: T | None) -> T:
    """The row, or FinnesIkke."""
    if rad is None:
        raise FinnesIkke
    return rad


def med_referanse(user: User, referanse: str) -> list[Sak]:
    """The case with this reference, when the user may see it."""
    query = _med_referanse(frozenset(rekkevidde(user, Rettighet.SAK_LES).items()))
    return list(db.session.scalars(query, {"referanse": referanse}))


@lru_cache(maxsize=64)
def _med_referanse(reach: frozenset[tuple[Omfang, frozenset[str]]]) -> Select[Sak]:
    return select(Sak).where(Sak.referanse == bindparam("referanse"), innenfor(Sak, dict(reach)))


def med_barn(user: User, indekser: Collection[bytes]) -> list[Sak]:
    """Cases with one of these children, among those the user may see; asked in the same way for any child.

    At most MAKS_TREFF, the newest first.
    """
    query = _med_barn(frozenset(rekkevidde(user, Rettighet.SAK_LES).items()))
    return list(db.session.scalars(query, {"indekser": list(indekser)}))


@lru_cache(maxsize=64)
def _med_barn(reach: frozenset[tuple[Omfang, frozenset[str]]]) -> Select[Sak]:
    barna = select(Barn.sak_id).where(Barn.blindindeks.in_(bindparam("indekser", expanding=True)))
    query = blant(select(Sak), barna).where(innenfor(Sak, dict(reach)))
    return query.order_by(Sak.opprettet.desc(), Sak.id.desc()).limit(MAKS_TREFF)


def blant(query: S, traff: Select[int]) -> S:
    """Narrow a query of cases to these: found first, whatever the unit's own index promises the database."""
    funnet_foerst = traff.distinct().subquery()
    return query.join(funnet_foerst, funnet_foerst.c[0] == Sak.id)


def med_kode(user: User, kodeindeks: bytes) -> list[Sak]:
    """Cases with this linking code, among those the user may see; at most MAKS_TREFF, the newest first."""
    query = blant(select(Sak), select(Sak.id).where(Sak.kodeindeks == kodeindeks))
    query = query.order_by(Sak.opprettet.desc(), Sak.id.desc()).limit(MAKS_TREFF)
    return list(db.session.scalars(visible(query, Sak, user, Rettighet.SAK_LES)))


def side(user: User, filter_: Saksfilter, noekkel: str = "") -> Side[Saksrad]:
    """A page of the cases that the user may see, newest first; five queries, whatever the page holds."""
    orden = (Sak.opprettet, Sak.id)
    if filter_ in _MERKER:
        deler, delorden = merkede(user, filter_), (Saksmerke.opprettet, Saksmerke.sak_id)
    else:
        mine = (Sak.ansvarlig_id == user.id,) if filter_ is Saksfilter.MINE else ()
        deler, delorden = _i_enhetene(user, *mine), orden
    return hent_side(
        db.session(), SAKER, orden, synkende=True, noekkel=noekkel, deler=deler, delorden=delorden, les=les_saker
    )


_SPURT = and_(Henvisning.status == Status.PAA_VENT, Henvisning.spoersmaal.is_not(None))
_VENTER = (
    Henvisning.status == Status.VENTER_SAMTYKKE,
    _SPURT,
    Henvisning.beskjed_siden.is_not(None),
    Henvisning.svar_innen.is_not(None),
)
"""What waits for the unit that sent it: anybody there may take it."""

_MERKER: Mapping[Saksfilter, Merke] = MappingProxyType({Saksfilter(en.value): en for en in Merke})
"""The filters that ask about the referrals; the others ask about the case alone."""

VENTENDE = (Saksfilter.UTKAST, Saksfilter.SAMTYKKE, Saksfilter.SPOERSMAAL, Saksfilter.BESKJED, Saksfilter.TILBUD)
"""What waits for the unit itself, and so has a count beside it."""


def merkede(user: User, filter_: Saksfilter, rettighet: Rettighet = Rettighet.SAK_LES) -> list[Select[int]]:
    """Ids of what stands under a filter that has a mark, a part for each of the user's units, as the index has them."""
    merke = _MERKER[filter_]
    return [
        select(Saksmerke.sak_id).where(Saksmerke.enhet_id == enhet, Saksmerke.merke == merke)
        for enhet in sorted(enheter(user, rettighet))
    ]


def _i_enhetene(user: User, *vilkaar: ColumnElement[bool]) -> list[Select[int]]:
    return [
        select(Sak.id).where(Sak.enhet_id == enhet, Sak.begrenset.is_(None), *vilkaar)
        for enhet in sorted(enheter(user, Rettighet.SAK_LES))
    ]


def antall_som_venter(user: User) -> Mapping[Saksfilter, int]:
    """How many of the unit's cases stand under each filter of what waits, up to TELLES_TIL + 1. One query."""
    query = select(*(tellbar(*merkede(user, filter_)) for filter_ in VENTENDE))
    return dict(zip(VENTENDE, db.session.execute(query).one(), strict=True))


# made once: a statement that is used again is recognised by SQLAlchemy without being looked through
_DENS_HENVISNINGER = (
    select(Henvisning)
    .where(Henvisning.sak_id == bindparam("sak"))
    .options(
        joinedload(Henvisning.tiltak).options(
            load_only(Tiltak.kortnavn, Tiltak.enkeltvedtak), lazyload(Tiltak.mekanikker)
        ),
        joinedload(Henvisning.barn),
        joinedload(Henvisning.mottaker),
        selectinload(Henvisning.hendelser),
    )
    .order_by(Henvisning.opprettet, Henvisning.id)
)
_DENS_HENDELSER = (
    select(Sakshendelse)
    .where(Sakshendelse.sak_id == bindparam("sak"))
    .order_by(Sakshendelse.tid, Sakshendelse.id)
)  # fmt: skip


def henvisninger(sak_: Sak) -> list[Henvisning]:
    """The referrals of a case with what a page about it shows, oldest first."""
    return list(db.session.scalars(_DENS_HENVISNINGER, {"sak": sak_.id}))


def sakshendelser(sak_: Sak) -> list[Sakshendelse]:
    """What has happened to the case itself, oldest first."""
    return list(db.session.scalars(_DENS_HENDELSER, {"sak": sak_.id}))


_NAVN = select(User.id, User.visningsnavn).where(User.id.in_(bindparam("ider", expanding=True)))


def navn(hendelser: Collection[Hendelse | Sakshendelse | Hjemmelendring]) -> Mapping[int, str]:
    """Display names of those who did something."""
    ider = {h.user_id for h in hendelser if h.user_id is not None}
    ider |= {int(h.til) for h in hendelser if isinstance(h, Sakshendelse) and h.slag == "overlevert" and h.til}
    rader = db.session.execute(_NAVN, {"ider": sorted(ider)})
    return {user_id: visningsnavn for user_id, visningsnavn in rader}  # noqa: C416 - a Row is not a tuple for mypy


def har_rettighet(enhet_id: Any, rettighet: Rettighet, dag: date | None = None) -> ColumnElement[bool]:
    """The Rolletildeling is one that gives the right in this unit on the day, which is today unless told."""
    dag = dag or i_dag()
    return and_(
        Rolletildeling.enhet_id == enhet_id,
        Rolletildeling.rolle.in_([rolle for rolle, rettigheter in MATRISE.items() if rettighet in rettigheter]),
        Rolletildeling.fra <= dag,
        or_(Rolletildeling.til.is_(None), Rolletildeling.til >= dag),
    )


def kolleger(enhet_id: str, rettighet: Rettighet = Rettighet.SAK_REGISTRER) -> list[User]:
    """Those who have the right in the unit today: to be responsible for a case, unless another is asked for."""
    return list(db.session.scalars(_kolleger(rettighet, i_dag()), {"enhet": enhet_id}))


@lru_cache(maxsize=16)
def _kolleger(rettighet: Rettighet, dag: date) -> Select[User]:
    med_rettighet = exists().where(Rolletildeling.user_id == User.id, har_rettighet(bindparam("enhet"), rettighet, dag))
    return select(User).where(med_rettighet, not_(User.laast)).order_by(User.visningsnavn, User.id)


def registreringsenheter(user: User) -> list[Enhet]:
    """The units in whose name the user may register."""
    query = select(Enhet).where(Enhet.id.in_(sorted(enheter(user, Rettighet.SAK_REGISTRER))))
    return list(db.session.scalars(query.order_by(Enhet.orden, Enhet.id)))


def mottakere(enhet_id: str) -> list[Enhet]:
    """The other units that can receive a referral from the unit."""
    query = select(Enhet).where(Enhet.id.in_(select(Tiltak.mottaker_id)), Enhet.id != enhet_id)
    return list(db.session.scalars(query.order_by(Enhet.orden, Enhet.id)))
