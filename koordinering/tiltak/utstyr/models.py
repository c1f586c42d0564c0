"""Tables of Utstyrsbanken: items with their parts, loans, reservations, stock-takings, the people at the counter."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ColumnElement, ForeignKey, Index, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from koordinering.db import Base, now, tilfeldig_id
from koordinering.roles import Omfang
from koordinering.tekst import N_
from koordinering.tiltak.kapasitet.models import Enhetsslag, meld
from koordinering.tiltak.utstyr.rules.tilstander import LAANETID_DAGER, Handling, Kategori, Status, Tilstand
from koordinering.users import Enhet


class HosEnhet:
    """A row that one unit keeps, the operator's own."""

    enhet_id: Mapped[str] = mapped_column(ForeignKey("enhet.id"))

    @classmethod
    def tilgangsvilkaar(cls, omfang: Omfang, enheter: frozenset[str]) -> ColumnElement[bool]:
        """Kept by these units."""
        return cls.enhet_id.in_(sorted(enheter)) if omfang is Omfang.ENHET else false()

    def tilgangsenhet(self, omfang: Omfang) -> str | None:
        """The unit that keeps it."""
        return self.enhet_id if omfang is Omfang.ENHET else None


class Utstyrsvalg(Base):
    """A unit's own choices. No row: the defaults."""

    __tablename__ = "utstyrsvalg"
    __table_args__ = (CheckConstraint("laanetid BETWEEN 1 AND 90", name="laanetid"),)

    enhet_id: Mapped[str] = mapped_column(ForeignKey("enhet.id"), primary_key=True)
    laanetid: Mapped[int] = mapped_column(default=LAANETID_DAGER)
    """Days of a loan unless another due date is set."""
    eget_system: Mapped[bool] = mapped_column(default=False)
    """The operator lends in a system of its own, and enters figures for each month instead."""


class Utstyrsenhet(HosEnhet, Base):
    """One item (or pair, or set)."""

    __tablename__ = "utstyrsenhet"
    __table_args__ = (
        UniqueConstraint("enhet_id", "nummer", name="uq_utstyrsenhet_nummer"),
        UniqueConstraint("enhet_id", "strekkode", name="uq_utstyrsenhet_strekkode"),
        CheckConstraint("(status = 'kassert') = (tilstand = 'kassert')", name="kassert"),
        CheckConstraint("(status = 'ute_av_drift') = (tilstand = 'til_reparasjon')", name="til_reparasjon"),
        Index("ix_utstyrsenhet_status", "enhet_id", "status", "nummer"),
        Index("ix_utstyrsenhet_kategori", "enhet_id", "kategori", "nummer"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, default=tilfeldig_id, autoincrement=False)
    nummer: Mapped[int]
    """1, 2, 3 … within the unit; stands on the label."""
    strekkode: Mapped[str]
    navn: Mapped[str]
    kategori: Mapped[Kategori]
    stoerrelse: Mapped[str | None]
    tilstand: Mapped[Tilstand] = mapped_column(default=Tilstand.GOD)
    status: Mapped[Status] = mapped_column(default=Status.LEDIG)
    lagt_inn: Mapped[datetime] = mapped_column(default=now)
    versjon: Mapped[int] = mapped_column(default=1)

    deler: Mapped[list["Utstyrsdel"]] = relationship(
        cascade="all, delete-orphan", order_by="Utstyrsdel.nummer", lazy="selectin"
    )

    __mapper_args__ = {"version_id_col": versjon}


UTSTYR = Enhetsslag(
    modell=Utstyrsenhet,
    navn=N_("Utstyr"),
    tilstand="status",
    ledig=frozenset({Status.LEDIG}),
    holdt=frozenset({Status.RESERVERT}),
    brukt=frozenset({Status.UTE}),
    ute=frozenset({Status.UTE_AV_DRIFT, Status.SAVNET, Status.KASSERT}),
    hos="enhet_id",
)
meld(UTSTYR)


class Utstyrsdel(Base):
    """A part of a set that must come back whole."""

    __tablename__ = "utstyrsdel"
    __table_args__ = (UniqueConstraint("utstyrsenhet_id", "nummer"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    utstyrsenhet_id: Mapped[int] = mapped_column(ForeignKey("utstyrsenhet.id", ondelete="CASCADE"))
    nummer: Mapped[int]
    navn: Mapped[str]
    mangler: Mapped[bool] = mapped_column(default=False)
    """Did not come back. An item with such a part is not lent."""


class Utlaan(HosEnhet, Base):
    """One item, out and in. No link to any family; the telephone number lives until 30 days after the return."""

    __tablename__ = "utlaan"
    __table_args__ = (
        Index(
            "uq_utlaan_aapent",
            "utstyrsenhet_id",
            unique=True,
            sqlite_where=text("inn IS NULL"),
            postgresql_where=text("inn IS NULL"),
        ),
        Index("ix_utlaan_forfall", "enhet_id", "inn", "forfall", "id"),
        Index("ix_utlaan_ut", "enhet_id", "ut"),
        Index("ix_utlaan_sammen", "sammen"),
        Index("ix_utlaan_inn", "inn"),
        Index("ix_utlaan_utstyrsenhet_id", "utstyrsenhet_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, default=tilfeldig_id, autoincrement=False)
    utstyrsenhet_id: Mapped[int] = mapped_column(ForeignKey("utstyrsenhet.id"))
    sammen: Mapped[int]
    """Random number that the items lent in one go share, so that one text can name them all."""
    kategori: Mapped[Kategori]
    """As it was when lent: a count does not change because an item is moved to another category."""
    ut: Mapped[datetime] = mapped_column(default=now)
    forfall: Mapped[date]
    inn: Mapped[datetime | None]
    delvis: Mapped[datetime | None]
    """Came back without all its parts then; the loan is open until the rest comes or is given up."""
    telefon: Mapped[bytes | None]
    """Sealed with a key of this loan alone, which lies in the key store and is destroyed when the number goes."""

    enhet: Mapped[Utstyrsenhet] = relationship(lazy="joined", innerjoin=True)


class Reservasjon(HosEnhet, Base):
    """An item held for somebody who has called. The telephone number goes when the hold ends."""

    __tablename__ = "utstyrsreservasjon"
    __table_args__ = (
        Index(
            "uq_utstyrsreservasjon_aapen",
            "utstyrsenhet_id",
            unique=True,
            sqlite_where=text("slutt IS NULL"),
            postgresql_where=text("slutt IS NULL"),
        ),
        CheckConstraint("(slutt IS NULL) = (telefon IS NOT NULL)", name="telefon_mens_den_holdes"),
        Index("ix_utstyrsreservasjon_holdes_til", "enhet_id", "slutt", "holdes_til", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, default=tilfeldig_id, autoincrement=False)
    utstyrsenhet_id: Mapped[int] = mapped_column(ForeignKey("utstyrsenhet.id"))
    laget: Mapped[datetime] = mapped_column(default=now)
    holdes_til: Mapped[date]
    """The last day; the night after, the item is free again."""
    slutt: Mapped[datetime | None]
    telefon: Mapped[bytes | None]
    """Sealed with a key of this hold alone, as a loan's."""

    enhet: Mapped[Utstyrsenhet] = relationship(lazy="joined", innerjoin=True)


class Operatoer(HosEnhet, Base):
    """One of those who take turns at the counter: a number and a hashed code, no name."""

    __tablename__ = "utstyrsoperatoer"
    __table_args__ = (
        UniqueConstraint("enhet_id", "nummer"),
        CheckConstraint("nummer BETWEEN 1 AND 99", name="nummer"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, default=tilfeldig_id, autoincrement=False)
    nummer: Mapped[int]
    kode_hash: Mapped[str | None]
    """None until a code has been given out."""
    aktiv: Mapped[bool] = mapped_column(default=True)
    laget: Mapped[datetime] = mapped_column(default=now)

    hos: Mapped[Enhet] = relationship(lazy="joined", innerjoin=True)


class Vakt(Base):
    """Who stands at a signed-in station now. Ends with the station's session."""

    __tablename__ = "utstyrsvakt"

    okt_id: Mapped[bytes] = mapped_column(ForeignKey("okt.id", ondelete="CASCADE"), primary_key=True)
    operatoer_id: Mapped[int] = mapped_column(ForeignKey("utstyrsoperatoer.id", ondelete="CASCADE"), index=True)
    siden: Mapped[datetime] = mapped_column(default=now)


class Utstyrshendelse(Base):
    """What was done with an item: when, at which station, by which number. Append-only."""

    __tablename__ = "utstyrshendelse"
    __table_args__ = (Index("ix_utstyrshendelse_utstyrsenhet_id", "utstyrsenhet_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    utstyrsenhet_id: Mapped[int] = mapped_column(ForeignKey("utstyrsenhet.id"))
    utlaan_id: Mapped[int | None] = mapped_column(ForeignKey("utlaan.id"), index=True)
    tid: Mapped[datetime] = mapped_column(default=now)
    handling: Mapped[Handling]
    user_id: Mapped[int | None]
    """The station's account; None for the system itself. No foreign key: the line outlives the account."""
    operatoer_nummer: Mapped[int | None]
    """The number of the one at the counter."""
    detalj: Mapped[str | None]
    """A code or a date, never free text."""


class Varetelling(HosEnhet, Base):
    """One stock-taking: what was scanned while it was open, and what it ended with."""

    __tablename__ = "varetelling"
    __table_args__ = (
        Index(
            "uq_varetelling_aapen",
            "enhet_id",
            unique=True,
            sqlite_where=text("slutt IS NULL"),
            postgresql_where=text("slutt IS NULL"),
        ),
        Index("ix_varetelling_startet", "enhet_id", "startet", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, default=tilfeldig_id, autoincrement=False)
    startet: Mapped[datetime] = mapped_column(default=now)
    slutt: Mapped[datetime | None]
    funnet: Mapped[int] = mapped_column(default=0)
    """Items on the shelf as expected, when it ended."""
    mangler: Mapped[int] = mapped_column(default=0)
    uventet: Mapped[int] = mapped_column(default=0)


class Varelinje(Base):
    """A barcode scanned during a stock-taking; unknown ones too."""

    __tablename__ = "varelinje"

    varetelling_id: Mapped[int] = mapped_column(ForeignKey("varetelling.id", ondelete="CASCADE"), primary_key=True)
    strekkode: Mapped[str] = mapped_column(primary_key=True)
    utstyrsenhet_id: Mapped[int | None] = mapped_column(ForeignKey("utstyrsenhet.id"), index=True)
    lest: Mapped[datetime] = mapped_column(default=now)


class Maanedsutlaan(Base):
    """Loans of one category in one month, entered by an operator with a system of its own."""

    __tablename__ = "maanedsutlaan"
    __table_args__ = (
        CheckConstraint("maaned BETWEEN 1 AND 12", name="maaned"),
        CheckConstraint("antall >= 0", name="antall"),
    )

    enhet_id: Mapped[str] = mapped_column(ForeignKey("enhet.id"), primary_key=True)
    aar: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    maaned: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kategori: Mapped[Kategori] = mapped_column(primary_key=True)
    antall: Mapped[int]
