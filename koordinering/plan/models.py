"""Tables of the plan as a document: its title, its aims and its indicators. Measures live in tiltak."""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from koordinering.db import Base, now


class Plan(Base):
    """The plan that was loaded last. One row."""

    __tablename__ = "plan"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    tittel: Mapped[str]
    kommune: Mapped[str]
    kommunenummer: Mapped[str]
    periode: Mapped[str]
    vedtak: Mapped[str]
    merknad: Mapped[str | None]
    sjekksum: Mapped[str]
    """SHA-256 of the file, hexadecimal: the same file loaded twice changes nothing."""
    lastet: Mapped[datetime] = mapped_column(default=now)


class Delmaal(Base):
    """One of the plan's three aims."""

    __tablename__ = "delmaal"

    id: Mapped[str] = mapped_column(primary_key=True)
    navn: Mapped[str]
    tekst: Mapped[str]
    orden: Mapped[int]


class Indikator(Base):
    """A named number of the plan with its unit, time and source."""

    __tablename__ = "indikator"

    id: Mapped[str] = mapped_column(primary_key=True)
    navn: Mapped[str]
    omraade: Mapped[str | None]
    aar: Mapped[int | None]
    periode: Mapped[str | None]
    verdi: Mapped[float | None]
    tekst: Mapped[str | None]
    """What the plan says instead of a number, «over halvparten»."""
    enhet: Mapped[str]
    gruppe: Mapped[str | None]
    kilde: Mapped[str | None]
    slag: Mapped[str]
    """«tall», «ramme», «maal» or «rapporteres»."""
    brudd: Mapped[bool] = mapped_column(default=False)
    """Not comparable with the value before: no percentage is shown across it."""
    brudd_mot: Mapped[str | None]
    brudd_grunn: Mapped[str | None]
    """Why it is not comparable, as shown beside the figure."""
    avsluttet: Mapped[bool] = mapped_column(default=False)
    """A historical series that is no longer kept."""
    avsluttet_grunn: Mapped[str | None]
    """Why it is no longer kept, as shown beside the figure."""
    orden: Mapped[int]

    tiltak: Mapped[list["IndikatorTiltak"]] = relationship(cascade="all, delete-orphan", lazy="selectin")


class IndikatorTiltak(Base):
    """Which measures an indicator tells of."""

    __tablename__ = "indikator_tiltak"

    indikator_id: Mapped[str] = mapped_column(ForeignKey("indikator.id", ondelete="CASCADE"), primary_key=True)
    tiltak_id: Mapped[str] = mapped_column(ForeignKey("tiltak.id"), primary_key=True, index=True)
