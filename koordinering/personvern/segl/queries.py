"""Reads the log and its seals as text, in blocks by key: the same cost whatever the length."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import ColumnElement, Engine, Row, Text, func, select, tuple_, type_coerce
from sqlalchemy.orm import InstrumentedAttribute, Session

from koordinering.audit import Hva, Innslag
from koordinering.personvern.segl import rules
from koordinering.personvern.segl.models import Loggsegl, Videresendt

BLOKK = 5_000
"""Rows that are read or sealed at a time."""


def _tekst(session: Session, kolonne: InstrumentedAttribute[Any]) -> ColumnElement[str]:
    """A moment as rules.tidstekst writes it. SQLite stores that very text; what is no moment is given as it is."""
    if session.get_bind().dialect.name == "sqlite":
        return type_coerce(kolonne, Text)
    return func.to_char(func.timezone("UTC", kolonne), "YYYY-MM-DD HH24:MI:SS.US")


def _innslag(session: Session) -> list[ColumnElement[Any]]:
    """The columns that are hashed, unread: a code that does not exist is no error here."""
    kolonner = {navn: getattr(Innslag, navn) for navn in rules.KOLONNER}
    kolonner |= {"tid": _tekst(session, Innslag.tid), "hva": type_coerce(Innslag.hva, Text)}
    return [kolonne.label(navn) for navn, kolonne in kolonner.items()]


def uforseglet(session: Session, fra: str | None, til: str, etter: tuple[str, int] | None) -> Sequence[Row[Any]]:
    """The next block of lines without a seal, in order, from one moment to another (tidstekst, both included)."""
    tid, forseglet = Innslag.tid, select(Loggsegl.nr).where(Loggsegl.innslag_id == Innslag.id).exists()
    query = select(*_innslag(session)).where(tid <= rules.les_tid(til), ~forseglet)
    if fra is not None:
        query = query.where(tid >= rules.les_tid(fra))
    if etter is not None:
        typer = [Innslag.tid.type, Innslag.id.type]
        query = query.where(tuple_(tid, Innslag.id) > tuple_(rules.les_tid(etter[0]), etter[1], types=typer))
    return session.execute(query.order_by(tid, Innslag.id).limit(BLOKK)).all()


def siste_segl(session: Session, dag: str) -> tuple[int, bytes]:
    """The number and the hash of the day's last seal; 0 and the start of the chain when there is none."""
    query = select(Loggsegl.nr, Loggsegl.hash).where(Loggsegl.dag == dag).order_by(Loggsegl.nr.desc()).limit(1)
    rad = session.execute(query).first()
    return (rad.nr, rad.hash) if rad else (0, rules.foerste(dag))


def hash_av(session: Session, dag: str, nr: int) -> bytes | None:
    """The hash of one seal."""
    return session.scalar(select(Loggsegl.hash).where(Loggsegl.dag == dag, Loggsegl.nr == nr))


def dager_fra(session: Session, dag: str | None) -> list[str]:
    """The days with seals, from this one on."""
    query = select(Loggsegl.dag).distinct().order_by(Loggsegl.dag)
    return list(session.scalars(query if dag is None else query.where(Loggsegl.dag >= dag)))


def noe_er_forseglet(session: Session) -> bool:
    """Whether there is any seal."""
    return session.scalar(select(Loggsegl.nr).limit(1)) is not None


def kjeden(session: Session, dag: str | None = None) -> Iterator[Row[Any]]:
    """Every seal in order, of one day or of all, with its line beside it; the line's id is None where it is gone."""
    forseglet = _tekst(session, Loggsegl.forseglet).label("forseglet")
    seglet = [Loggsegl.dag.label("segldag"), Loggsegl.nr, Loggsegl.innslag_id, forseglet, Loggsegl.hash]
    query = (
        select(*cast("list[Any]", seglet), *_innslag(session))
        .join(Innslag, Innslag.id == Loggsegl.innslag_id, isouter=True)
        .order_by(Loggsegl.dag, Loggsegl.nr)
        .limit(BLOKK)
    )
    if dag is not None:
        query = query.where(Loggsegl.dag == dag)
    blokk = session.execute(query).all()
    while blokk:
        yield from blokk
        siste = blokk[-1]
        forbi = tuple_(Loggsegl.dag, Loggsegl.nr) > tuple_(siste.segldag, siste.nr)
        blokk = session.execute(query.where(forbi)).all()


@dataclass(frozen=True)
class Loggstatus:
    """What the database itself says of the seal; only the verification proves it."""

    forseglet: datetime | None
    kontrollert: datetime | None
    i_orden: bool
    """How the last verification ended."""


def status(session: Session) -> Loggstatus:
    """When the log was last sealed, and last verified and how that ended."""
    siste = select(Loggsegl.forseglet).order_by(Loggsegl.dag.desc(), Loggsegl.nr.desc()).limit(1)
    kontroll = select(Innslag.tid, Innslag.detalj).where(Innslag.hva == Hva.LOGG_KONTROLLERT)
    rad = session.execute(kontroll.order_by(Innslag.id.desc()).limit(1)).first()
    return Loggstatus(session.scalar(siste), rad.tid if rad else None, rad is not None and rad.detalj == "i_orden")


_FOERSTE = 1000
"""Lines among which the oldest is looked for: numbers are given in the order of time but for a clock that was moved."""


def venter_siden(session: Session) -> datetime | None:
    """The time of the oldest line that has come after the newest sealed one; None when all of those are sealed.

    Costs what has come since then, not the whole log: the verification reads that.
    """
    siste = select(Loggsegl.innslag_id).order_by(Loggsegl.dag.desc(), Loggsegl.nr.desc()).limit(1).scalar_subquery()
    forseglet = select(Loggsegl.nr).where(Loggsegl.innslag_id == Innslag.id).exists()
    # by number, not by the least time: that would be looked for from the beginning of the log
    nyere = select(Innslag.tid).where(Innslag.id > func.coalesce(siste, 0), ~forseglet)
    foerste = nyere.order_by(Innslag.id).limit(_FOERSTE).subquery()
    eldste: datetime | None = session.scalar(select(func.min(foerste.c.tid)))
    return eldste


def alle_uforseglede(session: Session) -> Iterator[tuple[int, str]]:
    """Id and time of every line without a seal."""
    query = (
        select(Innslag.id, _tekst(session, Innslag.tid).label("tid"))
        .join(Loggsegl, Loggsegl.innslag_id == Innslag.id, isouter=True)
        .where(Loggsegl.nr.is_(None))
        .order_by(Innslag.id)
    )
    for blokk in session.execute(query).partitions(BLOKK):
        yield from ((rad.id, rad.tid) for rad in blokk)


def forseglede(session: Session, dag: str, etter: int, antall: int) -> Sequence[Row[Any]]:
    """The next lines of a day in the order of its chain, with their seals; the line is None where it is gone."""
    sted: list[Any] = [Loggsegl.dag.label("segldag"), Loggsegl.nr, Loggsegl.hash]
    query = (
        select(*_innslag(session), *sted)
        .select_from(Loggsegl)
        .join(Innslag, Innslag.id == Loggsegl.innslag_id, isouter=True)
        .where(Loggsegl.dag == dag, Loggsegl.nr > etter)
        .order_by(Loggsegl.nr)
        .limit(antall)
    )
    return session.execute(query).all()


def sendt_til(session: Session, mottaker: str) -> tuple[str, int] | None:
    """The last day that something of has been sent to a receiver, and how far; None before the first."""
    query = select(Videresendt.dag, Videresendt.nr).where(Videresendt.mottaker == mottaker, Videresendt.nr > 0)
    rad = session.execute(query.order_by(Videresendt.dag.desc()).limit(1)).first()
    return (rad.dag, rad.nr) if rad else None


def usendt_siden(session: Session, mottaker: str) -> datetime | None:
    """When the oldest line that a receiver lacks was sealed; None when it has them all."""
    query = select(Loggsegl.forseglet).order_by(Loggsegl.dag, Loggsegl.nr).limit(1)
    if sendt := sendt_til(session, mottaker):
        query = query.where(tuple_(Loggsegl.dag, Loggsegl.nr) > tuple_(*sendt))
    return session.scalar(query)


def linjer(session: Session, fra: str, til: str) -> Iterator[Row[Any]]:
    """Every line from one moment up to another (tidstekst, the last not included) with its seal, in order.

    All as they are at one moment, by one statement on a connection of its own: they are too many to hold at a time.
    """
    sted = [Loggsegl.dag.label("segldag"), Loggsegl.nr, Loggsegl.hash]
    query = (
        select(*_innslag(session), *sted)
        .join(Loggsegl, Loggsegl.innslag_id == Innslag.id, isouter=True)
        .where(Innslag.tid >= rules.les_tid(fra), Innslag.tid < rules.les_tid(til))
        .order_by(Innslag.tid, Innslag.id)
    )
    with cast(Engine, session.get_bind()).connect() as connection:
        yield from connection.execution_options(yield_per=BLOKK).execute(query)
