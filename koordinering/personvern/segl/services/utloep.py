"""Deletes whole days of the log that have had their time; their signed heads stay."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import delete, func, or_, select

from koordinering import audit
from koordinering.audit import Hva, Innslag
from koordinering.db import OSLO, db, own_transaction
from koordinering.personvern.segl.models import Loggsegl, Videresendt
from koordinering.personvern.segl.rules import siste_utloepte
from koordinering.personvern.segl.services import hoder
from koordinering.personvern.segl.services.forsegling import Loggsted
from koordinering.users import User


@dataclass(frozen=True)
class Utloep:
    """What has had its time."""

    til: str
    """The last day of it."""
    dager: tuple[str, ...]
    innslag: int


def _midnatt(dag: str, *, etter: int = 0) -> datetime:
    return datetime.combine(date.fromisoformat(dag) + timedelta(days=etter), datetime.min.time(), OSLO)


def utloepte(idag: date, aar: int) -> Utloep:
    """What `utloep` would delete: the sealed days, and lines from before there were seals."""
    til = siste_utloepte(idag, aar).isoformat()
    dager = db.session.scalars(select(Loggsegl.dag).where(Loggsegl.dag <= til).distinct().order_by(Loggsegl.dag)).all()
    eldre = select(func.count()).select_from(Innslag).where(Innslag.tid < _midnatt(til, etter=1))
    return Utloep(til, tuple(dager), db.session.scalar(eldre) or 0)


def utloep(
    sted: Loggsted, idag: date, aar: int, *, av: User | None, fortell: Callable[[int, int], None] = lambda *_: None
) -> Utloep:
    """Delete what has had its time, a day in each transaction; may be stopped, and goes on the next time.

    That the days may be gone is signed first. On PostgreSQL the application's own role may not delete: the command is
    run by the one who owns the tables. Raises ConfigError, HodeneErSkadet.
    """
    sted.noekkel()  # that cannot be read: nothing is looked for that could not be signed
    borte = utloepte(idag, aar)
    db.session.rollback()
    if not borte.dager and not borte.innslag:
        return borte
    with hoder.laas(sted.hoder):
        noekkel = sted.noekkel()
        foer = hoder.les_utloept(sted.hoder, noekkel)
        if foer is None or foer < borte.til:
            hoder.skriv_utloept(sted.hoder, noekkel, borte.til)
    for nr, dag in enumerate(borte.dager, start=1):
        _slett(dag)
        fortell(nr, len(borte.dager))
    with own_transaction() as session:
        session.execute(delete(Innslag).where(Innslag.tid < _midnatt(borte.til, etter=1)))
        audit.record(Hva.LOGG_UTLOEPT, av=av, detalj=borte.til)
    return borte


def _slett(dag: str) -> None:
    """One day whole: its lines, and whatever else bears its date, and then its seals."""
    dagens = select(Loggsegl.innslag_id).where(Loggsegl.dag == dag)
    i_tid = (Innslag.tid >= _midnatt(dag)) & (Innslag.tid < _midnatt(dag, etter=1))
    with own_transaction() as session:
        session.execute(delete(Innslag).where(or_(Innslag.id.in_(dagens), i_tid)))
        session.execute(delete(Loggsegl).where(Loggsegl.dag == dag))
        session.execute(delete(Videresendt).where(Videresendt.dag == dag))
