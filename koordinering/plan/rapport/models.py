"""The table of reports that are frozen. Written once; a trigger stops everything else."""

from datetime import datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from koordinering.db import Base, now, tilfeldig_id
from koordinering.users import User


class Planrapport(Base):
    """One frozen report of a year: everything that stands in it, as text."""

    __tablename__ = "planrapport"
    __table_args__ = (UniqueConstraint("aar", "nr"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, default=tilfeldig_id)
    aar: Mapped[int]
    nr: Mapped[int]
    """1, 2, 3 … of the year: a later one stands beside the earlier and changes nothing of it."""
    innhold: Mapped[str] = mapped_column(deferred=True)
    """The document as JSON (rules/innhold.py)."""
    sha256: Mapped[str]
    """Of `innhold`."""
    laget: Mapped[datetime] = mapped_column(default=now)
    laget_av_id: Mapped[int | None] = mapped_column(ForeignKey("user_konto.id"))
    """None: the installation's owner, at the command line."""

    laget_av: Mapped[User | None] = relationship()
