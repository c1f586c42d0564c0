"""Tables of single sign-on: attempts under way, known persons, requests that wait, and whose sessions came that way."""

from datetime import datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from koordinering.db import Base, now, tilfeldig_id
from koordinering.users import User


class OidcForsoek(Base):
    """Somebody is on the way to an issuer and back. Used once."""

    __tablename__ = "oidc_forsoek"

    id: Mapped[bytes] = mapped_column(primary_key=True)
    """SHA-256 of the state."""
    nettleser: Mapped[bytes]
    """SHA-256 of the secret in the browser that began."""
    utsteder: Mapped[str]
    neste: Mapped[str | None]
    """The page of ours that was asked for."""
    utloeper: Mapped[datetime] = mapped_column(index=True)
    okt_id: Mapped[bytes | None] = mapped_column(ForeignKey("okt.id", ondelete="CASCADE"), index=True)
    """The session whose user shows again who sits there; None for one who is to come in."""


class OidcIdentitet(Base):
    """A person at an issuer is this account."""

    __tablename__ = "oidc_identitet"
    __table_args__ = (UniqueConstraint("issuer", "subjekt"),)

    id: Mapped[int] = mapped_column(primary_key=True, default=tilfeldig_id, autoincrement=False)
    issuer: Mapped[str]
    subjekt: Mapped[str]
    user_id: Mapped[int] = mapped_column(ForeignKey("user_konto.id", ondelete="CASCADE"), index=True)
    opprettet: Mapped[datetime] = mapped_column(default=now)

    user: Mapped[User] = relationship()


class OidcForespoersel(Base):
    """Somebody has signed in at an issuer and is no account here: waits for SYSTEMFORVALTER."""

    __tablename__ = "oidc_forespoersel"
    __table_args__ = (UniqueConstraint("issuer", "subjekt"),)

    id: Mapped[int] = mapped_column(primary_key=True, default=tilfeldig_id, autoincrement=False)
    issuer: Mapped[str]
    subjekt: Mapped[str]
    kode: Mapped[str] = mapped_column(unique=True)
    """What the person reads to SYSTEMFORVALTER. No name and no e-mail is kept."""
    opprettet: Mapped[datetime] = mapped_column(default=now)
    sist: Mapped[datetime] = mapped_column(default=now, index=True)
    """The last time the person signed in at the issuer."""
    avvist: Mapped[datetime | None]


class OidcOkt(Base):
    """A session that came from an issuer, with what ends it there."""

    __tablename__ = "oidc_okt"

    okt_id: Mapped[bytes] = mapped_column(ForeignKey("okt.id", ondelete="CASCADE"), primary_key=True)
    utsteder: Mapped[str]
    id_token: Mapped[bytes]
    """The hint of whose session to end there; encrypted."""
