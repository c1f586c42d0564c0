"""Tables of dated snapshots, their patterns and releases; raw counts among them are read by services alone."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from koordinering.db import Base, now, tilfeldig_id
from koordinering.statistikk.rules import Publiseringsstatus, Trekkgrunn
from koordinering.users import Koblingsmodus, User


class Oeyeblikksbilde(Base):
    """A count of one year as it stood on one day. Never changed, and one a day at most: two close ones subtract."""

    __tablename__ = "oeyeblikksbilde"
    __table_args__ = (UniqueConstraint("aar", "dato"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    aar: Mapped[int]
    dato: Mapped[date]
    laget: Mapped[datetime] = mapped_column(default=now)
    saker: Mapped[int]
    """Cases counted. Raw: never shown."""
    koblingsmodus: Mapped[Koblingsmodus]
    definisjonsversjon: Mapped[int]
    raaavtrykk: Mapped[str] = mapped_column(default="")
    """Hash of the raw counts and the rules: equal for two days on which nothing had changed."""
    hensyn: Mapped[int] = mapped_column(default=0)
    """The highest release number that the protection took into account (DISCLOSURE.md rule 8)."""
    rapport: Mapped[dict[str, Any] | None] = mapped_column(JSON, deferred=True)
    """What the protection cost, and the seconds it took. Never shown on a page (rule 10)."""

    tabeller: Mapped[list["Bildetabell"]] = relationship(
        cascade="all, delete-orphan", back_populates="bilde", passive_deletes=True
    )


class Bildetabell(Base):
    """One table of a snapshot. The raw counts stay here; `beskyttet` is what may be shown."""

    __tablename__ = "bildetabell"
    __table_args__ = (Index("ix_bildetabell_bilde", "bilde_id", "kode", unique=True),)

    id: Mapped[int] = mapped_column(primary_key=True)
    bilde_id: Mapped[int] = mapped_column(ForeignKey("oeyeblikksbilde.id", ondelete="CASCADE"))
    kode: Mapped[str]
    raatall: Mapped[dict[str, Any]] = mapped_column(JSON, deferred=True)
    beskyttet: Mapped[str]
    """SafeTable.til_json, protected once: two patterns for one table could be intersected."""

    bilde: Mapped[Oeyeblikksbilde] = relationship(back_populates="tabeller")


class Moenster(Base):
    """The first safe pattern for some counts, used for ever: two patterns for one table could be intersected."""

    __tablename__ = "moenster"

    avtrykk: Mapped[str] = mapped_column(primary_key=True)
    """Hash of all that decides the pattern: raw tables, rules, and what was released before."""
    laget: Mapped[datetime] = mapped_column(default=now)
    tabeller: Mapped[dict[str, Any]] = mapped_column(JSON)
    """Table code → SafeTable.til_json."""
    rapport: Mapped[dict[str, Any]] = mapped_column(JSON)


class Publisering(Base):
    """A set of tables on its way out, and then for ever. A trigger stops changes once it has its number."""

    __tablename__ = "publisering"
    __table_args__ = (Index("ix_publisering_aar", "aar", "nummer"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, default=tilfeldig_id)
    nummer: Mapped[int | None] = mapped_column(unique=True)
    """1, 2, 3 … in the order of release; None until then."""
    status: Mapped[Publiseringsstatus] = mapped_column(default=Publiseringsstatus.UTKAST)
    aar: Mapped[int]
    bilde_id: Mapped[int | None] = mapped_column(ForeignKey("oeyeblikksbilde.id", ondelete="SET NULL"))
    """The snapshot; the release outlives it."""
    bilde_dato: Mapped[date]
    raaavtrykk: Mapped[str]
    hensyn: Mapped[int]
    """The highest release number that the protection of the snapshot took into account."""
    koblingsmodus: Mapped[Koblingsmodus]
    definisjonsversjon: Mapped[int]
    koder: Mapped[list[str]] = mapped_column(JSON)
    """The tables chosen, in the order of the catalogue."""
    erstatter_id: Mapped[int | None] = mapped_column(ForeignKey("publisering.id"), index=True)

    laget: Mapped[datetime] = mapped_column(default=now)
    laget_av_id: Mapped[int] = mapped_column(ForeignKey("user_konto.id"))
    kontrollert: Mapped[datetime | None]
    kontrollert_av_id: Mapped[int | None] = mapped_column(ForeignKey("user_konto.id"))
    kontroll_ok: Mapped[bool | None]
    kontroll: Mapped[str | None] = mapped_column(deferred=True)
    """The audit as JSON, for whoever owns the raw counts: never shown, never exported."""
    kontroll_hensyn: Mapped[int | None]
    """The highest release number that the check knew of."""
    publisert: Mapped[datetime | None]
    publisert_av_id: Mapped[int | None] = mapped_column(ForeignKey("user_konto.id"))
    terskel: Mapped[int | None]
    regler: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    """The rules that the pattern was found with: threshold, whether zeros are printed, seconds. None: an old one."""
    programversjon: Mapped[str | None]
    sha256: Mapped[str | None]
    """Of the canonical JSON of the tables (export.kanonisk)."""

    trukket: Mapped[datetime | None]
    trukket_av_id: Mapped[int | None] = mapped_column(ForeignKey("user_konto.id"))
    trekkgrunn: Mapped[Trekkgrunn | None]
    trekktekst: Mapped[str | None]

    laget_av: Mapped[User] = relationship(foreign_keys=laget_av_id)
    kontrollert_av: Mapped[User | None] = relationship(foreign_keys=kontrollert_av_id)
    publisert_av: Mapped[User | None] = relationship(foreign_keys=publisert_av_id)
    trukket_av: Mapped[User | None] = relationship(foreign_keys=trukket_av_id)
    erstatter: Mapped["Publisering | None"] = relationship(remote_side=[id])
    tabeller: Mapped[list["PublisertTabell"]] = relationship(
        back_populates="publisering", order_by="PublisertTabell.orden"
    )


class PublisertTabell(Base):
    """One released table, frozen. Written once, together with the number; a trigger stops everything else."""

    __tablename__ = "publisert_tabell"
    __table_args__ = (UniqueConstraint("publisering_id", "kode"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    publisering_id: Mapped[int] = mapped_column(ForeignKey("publisering.id"))
    orden: Mapped[int]
    kode: Mapped[str]
    tittel: Mapped[str]
    innhold: Mapped[str] = mapped_column(deferred=True)
    """SafeTable.til_json, as it was released."""
    raatall: Mapped[dict[str, Any]] = mapped_column(JSON, deferred=True)
    """The counts behind it, kept for the protection of later releases only (rule 8)."""

    publisering: Mapped[Publisering] = relationship(back_populates="tabeller")


class Telleutdrag(Base):
    """What one year's count needs of one case, packed (measures.pakking): derived, and read by counting alone.

    The database takes it away in the same transaction as anything that it was made of is changed, whoever does it
    (triggers of migration 0028), and sets the case down in Telleventer. The row goes with the case.
    """

    __tablename__ = "telleutdrag"
    __table_args__ = (
        Index("ix_telleutdrag_sak", "sak_id"),
        Index("ix_telleutdrag_sist", "sist"),
        Index(
            "ix_telleutdrag_venter", "aar", sqlite_where=text("venter = 1"), postgresql_where=text("venter"),
        ),
        {"sqlite_with_rowid": False},
    )  # fmt: skip

    aar: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    sak_id: Mapped[int] = mapped_column(ForeignKey("sak.id", ondelete="CASCADE"), primary_key=True, autoincrement=False)
    sist: Mapped[int]
    """When something last happened in the case, in microseconds since 1970 (UTC): before that it looked otherwise."""
    venter: Mapped[bool]
    """A referral of it was on the waiting list when this was made, and may wait in years that had not begun."""
    henvist: Mapped[bytes]
    barn: Mapped[bytes]


class Telleventer(Base):
    """A case without an extract, or whose extract is gone since it was changed: counting reads the case itself."""

    __tablename__ = "telleventer"

    sak_id: Mapped[int] = mapped_column(ForeignKey("sak.id", ondelete="CASCADE"), primary_key=True, autoincrement=False)


class Tellekode(Base):
    """A number for each word of the code lists that extracts name: units, measures, statuses, reasons. No person."""

    __tablename__ = "tellekode"

    id: Mapped[int] = mapped_column(primary_key=True)
    kode: Mapped[str] = mapped_column(unique=True)
