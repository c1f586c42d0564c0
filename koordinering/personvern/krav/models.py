"""Tables of requests from families, and of the units' parts of a joint answer. Nothing of a case in clear."""

from datetime import date, datetime

from sqlalchemy import JSON, CheckConstraint, ColumnElement, ForeignKey, Index, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from koordinering.db import Base, now, tilfeldig_id
from koordinering.personvern.krav.rules.frist import Delgrunn, Delsvar, Kravgrunn, Kravslag, Utfall, Utsettelsesgrunn
from koordinering.roles import Omfang
from koordinering.saker.models import Sak
from koordinering.users import Enhet, User


class Krav(Base):
    """One request. It outlives the case, and then says only that it was answered, and when."""

    __tablename__ = "krav"
    __table_args__ = (
        CheckConstraint("(ferdig IS NULL) = (utfall IS NULL)", name="svar"),
        CheckConstraint("(slag = 'samlet') = (svarfrist IS NOT NULL)", name="svarfrist"),
        Index("ix_krav_enhet", "enhet_id", "frist", "id"),
        Index("ix_krav_frist", "frist", "id"),
        Index("ix_krav_ferdig", "ferdig", "id"),
        Index(
            "uq_krav_aapent",
            "sak_id",
            "slag",
            unique=True,
            sqlite_where=text("ferdig IS NULL"),
            postgresql_where=text("ferdig IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True, default=tilfeldig_id, autoincrement=False)
    slag: Mapped[Kravslag]
    enhet_id: Mapped[str] = mapped_column(ForeignKey("enhet.id"))
    """The unit that answers."""
    sak_id: Mapped[int | None] = mapped_column(ForeignKey("sak.id", ondelete="SET NULL"), index=True)
    """None for a joint answer, and when the case is deleted."""
    mottatt: Mapped[date]
    frist: Mapped[date]
    utsatt: Mapped[Utsettelsesgrunn | None]
    """Why the deadline was moved; it can be once."""
    svarfrist: Mapped[datetime | None]
    """Joint answers: until when the units approve their parts."""
    sjekket: Mapped[list[str]] = mapped_column(JSON, default=list)
    """Joint answers: what the officer has checked (Sjekk)."""
    registrert: Mapped[datetime] = mapped_column(default=now)
    ansvarlig_id: Mapped[int] = mapped_column(ForeignKey("user_konto.id"))
    """Who handles it: reaches the case for it also when the case is locked."""
    ferdig: Mapped[date | None]
    utfall: Mapped[Utfall | None]
    grunn: Mapped[Kravgrunn | None]
    rettet: Mapped[list[str]] = mapped_column(JSON, default=list)
    """What was corrected (Rettet)."""
    opphevet: Mapped[datetime | None]
    """When the lock that it led to was lifted."""
    versjon: Mapped[int] = mapped_column(default=1)

    enhet: Mapped[Enhet] = relationship()
    ansvarlig: Mapped[User] = relationship()

    __mapper_args__ = {"version_id_col": versjon}

    @classmethod
    def tilgangsvilkaar(cls, omfang: Omfang, enheter: frozenset[str]) -> ColumnElement[bool]:
        """A request is reached by the unit that answers it."""
        return cls.enhet_id.in_(sorted(enheter)) if omfang is Omfang.ENHET else false()

    def tilgangsenhet(self, omfang: Omfang) -> str | None:
        """A request is reached by the unit that answers it."""
        return self.enhet_id if omfang is Omfang.ENHET else None


class Kravdel(Base):
    """One case's part of a joint answer: a task for the unit's leader, and what she approved, sealed."""

    __tablename__ = "kravdel"
    __table_args__ = (
        UniqueConstraint("krav_id", "sak_id"),
        CheckConstraint("(svar IS NULL) = (svart IS NULL)", name="svart"),
        CheckConstraint("innhold IS NULL OR svar = 'godkjent'", name="innhold"),
        Index("ix_kravdel_enhet", "enhet_id", "krav_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, default=tilfeldig_id, autoincrement=False)
    krav_id: Mapped[int] = mapped_column(ForeignKey("krav.id", ondelete="CASCADE"))
    sak_id: Mapped[int] = mapped_column(ForeignKey("sak.id", ondelete="CASCADE"), index=True)
    enhet_id: Mapped[str] = mapped_column(ForeignKey("enhet.id"))
    svar: Mapped[Delsvar | None]
    grunn: Mapped[Delgrunn | None]
    svart: Mapped[datetime | None]
    svart_av: Mapped[int | None] = mapped_column(ForeignKey("user_konto.id"))
    innhold: Mapped[bytes | None]
    """The part as it was approved, sealed with the case's key; emptied when the answer is given."""

    krav: Mapped[Krav] = relationship()
    sak: Mapped[Sak] = relationship()
    enhet: Mapped[Enhet] = relationship()

    @property
    def svarfrist(self) -> datetime | None:
        """Until when it can be answered."""
        return self.krav.svarfrist

    @classmethod
    def tilgangsvilkaar(cls, omfang: Omfang, enheter: frozenset[str]) -> ColumnElement[bool]:
        """A part is reached by the unit whose case it is; never by the one that asked."""
        return cls.enhet_id.in_(sorted(enheter)) if omfang is Omfang.ENHET else false()

    def tilgangsenhet(self, omfang: Omfang) -> str | None:
        """A part is reached by the unit whose case it is; never by the one that asked."""
        return self.enhet_id if omfang is Omfang.ENHET else None
