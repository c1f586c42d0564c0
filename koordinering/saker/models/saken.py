"""Tables of a case: its needs, its children and their wishes, what happened to it and who opened it."""

from datetime import date, datetime
from typing import TYPE_CHECKING

from sqlalchemy import CheckConstraint, ColumnElement, ForeignKey, Index, UniqueConstraint, and_, false, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from koordinering.db import Base, now, tilfeldig_id
from koordinering.roles import Omfang
from koordinering.saker.rules.behov import (
    Behov,
    JaNeiVetIkke,
    Kjoenn,
    Spurt,
)
from koordinering.saker.rules.innboks import Aapningsgrunn
from koordinering.saker.rules.merker import Merke
from koordinering.saker.rules.tilbakehold import Holdegrunn
from koordinering.tiltak.rules import Aktivitet
from koordinering.users import Enhet, User

if TYPE_CHECKING:
    from koordinering.saker.models.henvisningen import Henvisning
    from koordinering.saker.models.samtykket import Samtykke


_LAAST = text("begrenset IS NOT NULL")


class Sak(Base):
    """One service's case about a family, under a random reference."""

    __tablename__ = "sak"
    __table_args__ = (
        # the last column lets a list and its count be read off the index alone
        Index("ix_sak_enhet", "enhet_id", "opprettet", "id", "begrenset"),
        Index("ix_sak_ansvarlig", "ansvarlig_id", "enhet_id", "opprettet", "id", "begrenset"),
        Index("ix_sak_opprettet", "opprettet"),
        Index("ix_sak_begrenset", "begrenset", sqlite_where=_LAAST, postgresql_where=_LAAST),
    )

    id: Mapped[int] = mapped_column(primary_key=True, default=tilfeldig_id, autoincrement=False)
    referanse: Mapped[str] = mapped_column(unique=True)
    enhet_id: Mapped[str] = mapped_column(ForeignKey("enhet.id"))
    ansvarlig_id: Mapped[int] = mapped_column(ForeignKey("user_konto.id"))
    opprettet: Mapped[datetime] = mapped_column(default=now)
    i_maalgruppe: Mapped[bool]
    """The service's own judgement that the family is in the target group. No income is stored."""
    egen_referanse: Mapped[bytes | None]
    """The unit's own reference, encrypted with the case's key, which lies in the key store. Its loss is forgetting."""
    koblingskode: Mapped[bytes | None]
    """The family's linking code, encrypted as above: for the unit to print again, and for children that come later."""
    kodeindeks: Mapped[bytes | None] = mapped_column(index=True)
    """Says «same code» to another case and nothing else; 32 bytes."""
    innsending: Mapped[bytes | None] = mapped_column(unique=True)
    """Hash of the form's token: the same form sent twice makes one case."""
    holdes_til: Mapped[date | None]
    """Not deleted before the day after this one, whatever its age."""
    holdegrunn: Mapped[Holdegrunn | None]
    holdetekst: Mapped[bytes | None]
    """Only with the reason ANNET, encrypted with the case's key."""
    arkivert: Mapped[datetime | None]
    """When its decisions were last written to a file for the archive; holds while nothing has happened since."""
    begrenset: Mapped[datetime | None]
    """Since when the family has had the case locked (GDPR art. 18): nobody reaches it but through the request."""
    versjon: Mapped[int] = mapped_column(default=1)

    enhet: Mapped[Enhet] = relationship()
    ansvarlig: Mapped[User] = relationship()
    barn: Mapped[list["Barn"]] = relationship(
        back_populates="sak", cascade="all, delete-orphan", order_by="Barn.lopenummer", passive_deletes=True
    )
    behov: Mapped[list["SakBehov"]] = relationship(
        cascade="all, delete-orphan", order_by="SakBehov.behov", passive_deletes=True
    )
    samtykker: Mapped[list["Samtykke"]] = relationship(
        back_populates="sak", cascade="all, delete-orphan", order_by="Samtykke.id", passive_deletes=True
    )
    henvisninger: Mapped[list["Henvisning"]] = relationship(
        back_populates="sak",
        cascade="all, delete-orphan",
        order_by="Henvisning.opprettet, Henvisning.id",
        passive_deletes=True,
    )
    tillegg: Mapped[list["Sakshendelse"]] = relationship(
        primaryjoin="and_(Sak.id == Sakshendelse.sak_id, Sakshendelse.slag == 'barn_lagt_til')", viewonly=True
    )
    """When children were added to it, the child's number in `til`."""

    __mapper_args__ = {"version_id_col": versjon}

    @classmethod
    def tilgangsvilkaar(cls, omfang: Omfang, enheter: frozenset[str]) -> ColumnElement[bool]:
        """A case is reached by the unit that made it, and by nobody else; locked, by nobody."""
        return and_(cls.enhet_id.in_(sorted(enheter)), cls.begrenset.is_(None)) if omfang is Omfang.ENHET else false()

    def tilgangsenhet(self, omfang: Omfang) -> str | None:
        """A case is reached by the unit that made it, and by nobody else; locked, by nobody."""
        return self.enhet_id if omfang is Omfang.ENHET and self.begrenset is None else None


class Saksmerke(Base):
    """A case under one of the filters of its unit's list, in the order of the list.

    Triggers of the database keep it, within the transaction that changes a referral and whoever writes it: nothing
    here does. What a mark means stands in the view `saksmerke_naa`. A locked case has none but that it is empty.
    """

    __tablename__ = "saksmerke"
    __table_args__ = (Index("ix_saksmerke_sak", "sak_id"), {"sqlite_with_rowid": False})

    enhet_id: Mapped[str] = mapped_column(ForeignKey("enhet.id"), primary_key=True)
    merke: Mapped[Merke] = mapped_column(primary_key=True)
    opprettet: Mapped[datetime] = mapped_column(primary_key=True)
    """The case's own, which never changes."""
    sak_id: Mapped[int] = mapped_column(ForeignKey("sak.id", ondelete="CASCADE"), primary_key=True)


class SakBehov(Base):
    """One need of the family."""

    __tablename__ = "sak_behov"

    sak_id: Mapped[int] = mapped_column(ForeignKey("sak.id", ondelete="CASCADE"), primary_key=True)
    behov: Mapped[Behov] = mapped_column(primary_key=True)


class Barn(Base):
    """A child in a case: number in the case and birth year."""

    __tablename__ = "barn"
    __table_args__ = (UniqueConstraint("sak_id", "lopenummer"), Index("ix_barn_sak", "sak_id", "foedselsaar"))

    id: Mapped[int] = mapped_column(primary_key=True, default=tilfeldig_id, autoincrement=False)
    sak_id: Mapped[int] = mapped_column(ForeignKey("sak.id", ondelete="CASCADE"))
    lopenummer: Mapped[int]
    foedselsaar: Mapped[int]
    kjoenn: Mapped[Kjoenn | None]
    deltar: Mapped[JaNeiVetIkke]
    """Takes part regularly in an organised activity when registered."""
    spurt: Mapped[Spurt]
    blindindeks: Mapped[bytes | None] = mapped_column(index=True)
    """Says «same child» to another row and nothing else; 32 bytes. None: the child stands unlinked."""

    sak: Mapped[Sak] = relationship(back_populates="barn")
    oensker: Mapped[list["Oenske"]] = relationship(
        cascade="all, delete-orphan", order_by="Oenske.rekkefoelge", passive_deletes=True
    )


class Oenske(Base):
    """What the child itself wants to do; up to three, in order."""

    __tablename__ = "oenske"
    __table_args__ = (CheckConstraint("rekkefoelge BETWEEN 1 AND 3", name="rekkefoelge"),)

    barn_id: Mapped[int] = mapped_column(ForeignKey("barn.id", ondelete="CASCADE"), primary_key=True)
    rekkefoelge: Mapped[int] = mapped_column(primary_key=True)
    aktivitet: Mapped[Aktivitet]


class Sakshendelse(Base):
    """One thing that happened to a case itself: registered, corrected, handed over, a child added or removed."""

    __tablename__ = "sakshendelse"

    id: Mapped[int] = mapped_column(primary_key=True)
    sak_id: Mapped[int] = mapped_column(ForeignKey("sak.id", ondelete="CASCADE"), index=True)
    tid: Mapped[datetime] = mapped_column(default=now)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user_konto.id"))
    slag: Mapped[str]
    felt: Mapped[str | None]
    fra: Mapped[str | None]
    til: Mapped[str | None]
    grunn: Mapped[str | None]


class Aapning(Base):
    """Why somebody opened a case that was not in the own inbox. Dies with the case; the log's line stays."""

    __tablename__ = "aapning"
    __table_args__ = (Index("ix_aapning_sak", "sak_id", "user_id", "tid"), Index("ix_aapning_tid", "tid", "id"))

    id: Mapped[int] = mapped_column(primary_key=True, default=tilfeldig_id, autoincrement=False)
    sak_id: Mapped[int] = mapped_column(ForeignKey("sak.id", ondelete="CASCADE"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user_konto.id"))
    tid: Mapped[datetime] = mapped_column(default=now)
    grunn: Mapped[Aapningsgrunn]
    tekst: Mapped[bytes | None]
    """Only with the reason ANNET, encrypted with the case's key; for the data protection officer and the leader."""

    sak: Mapped[Sak] = relationship()
    user: Mapped[User] = relationship()
