"""Tables of what has been given to referrals."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ColumnElement, ForeignKey, Index, false, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from koordinering.db import Base, now, tilfeldig_id
from koordinering.roles import Omfang
from koordinering.saker.models import Henvisning
from koordinering.tildeling.rules import Tildelingstilstand
from koordinering.tiltak.midler.models import Tilsagn
from koordinering.tiltak.models import Plass
from koordinering.tiltak.oppfoelging.rules import Oppfoelgingsresultat


class Tildeling(Base):
    """One unit given to one referral.

    Open while `slutt` is empty; the indexes allow one open a unit and one open a referral.
    """

    __tablename__ = "tildeling"
    __table_args__ = (
        Index(
            "uq_tildeling_aapen_plass",
            "plass_id",
            unique=True,
            sqlite_where=text("slutt IS NULL"),
            postgresql_where=text("slutt IS NULL"),
        ),
        Index(
            "uq_tildeling_aapen_henvisning",
            "henvisning_id",
            unique=True,
            sqlite_where=text("slutt IS NULL"),
            postgresql_where=text("slutt IS NULL"),
        ),
        Index("ix_tildeling_henvisning", "henvisning_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, default=tilfeldig_id, autoincrement=False)
    henvisning_id: Mapped[int] = mapped_column(ForeignKey("henvisning.id", ondelete="CASCADE"))
    plass_id: Mapped[int | None] = mapped_column(ForeignKey("plass.id"))
    """None for follow-up and money, which have no stock of units."""
    tilsagn_id: Mapped[int | None] = mapped_column(ForeignKey("tilsagn.id"), unique=True)
    """The money that was set aside for it; what it is for stands here alone, the money knows no family."""
    tiltak_id: Mapped[str] = mapped_column(ForeignKey("tiltak.id"))
    aar: Mapped[int]
    """Calendar year it counts in: the card's year, the season's first year."""
    enhet_id: Mapped[str] = mapped_column(ForeignKey("enhet.id"))
    """The unit that gave it; only this unit is told of it across cases."""
    tilstand: Mapped[Tildelingstilstand] = mapped_column(default=Tildelingstilstand.GITT)
    gitt: Mapped[datetime] = mapped_column(default=now)
    gitt_av: Mapped[int] = mapped_column(ForeignKey("user_konto.id"))
    slutt: Mapped[datetime | None]

    henvisning: Mapped[Henvisning] = relationship()
    plass: Mapped[Plass | None] = relationship()
    periode: Mapped["Oppfoelgingsperiode | None"] = relationship(
        back_populates="tildeling", cascade="all, delete-orphan", passive_deletes=True
    )
    tilsagn: Mapped[Tilsagn | None] = relationship(lazy="joined")

    @classmethod
    def tilgangsvilkaar(cls, omfang: Omfang, enheter: frozenset[str]) -> ColumnElement[bool]:
        """Reached by the unit that gave it, also when it may no longer read the referral."""
        return cls.enhet_id.in_(sorted(enheter)) if omfang is Omfang.MOTTATT else false()

    def tilgangsenhet(self, omfang: Omfang) -> str | None:
        """Reached by the unit that gave it, also when it may no longer read the referral."""
        return self.enhet_id if omfang is Omfang.MOTTATT else None


class Oppfoelgingsperiode(Base):
    """When somebody took part in a follow-up, and what came of it: begun with it, whole when it is closed."""

    __tablename__ = "oppfoelgingsperiode"
    __table_args__ = (CheckConstraint("fra <= til", name="dager"),)

    tildeling_id: Mapped[int] = mapped_column(
        ForeignKey("tildeling.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    fra: Mapped[date | None]
    til: Mapped[date | None]
    resultat: Mapped[Oppfoelgingsresultat | None]

    tildeling: Mapped[Tildeling] = relationship(back_populates="periode")
