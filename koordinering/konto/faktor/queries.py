"""What an account has besides its password."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, func, select

from koordinering.db import db, now
from koordinering.konto.faktor.models import Gjenopprettingskode, Passkey, Totp
from koordinering.konto.faktor.rules import OPPSETTSTID
from koordinering.users import User


@dataclass(frozen=True)
class Faktorer:
    """What a user can sign in with, for the user's own page."""

    passkeys: tuple[Passkey, ...]
    app: datetime | None
    """Since when codes from an app are taken; None: they are not."""
    koder: int
    """Recovery codes that are left."""

    @property
    def antall(self) -> int:
        """How many second factors; recovery codes are none by themselves."""
        return len(self.passkeys) + (self.app is not None)


def har_faktor(user: User) -> bool:
    """Whether something is asked of this account after the password."""
    app = exists().where(Totp.user_id == user.id, Totp.i_bruk.is_(True))
    return bool(db.session.scalar(select(app | exists().where(Passkey.user_id == user.id))))


def faktorer(user: User) -> Faktorer:
    """One's own."""
    passkeys = db.session.scalars(
        select(Passkey).where(Passkey.user_id == user.id).order_by(Passkey.opprettet, Passkey.id)
    )
    app = db.session.scalar(select(Totp.opprettet).where(Totp.user_id == user.id, Totp.i_bruk.is_(True)))
    return Faktorer(tuple(passkeys), app, antall_koder(user.id))


def antall_koder(user_id: int) -> int:
    """Recovery codes that are left."""
    query = select(func.count()).select_from(Gjenopprettingskode).where(Gjenopprettingskode.user_id == user_id)
    return db.session.scalar(query) or 0


def har_passkey(user: User) -> bool:
    """Whether there is a passkey."""
    return db.session.scalar(select(Passkey.id).where(Passkey.user_id == user.id).limit(1)) is not None


def ventende_app(user: User) -> Totp | None:
    """The secret that one is setting up, as long as it waits for its first code."""
    query = select(Totp).where(Totp.user_id == user.id, Totp.i_bruk.is_(False), Totp.opprettet > now() - OPPSETTSTID)
    return db.session.scalar(query)


def passkey(user: User, passkey_id: int) -> Passkey | None:
    """One of one's own."""
    funnet = db.session.get(Passkey, passkey_id)
    return funnet if funnet is not None and funnet.user_id == user.id else None
