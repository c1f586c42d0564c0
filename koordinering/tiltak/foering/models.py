"""The columns that every table of corrections has."""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from koordinering.db import now
from koordinering.tiltak.foering.rules import Rettegrunn


class Retting:
    """A line that tells of a corrected count: who, when, old, new, why. Never changed."""

    id: Mapped[int] = mapped_column(primary_key=True)
    tid: Mapped[datetime] = mapped_column(default=now)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_konto.id"))
    fra: Mapped[int | None]
    til: Mapped[int | None]
    """None: not written in."""
    grunn: Mapped[Rettegrunn]
