"""Reads from the cases what a year's counts are made of: a constant number of queries, whatever the size."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np
from sqlalchemy import (
    ColumnElement,
    Select,
    SQLColumnExpression,
    String,
    and_,
    case,
    cast,
    func,
    or_,
    select,
    type_coerce,
)
from sqlalchemy.orm import aliased

from koordinering.db import OSLO, db
from koordinering.saker.models import Barn, Hendelse, Henvisning, Sak
from koordinering.saker.rules.overganger import Status, Trekkgrunn
from koordinering.statistikk.measures.kolonner import Janei, i_kolonner, numre, rekke, som_lagret, tider
from koordinering.statistikk.measures.lest import DELTAR, KJOENN, Henviste, Kjennetegn, Lest, Registrerte
from koordinering.tildeling.models import Tildeling
from koordinering.tildeling.rules import TELLER_MOT_TAK
from koordinering.tiltak.midler.models import Tilsagn
from koordinering.tiltak.models import Plass, Tilbud, Tiltak
from koordinering.tiltak.rules import FORMIDLES, VISES_TIL
from koordinering.users import Enhet


class Gitt(NamedTuple):
    """What a referral first led to in the year."""

    naar: str | datetime | None
    """As the database keeps it."""
    id: int | None
    """Of the tildeling; None: nothing was given."""
    arrangoer: str | None
    """Who has it: the key of the club, or what is written of one that is in no list."""
    tilsagn: int | None
    aktivitet: str | None


_INTET = Gitt(None, None, None, None, None)
_INGEN_GITT: Mapping[int, Gitt] = MappingProxyType({})
_INGEN_GRUNN: Mapping[int, str] = MappingProxyType({})
_KJOENN_NR = {kode: nr for nr, kode in enumerate(KJOENN)}
_DELTAR_NR = {kode: nr for nr, kode in enumerate(DELTAR)}


def les(aar: int, dato: date) -> Lest:
    """The year's referrals, earlier ones that were given or waited in it, and all children of their cases."""
    start, slutt = datetime(aar, 1, 1, tzinfo=OSLO), _slutt(aar, dato)
    telles = or_(_telles(start, slutt), _fra_tidligere(start, slutt))
    henvist, kjennetegn = les_henviste(telles, slutt, _gitt(start, slutt), _ventegrunner(start, slutt))
    registrert, personer = les_registrerte(select(Henvisning.sak_id).where(telles))
    return Lest(
        start,
        slutt,
        henvist,
        kjennetegn,
        registrert._replace(kjent=_kjente(start, personer)[registrert.person]),
        tiltaksrader(),
        tjenester(),
    )


def dagens_slutt(dato: date) -> datetime:
    """When a day is over in Norway."""
    dagen_etter = dato + timedelta(days=1)
    return datetime(dagen_etter.year, dagen_etter.month, dagen_etter.day, tzinfo=OSLO)


def _slutt(aar: int, dato: date) -> datetime:
    return min(datetime(aar + 1, 1, 1, tzinfo=OSLO), dagens_slutt(dato))


def les_registrerte(saker: Select[Any]) -> tuple[Registrerte, Mapping[bytes | int, int]]:
    """The children of these cases, and the number of each person: by the index, or by the row where unlinked."""
    koder = (type_coerce(kode, String) for kode in (Barn.kjoenn, Barn.deltar))
    kolonner: list[Any] = [Barn.id, Barn.sak_id, Barn.foedselsaar, Barn.blindindeks, *koder]
    # + 0: SQLite reads the children in the order they lie, and not one by one by the index
    query: Select[Any] = select(*kolonner).where((Barn.sak_id + 0).in_(saker))
    personer = numre()
    porsjoner = [
        Registrerte(
            rekke(rader),
            rekke(saksnr),
            rekke(foedselsaar),
            rekke([personer[i or rad] for i, rad in zip(indekser, rader, strict=True)]),
            np.array([i is not None for i in indekser], dtype=np.bool_),
            rekke([_KJOENN_NR[kode] for kode in kjoenn]),
            rekke([_DELTAR_NR[kode] for kode in deltar]),
            np.zeros(len(rader), dtype=np.bool_),
        )
        for rader, saksnr, foedselsaar, indekser, kjoenn, deltar in i_kolonner(query)
    ]
    return Registrerte(*map(np.concatenate, zip(*porsjoner, strict=True))), personer


def les_henviste(
    telles: ColumnElement[bool],
    slutt: datetime,
    gitt: Mapping[int, Gitt] = _INGEN_GITT,
    ventegrunn: Mapping[int, str] = _INGEN_GRUNN,
) -> tuple[Henviste, list[Kjennetegn]]:
    """Referrals as they stood then, with what they led to, and the kinds that there are of them."""
    kjennetegn, arrangoerer = numre(), numre()
    porsjoner = []
    for id_, sak, barn, naar, endret, *koder in i_kolonner(_henviste(slutt).where(telles)):
        gitt_naar, gitt_id, arrangoer, tilsagn, aktivitet = _spalter(gitt.get(nr, _INTET) for nr in id_)
        slag = zip(
            *koder,
            [rad is None for rad in barn],
            map(ventegrunn.get, id_),
            [nr is not None for nr in gitt_id],
            [nr is not None for nr in tilsagn],
            aktivitet,
            strict=True,
        )
        porsjoner.append(
            Henviste(
                rekke(id_),
                rekke(sak),
                rekke([rad or 0 for rad in barn]),
                tider(naar),
                tider(endret),
                tider(gitt_naar),
                rekke([arrangoerer[navn] if navn else -1 for navn in arrangoer]),
                rekke([kjennetegn[k] for k in slag]),
            )
        )
    return Henviste(*map(np.concatenate, zip(*porsjoner, strict=True))), list(map(Kjennetegn._make, kjennetegn))


def _spalter(gitt: Iterable[Gitt]) -> Sequence[Sequence[Any]]:
    return list(zip(*gitt, strict=True)) or [()] * len(Gitt._fields)


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


def _telles(start: datetime, slutt: datetime) -> ColumnElement[bool]:
    """Sent in the year, or shown the way in it; not misregistered; of a chain sent on, the last one."""
    sendt = and_(Henvisning.sendt >= start, Henvisning.sendt < slutt)
    vist_til = and_(
        Henvisning.sendt.is_(None),
        Henvisning.status == Status.VIST_TIL,
        Henvisning.endret >= start,
        Henvisning.endret < slutt,
    )
    ny = select(Henvisning.videresendt_fra_id).where(Henvisning.videresendt_fra_id.is_not(None), sendt)
    return and_(or_(sendt, vist_til), Henvisning.id.not_in(ny), _feil())


def _fra_tidligere(start: datetime, slutt: datetime) -> ColumnElement[bool]:
    """Sent in an earlier year, and given something in this one or on the waiting list at its end."""
    gitt = select(Tildeling.henvisning_id).where(_staar(start, slutt))
    venter = _da(type_coerce(Henvisning.status, String), Hendelse.til, slutt) == Status.VENTELISTE.value
    return and_(Henvisning.sendt < start, or_(Henvisning.id.in_(gitt), venter), _feil())


def _staar(start: datetime, slutt: datetime) -> ColumnElement[bool]:
    """Given in the year, and not brought back unused by its end."""
    staar = or_(Tildeling.tilstand.in_(sorted(TELLER_MOT_TAK)), Tildeling.slutt >= slutt)
    return and_(Tildeling.gitt >= start, Tildeling.gitt < slutt, staar)


def _gitt(start: datetime, slutt: datetime) -> Mapping[int, Gitt]:
    query: Select[Any] = (
        select(
            Tildeling.henvisning_id,
            som_lagret(Tildeling.gitt),
            Tildeling.id,
            # a club is the same whether it has the place or is paid for it, and whatever it is called
            func.coalesce(cast(func.coalesce(Tilbud.lag_id, Tilsagn.lag_id), String), Tilbud.arrangoertekst),
            Tildeling.tilsagn_id,
            type_coerce(Tilbud.aktivitet, String),
        )
        .outerjoin(Plass, Plass.id == Tildeling.plass_id)
        .outerjoin(Tilbud, Tilbud.beholdning_id == Plass.beholdning_id)
        .outerjoin(Tilsagn, Tilsagn.id == Tildeling.tilsagn_id)
        .where(_staar(start, slutt))
    )
    foerst: dict[int, Gitt] = {}
    for henvisninger, *kolonner in i_kolonner(query):
        for nr, faatt in zip(henvisninger, map(Gitt._make, zip(*kolonner, strict=True)), strict=True):
            if nr not in foerst or faatt < foerst[nr]:
                foerst[nr] = faatt
    return foerst


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


def _kjente(start: datetime, personer: Mapping[bytes | int, int]) -> Janei:
    """Which of these were referred before. Asked from the referrals' side: the other way reads every child."""
    foer = or_(
        Henvisning.sendt < start,
        and_(Henvisning.sendt.is_(None), Henvisning.status == Status.VIST_TIL, Henvisning.endret < start),
    )
    barnet = select(Henvisning.barn_id).where(Henvisning.barn_id.is_not(None), foer, _feil())
    familien = select(Henvisning.sak_id).where(Henvisning.barn_id.is_(None), foer, _feil())
    query = select(Barn.blindindeks).where(or_(Barn.id.in_(barnet), Barn.sak_id.in_(familien)))
    kjent = np.zeros(len(personer), dtype=np.bool_)
    for (indekser,) in i_kolonner(query):
        kjent[[personer[i] for i in indekser if i in personer]] = True
    return kjent


def _ventegrunner(start: datetime, slutt: datetime) -> Mapping[int, str]:
    query = (
        select(Hendelse.henvisning_id, Hendelse.grunn)
        .where(
            Hendelse.slag == "status",
            Hendelse.til == Status.PAA_VENT.value,
            Hendelse.grunn.is_not(None),
            Hendelse.tid >= start,
            Hendelse.tid < slutt,
        )
        .order_by(Hendelse.tid, Hendelse.id)
    )
    return {henvisning: grunn for henvisning, grunn in db.session.execute(query) if grunn is not None}


def tiltaksrader() -> list[Tiltak]:
    """The classes of measures: what can be referred to, and what ever was. The year's counts have no say."""
    query: Select[Any] = select(Tiltak).order_by(Tiltak.orden, Tiltak.id)
    brukt = set(db.session.scalars(select(Henvisning.tiltak_id).distinct()))
    mulige = FORMIDLES | VISES_TIL
    return [t for t in db.session.scalars(query) if t.id in brukt or (t.slag & mulige and not t.utgaatt)]


def tjenester() -> list[Enhet]:
    """The classes of services: the units that refer, and any that ever had a case."""
    brukt = select(Sak.enhet_id).distinct()
    query = select(Enhet).where(or_(Enhet.henviser, Enhet.id.in_(brukt))).order_by(Enhet.orden, Enhet.id)
    return list(db.session.scalars(query))
