"""Reads what was granted and paid for single places on a year's budget, and whom it was for."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

import numpy as np
from sqlalchemy import and_, func, select

from koordinering.db import db
from koordinering.saker.models import Barn, Henvisning
from koordinering.statistikk.measures.koder import les_koder
from koordinering.statistikk.measures.lesing import dagens_slutt, les_henviste
from koordinering.statistikk.measures.lest import Henviste, Kjennetegn, Registrerte
from koordinering.statistikk.measures.pakking import Gis, pakk_ut
from koordinering.tildeling.models import Tildeling
from koordinering.tiltak.midler.models import Budsjett, Formaal, Postering, Tilsagn
from koordinering.tiltak.models import Tiltak


class Tilsagnslinje(NamedTuple):
    """One commitment as the ledger had it when the day counted was over."""

    henvisning: int | None
    """None: the case it was for is erased."""
    gitt: datetime
    innvilget_oere: int
    betalt_oere: int
    tiltak: str | None
    """The measure that the budget's purpose serves; None: none that the plan has."""


@dataclass(frozen=True, repr=False)
class Penger:
    """All that is read, with the referrals and the children of their cases."""

    tilsagn: Sequence[Tilsagnslinje]
    henvist: Henviste
    kjennetegn: Sequence[Kjennetegn]
    registrert: Registrerte
    tiltak: Sequence[Tiltak]
    """The measures that have a purpose for single places, in the plan's order, whatever is granted in the year."""
    formaal_uten_tiltak: bool
    """There is also such a purpose that serves no measure of the plan."""
    med_ramme: frozenset[str | None]
    """The measures that had any money in the year's budget; None: a purpose without a measure had."""


def les_penger(aar: int, dato: date) -> Penger:
    """The commitments of a year's budget, those of referrals from earlier years too. A few queries."""
    slutt = dagens_slutt(dato)
    tilsagn = (
        select(
            Tildeling.henvisning_id,
            Tilsagn.gitt,
            func.sum(Postering.bundet_oere + Postering.betalt_oere),
            func.sum(Postering.betalt_oere),
            Formaal.tiltak_id,
        )
        .join(Budsjett, Budsjett.id == Tilsagn.budsjett_id)
        .join(Formaal, Formaal.id == Budsjett.formaal_id)
        .join(Postering, Postering.tilsagn_id == Tilsagn.id)
        .outerjoin(Tildeling, Tildeling.tilsagn_id == Tilsagn.id)
        .where(Budsjett.aar == aar, Postering.tid < slutt)
        .group_by(Tilsagn.id, Tilsagn.gitt, Tildeling.henvisning_id, Formaal.tiltak_id)
        .order_by(Tilsagn.id)
    )
    gjelder = (
        select(Tildeling.henvisning_id)
        .join(Tilsagn, Tilsagn.id == Tildeling.tilsagn_id)
        .join(Budsjett, Budsjett.id == Tilsagn.budsjett_id)
        .where(Budsjett.aar == aar)
    )
    saker = select(Henvisning.sak_id).where(Henvisning.id.in_(gjelder))
    koder = les_koder()
    lest = les_henviste(Henvisning.id.in_(gjelder), Barn.sak_id.in_(saker), slutt, koder).pakket
    ukjente = np.zeros((0, 4), dtype=np.uint64)  # money does not ask who was known before
    henvist, kjennetegn, registrert = pakk_ut(lest, koder.ord, Gis({}, {}), ukjente)
    return Penger(
        [Tilsagnslinje(h, gitt, int(i), int(b), tiltak) for h, gitt, i, b, tiltak in db.session.execute(tilsagn)],
        henvist,
        kjennetegn,
        registrert,
        *_formaal(aar),
    )


def _formaal(aar: int) -> tuple[Sequence[Tiltak], bool, frozenset[str | None]]:
    """The purposes for single places: which measures they serve, and which of them the year has money for."""
    med = func.max(Budsjett.ramme_oere)
    query = (
        select(Formaal.tiltak_id, med)
        .outerjoin(Budsjett, and_(Budsjett.formaal_id == Formaal.id, Budsjett.aar == aar))
        .where(Formaal.enkeltplass)
        .group_by(Formaal.tiltak_id)
    )
    ramme = {tiltak_id: mest or 0 for tiltak_id, mest in db.session.execute(query)}
    tiltak = select(Tiltak).where(Tiltak.id.in_(sorted(t for t in ramme if t))).order_by(Tiltak.orden, Tiltak.id)
    return list(db.session.scalars(tiltak)), None in ramme, frozenset(t for t, mest in ramme.items() if mest)
