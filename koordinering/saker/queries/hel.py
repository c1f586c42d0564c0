"""A case with all that its page shows: read as columns, and made the session's objects."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any, TypeVar

from sqlalchemy import Row, bindparam, select

from koordinering.access import innenfor
from koordinering.db import db
from koordinering.kolonnetyper import HELTALL
from koordinering.objekter import knytt, kolonner, objekt, objekter, steder
from koordinering.roles import Omfang
from koordinering.saker.models import (
    Barn,
    Hendelse,
    Henvisning,
    Hjemmel,
    Oenske,
    Sak,
    SakBehov,
    Sakshendelse,
    Samtykke,
)
from koordinering.setning import Setning
from koordinering.tiltak.models import Tiltak
from koordinering.users import Enhet, User

T = TypeVar("T")
Rekkevidde = frozenset[tuple[Omfang, frozenset[str]]]
_Rad = Row[*tuple[Any, ...]]

_DENNE = bindparam("sak", type_=HELTALL)


@lru_cache(maxsize=64)
def _saken(reach: Rekkevidde) -> Setning[*tuple[Any, ...]]:
    """Made once for all who reach the same."""
    query = select(*kolonner(Sak), *kolonner(User), *kolonner(Enhet)).select_from(Sak)
    query = query.join(Sak.ansvarlig).join(Sak.enhet)
    return Setning(query.where(Sak.id == _DENNE, innenfor(Sak, dict(reach))))


_I_SAKEN = steder(Sak, User, Enhet)
_BARNA = Setning[*tuple[Any, ...]](
    select(*kolonner(Barn), *kolonner(Oenske))
    .select_from(Barn)
    .outerjoin(Barn.oensker)
    .where(Barn.sak_id == _DENNE)
    .order_by(Barn.lopenummer, Oenske.rekkefoelge)
)
_I_BARNA = steder(Barn, Oenske)
_BEHOVENE = Setning[*tuple[Any, ...]](
    select(*kolonner(SakBehov)).where(SakBehov.sak_id == _DENNE).order_by(SakBehov.behov)
)
_SAMTYKKENE = Setning[*tuple[Any, ...]](
    select(*kolonner(Samtykke), *kolonner(Enhet), *kolonner(Hjemmel))
    .select_from(Samtykke)
    .join(Samtykke.mottaker)
    .outerjoin(Samtykke.hjemmel)
    .where(Samtykke.sak_id == _DENNE)
    .order_by(Samtykke.id)
)
_I_SAMTYKKENE = steder(Samtykke, Enhet, Hjemmel)
_HENVISNINGENE = Setning[*tuple[Any, ...]](
    select(*kolonner(Henvisning), *kolonner(Tiltak), *kolonner(Enhet))
    .select_from(Henvisning)
    # outer joins, also where there is always one: no database then begins with the measures and walks through them all
    .outerjoin(Henvisning.tiltak)
    .outerjoin(Henvisning.mottaker)
    .where(Henvisning.sak_id == _DENNE)
    .order_by(Henvisning.opprettet, Henvisning.id)
)
_I_HENVISNINGENE = steder(Henvisning, Tiltak, Enhet)
_HENDELSENE = Setning[*tuple[Any, ...]](
    select(*kolonner(Hendelse))
    .where(Hendelse.henvisning_id.in_(bindparam("henvisninger", expanding=True)))
    .order_by(Hendelse.tid, Hendelse.id)
)
_SAKENS_HENDELSER = Setning[*tuple[Any, ...]](
    select(*kolonner(Sakshendelse)).where(Sakshendelse.sak_id == _DENNE).order_by(Sakshendelse.tid, Sakshendelse.id)
)


def finn(reach: Rekkevidde, sak_id: int) -> Sak | None:
    """The case, when it is within reach, with its unit and whoever is responsible for it."""
    rad, session = _saken(reach).en({"sak": sak_id}), db.session()
    if rad is None:
        return None
    saken, ansvarlig, enhet = _I_SAKEN
    return objekt(
        session,
        Sak,
        rad[saken],
        ansvarlig=objekt(session, User, rad[ansvarlig]),
        enhet=objekt(session, Enhet, rad[enhet]),
    )


def med_alt(sak: Sak) -> Sak:
    """The same case with its children, their wishes, its needs and consents: three queries."""
    session, denne = db.session(), {"sak": sak.id}
    barnet, oensket = _I_BARNA
    barn = [
        objekt(session, Barn, rader[0][barnet], oensker=_alle(objekt(session, Oenske, rad[oensket]) for rad in rader))
        for rader in _samlet(_BARNA.alle(denne), lambda rad: rad.id).values()
    ]
    samtykket, mottaker, hjemmel = _I_SAMTYKKENE
    samtykker = [
        objekt(
            session, Samtykke, rad[samtykket], mottaker=objekt(session, Enhet, rad[mottaker]),
            hjemmel=objekt(session, Hjemmel, rad[hjemmel]),
        )
        for rad in _SAMTYKKENE.alle(denne)
    ]  # fmt: skip
    knytt(sak, barn=_alle(barn), behov=objekter(_BEHOVENE, SakBehov, denne), samtykker=_alle(samtykker))
    return sak


def henvisninger(sak: Sak) -> list[Henvisning]:
    """The referrals of a case with what a page about it shows, oldest first: two queries."""
    session = db.session()
    henvisningen, tiltaket, mottakeren = _I_HENVISNINGENE
    funnet = _alle(
        objekt(
            session, Henvisning, rad[henvisningen], tiltak=objekt(session, Tiltak, rad[tiltaket]),
            mottaker=objekt(session, Enhet, rad[mottakeren]),
        )
        for rad in _HENVISNINGENE.alle({"sak": sak.id})
    )  # fmt: skip
    hendelser = _samlet(
        objekter(_HENDELSENE, Hendelse, {"henvisninger": [en.id for en in funnet]}), lambda en: en.henvisning_id
    )
    barna: dict[int | None, Barn] = {en.id: en for en in sak.barn}
    for en in funnet:
        knytt(en, hendelser=hendelser.get(en.id, []), barn=barna.get(en.barn_id))
    return funnet


def sakshendelser(sak: Sak) -> list[Sakshendelse]:
    """What has happened to the case itself, oldest first."""
    return objekter(_SAKENS_HENDELSER, Sakshendelse, {"sak": sak.id})


def _alle(funnet: Iterable[T | None]) -> list[T]:
    return [en for en in funnet if en is not None]


def _samlet(ting: Iterable[T], etter: Callable[[T], Any]) -> dict[Any, list[T]]:
    samlet: defaultdict[Any, list[T]] = defaultdict(list)
    for en in ting:
        samlet[etter(en)].append(en)
    return samlet
