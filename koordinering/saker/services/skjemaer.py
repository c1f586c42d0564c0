"""Forms that were kept when a session ended, and what becomes of them when their case is deleted."""

from collections.abc import Collection

from sqlalchemy import select

from koordinering.db import db
from koordinering.konto.services import glem_arbeid
from koordinering.saker.models import Barn, Henvisning, Samtykke


def glem_skjemaer(saker: Collection[int]) -> None:
    """Forget what was kept from the pages of these cases: the address of a page names a row of its case."""
    navn = {str(sak_id) for sak_id in saker}
    for modell in (Barn, Henvisning, Samtykke):
        navn |= set(map(str, db.session.scalars(select(modell.id).where(modell.sak_id.in_(saker)))))
    glem_arbeid(navn)
