"""What the monitoring and the status page ask the database: jobs, sessions, the seal. Nothing about families."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select

from koordinering.db import db, now
from koordinering.jobb.models import Jobb
from koordinering.jobb.rules import Jobbstatus
from koordinering.konto.models import Okt

_DOEGN = timedelta(days=1)


@dataclass(frozen=True)
class Jobbtall:
    """The jobs of one status."""

    status: Jobbstatus
    antall: int
    eldst: datetime | None
    """When the oldest of them was ordered, where it still waits or is worked on."""


def jobber() -> list[Jobbtall]:
    """How many jobs there are in each status; of those that failed, the last day's. One query."""
    query = (
        select(Jobb.status, func.count(), func.min(Jobb.bestilt))
        .where((Jobb.status != Jobbstatus.FEILET) | (Jobb.ferdig > now() - _DOEGN))
        .group_by(Jobb.status)
    )
    funnet = {status: (antall, eldst) for status, antall, eldst in db.session.execute(query)}
    uferdig = {Jobbstatus.VENTER, Jobbstatus.I_ARBEID}
    tomt = (0, None)
    return [
        Jobbtall(en, funnet.get(en, tomt)[0], funnet.get(en, tomt)[1] if en in uferdig else None) for en in Jobbstatus
    ]


def forlatte_jobber(slakk: timedelta) -> int:
    """Jobs in work whose worker has not been heard of for this long after its lease."""
    query = select(func.count(Jobb.id)).where(Jobb.status == Jobbstatus.I_ARBEID, Jobb.leie_til < now() - slakk)
    return db.session.scalar(query) or 0


def oekter(tomgang: timedelta) -> int:
    """Sessions that are open: not ended, not over, and used within the idle time."""
    naa = now()
    query = select(func.count()).where(Okt.avsluttet.is_(None), Okt.utloeper > naa, Okt.sist_brukt > naa - tomgang)
    return db.session.scalar(query) or 0
