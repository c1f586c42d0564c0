"""The case's lock: what two transactions must not decide about one case at the same moment."""

from koordinering.db import db
from koordinering.saker.models import Sak


def laas_sak(sak: Sak) -> None:
    """Read the case anew, with its children and consents, and keep everybody else from changing it.

    Whoever needs the case and its referrals takes the case first. Rows that point at the case can still be written
    (key_share). On SQLite the writing transaction is the lock.
    """
    db.session.refresh(sak, with_for_update={"of": Sak, "key_share": True})
    db.session.expire(sak, ["barn", "samtykker"])
