"""What is counted of the money, and what waits for whoever handles it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Select, func, select

from koordinering.db import db
from koordinering.tiltak.midler.models import (
    Budsjett,
    Formaal,
    Postering,
    Tilskudd,
    Utbetaling,
)
from koordinering.tiltak.midler.queries.tilskudd import Tilskuddsfilter, tilskuddsvilkaar
from koordinering.tiltak.midler.queries.utbetaling import kan_eksporteres
from koordinering.tiltak.midler.rules import Tilskuddstatus, Utbetalingstatus
from koordinering.users import User


@dataclass(frozen=True)
class Midlertall:
    """A year's figures of one purpose. Amounts in øre; participations paid for are places, not children."""

    aar: int
    formaal_id: str
    formaal: str
    innvilget_oere: int
    """Granted to clubs and committed for places; the ledger's bound and paid together."""
    betalt_oere: int
    barn_soekt: int
    """Children that the clubs' granted applications are for."""
    barn_deltok: int
    """Children that took part, as the clubs report."""


def midlertall(aar: int) -> Sequence[Midlertall]:
    """Granted and paid money, and children, per purpose of a year. Two queries."""
    gitt = Tilskudd.status.in_((Tilskuddstatus.INNVILGET, Tilskuddstatus.RAPPORTERT))
    barn = {
        budsjett_id: (int(soekt or 0), int(deltok or 0))
        for budsjett_id, soekt, deltok in db.session.execute(
            select(
                Tilskudd.budsjett_id,
                func.sum(Tilskudd.antall_barn),
                func.coalesce(func.sum(Tilskudd.deltok), 0),
            )
            .join(Budsjett, Budsjett.id == Tilskudd.budsjett_id)
            .where(Budsjett.aar == aar, gitt)
            .group_by(Tilskudd.budsjett_id)
        )
    }
    query = select(Budsjett).join(Budsjett.formaal).where(Budsjett.aar == aar)
    return [
        Midlertall(
            aar,
            b.formaal_id,
            b.formaal.navn,
            b.bundet_oere + b.betalt_oere,
            b.betalt_oere,
            *barn.get(b.id, (0, 0)),
        )
        for b in db.session.scalars(query.order_by(Formaal.orden, Formaal.id))
    ]


def venter(user: User) -> Mapping[str, Select[int]]:
    """Ids of what waits for whoever handles the money, by name: for the start page to count."""
    return {
        "til_godkjenning": select(Utbetaling.id).where(
            Utbetaling.status == Utbetalingstatus.VENTER, Utbetaling.foert_av != user.id
        ),
        "til_fil": kan_eksporteres(user).with_only_columns(Utbetaling.id),
        "sendt_tilbake": select(Utbetaling.id).where(Utbetaling.status == Utbetalingstatus.SENDT_TILBAKE),
        "til_vedtak": select(Tilskudd.id).where(*tilskuddsvilkaar(Tilskuddsfilter.SOEKT)),
        "rapporter": select(Tilskudd.id).where(*tilskuddsvilkaar(Tilskuddsfilter.OVER_FRISTEN)),
    }


def sum_av_hovedboken(budsjetter: Collection[int]) -> Mapping[int, tuple[int, int, int]]:
    """What the ledger's entries add up to, per budget: ramme, bundet, betalt. The budgets' own figures equal it."""
    query = select(
        Postering.budsjett_id,
        func.sum(Postering.ramme_oere),
        func.sum(Postering.bundet_oere),
        func.sum(Postering.betalt_oere),
    ).where(Postering.budsjett_id.in_(sorted(budsjetter)))
    return {b: (int(r), int(u), int(e)) for b, r, u, e in db.session.execute(query.group_by(Postering.budsjett_id))}
