"""Reads from the cases what a year's counts are made of: a constant number of queries, whatever the size."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import ColumnElement, Select, SQLColumnExpression, String, and_, case, func, or_, select, type_coerce
from sqlalchemy.orm import aliased

from koordinering.db import OSLO, db
from koordinering.saker.models import Barn, Hendelse, Henvisning
from koordinering.saker.rules.overganger import Status, Trekkgrunn
from koordinering.statistikk.measures import utdrag
from koordinering.statistikk.measures.koder import Koder, les_koder
from koordinering.statistikk.measures.kolonner import Tallrekke, i_kolonner, rekke, som_lagret, tider
from koordinering.statistikk.measures.lest import Lest
from koordinering.statistikk.measures.lister import les_gis, tiltaksrader, tjenester
from koordinering.statistikk.measures.pakking import (
    BARN,
    HELE_FAMILIEN,
    HENVIST,
    ORD,
    UKJENT_BARN,
    Pakket,
    Poster,
    pakk_ut,
)
from koordinering.tildeling.models import Tildeling
from koordinering.tildeling.rules import TELLER_MOT_TAK
from koordinering.tiltak.models import Plass


class Gitt(NamedTuple):
    """What a referral first led to in the year."""

    naar: str | datetime | None
    """As the database keeps it."""
    id: int
    """Of the tildeling."""
    beholdning: int
    """The stock that a place is from; 0: none."""
    tilsagn: int
    """0: no money."""


class Uttatt(NamedTuple):
    """Read from the cases themselves."""

    pakket: Pakket
    saker: Tallrekke
    """The key of each case in it."""
    barn_id: Tallrekke
    """The key of each child in it."""


_INGEN_GITT: Mapping[int, Gitt] = MappingProxyType({})
_INTET = Gitt(None, 0, 0, 0)
_INGEN_GRUNN: Mapping[int, str] = MappingProxyType({})


def les(aar: int, dato: date) -> Lest:
    """The year's referrals, earlier ones that were given or waited in it, and all children of their cases.

    From extracts (Telleutdrag) where they are there and hold for that day, else from the cases.
    """
    start, slutt = aarets_start(aar), min(aarets_start(aar + 1), dagens_slutt(dato))
    koder = les_koder()
    ferdig = utdrag.hent(aar, None if slutt == aarets_start(aar + 1) else slutt)
    kilde = fra_saker(start, slutt, koder, ferdig.resten)
    kjente = np.concatenate((ferdig.kjente, _kjente(start, ferdig.resten)))
    alt = kilde.pakket if ferdig.resten is None else utdrag.flett(ferdig, kilde.saker, kilde.pakket)
    return Lest(start, slutt, *pakk_ut(alt, koder.ord, les_gis(), kjente), tiltaksrader(), tjenester())


def aarets_start(aar: int) -> datetime:
    """When a year begins in Norway."""
    return datetime(aar, 1, 1, tzinfo=OSLO)


def dagens_slutt(dato: date) -> datetime:
    """When a day is over in Norway."""
    dagen_etter = dato + timedelta(days=1)
    return datetime(dagen_etter.year, dagen_etter.month, dagen_etter.day, tzinfo=OSLO)


def hos(saker: Sequence[int] | None) -> list[ColumnElement[bool]]:
    """Only these cases; None: all."""
    return [] if saker is None else [Henvisning.sak_id.in_(saker)]


def fra_saker(start: datetime, slutt: datetime, koder: Koder, saker: Sequence[int] | None) -> Uttatt:
    """What counts in a year, of these cases or of all (None)."""
    telles = and_(or_(_telles(start, slutt, saker), _fra_tidligere(start, slutt, saker)), *hos(saker))
    # + 0: SQLite reads the children in the order they lie, and not one by one by the index
    barn = (Barn.sak_id + 0).in_(select(Henvisning.sak_id).where(telles)) if saker is None else Barn.sak_id.in_(saker)
    gitt, grunner = _gitt(start, slutt, saker), _ventegrunner(start, slutt, saker)
    return les_henviste(telles, barn, slutt, koder, gitt, grunner)


def les_henviste(
    telles: ColumnElement[bool],
    barn_hos: ColumnElement[bool],
    slutt: datetime,
    koder: Koder,
    gitt: Mapping[int, Gitt] = _INGEN_GITT,
    ventegrunn: Mapping[int, str] = _INGEN_GRUNN,
) -> Uttatt:
    """Referrals as they stood then, with what they led to, and these children."""
    deler = []
    for id_, sak, barn, naar, endret, *ord_ in i_kolonner(_henviste(slutt).where(telles)):
        poster = np.zeros(len(id_), dtype=HENVIST)
        faatt = [gitt.get(nr, _INTET) for nr in id_]
        for navn, verdier in (
            ("id", id_),
            ("naar", _mikro(naar)),
            ("endret", _mikro(endret)),
            ("gitt", _mikro([g.naar for g in faatt])),
            ("beholdning", [g.beholdning for g in faatt]),
            ("tilsagn", [g.tilsagn for g in faatt]),
            *zip(ORD, ([koder[k] for k in kolonne] for kolonne in (*ord_, map(ventegrunn.get, id_))), strict=True),
        ):
            poster[navn] = verdier
        deler.append((rekke(sak), poster, rekke([rad or 0 for rad in barn])))
    i_sak, henvist, barnet = map(np.concatenate, zip(*deler, strict=True))
    # a case's referrals in the order of their keys, whichever index the database read them by
    orden = np.lexsort((henvist["id"], i_sak))
    return _satt_sammen(i_sak[orden], henvist[orden], barnet[orden], *_les_barn(barn_hos, koder))


def _mikro(lest: Sequence[Any]) -> Tallrekke:
    return tider(lest).view(np.int64)


def _les_barn(barn_hos: ColumnElement[bool], koder: Koder) -> tuple[Tallrekke, Tallrekke, Poster]:
    """Children by case, each with the case's key and its own."""
    ord_ = (type_coerce(kode, String) for kode in (Barn.kjoenn, Barn.deltar))
    kolonner: list[Any] = [Barn.id, Barn.sak_id, Barn.foedselsaar, Barn.blindindeks, *ord_]
    deler = []
    for ider, saksnr, foedselsaar, indeks, kjoenn, deltar in i_kolonner(select(*kolonner).where(barn_hos)):
        poster = np.zeros(len(ider), dtype=BARN)
        poster["indeks"] = np.frombuffer(b"".join(i or _TOM for i in indeks), dtype="<u8").reshape(-1, 4)
        poster["lenket"] = [i is not None for i in indeks]
        poster["foedselsaar"] = foedselsaar
        poster["kjoenn"], poster["deltar"] = [koder[k] for k in kjoenn], [koder[k] for k in deltar]
        deler.append((rekke(saksnr), rekke(ider), poster))
    sak, id_, barn = map(np.concatenate, zip(*deler, strict=True))
    orden = np.lexsort((id_, sak))
    return sak[orden], id_[orden], barn[orden]


_TOM = bytes(32)


def _satt_sammen(
    sak: Tallrekke, henvist: Poster, barnet: Tallrekke, barnets_sak: Tallrekke, barn_id: Tallrekke, barn: Poster
) -> Uttatt:
    """Number the cases, and let each referral say which of the case's children it is for."""
    saker = np.unique(np.concatenate((sak, barnets_sak)))
    i_sak, barn_i_sak = np.searchsorted(saker, sak), np.searchsorted(saker, barnets_sak)
    orden = np.argsort(barn_id)
    rad = orden[np.minimum(np.searchsorted(barn_id[orden], barnet), max(len(orden) - 1, 0))] if len(orden) else barnet
    plass = rad - np.searchsorted(barn_i_sak, i_sak)
    funnet = barn_id[rad] == barnet if len(orden) else np.zeros(len(barnet), dtype=np.bool_)
    henvist["barn"] = np.where(barnet == 0, HELE_FAMILIEN, np.where(funnet, plass, UKJENT_BARN))
    return Uttatt(Pakket(i_sak, henvist, barn_i_sak, barn), saker, barn_id)


def _henviste(slutt: datetime) -> Select[Any]:
    """Referrals as they stood then: who, when, and the first of their Kjennetegn."""
    forrige = aliased(Henvisning)
    query: Select[Any] = select(
        Henvisning.id,
        Henvisning.sak_id,
        Henvisning.barn_id,
        som_lagret(func.coalesce(Henvisning.sendt, Henvisning.endret)),
        som_lagret(Henvisning.endret),
        Henvisning.avsender_id,
        Henvisning.tiltak_id,
        _da(type_coerce(Henvisning.status, String), Hendelse.til, slutt),
        _da(Henvisning.grunn, Hendelse.grunn, slutt),
        type_coerce(Henvisning.deltar_ved_slutt, String),
        forrige.grunn,
    ).outerjoin(forrige, forrige.id == Henvisning.videresendt_fra_id)
    return query


def _feil() -> ColumnElement[bool]:
    feil = and_(Henvisning.status == Status.TRUKKET, Henvisning.grunn == Trekkgrunn.FEILREGISTRERT.value)
    return ~feil | Henvisning.grunn.is_(None)


def _telles(start: datetime, slutt: datetime, saker: Sequence[int] | None) -> ColumnElement[bool]:
    """Sent in the year, or shown the way in it; not misregistered; of a chain sent on, the last one."""
    sendt = and_(Henvisning.sendt >= start, Henvisning.sendt < slutt)
    vist_til = and_(
        Henvisning.sendt.is_(None),
        Henvisning.status == Status.VIST_TIL,
        Henvisning.endret >= start,
        Henvisning.endret < slutt,
    )
    # what is sent on stays in its case
    ny = select(Henvisning.videresendt_fra_id).where(Henvisning.videresendt_fra_id.is_not(None), sendt, *hos(saker))
    return and_(or_(sendt, vist_til), Henvisning.id.not_in(ny), _feil())


def _fra_tidligere(start: datetime, slutt: datetime, saker: Sequence[int] | None) -> ColumnElement[bool]:
    """Sent in an earlier year, and given something in this one or on the waiting list at its end."""
    gitt = select(Tildeling.henvisning_id).where(_staar(start, slutt), *_av(Tildeling.henvisning_id, saker))
    venter = _da(type_coerce(Henvisning.status, String), Hendelse.til, slutt) == Status.VENTELISTE.value
    return and_(Henvisning.sendt < start, or_(Henvisning.id.in_(gitt), venter), _feil())


def _staar(start: datetime, slutt: datetime) -> ColumnElement[bool]:
    """Given in the year, and not brought back unused by its end."""
    staar = or_(Tildeling.tilstand.in_(sorted(TELLER_MOT_TAK)), Tildeling.slutt >= slutt)
    return and_(Tildeling.gitt >= start, Tildeling.gitt < slutt, staar)


def _gitt(start: datetime, slutt: datetime, saker: Sequence[int] | None) -> Mapping[int, Gitt]:
    query: Select[Any] = (
        select(
            Tildeling.henvisning_id,
            som_lagret(Tildeling.gitt),
            Tildeling.id,
            func.coalesce(Plass.beholdning_id, 0),
            func.coalesce(Tildeling.tilsagn_id, 0),
        )
        .outerjoin(Plass, Plass.id == Tildeling.plass_id)
        .where(_staar(start, slutt), *_av(Tildeling.henvisning_id, saker))
    )
    foerst: dict[int, Gitt] = {}
    for henvisninger, *kolonner in i_kolonner(query):
        for nr, faatt in zip(henvisninger, map(Gitt._make, zip(*kolonner, strict=True)), strict=True):
            if nr not in foerst or faatt < foerst[nr]:
                foerst[nr] = faatt
    return foerst


def _av(henvisning: SQLColumnExpression[int], saker: Sequence[int] | None) -> list[ColumnElement[bool]]:
    return [] if saker is None else [henvisning.in_(select(Henvisning.id).where(Henvisning.sak_id.in_(saker)))]


def _da(naa: SQLColumnExpression[Any], den_gang: SQLColumnExpression[Any], slutt: datetime) -> ColumnElement[Any]:
    """A referral's status or reason at that moment; where it has changed since, its events tell."""
    da = (
        select(den_gang)
        .where(Hendelse.henvisning_id == Henvisning.id, Hendelse.slag == "status", Hendelse.tid < slutt)
        .order_by(Hendelse.tid.desc(), Hendelse.id.desc())
        .limit(1)
        .correlate(Henvisning)
        .scalar_subquery()
    )
    return case((Henvisning.endret < slutt, naa), else_=da)


def nevnte(siden: datetime | None, foer: datetime, saker: Sequence[int] | None) -> ColumnElement[bool]:
    """Children who were referred in that time, whatever came of it. Asked from the referrals' side: the other way
    reads every child."""
    fra = [] if siden is None else [Henvisning.sendt >= siden]
    vist = [] if siden is None else [Henvisning.endret >= siden]
    da = or_(
        and_(Henvisning.sendt < foer, *fra),
        and_(Henvisning.sendt.is_(None), Henvisning.status == Status.VIST_TIL, Henvisning.endret < foer, *vist),
    )
    barnet = select(Henvisning.barn_id).where(Henvisning.barn_id.is_not(None), da, _feil(), *hos(saker))
    # + 0: SQLite finds a few cases by their key, and not among all referrals that are for a whole family
    hele = (Henvisning.barn_id if saker is None else Henvisning.barn_id + 0).is_(None)
    familien = select(Henvisning.sak_id).where(hele, da, _feil(), *hos(saker))
    return or_(Barn.id.in_(barnet), Barn.sak_id.in_(familien))


def _kjente(start: datetime, saker: Sequence[int] | None) -> NDArray[np.uint64]:
    """The indexes of children referred before the year."""
    query = select(Barn.blindindeks).where(Barn.blindindeks.is_not(None), nevnte(None, start, saker))
    indekser = b"".join(i for (rader,) in i_kolonner(query) for i in rader if i)
    return np.frombuffer(indekser, dtype="<u8").reshape(-1, 4)


def _ventegrunner(start: datetime, slutt: datetime, saker: Sequence[int] | None) -> Mapping[int, str]:
    query = (
        select(Hendelse.henvisning_id, Hendelse.grunn)
        .where(
            Hendelse.slag == "status",
            Hendelse.til == Status.PAA_VENT.value,
            Hendelse.grunn.is_not(None),
            Hendelse.tid >= start,
            Hendelse.tid < slutt,
            *_av(Hendelse.henvisning_id, saker),
        )
        .order_by(Hendelse.tid, Hendelse.id)
    )
    return {henvisning: grunn for henvisning, grunn in db.session.execute(query) if grunn is not None}
