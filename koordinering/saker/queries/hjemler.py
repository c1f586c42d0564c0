"""The code list of statutory authorities, and what was changed in it."""

from sqlalchemy import bindparam, or_, select

from koordinering.access import require
from koordinering.db import db, i_dag
from koordinering.roles import Rettighet
from koordinering.saker.models import (
    Hjemmel,
    Hjemmelendring,
)
from koordinering.saker.queries.saker import funnet
from koordinering.setning import Setning
from koordinering.sider import Side, hent_side
from koordinering.users import User

_GYLDIGE = Setning[str, str](
    select(Hjemmel.id, Hjemmel.tekst)
    .where(
        Hjemmel.gyldig_fra <= bindparam("dag"),
        or_(Hjemmel.gyldig_til.is_(None), Hjemmel.gyldig_til >= bindparam("dag")),
    )
    .order_by(Hjemmel.tekst)
)


def hjemler() -> list[tuple[str, str]]:
    """The statutory authorities that can be chosen today: key and text."""
    return [(id_, tekst) for id_, tekst in _GYLDIGE.alle({"dag": i_dag()})]


def hjemmelside(user: User, noekkel: str = "") -> Side[Hjemmel]:
    """A page of the whole code list, the newest first; for whoever keeps it."""
    require(user, Rettighet.HJEMMEL_ENDRE)
    return hent_side(db.session(), select(Hjemmel), [Hjemmel.gyldig_fra, Hjemmel.id], synkende=True, noekkel=noekkel)


def hjemmel(user: User, hjemmel_id: str) -> Hjemmel:
    """One authority of the code list, or FinnesIkke."""
    require(user, Rettighet.HJEMMEL_ENDRE)
    return funnet(db.session.get(Hjemmel, hjemmel_id, populate_existing=True) if hjemmel_id.isprintable() else None)


def hjemmelendringer(hjemmel_: Hjemmel) -> list[Hjemmelendring]:
    """What has been changed of an authority, oldest first."""
    query = select(Hjemmelendring).where(Hjemmelendring.hjemmel_id == hjemmel_.id)
    return list(db.session.scalars(query.order_by(Hjemmelendring.tid, Hjemmelendring.id)))
