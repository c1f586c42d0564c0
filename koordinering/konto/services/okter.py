"""Sessions on the server: started, read, ended. The cookie holds a token, the database its hash."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, delete, select, update
from sqlalchemy.orm import Session

from koordinering.audit import Hva, Ting, record
from koordinering.crypto import nytt_token, token_hash
from koordinering.db import STILT_TILBAKE, db, now, own_transaction
from koordinering.errors import FinnesIkke
from koordinering.konto.models import Halvokt, Okt
from koordinering.konto.rules import BEVARES, LEVETID, STERKE, TOMGANG, Metode
from koordinering.setning import Setning
from koordinering.users import User, fra_bruker, med_bruker, user_av

_SJELDNEST = timedelta(seconds=60)
"""The last use is written at most this often, so that reading a page is not always a write."""


@dataclass(frozen=True)
class LestOkt:
    """A running session, as it was when it was read, and whose it is."""

    id: bytes
    metode: Metode
    bevist: datetime
    """When the user last proved who sits there."""
    utloeper: datetime
    sist_brukt: datetime
    user: User


_OKTENS = Okt.id, Okt.metode, Okt.bevist, Okt.utloeper, Okt.sist_brukt, Okt.avsluttet
_OKTEN = Setning[*tuple[Any, ...]](
    fra_bruker(med_bruker(*_OKTENS).select_from(Okt).join(Okt.user)).where(Okt.id == bindparam("okt"))
)


def ny_okt(
    session: Session, user_id: int, *, enhetstype: str, levetid: timedelta, metode: Metode = Metode.PASSORD
) -> str:
    """Add a session to an open transaction; the token to put in the cookie."""
    token = nytt_token()
    naa = now()
    session.add(
        Okt(
            id=token_hash(token),
            user_id=user_id,
            opprettet=naa,
            sist_brukt=naa,
            utloeper=naa + levetid,
            enhetstype=enhetstype,
            metode=metode,
            bevist=naa,
        )
    )
    return token


def start_okt(user_id: int, *, enhetstype: str, levetid: timedelta = LEVETID, metode: Metode = Metode.PASSORD) -> str:
    """Start a session for a user whose identity is already proven, in a transaction of its own; the token."""
    with own_transaction() as session:
        return ny_okt(session, user_id, enhetstype=enhetstype, levetid=levetid, metode=metode)


def forny_okt(okt_id: bytes, *, av: User, metode: Metode | None = None, alle: bool = False) -> str:
    """Go on under a new id after a proof of who sits there: the old one is dead. Inside the caller's transaction.

    The session ends no later for it. `metode` is what has been proven now, kept where it was a password alone before;
    `alle` ends the user's other sessions too. Raises FinnesIkke for one that has ended meanwhile, or is another's.
    """
    gammel = db.session.get(Okt, okt_id)
    if gammel is None or not _avslutt(okt_id, av):
        raise FinnesIkke
    if alle:
        avslutt_alle(av, av=av)
    token = nytt_token()
    naa = now()
    ny = Okt(
        id=token_hash(token),
        user_id=av.id,
        opprettet=gammel.opprettet,
        sist_brukt=naa,
        utloeper=gammel.utloeper,
        enhetstype=gammel.enhetstype,
        metode=gammel.metode if gammel.metode in STERKE else metode or gammel.metode,
        bevist=naa,
    )
    db.session.add(ny)
    db.session.flush()
    return token


def les_okt(token: str, *, tomgang: timedelta = TOMGANG) -> LestOkt | None:
    """The running session of a token with its user, roles and units, in one query. None when it has ended."""
    rader = _OKTEN.alle({"okt": token_hash(token)})
    if not rader:
        return None
    okt_id, metode, bevist, utloeper, sist_brukt, avsluttet = rader[0][: len(_OKTENS)]
    user = user_av(db.session(), [rad[len(_OKTENS) :] for rad in rader])
    naa = now()
    siden = naa - sist_brukt
    if user is None or user.laast or avsluttet is not None or naa >= utloeper or siden >= tomgang:
        return None
    # used in a time that has not been: the clock was set back, and being idle is counted from here
    if siden >= min(_SJELDNEST, tomgang / 4) or siden < -STILT_TILBAKE:
        _beroer(okt_id)
    return LestOkt(okt_id, metode, bevist, utloeper, sist_brukt, user)


def _beroer(okt_id: bytes) -> None:
    with own_transaction() as session:
        session.execute(update(Okt).where(Okt.id == okt_id, Okt.avsluttet.is_(None)).values(sist_brukt=now()))


def eier_av_okt(token: str) -> int | None:
    """Whose session it was, as long as work from it may be kept: also after it ended, not for a locked account."""
    return db.session.scalar(
        select(Okt.user_id)
        .join(Okt.user)
        .where(Okt.id == token_hash(token), Okt.utloeper > now() - BEVARES, User.laast.is_(False))
    )


def logg_ut(token: str, *, av: User) -> None:
    """End the session of this browser."""
    _avslutt(token_hash(token), av)
    record(Hva.UT, av=av)


def avslutt_okt(okt_id: bytes, *, av: User) -> None:
    """End one of the user's own sessions. Raises FinnesIkke for anybody else's and for one that has ended."""
    if not _avslutt(okt_id, av):
        raise FinnesIkke
    record(Hva.OKT_AVSLUTTET, av=av)


def _avslutt(okt_id: bytes, av: User) -> bool:
    setning = (
        update(Okt)
        .where(Okt.id == okt_id, Okt.user_id == av.id, Okt.avsluttet.is_(None))
        .values(avsluttet=now())
        .returning(Okt.id)
    )
    return db.session.execute(setning).one_or_none() is not None


def avslutt_alle(user: User, *, av: User | None) -> None:
    """End all sessions of a user, at once and everywhere, also those that wait for a second factor."""
    db.session.execute(delete(Halvokt).where(Halvokt.user_id == user.id))
    setning = update(Okt).where(Okt.user_id == user.id, Okt.avsluttet.is_(None)).values(avsluttet=now())
    if db.session.execute(setning.returning(Okt.id)).all():
        record(Hva.OKT_AVSLUTTET, av=av, gjelder=Ting("bruker", user.id), detalj="alle")
