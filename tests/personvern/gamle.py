"""Cases that happened long ago: made through the front door, and then moved back in time, rows and all."""

from datetime import timedelta
from typing import Any

from sqlalchemy import select, update

from koordinering.db import OSLO, db, now, transaction
from koordinering.saker.models import Hendelse, Henvisning, Sak, Sakshendelse, Saksmerke, Samtykke
from koordinering.tiltak.models import Tiltak
from koordinering.users import User
from tests import fabrikk


def eldes(sak_id: int, dager: int) -> None:
    """All that has happened in the case happened so many days ago."""
    da = now().astimezone(OSLO) - timedelta(days=dager)  # the same time of day, whatever summer time was then
    egne = select(Henvisning.id).where(Henvisning.sak_id == sak_id)
    with transaction() as session:
        session.execute(update(Sak).where(Sak.id == sak_id).values(opprettet=da))
        session.execute(update(Saksmerke).where(Saksmerke.sak_id == sak_id).values(opprettet=da))
        session.execute(update(Sakshendelse).where(Sakshendelse.sak_id == sak_id).values(tid=da))
        session.execute(update(Henvisning).where(Henvisning.sak_id == sak_id).values(opprettet=da, endret=da))
        session.execute(update(Hendelse).where(Hendelse.henvisning_id.in_(egne)).values(tid=da))
        session.execute(update(Samtykke).where(Samtykke.sak_id == sak_id).values(gitt=da.date()))


def gammel_sak(av: User, dager: int = 900, **felt: Any) -> int:
    """A family that was shown the way so many days ago: closed, with nothing given."""
    felt.setdefault("tiltak", [("4b-1", None)])
    sak_id = fabrikk.sak(av, **felt).id
    eldes(sak_id, dager)
    return sak_id


def som_enkeltvedtak(tiltak_id: str) -> None:
    """The plan sets the measure as an individual decision."""
    with transaction():
        db.session.get_one(Tiltak, tiltak_id).enkeltvedtak = True


def finnes() -> set[int]:
    """The cases there are."""
    db.session.rollback()
    alle = set(db.session.scalars(select(Sak.id)))
    db.session.rollback()  # a reader would keep SQLite's log from being emptied
    return alle
