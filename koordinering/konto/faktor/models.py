"""Tables of passkeys, app secrets, recovery codes, challenges and links that give a new sign-in."""

from datetime import datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from koordinering.db import Base, now, tilfeldig_id
from koordinering.konto.faktor.rules import Formaal
from koordinering.users import User

_KONTOEN = f"{User.__tablename__}.id"


class Totp(Base):
    """The secret that an app on the telephone shares with us; beside it one that is being set up."""

    __tablename__ = "totp"
    __table_args__ = (UniqueConstraint("user_id", "i_bruk"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, default=tilfeldig_id)
    user_id: Mapped[int] = mapped_column(ForeignKey(_KONTOEN, ondelete="CASCADE"))
    hemmelighet: Mapped[bytes]
    """Sealed by the master key."""
    i_bruk: Mapped[bool] = mapped_column(default=False)
    """A code has been typed: from then on it counts."""
    siste_steg: Mapped[int] = mapped_column(default=0)
    """The half minute of the last code that was taken; no code from then or before is taken again."""
    opprettet: Mapped[datetime] = mapped_column(default=now)


class Passkey(Base):
    """The public half of a key in somebody's machine, telephone or token."""

    __tablename__ = "passkey"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, default=tilfeldig_id)
    user_id: Mapped[int] = mapped_column(ForeignKey(_KONTOEN, ondelete="CASCADE"), index=True)
    navn: Mapped[str]
    """What the user calls it."""
    noekkel_id: Mapped[bytes] = mapped_column(unique=True)
    """What the browser calls it."""
    eier: Mapped[bytes]
    """Random, the same for all of a user's: what the key keeps instead of a user name."""
    offentlig: Mapped[bytes]
    teller: Mapped[int]
    """How many times the key says it has been used; never smaller than before."""
    opprettet: Mapped[datetime] = mapped_column(default=now)
    sist_brukt: Mapped[datetime | None]


class Gjenopprettingskode(Base):
    """A code on paper, for the day the telephone is lost. Only its hash."""

    __tablename__ = "gjenopprettingskode"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, default=tilfeldig_id)
    user_id: Mapped[int] = mapped_column(ForeignKey(_KONTOEN, ondelete="CASCADE"), index=True)
    hash: Mapped[str]
    opprettet: Mapped[datetime] = mapped_column(default=now)


class Utfordring(Base):
    """What a passkey is asked to sign, once."""

    __tablename__ = "utfordring"

    id: Mapped[bytes] = mapped_column(primary_key=True)
    """SHA-256 of it."""
    formaal: Mapped[Formaal]
    user_id: Mapped[int | None] = mapped_column(ForeignKey(_KONTOEN, ondelete="CASCADE"))
    """Whose answer is taken; None before anybody is known."""
    eier: Mapped[bytes | None]
    """The handle that a new key is made for."""
    utloeper: Mapped[datetime] = mapped_column(index=True)


class Gjenopprettingslenke(Base):
    """A link that the system administrator gives to somebody who cannot sign in. Used once; only its hash."""

    __tablename__ = "gjenopprettingslenke"

    id: Mapped[bytes] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey(_KONTOEN, ondelete="CASCADE"), unique=True)
    """One at a time: a new one replaces it."""
    utloeper: Mapped[datetime] = mapped_column(index=True)
