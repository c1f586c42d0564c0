"""Extracts for counting: made a few hundred cases at a time, and compared with the cases when somebody asks."""

import time
from collections.abc import Sequence

from sqlalchemy import delete, exists, func, insert, select

from koordinering.db import db, i_dag, transaction
from koordinering.saker.models import Sak
from koordinering.statistikk import measures
from koordinering.statistikk.models import Tellekode, Telleutdrag, Telleventer

PORSJON = 500
"""Cases a transaction: about a tenth of a second in which nobody else writes (SQLite), or changes a case."""

LAAS = 2811
"""As in migration 0028: those who change cases share it, whoever makes extracts has it alone."""

PAUSE_S = 0.15
"""Between two: whoever waits to write to SQLite asks again every tenth of a second, and must find it free."""


def hold_utdrag() -> int:
    """Make the extracts that are missing; how many cases. Gives way where somebody is writing: the rest comes later."""
    _vent_i_nytt_aar()
    gjort = antall = _porsjon()
    while antall == PORSJON:
        time.sleep(PAUSE_S)
        antall = _porsjon()
        gjort += antall
    return gjort


def _vent_i_nytt_aar() -> None:
    """What waited when its extract was made in an earlier year, waits in this one too."""
    gamle = select(Telleutdrag.sak_id).where(
        Telleutdrag.venter,
        Telleutdrag.aar < i_dag().year,
        ~exists().where(Telleventer.sak_id == Telleutdrag.sak_id),
    )
    if db.session.scalar(gamle.limit(1)) is not None:
        with transaction() as session:
            session.execute(insert(Telleventer).from_select(["sak_id"], gamle.distinct()))


def _porsjon() -> int:
    with transaction() as session:
        if session.get_bind().dialect.name == "postgresql" and not session.scalar(
            select(func.pg_try_advisory_xact_lock(LAAS))
        ):
            return 0
        # A case that is being deleted is left: whoever deletes it would wait for us, and we for them.
        query = select(Sak.id).where(Sak.id.in_(select(Telleventer.sak_id).limit(PORSJON)))
        saker = list(session.scalars(query.with_for_update(key_share=True, read=True, skip_locked=True)))
        if not saker:
            return 0
        koder = measures.les_koder()
        rader = measures.lag_utdrag(saker, koder)
        if nye := koder.nye():
            session.execute(insert(Tellekode), [{"id": nr, "kode": kode} for nr, kode in nye.items()])
        session.execute(delete(Telleutdrag).where(Telleutdrag.sak_id.in_(saker)))
        if rader:
            session.execute(insert(Telleutdrag), [_verdier(rad) for rad in rader])
        session.execute(delete(Telleventer).where(Telleventer.sak_id.in_(saker)))
    return len(saker)


def _verdier(rad: Telleutdrag) -> dict[str, object]:
    return {kolonne.name: getattr(rad, kolonne.name) for kolonne in Telleutdrag.__table__.columns}


def sjekk_utdrag(saker: Sequence[int] | None = None) -> tuple[int, int]:
    """Compare extracts with the cases: how many cases were looked at, and how many are not as their extracts say.

    Cases that wait for an extract are not looked at: counting reads those themselves.
    """
    if saker is None:
        saker = list(db.session.scalars(select(Telleutdrag.sak_id).distinct()))
    feil = 0
    for fra in range(0, len(saker), PORSJON):
        noen = saker[fra : fra + PORSJON]
        venter = set(db.session.scalars(select(Telleventer.sak_id).where(Telleventer.sak_id.in_(noen))))
        noen = [sak for sak in noen if sak not in venter]
        lagret: dict[int, list[tuple[object, ...]]] = {sak: [] for sak in noen}
        nytt: dict[int, list[tuple[object, ...]]] = {sak: [] for sak in noen}
        query = select(Telleutdrag).where(Telleutdrag.sak_id.in_(noen)).order_by(Telleutdrag.aar)
        for maal, rader in (
            (lagret, db.session.scalars(query)),
            (nytt, measures.lag_utdrag(noen, measures.les_koder())),
        ):
            for rad in rader:
                maal[rad.sak_id].append((rad.aar, rad.sist, rad.venter, rad.henvist, rad.barn))
        feil += sum(lagret[sak] != nytt[sak] for sak in noen)
    return len(saker), feil
