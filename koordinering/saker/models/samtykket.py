"""Tables of what allows sharing: consents, and the code list of statutory authorities."""

import hashlib
from datetime import date, datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from koordinering.db import Base, now, tilfeldig_id
from koordinering.saker.models.saken import Sak
from koordinering.saker.rules.behov import (
    Grunnlag,
    SamtykkeFra,
    Samtykkemaate,
)
from koordinering.users import Enhet


class Hjemmel(Base):
    """A statutory authority to share without consent; a dated code list, never section numbers in code."""

    __tablename__ = "hjemmel"

    id: Mapped[str] = mapped_column(primary_key=True)
    tekst: Mapped[str]
    gyldig_fra: Mapped[date]
    gyldig_til: Mapped[date | None]

    def avtrykk(self) -> str:
        """Tells whether anything has been changed since a page was shown."""
        return f"{self.gyldig_fra} {self.gyldig_til} {hashlib.sha256(self.tekst.encode()).hexdigest()[:16]}"


class Hjemmelendring(Base):
    """One thing that was changed in the code list: when, by whom, from, to. Never changed itself."""

    __tablename__ = "hjemmelendring"

    id: Mapped[int] = mapped_column(primary_key=True)
    hjemmel_id: Mapped[str] = mapped_column(ForeignKey("hjemmel.id"), index=True)
    tid: Mapped[datetime] = mapped_column(default=now)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user_konto.id"))
    felt: Mapped[str]
    """«lagt_inn», «tekst», «fra», «til»."""
    fra: Mapped[str | None]
    til: Mapped[str | None]


class Samtykke(Base):
    """What allows one receiving unit to see something of a case: consent or statutory authority."""

    __tablename__ = "samtykke"
    __table_args__ = (
        CheckConstraint("(grunnlag = 'hjemmel') = (hjemmel_id IS NOT NULL)", name="hjemmel"),
        Index("ix_samtykke_sak", "sak_id", "mottaker_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, default=tilfeldig_id, autoincrement=False)
    sak_id: Mapped[int] = mapped_column(ForeignKey("sak.id", ondelete="CASCADE"))
    mottaker_id: Mapped[str] = mapped_column(ForeignKey("enhet.id"))
    grunnlag: Mapped[Grunnlag]
    hjemmel_id: Mapped[str | None] = mapped_column(ForeignKey("hjemmel.id"))
    maate: Mapped[Samtykkemaate | None]
    fra: Mapped[SamtykkeFra | None]
    opplysninger: Mapped[list[str]] = mapped_column(JSON)
    """Kinds of information (Opplysning) that the receiver may see."""
    gjelder: Mapped[list[str] | None] = mapped_column(JSON(none_as_null=True))
    """Whom a consent was given for: keys of children, and FAMILIEN where it was for all that the case had.

    None: an authority, which knows no children, or a consent from before this was kept. That one is for all too.
    """
    gitt: Mapped[date]
    gyldig_til: Mapped[date | None]
    trukket: Mapped[datetime | None]
    registrert_av: Mapped[int] = mapped_column(ForeignKey("user_konto.id"))

    sak: Mapped[Sak] = relationship(back_populates="samtykker")
    mottaker: Mapped[Enhet] = relationship()
    hjemmel: Mapped[Hjemmel | None] = relationship()
