"""Tables of coordination: the consent, the units and children it names, notes, meetings and who follows up."""

from datetime import date, datetime

from sqlalchemy import ColumnElement, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from koordinering.db import Base, now, tilfeldig_id
from koordinering.roles import Omfang
from koordinering.saker.models import Sak
from koordinering.saker.rules.behov import SamtykkeFra, Samtykkemaate
from koordinering.saker.samordning.rules import Avtaleslag
from koordinering.users import Enhet, User


class Samordning(Base):
    """A family's consent that the units it names follow its referrals together. Dies with the case it stands on."""

    __tablename__ = "samordning"

    id: Mapped[int] = mapped_column(primary_key=True, default=tilfeldig_id, autoincrement=False)
    sak_id: Mapped[int] = mapped_column(ForeignKey("sak.id", ondelete="CASCADE"), index=True)
    """The case of the unit that registered it, whose key seals the notes."""
    maate: Mapped[Samtykkemaate]
    fra: Mapped[SamtykkeFra]
    gitt: Mapped[date]
    gyldig_til: Mapped[date]
    """The last day."""
    trukket: Mapped[datetime | None]
    registrert: Mapped[datetime] = mapped_column(default=now)
    registrert_av: Mapped[int] = mapped_column(ForeignKey("user_konto.id"))

    sak: Mapped[Sak] = relationship()
    enheter: Mapped[list["SamordningEnhet"]] = relationship(
        back_populates="samordning",
        cascade="all, delete-orphan",
        order_by="SamordningEnhet.id",
        passive_deletes=True,
    )
    barn: Mapped[list["SamordningBarn"]] = relationship(cascade="all, delete-orphan", passive_deletes=True)


class SamordningEnhet(Base):
    """One unit that the consent names; the one that registered it too."""

    __tablename__ = "samordning_enhet"
    __table_args__ = (
        UniqueConstraint("samordning_id", "enhet_id"),
        Index("ix_samordning_enhet_enhet", "enhet_id", "registrert", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, default=tilfeldig_id, autoincrement=False)
    samordning_id: Mapped[int] = mapped_column(ForeignKey("samordning.id", ondelete="CASCADE"))
    enhet_id: Mapped[str] = mapped_column(ForeignKey("enhet.id"))
    registrert: Mapped[datetime] = mapped_column(default=now)
    """When the consent was registered; repeated here so that the unit's list needs no sorting."""
    sett: Mapped[datetime | None]
    """When somebody in the unit last opened the coordination: what others did later is new."""

    samordning: Mapped[Samordning] = relationship(back_populates="enheter")
    enhet: Mapped[Enhet] = relationship(lazy="joined")

    @classmethod
    def tilgangsvilkaar(cls, omfang: Omfang, enheter: frozenset[str]) -> ColumnElement[bool]:
        """The unit's own line. Whether the consent stands and the family is the unit's is the query's to ask."""
        return cls.enhet_id.in_(sorted(enheter))

    def tilgangsenhet(self, omfang: Omfang) -> str | None:
        """The unit's own line."""
        return self.enhet_id


class SamordningBarn(Base):
    """One child that the consent is for."""

    __tablename__ = "samordning_barn"

    samordning_id: Mapped[int] = mapped_column(ForeignKey("samordning.id", ondelete="CASCADE"), primary_key=True)
    barn_id: Mapped[int] = mapped_column(ForeignKey("barn.id", ondelete="CASCADE"), primary_key=True, index=True)


class Samordningsnotat(Base):
    """A short note between units. Never from or to a health unit."""

    __tablename__ = "samordningsnotat"
    __table_args__ = (Index("ix_samordningsnotat_samordning", "samordning_id", "tid", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True, default=tilfeldig_id, autoincrement=False)
    samordning_id: Mapped[int] = mapped_column(ForeignKey("samordning.id", ondelete="CASCADE"))
    fra_sak_id: Mapped[int] = mapped_column(ForeignKey("sak.id", ondelete="CASCADE"), index=True)
    """The case it was written from: the note goes with it."""
    enhet_id: Mapped[str] = mapped_column(ForeignKey("enhet.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user_konto.id"))
    """Who wrote it, for deleting it at once; pages show the unit."""
    tid: Mapped[datetime] = mapped_column(default=now)
    tekst: Mapped[bytes]
    """Sealed with the key of the case that the consent stands on."""

    enhet: Mapped[Enhet] = relationship(lazy="joined")


class Samordningsavtale(Base):
    """One step of what the units agree on. Never changed: the newest of each kind is what holds."""

    __tablename__ = "samordningsavtale"
    __table_args__ = (
        Index("ix_samordningsavtale_samordning", "samordning_id", "slag", "id"),
        Index("ix_samordningsavtale_ansvarlig", "ansvarlig_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    samordning_id: Mapped[int] = mapped_column(ForeignKey("samordning.id", ondelete="CASCADE"))
    fra_sak_id: Mapped[int] = mapped_column(ForeignKey("sak.id", ondelete="CASCADE"), index=True)
    """The case it was done from: the step goes with it."""
    enhet_id: Mapped[str] = mapped_column(ForeignKey("enhet.id"))
    """Whose step it is; pages show the unit, and the log keeps who."""
    tid: Mapped[datetime] = mapped_column(default=now)
    slag: Mapped[Avtaleslag]
    moete: Mapped[datetime | None]
    """When the meeting is; None where it was cancelled."""
    ansvarlig_enhet_id: Mapped[str | None] = mapped_column(ForeignKey("enhet.id"))
    ansvarlig_id: Mapped[int | None] = mapped_column(ForeignKey("user_konto.id"))
    """The person who follows up, named by the own unit alone."""

    enhet: Mapped[Enhet] = relationship(lazy="joined", foreign_keys=[enhet_id])
    ansvarlig_enhet: Mapped[Enhet | None] = relationship(lazy="joined", foreign_keys=[ansvarlig_enhet_id])
    ansvarlig: Mapped[User | None] = relationship(lazy="joined", foreign_keys=[ansvarlig_id])

    @property
    def hvem(self) -> str:
        """Who follows up: the unit, and the person where the unit has named one."""
        enhet = self.ansvarlig_enhet.kortnavn if self.ansvarlig_enhet else ""
        return f"{enhet}, {self.ansvarlig.visningsnavn}" if self.ansvarlig else enhet
