"""Finding a case by its reference, by a child or by the family's code."""

from collections.abc import Collection
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import Select, bindparam, select

from koordinering.access import innenfor, rekkevidde
from koordinering.roles import Omfang, Rettighet
from koordinering.saker.models import Barn, Sak
from koordinering.saker.rules.innboks import MAKS_TREFF
from koordinering.setning import Setning, Verdier
from koordinering.users import User

S = TypeVar("S", bound=Select[*tuple[Any, ...]])


class Funnet(NamedTuple):
    """As much of a case as one who looks for it sees: enough to go there."""

    id: int
    referanse: str
    opprettet: datetime


_FUNNET = select(Sak.id, Sak.referanse, Sak.opprettet)


def med_referanse(user: User, referanse: str) -> list[Funnet]:
    """The case with this reference, when the user may see it."""
    return _funnet(_med_referanse(_saksrekkevidde(user)), {"referanse": referanse})


def _saksrekkevidde(user: User) -> frozenset[tuple[Omfang, frozenset[str]]]:
    return frozenset(rekkevidde(user, Rettighet.SAK_LES).items())


def _funnet(setning: Setning[int, str, datetime], verdier: Verdier) -> list[Funnet]:
    return [Funnet(*rad) for rad in setning.alle(verdier)]


@lru_cache(maxsize=64)
def _med_referanse(reach: frozenset[tuple[Omfang, frozenset[str]]]) -> Setning[int, str, datetime]:
    return Setning(_FUNNET.where(Sak.referanse == bindparam("referanse"), innenfor(Sak, dict(reach))))


def med_barn(user: User, indekser: Collection[bytes]) -> list[Funnet]:
    """Cases with one of these children, among those the user may see; asked in the same way for any child.

    At most MAKS_TREFF, the newest first.
    """
    return _funnet(_med_barn(_saksrekkevidde(user)), {"indekser": list(indekser)})


@lru_cache(maxsize=64)
def _med_barn(reach: frozenset[tuple[Omfang, frozenset[str]]]) -> Setning[int, str, datetime]:
    barna = select(Barn.sak_id).where(Barn.blindindeks.in_(bindparam("indekser", expanding=True)))
    return _nyeste(barna, reach)


def _nyeste(traff: Select[int], reach: frozenset[tuple[Omfang, frozenset[str]]]) -> Setning[int, str, datetime]:
    query: Select[int, str, datetime] = blant(_FUNNET, traff).where(innenfor(Sak, dict(reach)))
    return Setning(query.order_by(Sak.opprettet.desc(), Sak.id.desc()).limit(MAKS_TREFF))


def med_kode(user: User, kodeindeks: bytes) -> list[Funnet]:
    """Cases with this linking code, among those the user may see; at most MAKS_TREFF, the newest first."""
    return _funnet(_med_kode(_saksrekkevidde(user)), {"kode": kodeindeks})


@lru_cache(maxsize=64)
def _med_kode(reach: frozenset[tuple[Omfang, frozenset[str]]]) -> Setning[int, str, datetime]:
    return _nyeste(select(Sak.id).where(Sak.kodeindeks == bindparam("kode")), reach)


def blant(query: S, traff: Select[int]) -> S:
    """Narrow a query of cases to these: found first, whatever the unit's own index promises the database."""
    funnet_foerst = traff.distinct().subquery()
    return query.join(funnet_foerst, funnet_foerst.c[0] == Sak.id)
