"""Between the password and the second factor: on the server, for five minutes, and with no rights at all."""

from datetime import timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session, joinedload

from koordinering.audit import Hva, record
from koordinering.crypto import nytt_token, token_hash
from koordinering.db import db, now
from koordinering.errors import FinnesIkke
from koordinering.konto.models import Halvokt
from koordinering.konto.rules import HALVT, LEVETID, Metode
from koordinering.konto.services import okter
from koordinering.users import User


def begynn(session: Session, user_id: int) -> str:
    """Remember in an open transaction that the password was right; the token to put in the cookie."""
    token = nytt_token()
    session.add(Halvokt(id=token_hash(token), user_id=user_id, utloeper=now() + HALVT))
    return token


def hvem(token: str) -> User | None:
    """Whose password was right; None when it is too long ago, and for an account that is locked."""
    halvt = db.session.scalar(
        select(Halvokt)
        .where(Halvokt.id == token_hash(token), Halvokt.utloeper > now())
        .options(joinedload(Halvokt.user))
    )
    return None if halvt is None or halvt.user.laast else halvt.user


def fullfoer(token: str, metode: Metode, *, av: User, enhetstype: str, levetid: timedelta = LEVETID) -> str:
    """Sign in whose second factor was right; the token of the session. Inside the caller's transaction.

    One session comes of it, also when two answers arrive together: raises FinnesIkke for the second, and when
    time is up.
    """
    borte = db.session.execute(
        delete(Halvokt)
        .where(Halvokt.id == token_hash(token), Halvokt.user_id == av.id, Halvokt.utloeper > now())
        .returning(Halvokt.id)
    )
    if borte.one_or_none() is None or av.laast:
        raise FinnesIkke
    return inn(av, metode, enhetstype=enhetstype, levetid=levetid)


def inn(av: User, metode: Metode, *, enhetstype: str, levetid: timedelta = LEVETID) -> str:
    """Begin a session for somebody who has proven all there is to prove, and write it in the log."""
    av.sist_inne = now()
    record(Hva.INN, av=av, detalj=metode.value)
    return okter.ny_okt(db.session(), av.id, enhetstype=enhetstype, levetid=levetid, metode=metode)
