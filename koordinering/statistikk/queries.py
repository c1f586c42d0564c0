"""Reads snapshots. Raw counts are never fetched here: only their dates and what was protected."""

from collections.abc import Collection, Mapping
from datetime import date

from sqlalchemy import func, select

from koordinering.db import db
from koordinering.statistikk.models import Bildetabell, Oeyeblikksbilde


def bilde(aar: int, dato: date) -> Oeyeblikksbilde | None:
    """The snapshot of a year made on a day."""
    return db.session.scalar(select(Oeyeblikksbilde).where(Oeyeblikksbilde.aar == aar, Oeyeblikksbilde.dato == dato))


def bilder(aar: int) -> list[Oeyeblikksbilde]:
    """All snapshots of a year, the newest first."""
    query = select(Oeyeblikksbilde).where(Oeyeblikksbilde.aar == aar)
    return list(db.session.scalars(query.order_by(Oeyeblikksbilde.dato.desc(), Oeyeblikksbilde.id.desc())))


def siste(aar: Collection[int] | None = None) -> Mapping[int, Oeyeblikksbilde]:
    """The newest snapshot of each year, or of these years. One query."""
    nyeste = select(Oeyeblikksbilde.aar, func.max(Oeyeblikksbilde.dato).label("dato")).group_by(Oeyeblikksbilde.aar)
    if aar is not None:
        nyeste = nyeste.where(Oeyeblikksbilde.aar.in_(sorted(aar)))
    under = nyeste.subquery()
    query = select(Oeyeblikksbilde).join(
        under, (Oeyeblikksbilde.aar == under.c.aar) & (Oeyeblikksbilde.dato == under.c.dato)
    )
    return {funnet.aar: funnet for funnet in db.session.scalars(query.order_by(Oeyeblikksbilde.aar))}


def beskyttede(kode: str, bilde_ider: Collection[int]) -> Mapping[int, str]:
    """The protected table of each of these snapshots, as stored. One query."""
    query = select(Bildetabell.bilde_id, Bildetabell.beskyttet).where(
        Bildetabell.kode == kode, Bildetabell.bilde_id.in_(sorted(bilde_ider))
    )
    return {rad.bilde_id: rad.beskyttet for rad in db.session.execute(query)}
