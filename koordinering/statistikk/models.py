"""Tables of dated snapshots: counts frozen on a day, raw and protected, read by statistikk.services alone."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from koordinering.db import Base, now
from koordinering.users import Koblingsmodus


class Oeyeblikksbilde(Base):
    """A count of one year as it stood on one day. Never changed, and one a day at most: two close ones subtract."""

    __tablename__ = "oeyeblikksbilde"
    __table_args__ = (UniqueConstraint("aar", "dato"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    aar: Mapped[int]
    dato: Mapped[date]
    laget: Mapped[datetime] = mapped_column(default=now)
    saker: Mapped[int]
    """Cases counted. Raw: never shown."""
    uten_kobling: Mapped[int | None]
    """Cases counted in which a child stands unlinked, as it may be shown; None where it may not."""
    koblingsmodus: Mapped[Koblingsmodus]
    definisjonsversjon: Mapped[int]

    tabeller: Mapped[list["Bildetabell"]] = relationship(
        cascade="all, delete-orphan", back_populates="bilde", passive_deletes=True
    )


class Bildetabell(Base):
    """One table of a snapshot. The raw counts stay here; `beskyttet` is what may be shown."""

    __tablename__ = "bildetabell"
    __table_args__ = (Index("ix_bildetabell_bilde", "bilde_id", "kode", unique=True),)

    id: Mapped[int] = mapped_column(primary_key=True)
    bilde_id: Mapped[int] = mapped_column(ForeignKey("oeyeblikksbilde.id", ondelete="CASCADE"))
    kode: Mapped[str]
    raatall: Mapped[dict[str, Any]] = mapped_column(JSON, deferred=True)
    beskyttet: Mapped[str]
    """SafeTable.til_json, protected once: two patterns for one table could be intersected."""

    bilde: Mapped[Oeyeblikksbilde] = relationship(back_populates="tabeller")
