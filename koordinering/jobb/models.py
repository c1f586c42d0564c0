"""Table of jobs: work that lasts longer than a request."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from koordinering.db import Base, now, tilfeldig_id
from koordinering.jobb.rules import Jobbstatus


class Jobb(Base):
    """A job is a row taken with a lease; whoever holds the lease works on it, and a dead holder loses it."""

    __tablename__ = "jobb"
    __table_args__ = (Index("ix_jobb_ledig", "status", "leie_til"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, default=tilfeldig_id)
    slag: Mapped[str]
    argument: Mapped[dict[str, Any]] = mapped_column(JSON)
    status: Mapped[Jobbstatus] = mapped_column(default=Jobbstatus.VENTER)
    bestilt_av: Mapped[int | None] = mapped_column(ForeignKey("user_konto.id", ondelete="SET NULL"), index=True)
    bestilt: Mapped[datetime] = mapped_column(default=now)
    startet: Mapped[datetime | None]
    ferdig: Mapped[datetime | None]
    arbeider: Mapped[str | None]
    """Random name of the process that holds the lease."""
    leie_til: Mapped[datetime | None]
    forsoek: Mapped[int] = mapped_column(default=0)
    gjort: Mapped[int] = mapped_column(default=0)
    av_alt: Mapped[int] = mapped_column(default=0)
    """Steps done, of how many; 0 of 0 is not known yet."""
    avbryt: Mapped[bool] = mapped_column(default=False)
    """The one who ordered it wants it stopped; the worker looks between steps."""
    resultat: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    feil: Mapped[str | None]
    """Code of what went wrong, never a trace."""
