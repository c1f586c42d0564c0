"""Tables of payments, the files they go into, and the ledger."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from koordinering.db import Base, now, tilfeldig_id
from koordinering.tiltak.lag.models import Lag
from koordinering.tiltak.midler.models.budsjett import Budsjett
from koordinering.tiltak.midler.models.tilsagn import Faktura, Tilsagn
from koordinering.tiltak.midler.models.tilskudd import Tilskudd
from koordinering.tiltak.midler.rules import (
    Postslag,
    Returgrunn,
    Utbetalingstatus,
    bilag,
)


class Bunt(Base):
    """A file of payments to the economy system; what is in it is in no other."""

    __tablename__ = "utbetalingsbunt"
    __table_args__ = (CheckConstraint("antall > 0 AND sum_oere > 0", name="noe_i"),)

    nummer: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    laget: Mapped[datetime] = mapped_column(default=now)
    laget_av: Mapped[int] = mapped_column(ForeignKey("user_konto.id"))
    antall: Mapped[int]
    sum_oere: Mapped[int]


class Utbetaling(Base):
    """A payment to a club's account: of a grant, or of an invoice."""

    __tablename__ = "utbetaling"
    __table_args__ = (
        UniqueConstraint("aar", "nummer"),
        CheckConstraint("beloep_oere > 0", name="beloep"),
        CheckConstraint("(tilskudd_id IS NULL) <> (faktura_id IS NULL)", name="en_grunn"),
        CheckConstraint("avgjort_av IS NULL OR avgjort_av <> foert_av", name="ikke_egen"),
        CheckConstraint("(bunt_nummer IS NOT NULL) = (status IN ('eksportert', 'i_retur'))", name="i_en_fil"),
        Index("ix_utbetaling_status", "status", "foert", "id"),
        Index("ix_utbetaling_liste", "foert", "id"),
        Index("ix_utbetaling_bunt", "bunt_nummer"),
        Index("ix_utbetaling_faktura", "faktura_id"),
        Index("ix_utbetaling_tilskudd", "tilskudd_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, default=tilfeldig_id, autoincrement=False)
    aar: Mapped[int] = mapped_column(ForeignKey("midleraar.aar"))
    nummer: Mapped[int]
    budsjett_id: Mapped[int] = mapped_column(ForeignKey("budsjett.id"))
    lag_id: Mapped[int] = mapped_column(ForeignKey("lag.id"), index=True)
    kontonummer: Mapped[str]
    """The club's account when the payment was entered."""
    tilskudd_id: Mapped[int | None] = mapped_column(ForeignKey("tilskudd.id"))
    faktura_id: Mapped[int | None] = mapped_column(ForeignKey("faktura.id"))
    beloep_oere: Mapped[int]
    forfall: Mapped[date]
    status: Mapped[Utbetalingstatus]
    grunn: Mapped[Returgrunn | None]
    foert: Mapped[datetime] = mapped_column(default=now)
    foert_av: Mapped[int] = mapped_column(ForeignKey("user_konto.id"))
    avgjort: Mapped[datetime | None]
    avgjort_av: Mapped[int | None] = mapped_column(ForeignKey("user_konto.id"))
    """Who approved it or sent it back; None below the limit."""
    bunt_nummer: Mapped[int | None] = mapped_column(ForeignKey("utbetalingsbunt.nummer"))

    lag: Mapped[Lag] = relationship()
    budsjett: Mapped[Budsjett] = relationship()
    tilskudd: Mapped[Tilskudd | None] = relationship()
    faktura: Mapped[Faktura | None] = relationship()

    @property
    def bilag(self) -> str:
        """Our own number of it."""
        return bilag(self.aar, self.nummer)


class Postering(Base):
    """One entry of the ledger: how much it moved each of the budget's three figures.

    Only added: a trigger in the database refuses a change or a removal. What was wrong gets an entry the other way.
    """

    __tablename__ = "postering"
    __table_args__ = (
        CheckConstraint("ramme_oere <> 0 OR bundet_oere <> 0 OR betalt_oere <> 0", name="noe_endret"),
        Index("ix_postering_budsjett", "budsjett_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    tid: Mapped[datetime] = mapped_column(default=now)
    budsjett_id: Mapped[int] = mapped_column(ForeignKey("budsjett.id"))
    slag: Mapped[Postslag]
    ramme_oere: Mapped[int] = mapped_column(default=0)
    bundet_oere: Mapped[int] = mapped_column(default=0)
    betalt_oere: Mapped[int] = mapped_column(default=0)
    tilskudd_id: Mapped[int | None] = mapped_column(ForeignKey("tilskudd.id"))
    tilsagn_id: Mapped[int | None] = mapped_column(ForeignKey("tilsagn.id"))
    utbetaling_id: Mapped[int | None] = mapped_column(ForeignKey("utbetaling.id"))
    motposterer_id: Mapped[int | None] = mapped_column(ForeignKey("postering.id"), unique=True)
    """The entry that this one reverses; an entry is reversed once."""
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user_konto.id"))
    """None: the installation itself."""

    tilskudd: Mapped[Tilskudd | None] = relationship()
    tilsagn: Mapped[Tilsagn | None] = relationship()
    utbetaling: Mapped[Utbetaling | None] = relationship()
