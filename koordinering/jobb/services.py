"""A job's life: ordered, taken with a lease, kept alive, ended. What a job does is registered from above."""

import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, case, delete, or_, select, update
from sqlalchemy.orm import Session

from koordinering.audit import Hva, Ting, record
from koordinering.borte import is_away
from koordinering.db import STILT_TILBAKE, db, now, own_transaction
from koordinering.errors import KoordineringError
from koordinering.jobb.models import Jobb
from koordinering.jobb.rules import LEIE, MAKS_FORSOEK, OPPBEVARES, Jobbstatus
from koordinering.users import User

log = logging.getLogger(__name__)

Funksjon = Callable[[Jobb], Mapping[str, Any] | None]
"""Does the work of one job, outside transaction(); may run again after a stop, so its end must be one write.

It calls framdrift(jobb, gjort, av) between its steps and lets Avbrutt pass. What it returns is stored as the
result: {"endepunkt": …, "verdier": {…}} becomes a link.
"""


class Avbrutt(KoordineringError):
    """The work is to stop: somebody cancelled the job, or another worker has it."""


@dataclass(frozen=True)
class Arbeid:
    """A kind of job."""

    slag: str
    tittel: str
    funksjon: Funksjon


_arbeid: dict[str, Arbeid] = {}

_hver_time: list[Callable[[], object]] = []


def hver_time(funksjon: Callable[[], object]) -> None:
    """Have the worker call this when it starts and once an hour. It is short: what lasts it orders as a job."""
    if funksjon not in _hver_time:
        _hver_time.append(funksjon)


_hvert_minutt: list[Callable[[], object]] = []


def hvert_minutt(funksjon: Callable[[], object]) -> None:
    """Have the worker call this each minute, also while a job lasts. It opens its own short transactions."""
    if funksjon not in _hvert_minutt:
        _hvert_minutt.append(funksjon)


def gjoer_det_hyppige() -> None:
    """What is done each minute."""
    _hver_for_seg(_hvert_minutt, "minute")


def bestill_det_faste() -> None:
    """Let every package do or order what is due; each opens its own transaction."""
    _hver_for_seg(_hver_time, "hour")


def _hver_for_seg(funksjonene: Sequence[Callable[[], object]], hver: str) -> None:
    """All of them: a fault in one must not leave the others undone, each time and for good.

    A database that is away is away for all, and goes on to whoever waits for it.
    """
    for funksjon in funksjonene:
        try:
            funksjon()
        except Exception as feil:
            db.session.rollback()
            if is_away(feil):
                raise
            # the kind alone: the text of an error may hold what was read
            log.error("each %s, %s: %s", hver, getattr(funksjon, "__name__", "?"), type(feil).__name__)


STOPP = threading.Event()
"""Set when this process is told to end: the job in hand stops at its next step and is laid back."""


def registrer_arbeid(slag: str, tittel: str, funksjon: Funksjon) -> None:
    """Say how jobs of a kind are done; `tittel` is the bokmål text marked with N_. The last one said holds."""
    _arbeid[slag] = Arbeid(slag, tittel, funksjon)


def arbeid_av(slag: str) -> Arbeid | None:
    """How this kind of job is done; None for a kind that this version does not know."""
    return _arbeid.get(slag)


def bestill(slag: str, argument: Mapping[str, Any], *, av: User | None) -> Jobb:
    """Put a job in the queue, or give back the same one when the user has it waiting already.

    Inside the caller's transaction. The caller has asked for the right: a job has none of its own.
    """
    if slag not in _arbeid:
        raise ValueError("an unknown kind of job")
    bestilt_av = av.id if av else None
    query = select(Jobb).where(Jobb.slag == slag, Jobb.status == Jobbstatus.VENTER, Jobb.bestilt_av == bestilt_av)
    for ventende in db.session.scalars(query.order_by(Jobb.bestilt, Jobb.id)):
        if ventende.argument == dict(argument):
            return ventende
    jobb = Jobb(slag=slag, argument=dict(argument), bestilt_av=bestilt_av)
    db.session.add(jobb)
    db.session.flush()
    record(Hva.JOBB_BESTILT, av=av, gjelder=Ting("jobb", jobb.id), detalj=slag)
    return jobb


def avbryt(jobb: Jobb, *, av: User) -> None:
    """Stop one's own job: at once when it waits, at its next step when it runs. Inside the caller's transaction.

    The job comes from queries.jobb, which hides other people's.
    """
    venter = (
        update(Jobb)
        .where(Jobb.id == jobb.id, Jobb.status == Jobbstatus.VENTER)
        .values(status=Jobbstatus.AVBRUTT, ferdig=now(), avbryt=True)
    )
    i_arbeid = update(Jobb).where(Jobb.id == jobb.id, Jobb.status == Jobbstatus.I_ARBEID).values(avbryt=True)
    if any(db.session.execute(setning.returning(Jobb.id)).all() for setning in (venter, i_arbeid)):
        record(Hva.JOBB_AVBRUTT, av=av, gjelder=Ting("jobb", jobb.id), detalj=jobb.slag)


def _kan_tas() -> ColumnElement[bool]:
    return or_(
        Jobb.status == Jobbstatus.VENTER,
        and_(Jobb.status == Jobbstatus.I_ARBEID, _forlatt(now())),
    )


def _forlatt(naa: datetime) -> ColumnElement[bool]:
    """The lease has run out, or is longer than any: taken before the clock was set back, and not renewed since."""
    return or_(Jobb.leie_til < naa, Jobb.leie_til > naa + LEIE + STILT_TILBAKE)


def ta(arbeider: str) -> Jobb | None:
    """Take the oldest job that waits, or whose worker is dead; None when there is none.

    The row comes detached: a picture of the job as it was taken.
    """
    # A plain and fresh look first: an idle worker never takes the write lock.
    db.session.rollback()
    noe = db.session.scalar(select(Jobb.id).where(_kan_tas()).limit(1))
    db.session.rollback()
    if noe is None:
        return None
    with own_transaction() as session:
        _gi_opp(session)
        for jobb_id in list(
            session.scalars(select(Jobb.id).where(_kan_tas()).order_by(Jobb.bestilt, Jobb.id).limit(5))
        ):
            jobb = _ta(session, jobb_id, arbeider)
            if jobb is not None:
                return jobb
    return None


def _gi_opp(session: Session) -> None:
    """End what nobody should take again: cancelled while its worker died, or died with its worker too often."""
    naa = now()
    doede = update(Jobb).where(Jobb.status == Jobbstatus.I_ARBEID, _forlatt(naa))
    slutt = {"ferdig": naa, "arbeider": None, "leie_til": None}
    session.execute(doede.where(Jobb.avbryt.is_(True)).values(status=Jobbstatus.AVBRUTT, **slutt))
    session.execute(
        doede.where(Jobb.forsoek >= MAKS_FORSOEK).values(status=Jobbstatus.FEILET, feil="gitt_opp", **slutt)
    )


def _ta(session: Session, jobb_id: int, arbeider: str) -> Jobb | None:
    # The condition stands in the update itself: of two who saw the same row, one gets it.
    naa = now()
    setning = (
        update(Jobb)
        .where(Jobb.id == jobb_id, _kan_tas())
        .values(
            status=Jobbstatus.I_ARBEID,
            arbeider=arbeider,
            leie_til=naa + LEIE,
            startet=case((Jobb.startet.is_(None), naa), else_=Jobb.startet),
            forsoek=Jobb.forsoek + 1,
            gjort=0,
            av_alt=0,
        )
        .returning(Jobb)
        .execution_options(synchronize_session=False)
    )
    return session.scalars(setning).one_or_none()


def framdrift(jobb: Jobb, gjort: int, av: int) -> None:
    """Say that `gjort` steps of `av` are done, and keep the lease. Never inside transaction().

    Raises Avbrutt when the job was cancelled, another worker has taken it, or this process is to end: write
    nothing more.
    """
    _oppdater(jobb, {"gjort": gjort, "av_alt": av})
    if STOPP.is_set():
        raise Avbrutt


def forny(jobb: Jobb) -> None:
    """Keep the lease during one long step. Raises Avbrutt as framdrift does."""
    _oppdater(jobb, {})


def _oppdater(jobb: Jobb, verdier: Mapping[str, Any]) -> None:
    with own_transaction() as session:
        setning = (
            update(Jobb)
            .where(*_min(jobb))
            .values(leie_til=now() + LEIE, **verdier)
            .returning(Jobb.avbryt)
            .execution_options(synchronize_session=False)
        )
        avbrutt = session.execute(setning).scalar_one_or_none()
    if avbrutt is not False:
        raise Avbrutt


def _min(jobb: Jobb) -> tuple[ColumnElement[bool], ...]:
    return (Jobb.id == jobb.id, Jobb.status == Jobbstatus.I_ARBEID, Jobb.arbeider == jobb.arbeider)


def _avslutt(jobb: Jobb, **verdier: Any) -> None:
    with own_transaction() as session:
        session.execute(update(Jobb).where(*_min(jobb)).values(arbeider=None, leie_til=None, **verdier))


def ferdig(jobb: Jobb, resultat: Mapping[str, Any] | None) -> None:
    """The work is done. Says nothing when another worker has the job."""
    _avslutt(
        jobb,
        status=Jobbstatus.FERDIG,
        ferdig=now(),
        gjort=case((Jobb.av_alt > 0, Jobb.av_alt), else_=Jobb.gjort),
        resultat=dict(resultat) if resultat is not None else None,
    )


def feilet(jobb: Jobb, kode: str) -> None:
    """The work went wrong; `kode` names the kind of fault."""
    _avslutt(jobb, status=Jobbstatus.FEILET, ferdig=now(), feil=kode)


def avbrutt(jobb: Jobb) -> None:
    """The work stopped because it was cancelled. Says nothing when another worker has the job."""
    _avslutt(jobb, status=Jobbstatus.AVBRUTT, ferdig=now())


def legg_tilbake(jobb: Jobb) -> None:
    """The worker is told to stop: somebody else takes the job, and the attempt does not count."""
    _avslutt(jobb, status=Jobbstatus.VENTER, forsoek=Jobb.forsoek - 1)


def rydd_jobber() -> None:
    """Delete jobs that ended long ago, in a transaction of its own."""
    with own_transaction() as session:
        session.execute(delete(Jobb).where(Jobb.ferdig < now() - OPPBEVARES))
