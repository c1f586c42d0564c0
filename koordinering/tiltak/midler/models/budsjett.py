"""Tables of purposes, years, rounds and budgets."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from koordinering.db import Base, tilfeldig_id


class Formaal(Base):
    """A purpose that money is set aside for; loaded from data/midler.yaml."""

    __tablename__ = "formaal"

    id: Mapped[str] = mapped_column(primary_key=True)
    navn: Mapped[str]
    tiltak_id: Mapped[str | None] = mapped_column(ForeignKey("tiltak.id"))
    """The measure of the plan that it serves."""
    enkeltplass: Mapped[bool]
    """Pays for one child's place against an invoice; otherwise it is granted to clubs in rounds."""
    orden: Mapped[int]


class Midleraar(Base):
    """A calendar year's rules for the money."""

    __tablename__ = "midleraar"
    __table_args__ = (
        CheckConstraint("beloepsgrense_oere >= 0", name="grense"),
        CheckConstraint("tak_per_barn_oere IS NULL OR tak_per_barn_oere > 0", name="tak"),
    )

    aar: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    beloepsgrense_oere: Mapped[int]
    """What is larger must be approved by another person."""
    tak_per_barn_oere: Mapped[int | None]
    """What may be committed for one child in the year; None: no ceiling."""
    siste_bilag: Mapped[int] = mapped_column(default=0)
    """The last number that a payment of the year got."""
    stengt: Mapped[datetime | None]
    """When the year was closed: nothing more is committed, what is committed can still be paid."""
    versjon: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": versjon}


class Runde(Base):
    """One round of club grants, with its deadline."""

    __tablename__ = "soeknadsrunde"
    __table_args__ = (UniqueConstraint("aar", "frist"),)

    id: Mapped[int] = mapped_column(primary_key=True, default=tilfeldig_id, autoincrement=False)
    aar: Mapped[int] = mapped_column(ForeignKey("midleraar.aar"))
    navn: Mapped[str]
    frist: Mapped[date]


class Budsjett(Base):
    """What a year has for one purpose, and where it stands. Every change has its entry."""

    __tablename__ = "budsjett"
    __table_args__ = (
        UniqueConstraint("aar", "formaal_id"),
        CheckConstraint("ramme_oere >= 0 AND bundet_oere >= 0 AND betalt_oere >= 0", name="ikke_negativt"),
        CheckConstraint("bundet_oere + betalt_oere <= ramme_oere", name="innenfor_rammen"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, default=tilfeldig_id, autoincrement=False)
    aar: Mapped[int] = mapped_column(ForeignKey("midleraar.aar"))
    formaal_id: Mapped[str] = mapped_column(ForeignKey("formaal.id"))
    ramme_oere: Mapped[int] = mapped_column(default=0)
    bundet_oere: Mapped[int] = mapped_column(default=0)
    """Granted or committed, and not paid yet."""
    betalt_oere: Mapped[int] = mapped_column(default=0)
    """In a file to the economy system, less what has come back."""

    formaal: Mapped[Formaal] = relationship(lazy="joined", innerjoin=True)

    @property
    def fritt_oere(self) -> int:
        """What is left to grant."""
        return self.ramme_oere - self.bundet_oere - self.betalt_oere
