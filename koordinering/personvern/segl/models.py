"""Table of seals: one row for each line of the access log, only ever added to."""

from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from koordinering.db import Base


class Loggsegl(Base):
    """The place of a line in its day's chain. Beside the log, so that no line is changed when it is sealed."""

    __tablename__ = "loggsegl"
    __table_args__ = (UniqueConstraint("innslag_id"),)

    dag: Mapped[str] = mapped_column(primary_key=True)
    """The line's day in Norway, written 2026-11-27: read as text, also when somebody has made it no date."""
    nr: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """1, 2, 3 … in the day."""
    innslag_id: Mapped[int]
    """No foreign key: a line that is gone must leave its seal behind."""
    forseglet: Mapped[datetime]
    hash: Mapped[bytes]
    """rules.lenke of the line, 32 bytes."""


class Videresendt(Base):
    """How far a day's chain has been sent on to a receiver. Held by one sender at a time, by a lease."""

    __tablename__ = "videresendt"

    mottaker: Mapped[str] = mapped_column(primary_key=True)
    """driftsvalg.Loggmottaker.navn."""
    dag: Mapped[str] = mapped_column(primary_key=True)
    nr: Mapped[int] = mapped_column(default=0)
    """The last number that the receiver has; 0 when it has none."""
    sendt: Mapped[datetime | None]
    holder: Mapped[str | None]
    """Random name of the process that sends just now."""
    leie_til: Mapped[datetime | None]
