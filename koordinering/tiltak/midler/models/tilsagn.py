"""Tables of commitments for single places, and the invoices to them."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from koordinering.db import Base, now, tilfeldig_id
from koordinering.tiltak.lag.models import Lag
from koordinering.tiltak.midler.models.budsjett import Budsjett
from koordinering.tiltak.midler.rules import (
    Tilsagnstatus,
)


class Tilsagn(Base):
    """A promise to pay a club for one place. Which child it is for stands nowhere here."""

    __tablename__ = "tilsagn"
    __table_args__ = (
        CheckConstraint("fakturert_oere >= 0 AND fakturert_oere <= beloep_oere", name="innenfor_tilsagnet"),
        Index("ix_tilsagn_liste", "gitt", "id"),
        Index("ix_tilsagn_lag", "lag_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, default=tilfeldig_id, autoincrement=False)
    budsjett_id: Mapped[int] = mapped_column(ForeignKey("budsjett.id"), index=True)
    lag_id: Mapped[int] = mapped_column(ForeignKey("lag.id"))
    beloep_oere: Mapped[int]
    """Set aside; when it is closed, what is invoiced."""
    fakturert_oere: Mapped[int] = mapped_column(default=0)
    """On invoices, less what is credited."""
    status: Mapped[Tilsagnstatus] = mapped_column(default=Tilsagnstatus.AAPENT)
    gitt: Mapped[datetime] = mapped_column(default=now)
    gitt_av: Mapped[int] = mapped_column(ForeignKey("user_konto.id"))

    lag: Mapped[Lag] = relationship()
    budsjett: Mapped[Budsjett] = relationship()
    fakturaer: Mapped[list["Faktura"]] = relationship(back_populates="tilsagn", order_by="Faktura.foert, Faktura.id")


class Faktura(Base):
    """An invoice from a club for a place: number, amount and due date, nothing else of what stands on it."""

    __tablename__ = "faktura"
    __table_args__ = (
        UniqueConstraint("lag_id", "nummer"),
        CheckConstraint("beloep_oere > 0", name="beloep"),
        CheckConstraint("betalt_oere >= 0 AND paa_vei_oere >= 0 AND kreditert_oere >= 0", name="ikke_negativt"),
        CheckConstraint("betalt_oere + paa_vei_oere + kreditert_oere <= beloep_oere", name="innenfor_beloepet"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, default=tilfeldig_id, autoincrement=False)
    tilsagn_id: Mapped[int] = mapped_column(ForeignKey("tilsagn.id"), index=True)
    lag_id: Mapped[int] = mapped_column(ForeignKey("lag.id"))
    nummer: Mapped[str]
    beloep_oere: Mapped[int]
    forfall: Mapped[date]
    betalt_oere: Mapped[int] = mapped_column(default=0)
    paa_vei_oere: Mapped[int] = mapped_column(default=0)
    kreditert_oere: Mapped[int] = mapped_column(default=0)
    foert: Mapped[datetime] = mapped_column(default=now)
    foert_av: Mapped[int] = mapped_column(ForeignKey("user_konto.id"))

    tilsagn: Mapped[Tilsagn] = relationship(back_populates="fakturaer")
    lag: Mapped[Lag] = relationship()

    @property
    def rest_oere(self) -> int:
        """Neither paid, on its way nor credited."""
        return self.beloep_oere - self.betalt_oere - self.paa_vei_oere - self.kreditert_oere


class Kreditnota(Base):
    """A club's credit note to one of its invoices."""

    __tablename__ = "kreditnota"
    __table_args__ = (UniqueConstraint("faktura_id", "nummer"), CheckConstraint("beloep_oere > 0", name="beloep"))

    id: Mapped[int] = mapped_column(primary_key=True)
    faktura_id: Mapped[int] = mapped_column(ForeignKey("faktura.id"))
    nummer: Mapped[str]
    beloep_oere: Mapped[int]
    foert: Mapped[datetime] = mapped_column(default=now)
    foert_av: Mapped[int] = mapped_column(ForeignKey("user_konto.id"))
