"""Tables of assessments, of the choices they rest on, of reminders, and of the calendar's addresses."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ColumnElement, ForeignKey, Index, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from koordinering.db import Base, now, tilfeldig_id
from koordinering.plan.evaluering.rules import (
    Evalueringsregler,
    Konklusjon,
    Paaminnelsesslag,
    Vurderingsstatus,
)
from koordinering.plan.organer.models import Organ
from koordinering.roles import Omfang
from koordinering.tiltak.models import Tiltak
from koordinering.users import Enhet


class Evalueringsvalg(Base):
    """The municipality's choices for evaluation. One row."""

    __tablename__ = "evalueringsvalg"
    __table_args__ = (
        CheckConstraint("maaned BETWEEN 1 AND 12 AND dag BETWEEN 1 AND 28", name="dato"),
        CheckConstraint("varsle_dager BETWEEN 0 AND 120", name="varsle_dager"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    maaned: Mapped[int] = mapped_column(default=3)
    dag: Mapped[int] = mapped_column(default=1)
    """The evaluation date, in the year after the one that is assessed."""
    foerste_aar: Mapped[int]
    """The first year that is assessed here."""
    rulleres: Mapped[date | None]
    """When the work on the next version of the plan begins, or the plan's period ends."""
    varsle_dager: Mapped[int] = mapped_column(default=30)
    """Days before the date that the first reminder goes out."""
    versjon: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": versjon}

    @property
    def regler(self) -> Evalueringsregler:
        """What the rules of dates read."""
        return Evalueringsregler(self.maaned, self.dag, self.foerste_aar, self.rulleres)


class Vurdering(Base):
    """What the unit with the main responsibility says about a measure's year."""

    __tablename__ = "vurdering"
    __table_args__ = (
        UniqueConstraint("tiltak_id", "aar"),
        Index("ix_vurdering_enhet", "enhet_id", "status"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, default=tilfeldig_id, autoincrement=False)
    tiltak_id: Mapped[str] = mapped_column(ForeignKey("tiltak.id"))
    aar: Mapped[int]
    enhet_id: Mapped[str] = mapped_column(ForeignKey("enhet.id"))
    """The unit that writes it."""
    status: Mapped[Vurderingsstatus] = mapped_column(default=Vurderingsstatus.UTKAST)
    gjort: Mapped[str] = mapped_column(default="")
    effekt: Mapped[str] = mapped_column(default="")
    hindring: Mapped[str] = mapped_column(default="")
    neste_steg: Mapped[str] = mapped_column(default="")
    medvirkning: Mapped[str] = mapped_column(default="")
    konklusjon: Mapped[Konklusjon | None]
    grunn: Mapped[str | None]
    """Why the coordinator sent it back; stands until it is sent again."""
    skrevet_av: Mapped[int] = mapped_column(ForeignKey("user_konto.id"))
    endret: Mapped[datetime] = mapped_column(default=now, onupdate=now)
    sendt: Mapped[datetime | None]
    godkjent: Mapped[date | None]
    versjon: Mapped[int] = mapped_column(default=1)

    tiltak: Mapped[Tiltak] = relationship(lazy="joined")
    enhet: Mapped[Enhet] = relationship(lazy="joined")

    __mapper_args__ = {"version_id_col": versjon}

    @classmethod
    def tilgangsvilkaar(cls, omfang: Omfang, enheter: frozenset[str]) -> ColumnElement[bool]:
        """Written by its unit."""
        return cls.enhet_id.in_(sorted(enheter)) if omfang is Omfang.ENHET else false()

    def tilgangsenhet(self, omfang: Omfang) -> str | None:
        """Written by its unit."""
        return self.enhet_id if omfang is Omfang.ENHET else None


class Paaminnelse(Base):
    """That a user has been told by e-mail that an assessment is due: once for each, whatever process does it."""

    __tablename__ = "paaminnelse"
    __table_args__ = (UniqueConstraint("user_id", "tiltak_id", "aar", "slag"),)

    id: Mapped[int] = mapped_column(primary_key=True, default=tilfeldig_id, autoincrement=False)
    brev: Mapped[int] = mapped_column(index=True)
    """Random number of the e-mail: its link holds nothing else. One e-mail may tell of several."""
    user_id: Mapped[int] = mapped_column(ForeignKey("user_konto.id", ondelete="CASCADE"))
    tiltak_id: Mapped[str] = mapped_column(ForeignKey("tiltak.id"))
    aar: Mapped[int]
    slag: Mapped[Paaminnelsesslag]
    laget: Mapped[datetime] = mapped_column(default=now)
    """When the right to send it was taken, before it was sent."""
    sendt: Mapped[datetime | None]
    """When the relay took it; None where nobody knows."""


class Kalenderlenke(Base):
    """A secret address of the calendar. The secret itself is not kept."""

    __tablename__ = "kalenderlenke"

    id: Mapped[int] = mapped_column(primary_key=True, default=tilfeldig_id, autoincrement=False)
    hash: Mapped[bytes] = mapped_column(unique=True)
    """SHA-256 of the token in the address."""
    navn: Mapped[str]
    """Who uses it, in the coordinator's words: a body or an office, never a person."""
    organ_id: Mapped[int | None] = mapped_column(ForeignKey("organ.id", ondelete="CASCADE"), index=True)
    """The body whose measures it holds; None: all."""
    laget: Mapped[datetime] = mapped_column(default=now)

    organ: Mapped[Organ | None] = relationship(lazy="joined")
