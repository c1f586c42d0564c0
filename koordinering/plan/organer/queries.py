"""Reading bodies and what they hear of. Everybody who may read the plan may."""

from collections.abc import Mapping, Sequence

from sqlalchemy import select

from koordinering.access import require
from koordinering.db import db
from koordinering.errors import FinnesIkke
from koordinering.plan.organer.models import Organ, OrganTiltak
from koordinering.plan.organer.rules import organer_i
from koordinering.roles import Rettighet
from koordinering.tiltak.models import Tiltak
from koordinering.users import User


def organer(av: User) -> Sequence[Organ]:
    """All bodies, by name."""
    require(av, Rettighet.PLAN_LES)
    return db.session.scalars(select(Organ).order_by(Organ.navn)).all()


def organ(av: User, organ_id: int) -> Organ:
    """One body. Raises FinnesIkke."""
    require(av, Rettighet.PLAN_LES)
    funnet = db.session.get(Organ, organ_id)
    if funnet is None:
        raise FinnesIkke
    return funnet


def navn_per_tiltak(av: User) -> Mapping[str, tuple[str, ...]]:
    """Which bodies each measure reports to, by name."""
    require(av, Rettighet.PLAN_LES)
    query = select(OrganTiltak.tiltak_id, Organ.navn).join(Organ, Organ.id == OrganTiltak.organ_id).order_by(Organ.navn)
    funnet: dict[str, tuple[str, ...]] = {}
    for tiltak_id, navn in db.session.execute(query):
        funnet[tiltak_id] = (*funnet.get(tiltak_id, ()), navn)
    return funnet


def tiltak(av: User) -> Sequence[Tiltak]:
    """The measures that a body can hear of, in the plan's order."""
    require(av, Rettighet.PLAN_LES)
    return db.session.scalars(select(Tiltak).where(~Tiltak.utgaatt).order_by(Tiltak.orden, Tiltak.id)).all()


def mangler(av: User) -> list[tuple[str, str]]:
    """(measure, body) that the plan's own words name and the list has not."""
    har = {tiltak_id: {navn.casefold() for navn in navnene} for tiltak_id, navnene in navn_per_tiltak(av).items()}
    return [
        (en.id, navn)
        for en in tiltak(av)
        for navn in organer_i(en.rapporteres_til)
        if navn.casefold() not in har.get(en.id, set())
    ]
