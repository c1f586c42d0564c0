"""Tables of activities and of what the plan asks of them."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ColumnElement, ForeignKey, Index, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from koordinering.db import Base, now, tilfeldig_id
from koordinering.plan.aktiviteter.rules import Aktivitetsslag, Per
from koordinering.plan.organer.models import Organ
from koordinering.roles import Omfang
from koordinering.tiltak.models import Tiltak
from koordinering.users import Enhet


class Aktivitet(Base):
    """One meeting, seminar, course or item of an agenda."""

    __tablename__ = "aktivitet"
    __table_args__ = (
        CheckConstraint("antall IS NULL OR antall >= 0", name="antall"),
        Index("ix_aktivitet_dag", "dag", "id"),
        Index("ix_aktivitet_tiltak", "tiltak_id", "dag"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, default=tilfeldig_id, autoincrement=False)
    dag: Mapped[date]
    slag: Mapped[Aktivitetsslag]
    tema: Mapped[str]
    """What it was about, in a line; what could point at a person is refused."""
    antall: Mapped[int | None]
    """How many were present; None where nobody counted."""
    tiltak_id: Mapped[str] = mapped_column(ForeignKey("tiltak.id"))
    enhet_id: Mapped[str] = mapped_column(ForeignKey("enhet.id"), index=True)
    """The unit that keeps it: it can be corrected there, and by the coordinator."""
    foert_av: Mapped[int] = mapped_column(ForeignKey("user_konto.id"))
    endret: Mapped[datetime] = mapped_column(default=now, onupdate=now)
    slettet: Mapped[datetime | None]
    """Taken away, and can still be had back; gone for good a day later."""
    versjon: Mapped[int] = mapped_column(default=1)

    tiltak: Mapped[Tiltak] = relationship(lazy="joined")
    enhet: Mapped[Enhet] = relationship(lazy="joined")
    organer: Mapped[list[Organ]] = relationship(secondary="aktivitet_organ", lazy="selectin", order_by=Organ.navn)

    __mapper_args__ = {"version_id_col": versjon}

    @classmethod
    def tilgangsvilkaar(cls, omfang: Omfang, enheter: frozenset[str]) -> ColumnElement[bool]:
        """Kept by its unit."""
        return cls.enhet_id.in_(sorted(enheter)) if omfang is Omfang.ENHET else false()

    def tilgangsenhet(self, omfang: Omfang) -> str | None:
        """Kept by its unit."""
        return self.enhet_id if omfang is Omfang.ENHET else None


class AktivitetOrgan(Base):
    """Which bodies were there, or had it on their agenda."""

    __tablename__ = "aktivitet_organ"

    aktivitet_id: Mapped[int] = mapped_column(ForeignKey("aktivitet.id", ondelete="CASCADE"), primary_key=True)
    organ_id: Mapped[int] = mapped_column(ForeignKey("organ.id", ondelete="CASCADE"), primary_key=True, index=True)


class Plankrav(Base):
    """How often the plan asks for an activity of a kind in a measure."""

    __tablename__ = "plankrav"
    __table_args__ = (CheckConstraint("antall >= 1", name="antall"),)

    id: Mapped[int] = mapped_column(primary_key=True, default=tilfeldig_id, autoincrement=False)
    tiltak_id: Mapped[str] = mapped_column(ForeignKey("tiltak.id"), index=True)
    slag: Mapped[Aktivitetsslag]
    antall: Mapped[int]
    per: Mapped[Per]

    tiltak: Mapped[Tiltak] = relationship(lazy="joined")
