"""Counts that have had their time: a year is counted every night, and what a count holds is raw."""

from datetime import date, timedelta

from sqlalchemy import Select, delete, func, select
from sqlalchemy.orm import aliased

from koordinering.db import i_dag, transaction
from koordinering.statistikk.models import Oeyeblikksbilde, Publisering

TELLING_BLIR = timedelta(days=30)
"""Long enough to look into what a count came to, why it hid what it did, and to have a draft of it checked."""

_OM_GANGEN = 5
"""Snapshots: the raw counts and the profiles of the families in one of them are some megabytes."""


def rydd_tellinger() -> int:
    """Delete snapshots after 30 days, with their raw counts and what they show; how many.

    The newest of each year stays: it is the year's figures, and its cases may be gone. What a release was made from
    stays too, withdrawn or not; a draft that has lain for so long says that its count is gone (Hinder.BORTE). Rule 8
    rests on none of them: a release has its own raw counts beside it, and the patterns stay. The installation does it
    itself, once an hour, a few at a time.
    """
    i_alt = 0
    while True:
        with transaction() as session:
            ider = list(session.scalars(_gamle(i_dag() - TELLING_BLIR)))
            if ider:
                borte = delete(Oeyeblikksbilde).where(Oeyeblikksbilde.id.in_(ider))  # their tables go along
                session.execute(borte.execution_options(synchronize_session=False))
        i_alt += len(ider)
        if len(ider) < _OM_GANGEN:
            return i_alt


def _gamle(grense: date) -> Select[int]:
    """Those from before a day that nothing rests on, the oldest first."""
    senere = aliased(Oeyeblikksbilde)
    nyeste = select(func.max(senere.dato)).where(senere.aar == Oeyeblikksbilde.aar).scalar_subquery()
    utgitt = Publisering.nummer.is_not(None)
    brukt = select(Publisering.id).where(Publisering.bilde_id == Oeyeblikksbilde.id, utgitt).exists()
    query = select(Oeyeblikksbilde.id).where(Oeyeblikksbilde.dato < grense, Oeyeblikksbilde.dato < nyeste, ~brukt)
    return query.order_by(Oeyeblikksbilde.dato, Oeyeblikksbilde.id).limit(_OM_GANGEN)
