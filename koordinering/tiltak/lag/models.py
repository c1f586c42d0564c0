"""The table of clubs."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from koordinering.db import Base, tilfeldig_id


class Lag(Base):
    """A voluntary club. What is here is the club's own; nothing is about a family or a member."""

    __tablename__ = "lag"
    __table_args__ = (
        CheckConstraint("length(orgnr) = 9", name="orgnr"),
        CheckConstraint("kontonummer IS NULL OR length(kontonummer) = 11", name="kontonummer"),
        Index("ix_lag_navn", "navn", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, default=tilfeldig_id, autoincrement=False)
    navn: Mapped[str]
    orgnr: Mapped[str] = mapped_column(unique=True)
    """Nine digits, as in Enhetsregisteret."""
    kontakt: Mapped[str | None]
    """The role in the club that is asked for («kasserer»), never a name."""
    epost: Mapped[str | None]
    telefon: Mapped[str | None]
    kontonummer: Mapped[str | None]
    """Eleven digits. Money goes here and nowhere else."""
    konto_endret: Mapped[datetime | None]
    konto_av: Mapped[int | None] = mapped_column(ForeignKey("user_konto.id"))
    """Who wrote the account number: she never approves a payment to it."""
    aktiv: Mapped[bool] = mapped_column(default=True)
    """A club that is not active gets no new offers, grants or payments."""
    versjon: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": versjon}
