"""Reading commitments for single places, and their invoices."""

from collections.abc import Collection
from itertools import accumulate

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload, selectinload

from koordinering.access import require
from koordinering.db import db
from koordinering.roles import Rettighet
from koordinering.tekst import N_, Kode
from koordinering.tiltak.lag.queries import navn_ligner
from koordinering.tiltak.midler.models import (
    Faktura,
    Kreditnota,
    Postering,
    Tilsagn,
)
from koordinering.tiltak.midler.queries.budsjett import finn
from koordinering.tiltak.midler.rules import Postslag, Tilsagnstatus
from koordinering.users import User


class Tilsagnsfilter(Kode):
    """The named filters of the list of commitments."""

    AAPENT = "aapent", N_("Åpne")
    AVSLUTTET = "avsluttet", N_("Avsluttede")


def tilsagnsliste(valgt: Tilsagnsfilter, tekst: str = "") -> Select[Tilsagn]:
    """The commitments; ordered and paged by the caller."""
    query = select(Tilsagn).where(Tilsagn.status == Tilsagnstatus(valgt.value))
    if tekst:
        query = query.where(Tilsagn.lag_id.in_(navn_ligner(tekst)))
    return query.options(
        joinedload(Tilsagn.lag, innerjoin=True),
        joinedload(Tilsagn.budsjett, innerjoin=True),
        selectinload(Tilsagn.fakturaer),
    )


def tilsagn(user: User, tilsagn_id: int) -> Tilsagn:
    """One commitment with its invoices. Raises FinnesIkke."""
    require(user, Rettighet.MIDLER_LES)
    query = select(Tilsagn).where(Tilsagn.id == tilsagn_id)
    return finn(query.options(joinedload(Tilsagn.lag), joinedload(Tilsagn.budsjett)))


def faktura(user: User, faktura_id: int) -> Faktura:
    """One invoice. Raises FinnesIkke."""
    require(user, Rettighet.MIDLER_LES)
    query = select(Faktura).where(Faktura.id == faktura_id)
    return finn(query.options(joinedload(Faktura.lag), joinedload(Faktura.tilsagn)))


def kreditnotaer(fakturaer: Collection[Faktura]) -> list[Kreditnota]:
    """The credit notes to these invoices, oldest first."""
    query = select(Kreditnota).where(Kreditnota.faktura_id.in_(sorted(f.id for f in fakturaer)))
    return list(db.session.scalars(query.order_by(Kreditnota.id)))


def hoeyest_avsatt(tilsagn_: Tilsagn) -> int:
    """The most that was ever set aside for it, read off the ledger: a closed commitment holds only what is invoiced."""
    query = select(Postering.bundet_oere).where(
        Postering.tilsagn_id == tilsagn_.id, Postering.slag.in_([Postslag.BUNDET, Postslag.FRIGITT])
    )
    return max(accumulate(db.session.scalars(query.order_by(Postering.id))), default=0)
