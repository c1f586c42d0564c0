"""Throwing away what has had its time: ended sessions, old limits, kept work."""

from datetime import timedelta

from sqlalchemy import delete

from koordinering.db import now, own_transaction
from koordinering.konto.models import BevartArbeid, Grense, Okt
from koordinering.konto.rules import BEVARES, GLEMMES, TIMEN

_OKT_BLIR = timedelta(days=1)
"""A session's row tells whose kept work it was for as long as that work lives."""


def rydd() -> None:
    """Delete what is out of date, in a transaction of its own. Run by the job worker every hour."""
    naa = now()
    with own_transaction() as session:
        session.execute(delete(BevartArbeid).where(BevartArbeid.lagret < naa - BEVARES))
        session.execute(delete(Okt).where(Okt.utloeper < naa - _OKT_BLIR))
        session.execute(delete(Grense).where(Grense.aapner < naa - max(GLEMMES, TIMEN)))
