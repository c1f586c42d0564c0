"""Locks: what two transactions must not decide at the same moment."""

from sqlalchemy import BigInteger, bindparam, select, text
from sqlalchemy.dialects.postgresql import ARRAY

from koordinering.db import db
from koordinering.saker import queries as saker
from koordinering.saker.models import Barn, Henvisning

_LAAS = text("SELECT pg_advisory_xact_lock(n) FROM unnest(:noekler) AS n").bindparams(
    bindparam("noekler", type_=ARRAY(BigInteger()))
)


def laas(henvisning: Henvisning) -> None:
    """Read the referral anew and keep everybody else from changing it until this transaction ends."""
    # In two steps: PostgreSQL refuses FOR UPDATE on the outer joins that the row may have been loaded with.
    db.session.execute(select(Henvisning.id).where(Henvisning.id == henvisning.id).with_for_update())
    db.session.refresh(henvisning)


def laas_om_mulig(henvisning: Henvisning) -> bool:
    """Lock as laas does, unless somebody else has the referral now: for who goes through a list and can take the next.

    Two who pass on to each other's referral would otherwise wait for each other.
    """
    ledig = select(Henvisning.id).where(Henvisning.id == henvisning.id).with_for_update(skip_locked=True)
    if db.session.scalar(ledig) is None:
        return False
    db.session.refresh(henvisning)
    return True


def laas_familien(henvisning: Henvisning) -> None:
    """Let one transaction at a time test the ceilings of this family and its children.

    On SQLite the writing transaction is the lock. On PostgreSQL the locks are numbers made of the linked cases
    and their children's blind indexes, taken in order, so that no two wait for each other.
    """
    if db.engine.dialect.name != "postgresql":
        return
    koblet = saker.koblede_saker(henvisning.sak_id)
    indekser = db.session.scalars(select(Barn.blindindeks).where(Barn.sak_id.in_(sorted(koblet))))
    barn = {int.from_bytes(indeks[:8], signed=True) for indeks in indekser if indeks is not None}
    db.session.execute(_LAAS, {"noekler": sorted(koblet | barn)})
