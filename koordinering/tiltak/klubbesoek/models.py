"""The table of visits to clubs."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ColumnElement, ForeignKey, Index, false, func, select
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column, relationship

from koordinering.db import Base, now, tilfeldig_id
from koordinering.roles import Omfang
from koordinering.tiltak.klubbesoek.rules import Besoekstema
from koordinering.tiltak.lag.models import Lag


class Klubbesoek(Base):
    """One visit to one club by somebody of the unit."""

    __tablename__ = "klubbesoek"
    __table_args__ = (
        CheckConstraint("(lag_id IS NULL) <> (lag IS NULL)", name="ett_lag"),
        Index("ix_klubbesoek_enhet", "enhet_id", "dag", "id"),
        Index("ix_klubbesoek_lag", "lag_id", "dag", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, default=tilfeldig_id, autoincrement=False)
    enhet_id: Mapped[str] = mapped_column(ForeignKey("enhet.id"))
    dag: Mapped[date]
    lag_id: Mapped[int | None] = mapped_column(ForeignKey("lag.id"))
    lagtekst: Mapped[str | None] = mapped_column("lag")
    """The club's name in a visit from before visits were to clubs of the list: exactly one of the two is there."""
    tema: Mapped[Besoekstema]
    merknad: Mapped[str | None]
    """A line about the theme; what could point at a person is refused."""
    foert_av: Mapped[int] = mapped_column(ForeignKey("user_konto.id"))
    endret: Mapped[datetime] = mapped_column(default=now, onupdate=now)
    versjon: Mapped[int] = mapped_column(default=1)

    lag: Mapped[Lag | None] = relationship(lazy="joined")

    __mapper_args__ = {"version_id_col": versjon}

    @hybrid_property
    def lagnavn(self) -> str:
        """The club, as it is shown and searched: its name as it is now, or what was written."""
        return self.lag.navn if self.lag is not None else self.lagtekst or ""

    @lagnavn.inplace.expression
    @classmethod
    def _lagnavn(cls) -> ColumnElement[str]:
        lagets = select(Lag.navn).where(Lag.id == cls.lag_id).scalar_subquery()
        return func.coalesce(cls.lagtekst, lagets)

    @classmethod
    def tilgangsvilkaar(cls, omfang: Omfang, enheter: frozenset[str]) -> ColumnElement[bool]:
        """Reached by the unit that made the visit."""
        return cls.enhet_id.in_(sorted(enheter)) if omfang is Omfang.ENHET else false()

    def tilgangsenhet(self, omfang: Omfang) -> str | None:
        """Reached by the unit that made the visit."""
        return self.enhet_id if omfang is Omfang.ENHET else None
