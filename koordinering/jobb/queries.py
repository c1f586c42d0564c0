"""Reading jobs: everybody sees their own and nobody else's."""

from sqlalchemy import select

from koordinering.db import db
from koordinering.errors import FinnesIkke
from koordinering.jobb.models import Jobb
from koordinering.sider import Side, hent_side
from koordinering.users import User


def jobber(user: User, noekkel: str = "") -> Side[Jobb]:
    """A page of the user's own jobs, the newest first."""
    query = select(Jobb).where(Jobb.bestilt_av == user.id)
    return hent_side(db.session(), query, [Jobb.bestilt, Jobb.id], synkende=True, noekkel=noekkel)


def jobb(user: User, jobb_id: int) -> Jobb:
    """One of the user's own jobs. Raises FinnesIkke."""
    funnet = db.session.scalar(select(Jobb).where(Jobb.id == jobb_id, Jobb.bestilt_av == user.id))
    if funnet is None:
        raise FinnesIkke
    return funnet
