"""The only place where stored raw counts are fetched: for protecting and checking what comes later (rule 8)."""

from collections.abc import Collection

from sqlalchemy import select

from koordinering.db import db
from koordinering.statistikk import measures
from koordinering.statistikk.disclosure import RawCounts, Tidligere, fra_json
from koordinering.statistikk.models import Bildetabell, Publisering, PublisertTabell
from koordinering.statistikk.services.moenster import Utgitt


def av_bilde(bilde_id: int, koder: Collection[str]) -> dict[str, RawCounts]:
    """The raw counts of these tables of a snapshot. One query."""
    query = select(Bildetabell.kode, Bildetabell.raatall).where(
        Bildetabell.bilde_id == bilde_id, Bildetabell.kode.in_(sorted(koder))
    )
    return {kode: measures.fra_lagring(raatall) for kode, raatall in db.session.execute(query)}


def utgitt(aar: int) -> list[Utgitt]:
    """Everything that was ever released of a year, withdrawn or not: somebody may have kept it. One query."""
    query = (
        select(Publisering.id, Publisering.raaavtrykk, PublisertTabell.raatall, PublisertTabell.innhold)
        .join(PublisertTabell)
        .where(Publisering.aar == aar, Publisering.nummer.is_not(None))
        .order_by(Publisering.nummer, PublisertTabell.orden)
    )
    ut: dict[int, Utgitt] = {}
    for publisering_id, avtrykk, raatall, innhold in db.session.execute(query):
        foer = ut.get(publisering_id, Utgitt(avtrykk, ()))
        tidligere = Tidligere(measures.fra_lagring(raatall), fra_json(innhold))
        ut[publisering_id] = Utgitt(avtrykk, (*foer.tabeller, tidligere))
    return list(ut.values())
