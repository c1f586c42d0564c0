"""The trail: who did or read what, append-only, ids and codes, never free text."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, cast

from sqlalchemy import Index, Table, bindparam, func, insert, select, text
from sqlalchemy.orm import Mapped, mapped_column

from koordinering.access import enheter
from koordinering.db import Base, db, in_transaction, now, own_connection, writing_connection
from koordinering.hva import Hva as Hva
from koordinering.roles import Rettighet, Rolle
from koordinering.setning import Setning
from koordinering.users import User


class Innslag(Base):
    """One line of the access log. Never changed and never deleted one by one: triggers and rights refuse it, and
    personvern/segl finds it."""

    __tablename__ = "innsynslogg"
    __table_args__ = (
        Index("ix_innsynslogg_enhet", "enhet_id", "id"),
        Index("ix_innsynslogg_gjelder", "gjelder_id"),
        Index("ix_innsynslogg_hva", "hva", "id"),
        Index("ix_innsynslogg_user", "user_id", "id"),
        Index("ix_innsynslogg_tid", "tid"),
        Index(
            "ix_innsynslogg_soek",
            "user_id",
            "tid",
            "detalj",
            sqlite_where=text("hva = 'sak_soekt'"),
            postgresql_where=text("hva = 'sak_soekt'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    tid: Mapped[datetime] = mapped_column(default=now)
    hva: Mapped[Hva]
    user_id: Mapped[int | None]
    """No foreign key: the line outlives the account. None for the system itself and unknown users."""
    roller: Mapped[str]
    """The roles held at the moment, as codes."""
    enhet_id: Mapped[str | None]
    """The unit whose matter it is: the user's own when there is one."""
    gjelder: Mapped[str | None]
    """Kind of thing, a code such as «sak»."""
    gjelder_id: Mapped[int | None]
    detalj: Mapped[str | None]
    """A code that says more: the status set, the route denied. Never free text."""


@dataclass(frozen=True)
class Ting:
    """What a line is about: kind and random id."""

    slag: str
    id: int
    enhet_id: str | None = None
    """The unit that the thing belongs to, when it should stand in that unit's own log."""


_KOLONNER = ("hva", "user_id", "roller", "enhet_id", "gjelder", "gjelder_id", "detalj")


def _innslag(hva: Hva, av: User | None, gjelder: Ting | None, detalj: str | None) -> dict[str, Any]:
    roller, egne = _hvem(tuple(av.plasser)) if av else ("", None)
    return {
        "hva": hva,
        "user_id": av.id if av else None,
        "roller": roller,
        "enhet_id": (gjelder.enhet_id if gjelder and gjelder.enhet_id else None) or egne,
        "gjelder": gjelder.slag if gjelder else None,
        "gjelder_id": gjelder.id if gjelder else None,
        "detalj": detalj,
    }


@lru_cache(maxsize=1024)
def _hvem(plasser: tuple[tuple[Rolle, str], ...]) -> tuple[str, str | None]:
    """The roles as a line has them, and the own unit: one act can be a dozen lines."""
    return ",".join(sorted({rolle for rolle, _ in plasser})), min([enhet_id for _, enhet_id in plasser], default=None)


_SKRIV = Setning[()](insert(cast(Table, Innslag.__table__)).inline(), _KOLONNER)
"""Past the unit of work: nothing is asked back, and nothing else must be written first."""


_samles: ContextVar[list[dict[str, Any]] | None] = ContextVar("samles", default=None)


@contextmanager
def together() -> Iterator[None]:
    """Inside transaction(): lines recorded in here are written at its end, together and in their order.

    For one act of many parts. Nothing in here may read them, nor undo a part and go on: what fails goes out of it.
    """
    if not in_transaction():
        raise RuntimeError("together() outside transaction()")
    if _samles.get() is not None:
        raise RuntimeError("together() inside together()")
    linjer: list[dict[str, Any]] = []
    token = _samles.set(linjer)
    try:
        yield
    finally:
        _samles.reset(token)
    _SKRIV.mange(linjer, paa=writing_connection())


def record(hva: Hva, *, av: User | None, gjelder: Ting | None = None, detalj: str | None = None) -> None:
    """Write a line: inside the open transaction, together with the change it tells of, else in its own.

    A read is recorded before the thing is shown: when the line cannot be written, the reader sees nothing.
    """
    line = _innslag(hva, av, gjelder, detalj)
    samles = _samles.get()
    if samles is not None:
        samles.append(line)
        return
    aapen = writing_connection()
    if aapen is not None:
        _SKRIV.kjoer(line, paa=aapen)
        return
    with own_connection() as vei:
        _SKRIV.kjoer(line, paa=vei)


def loggenheter(user: User) -> frozenset[str]:
    """The units whose log lines the user may read."""
    return enheter(user, Rettighet.LOGG_LES)


def har_skjedd(hva: Hva, gjelder_id: int, *, siden: datetime) -> bool:
    """Whether the trail tells of this about this thing since then: for undoing only what nobody has used yet."""
    query = select(Innslag.id).where(Innslag.gjelder_id == gjelder_id, Innslag.hva == hva, Innslag.tid >= siden)
    return db.session.scalar(query.limit(1)) is not None


def antall(av: User, hva: Hva, detaljer: Collection[str], *, siden: datetime, inntil: int) -> int:
    """How many lines tell that the user did this since then, counted no further than `inntil`.

    The act is written into the statement, so that an index over that act alone can serve it.
    """
    om = {"hvem": av.id, "siden": siden, "detaljer": sorted(detaljer), "inntil": inntil}
    return _antall(hva).verdi(om) or 0


@lru_cache(maxsize=16)
def _antall(hva: Hva) -> Setning[int]:
    linjer = select(Innslag.id).where(
        Innslag.user_id == bindparam("hvem"),
        Innslag.tid >= bindparam("siden"),
        Innslag.hva == bindparam("hva", hva, literal_execute=True),
        Innslag.detalj.in_(bindparam("detaljer", expanding=True)),
    )
    return Setning(select(func.count()).select_from(linjer.limit(bindparam("inntil")).subquery()))
