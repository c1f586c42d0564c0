"""Tables of dated snapshots: raw counts frozen on a day, read by statistikk.services alone."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from koordinering.db import Base, now


class Oeyeblikksbilde(Base):
    """A count of one year as it stood on one day. Never changed."""

    __tablename__ = "oeyeblikksbilde"
    __table_args__ = (UniqueConstraint("aar", "dato"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    aar: Mapped[int]
    dato: Mapped[date]
    laget: Mapped[datetime] = mapped_column(default=now)
    saker: Mapped[int]
    """Cases counted."""
    koblingsmodus: Mapped[str]
    definisjonsversjon: Mapped[int]

    tabeller: Mapped[list["Bildetabell"]] = relationship(
        cascade="all, delete-orphan", back_populates="bilde", passive_deletes=True
    )


class Bildetabell(Base):
    """One table of a snapshot, raw. Leaves statistikk.services only as a protected table."""

    __tablename__ = "bildetabell"
    __table_args__ = (Index("ix_bildetabell_bilde", "bilde_id", "kode", unique=True),)

    id: Mapped[int] = mapped_column(primary_key=True)
    bilde_id: Mapped[int] = mapped_column(ForeignKey("oeyeblikksbilde.id", ondelete="CASCADE"))
    kode: Mapped[str]
    raatall: Mapped[dict[str, Any]] = mapped_column(JSON)

    bilde: Mapped[Oeyeblikksbilde] = relationship(back_populates="tabeller")
