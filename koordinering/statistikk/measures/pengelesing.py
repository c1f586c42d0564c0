"""Reads what was granted and paid for single places on a year's budget, and whom it was for."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import func, select

from koordinering.db import db
from koordinering.saker.models import Henvisning
from koordinering.statistikk.measures.lesing import Henvist, Registrert, dagens_slutt, henviste, registrerte
from koordinering.tildeling.models import Tildeling
from koordinering.tiltak.midler.models import Budsjett, Postering, Tilsagn


class Tilsagnslinje(NamedTuple):
    """One commitment as the ledger had it when the day counted was over."""

    henvisning: int | None
    """None: the case it was for is erased."""
    gitt: datetime
    innvilget_oere: int
    betalt_oere: int


@dataclass(frozen=True, repr=False)
class Penger:
    """All that is read, with the referrals and the children of their cases."""

    tilsagn: Sequence[Tilsagnslinje]
    henvist: Sequence[Henvist]
    registrert: Sequence[Registrert]


def les_penger(aar: int, dato: date) -> Penger:
    """The commitments of a year's budget, those of referrals from earlier years too. Three queries."""
    slutt = dagens_slutt(dato)
    tilsagn = (
        select(
            Tildeling.henvisning_id,
            Tilsagn.gitt,
            func.sum(Postering.bundet_oere + Postering.betalt_oere),
            func.sum(Postering.betalt_oere),
        )
        .join(Budsjett, Budsjett.id == Tilsagn.budsjett_id)
        .join(Postering, Postering.tilsagn_id == Tilsagn.id)
        .outerjoin(Tildeling, Tildeling.tilsagn_id == Tilsagn.id)
        .where(Budsjett.aar == aar, Postering.tid < slutt)
        .group_by(Tilsagn.id, Tilsagn.gitt, Tildeling.henvisning_id)
        .order_by(Tilsagn.id)
    )
    gjelder = (
        select(Tildeling.henvisning_id)
        .join(Tilsagn, Tilsagn.id == Tildeling.tilsagn_id)
        .join(Budsjett, Budsjett.id == Tilsagn.budsjett_id)
        .where(Budsjett.aar == aar)
    )
    saker = select(Henvisning.sak_id).where(Henvisning.id.in_(gjelder))
    return Penger(
        [Tilsagnslinje(h, gitt, int(i), int(b)) for h, gitt, i, b in db.session.execute(tilsagn)],
        [Henvist._make(rad) for rad in db.session.execute(henviste(slutt).where(Henvisning.id.in_(gjelder)))],
        [Registrert._make(rad) for rad in db.session.execute(registrerte(saker))],
    )
