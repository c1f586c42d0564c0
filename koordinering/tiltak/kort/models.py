"""Tables of the card's venues and of the visits that they tell of."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from koordinering.db import Base, now
from koordinering.tiltak.foering.models import Retting
from koordinering.tiltak.kort.rules import Stedslag
from koordinering.tiltak.models import Tiltak


class Samarbeidssted(Base):
    """A venue that takes the card."""

    __tablename__ = "samarbeidssted"
    __table_args__ = (
        CheckConstraint("til IS NULL OR fra <= til", name="dager"),
        CheckConstraint("tak >= 1", name="tak"),
        UniqueConstraint("tiltak_id", "navn"),
        Index("ix_samarbeidssted_navn", "navn"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    tiltak_id: Mapped[str] = mapped_column(ForeignKey("tiltak.id"))
    """The measure whose card it takes."""
    navn: Mapped[str]
    slag: Mapped[Stedslag]
    tak: Mapped[int | None]
    """Visits per card in a year; None: no ceiling."""
    fra: Mapped[date]
    til: Mapped[date | None]
    endret: Mapped[datetime] = mapped_column(default=now, onupdate=now)
    versjon: Mapped[int] = mapped_column(default=1)

    tiltak: Mapped[Tiltak] = relationship()

    __mapper_args__ = {"version_id_col": versjon}


class Kortbesoek(Base):
    """Visits with the card at one venue in one month. No row, or no number: not written in."""

    __tablename__ = "kortbesoek"
    __table_args__ = (
        UniqueConstraint("sted_id", "aar", "maaned"),
        CheckConstraint("antall >= 0", name="antall_ikke_negativt"),
        CheckConstraint("maaned BETWEEN 1 AND 12", name="maaned"),
        Index("ix_kortbesoek_maaned", "aar", "maaned"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    sted_id: Mapped[int] = mapped_column(ForeignKey("samarbeidssted.id", ondelete="CASCADE"))
    aar: Mapped[int]
    maaned: Mapped[int]
    antall: Mapped[int | None]
    foert: Mapped[datetime] = mapped_column(default=now)
    foert_av: Mapped[int] = mapped_column(ForeignKey("user_konto.id"))

    sted: Mapped[Samarbeidssted] = relationship()


class Kortbesoekretting(Retting, Base):
    """A corrected count."""

    __tablename__ = "kortbesoekretting"

    besoek_id: Mapped[int] = mapped_column(ForeignKey("kortbesoek.id", ondelete="CASCADE"), index=True)

    besoek: Mapped[Kortbesoek] = relationship()
