"""Tables of sessions, limits on attempts and work kept when a session ends."""

from datetime import datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from koordinering.db import Base, now
from koordinering.konto.rules import Metode
from koordinering.users import User


class Okt(Base):
    """A signed-in session. The cookie holds a random token, the row only its hash."""

    __tablename__ = "okt"

    id: Mapped[bytes] = mapped_column(primary_key=True)
    """SHA-256 of the token."""
    user_id: Mapped[int] = mapped_column(ForeignKey("user_konto.id", ondelete="CASCADE"), index=True)
    opprettet: Mapped[datetime] = mapped_column(default=now)
    sist_brukt: Mapped[datetime] = mapped_column(default=now)
    utloeper: Mapped[datetime] = mapped_column(index=True)
    """The end however much it is used."""
    avsluttet: Mapped[datetime | None]
    enhetstype: Mapped[str]
    """Kind of browser, coarse («Chrome på Windows»), so that the user knows the session again."""
    metode: Mapped[Metode] = mapped_column(default=Metode.PASSORD)
    bevist: Mapped[datetime] = mapped_column(default=now)
    """When the user last proved who sits there: at sign-in, or asked again since."""

    user: Mapped[User] = relationship()


class Halvokt(Base):
    """The password was right and the second factor is missing: nobody is signed in, and nothing opens."""

    __tablename__ = "halvokt"

    id: Mapped[bytes] = mapped_column(primary_key=True)
    """SHA-256 of the token in the cookie."""
    user_id: Mapped[int] = mapped_column(ForeignKey("user_konto.id", ondelete="CASCADE"))
    utloeper: Mapped[datetime] = mapped_column(index=True)

    user: Mapped[User] = relationship()


class Grense(Base):
    """Attempts, the same for all processes. The key is a keyed hash: no user name and no address."""

    __tablename__ = "grense"

    noekkel: Mapped[bytes] = mapped_column(primary_key=True)
    aapner: Mapped[datetime] = mapped_column(index=True)
    """The next attempt is taken from this moment on."""
    antall: Mapped[int]
    """Attempts since they were last forgotten."""


class BevartArbeid(Base):
    """What stood in a form when the session ended, encrypted; never identity numbers or passwords."""

    __tablename__ = "bevart_arbeid"
    __table_args__ = (UniqueConstraint("user_id", "sti"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_konto.id", ondelete="CASCADE"))
    sti: Mapped[str]
    innhold: Mapped[bytes]
    lagret: Mapped[datetime] = mapped_column(default=now, index=True)
