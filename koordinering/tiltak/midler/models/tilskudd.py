"""The table of clubs' applications and grants."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from koordinering.db import Base, tilfeldig_id
from koordinering.tiltak.lag.models import Lag
from koordinering.tiltak.midler.models.budsjett import Budsjett, Runde
from koordinering.tiltak.midler.rules import (
    Tilskuddsavslag,
    Tilskuddstatus,
    Ubrukt,
)


class Tilskudd(Base):
    """A club's application in a round, what was decided, and what came of it. Public, all of it."""

    __tablename__ = "tilskudd"
    __table_args__ = (
        CheckConstraint("soekt_oere > 0 AND antall_barn > 0", name="soekt"),
        CheckConstraint("innvilget_oere >= 0 AND innvilget_oere <= soekt_oere", name="innvilget"),
        CheckConstraint("betalt_oere >= 0 AND paa_vei_oere >= 0", name="ikke_negativt"),
        CheckConstraint("betalt_oere + paa_vei_oere <= innvilget_oere", name="innenfor_vedtaket"),
        CheckConstraint("tilbakebetalt_oere >= 0 AND tilbakebetalt_oere <= betalt_oere", name="tilbakebetalt"),
        Index("ix_tilskudd_liste", "mottatt", "id"),
        Index("ix_tilskudd_status", "status", "mottatt", "id"),
        Index("ix_tilskudd_lag", "lag_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, default=tilfeldig_id, autoincrement=False)
    runde_id: Mapped[int] = mapped_column(ForeignKey("soeknadsrunde.id"))
    lag_id: Mapped[int] = mapped_column(ForeignKey("lag.id"))
    budsjett_id: Mapped[int] = mapped_column(ForeignKey("budsjett.id"), index=True)
    mottatt: Mapped[date]
    antall_barn: Mapped[int]
    soekt_oere: Mapped[int]
    status: Mapped[Tilskuddstatus] = mapped_column(default=Tilskuddstatus.SOEKT)
    innvilget_oere: Mapped[int] = mapped_column(default=0)
    vilkaar: Mapped[str | None]
    avslag: Mapped[Tilskuddsavslag | None]
    vedtatt: Mapped[date | None]
    betalt_oere: Mapped[int] = mapped_column(default=0)
    paa_vei_oere: Mapped[int] = mapped_column(default=0)
    """In payments that are not in a file yet."""
    rapport_frist: Mapped[date | None]
    purret: Mapped[datetime | None]
    antall_purringer: Mapped[int] = mapped_column(default=0)
    rapport_mottatt: Mapped[date | None]
    brukt_oere: Mapped[int | None]
    """What the club says that it used: more or less than it was paid."""
    deltok: Mapped[int | None]
    """How many children the club says took part."""
    ubrukt: Mapped[Ubrukt | None]
    tilbakebetalt_oere: Mapped[int] = mapped_column(default=0)
    foert_av: Mapped[int] = mapped_column(ForeignKey("user_konto.id"))
    versjon: Mapped[int] = mapped_column(default=1)

    runde: Mapped[Runde] = relationship()
    lag: Mapped[Lag] = relationship()
    budsjett: Mapped[Budsjett] = relationship()

    __mapper_args__ = {"version_id_col": versjon}

    @property
    def rest_oere(self) -> int:
        """Granted, and in no payment yet; nothing when the grant is closed."""
        if self.status is not Tilskuddstatus.INNVILGET:
            return 0
        return self.innvilget_oere - self.betalt_oere - self.paa_vei_oere

    @property
    def avvik_oere(self) -> int | None:
        """Used less paid: below nought is left with the club, above nought it has covered itself."""
        return None if self.brukt_oere is None else self.brukt_oere - self.betalt_oere

    @property
    def skal_tilbake_oere(self) -> int:
        """What the club still has to pay back."""
        if self.ubrukt is not Ubrukt.BETALES_TILBAKE or self.avvik_oere is None:
            return 0
        return max(0, -self.avvik_oere - self.tilbakebetalt_oere)
