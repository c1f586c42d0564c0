"""The only place where stored raw counts are fetched: for what comes later (rule 8), and to lie with a release."""

from collections.abc import Collection

from sqlalchemy import select

from koordinering.db import db
from koordinering.statistikk import measures
from koordinering.statistikk.disclosure import RawCounts, SafeTable, Tidligere, fra_json
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
    kolonner = (Publisering.id, Publisering.raaavtrykk, Publisering.definisjonsversjon)
    query = (
        select(*kolonner, PublisertTabell.raatall, PublisertTabell.innhold)
        .join(PublisertTabell)
        .where(Publisering.aar == aar, Publisering.nummer.is_not(None))
        .order_by(Publisering.nummer, PublisertTabell.orden)
    )
    ut: dict[int, Utgitt] = {}
    for publisering_id, avtrykk, versjon, raatall, innhold in db.session.execute(query):
        foer = ut.get(publisering_id, Utgitt(avtrykk, ()))
        tidligere = Tidligere(measures.fra_lagring(raatall), fra_json(innhold), measures.ulikheter(versjon))
        ut[publisering_id] = Utgitt(avtrykk, (*foer.tabeller, tidligere))
    return list(ut.values())


def frys(p: Publisering, tabeller: Collection[SafeTable]) -> None:
    """Write the tables of a release, with the counts behind them."""
    query = select(Bildetabell.kode, Bildetabell.raatall).where(Bildetabell.bilde_id == p.bilde_id)
    raa = {rad.kode: rad.raatall for rad in db.session.execute(query)}
    db.session.add_all(
        PublisertTabell(
            publisering_id=p.id,
            orden=nr,
            kode=tabell.kode,
            tittel=tabell.tittel,
            innhold=tabell.til_json(),
            raatall=raa[tabell.kode],
        )
        for nr, tabell in enumerate(tabeller)
    )
    db.session.flush()
