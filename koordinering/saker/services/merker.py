"""Putting right the marks of a case, where something other than a program of ours has been in the database."""

import logging
from collections.abc import Sequence

from sqlalchemy import delete, func, insert, select
from sqlalchemy.orm import Session

from koordinering.db import db, transaction
from koordinering.saker.models import Sak, Saksmerke
from koordinering.saker.queries.merker import skal_ha
from koordinering.users import Enhet

log = logging.getLogger(__name__)


def rett_merker(saker: Sequence[int]) -> list[int]:
    """Give each of these cases the marks that it should have, whatever it has. Those that somebody had just then.

    A transaction for each, and it waits for nobody: it is done by hand, while people work.
    """
    opptatt = []
    for sak_id in saker:
        with transaction() as session:
            if not _har_den_alene(session, sak_id):
                opptatt.append(sak_id)
                continue
            session.execute(delete(Saksmerke).where(Saksmerke.sak_id == sak_id))
            kolonner = ("enhet_id", "merke", "opprettet", "sak_id")
            session.execute(insert(Saksmerke).from_select(kolonner, skal_ha().where(Sak.id == sak_id).distinct()))
    if len(saker) > len(opptatt):
        log.warning("the marks of %d cases were put right", len(saker) - len(opptatt))
    return opptatt


def _har_den_alene(session: Session, sak_id: int) -> bool:
    """As the triggers have it before they look at its referrals, with what its marks point at (migration 0029).

    True where it is gone.
    """
    if db.engine.dialect.name == "sqlite":
        return True  # the writing transaction is the lock
    begge = select(Sak.id).join(Enhet, Enhet.id == Sak.enhet_id).where(Sak.id == sak_id)
    sitt = begge.with_for_update(read=True, key_share=True, skip_locked=True)
    if session.scalar(sitt) is None:
        return session.scalar(select(Sak.id).where(Sak.id == sak_id)) is None
    return bool(session.scalar(select(func.pg_try_advisory_xact_lock(sak_id))))
