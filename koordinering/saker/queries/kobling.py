"""The cases counted as one family. For ceilings only: never for a page."""

from collections import Counter
from collections.abc import Collection

from sqlalchemy import select

from koordinering.db import db
from koordinering.saker.models import (
    Barn,
)
from koordinering.saker.rules.familier import familier

MINST_RUNDER = 4
"""Steps from case to case by children that are always looked for; families that need more are rare."""

MAKS_KOBLEDE = 200
"""Cases looked at when a family is followed: no real one comes near it."""


def koblede_saker(sak_id: int) -> frozenset[int]:
    """The cases counted as one family with this one, itself included. For ceilings only: never for a page.

    What hangs together by children is followed by index, then the rule of rules.familier. MINST_RUNDER are
    always run, so that the work done does not tell whether anybody else knows the family.
    """
    lenkede: dict[int, set[bytes]] = {}
    uten: Counter[int] = Counter()
    ventende = {sak_id}
    runde = 0
    while runde < MINST_RUNDER or (ventende and len(lenkede) < MAKS_KOBLEDE):
        kjente = set().union(*lenkede.values())
        for nr, indeks in db.session.execute(
            select(Barn.sak_id, Barn.blindindeks).where(Barn.sak_id.in_(sorted(ventende)))
        ):
            if indeks is None:
                uten[nr] += 1
            else:
                lenkede.setdefault(nr, set()).add(indeks)
        ventende = _saker_med(set().union(*lenkede.values()) - kjente) - lenkede.keys()
        runde += 1
    grupper = familier(lenkede, uten)
    return next((gruppe for gruppe in grupper if sak_id in gruppe), frozenset({sak_id}))


def _saker_med(indekser: Collection[bytes]) -> set[int]:
    query = select(Barn.sak_id).where(Barn.blindindeks.in_(sorted(indekser))).distinct()
    return set(db.session.scalars(query.limit(MAKS_KOBLEDE)))
