"""A restored backup has content of cases that a family has had erased since: it is erased again."""

from datetime import timedelta

from sqlalchemy import select

from koordinering import noekkellager
from koordinering.db import db, transaction
from koordinering.personvern.krav.services.krav import toem_saken
from koordinering.saker.models import Sak, Sakshendelse

_SAMTIDIG = timedelta(minutes=5)
"""The case's own event and the key store's line are of one transaction: they differ by less than this."""


def gjenta_toemminger() -> int:
    """Empty again what a restored database has and the key store knows is emptied; how many cases.

    Done before anything is served, and once an hour. Each case in a transaction of its own.
    """
    toemt, etter = 0, -1
    while lest := noekkellager.slettede_etter(noekkellager.TOEMT, etter):
        etter = max(lest)
        gjort = select(Sakshendelse.sak_id, Sakshendelse.tid).where(
            Sakshendelse.sak_id.in_(lest), Sakshendelse.slag == "toemt"
        )
        ferdige = {sak_id for sak_id, tid in db.session.execute(gjort) if tid >= lest[sak_id] - _SAMTIDIG}
        mangler = db.session.scalars(select(Sak.id).where(Sak.id.in_(set(lest) - ferdige))).all()
        db.session.rollback()
        for sak_id in mangler:
            with transaction() as session:
                sak = session.get(Sak, sak_id)
                if sak is not None:
                    toem_saken(sak, av=None)
                    toemt += 1
    if toemt:
        noekkellager.fullfoer_slettinger()
        db.session.remove()
    return toemt
