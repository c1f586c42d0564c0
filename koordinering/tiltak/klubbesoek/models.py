"""The table of visits to clubs."""

from datetime import date, datetime

from sqlalchemy import ColumnElement, ForeignKey, Index, false
from sqlalchemy.orm import Mapped, mapped_column

from koordinering.db import Base, now, tilfeldig_id
from koordinering.roles import Omfang
from koordinering.tiltak.klubbesoek.rules import Besoekstema


class Klubbesoek(Base):
    """One visit to one club by somebody of the unit."""

    __tablename__ = "klubbesoek"
    __table_args__ = (Index("ix_klubbesoek_enhet", "enhet_id", "dag", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True, default=tilfeldig_id, autoincrement=False)
    enhet_id: Mapped[str] = mapped_column(ForeignKey("enhet.id"))
    dag: Mapped[date]
    lag: Mapped[str]
    """The club's name. Never a person's."""
    tema: Mapped[Besoekstema]
    merknad: Mapped[str | None]
    """A line about the theme; what could point at a person is refused."""
    foert_av: Mapped[int] = mapped_column(ForeignKey("user_konto.id"))
    endret: Mapped[datetime] = mapped_column(default=now, onupdate=now)
    versjon: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": versjon}

    @classmethod
    def tilgangsvilkaar(cls, omfang: Omfang, enheter: frozenset[str]) -> ColumnElement[bool]:
        """Reached by the unit that made the visit."""
        return cls.enhet_id.in_(sorted(enheter)) if omfang is Omfang.ENHET else false()

    def tilgangsenhet(self, omfang: Omfang) -> str | None:
        """Reached by the unit that made the visit."""
        return self.enhet_id if omfang is Omfang.ENHET else None
