"""Tables of open offers and of how many came."""

from datetime import date, datetime

from sqlalchemy import JSON, CheckConstraint, ColumnElement, ForeignKey, Index, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from koordinering.db import Base, now
from koordinering.roles import Omfang
from koordinering.tiltak.foering.models import Retting
from koordinering.tiltak.models import Tiltak
from koordinering.users import Enhet


class Moeteplass(Base):
    """An open offer: anybody comes, nobody is registered."""

    __tablename__ = "moeteplass"
    __table_args__ = (
        CheckConstraint("til IS NULL OR fra <= til", name="dager"),
        UniqueConstraint("enhet_id", "navn"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    tiltak_id: Mapped[str] = mapped_column(ForeignKey("tiltak.id"), index=True)
    enhet_id: Mapped[str] = mapped_column(ForeignKey("enhet.id"))
    """The unit that runs it and counts."""
    navn: Mapped[str]
    fra: Mapped[date]
    til: Mapped[date | None]
    ukedager: Mapped[list[str]] = mapped_column(JSON)
    """Days of the week (Ukedag) on which it is usually open."""
    endret: Mapped[datetime] = mapped_column(default=now, onupdate=now)
    versjon: Mapped[int] = mapped_column(default=1)

    tiltak: Mapped[Tiltak] = relationship()
    enhet: Mapped[Enhet] = relationship()
    grupper: Mapped[list["Moeteplassgruppe"]] = relationship(
        cascade="all, delete-orphan", lazy="selectin", order_by="Moeteplassgruppe.orden, Moeteplassgruppe.id"
    )

    __mapper_args__ = {"version_id_col": versjon}

    @property
    def i_bruk(self) -> list["Moeteplassgruppe"]:
        """The age groups that are asked for today."""
        return [gruppe for gruppe in self.grupper if not gruppe.utgaatt]

    @classmethod
    def tilgangsvilkaar(cls, omfang: Omfang, enheter: frozenset[str]) -> ColumnElement[bool]:
        """Reached by the unit that runs it."""
        return cls.enhet_id.in_(sorted(enheter)) if omfang is Omfang.ENHET else false()

    def tilgangsenhet(self, omfang: Omfang) -> str | None:
        """Reached by the unit that runs it."""
        return self.enhet_id if omfang is Omfang.ENHET else None


class Moeteplassgruppe(Base):
    """An age group that is counted by itself."""

    __tablename__ = "moeteplassgruppe"
    __table_args__ = (UniqueConstraint("moeteplass_id", "navn"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    moeteplass_id: Mapped[int] = mapped_column(ForeignKey("moeteplass.id", ondelete="CASCADE"))
    navn: Mapped[str]
    orden: Mapped[int]
    utgaatt: Mapped[bool] = mapped_column(default=False)
    """No longer asked for; kept because it has counts."""


class Moeteplasstall(Base):
    """How many of one age group came on one day. No row, or no number: not written in."""

    __tablename__ = "moeteplasstall"
    __table_args__ = (
        UniqueConstraint("gruppe_id", "dag"),
        CheckConstraint("antall >= 0", name="antall_ikke_negativt"),
        Index("ix_moeteplasstall_dag", "dag"),
        Index("ix_moeteplasstall_foert_av", "foert_av", "foert"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    gruppe_id: Mapped[int] = mapped_column(ForeignKey("moeteplassgruppe.id", ondelete="CASCADE"))
    dag: Mapped[date]
    antall: Mapped[int | None]
    foert: Mapped[datetime] = mapped_column(default=now)
    foert_av: Mapped[int] = mapped_column(ForeignKey("user_konto.id"))

    gruppe: Mapped[Moeteplassgruppe] = relationship()


class Moeteplassretting(Retting, Base):
    """A corrected count."""

    __tablename__ = "moeteplassretting"

    tall_id: Mapped[int] = mapped_column(ForeignKey("moeteplasstall.id", ondelete="CASCADE"), index=True)

    tall: Mapped[Moeteplasstall] = relationship()
