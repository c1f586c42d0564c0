"""Tables of the money. Amounts are whole øre; the ledger is only added to."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from koordinering.db import Base, now, tilfeldig_id
from koordinering.tiltak.lag.models import Lag
from koordinering.tiltak.midler.rules import (
    Postslag,
    Returgrunn,
    Tilsagnstatus,
    Tilskuddsavslag,
    Tilskuddstatus,
    Ubrukt,
    Utbetalingstatus,
    bilag,
)


class Formaal(Base):
    """A purpose that money is set aside for; loaded from data/midler.yaml."""

    __tablename__ = "formaal"

    id: Mapped[str] = mapped_column(primary_key=True)
    navn: Mapped[str]
    tiltak_id: Mapped[str | None] = mapped_column(ForeignKey("tiltak.id"))
    """The measure of the plan that it serves."""
    enkeltplass: Mapped[bool]
    """Pays for one child's place against an invoice; otherwise it is granted to clubs in rounds."""
    orden: Mapped[int]


class Midleraar(Base):
    """A calendar year's rules for the money."""

    __tablename__ = "midleraar"
    __table_args__ = (
        CheckConstraint("beloepsgrense_oere >= 0", name="grense"),
        CheckConstraint("tak_per_barn_oere IS NULL OR tak_per_barn_oere > 0", name="tak"),
    )

    aar: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    beloepsgrense_oere: Mapped[int]
    """What is larger must be approved by another person."""
    tak_per_barn_oere: Mapped[int | None]
    """What may be committed for one child in the year; None: no ceiling."""
    siste_bilag: Mapped[int] = mapped_column(default=0)
    """The last number that a payment of the year got."""
    stengt: Mapped[datetime | None]
    """When the year was closed: nothing more is committed, what is committed can still be paid."""
    versjon: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": versjon}


class Runde(Base):
    """One round of club grants, with its deadline."""

    __tablename__ = "soeknadsrunde"
    __table_args__ = (UniqueConstraint("aar", "frist"),)

    id: Mapped[int] = mapped_column(primary_key=True, default=tilfeldig_id, autoincrement=False)
    aar: Mapped[int] = mapped_column(ForeignKey("midleraar.aar"))
    navn: Mapped[str]
    frist: Mapped[date]


class Budsjett(Base):
    """What a year has for one purpose, and where it stands. Changed by a conditional update, with its entry."""

    __tablename__ = "budsjett"
    __table_args__ = (
        UniqueConstraint("aar", "formaal_id"),
        CheckConstraint("ramme_oere >= 0 AND bundet_oere >= 0 AND betalt_oere >= 0", name="ikke_negativt"),
        CheckConstraint("bundet_oere + betalt_oere <= ramme_oere", name="innenfor_rammen"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, default=tilfeldig_id, autoincrement=False)
    aar: Mapped[int] = mapped_column(ForeignKey("midleraar.aar"))
    formaal_id: Mapped[str] = mapped_column(ForeignKey("formaal.id"))
    ramme_oere: Mapped[int] = mapped_column(default=0)
    bundet_oere: Mapped[int] = mapped_column(default=0)
    """Granted or committed, and not paid yet."""
    betalt_oere: Mapped[int] = mapped_column(default=0)
    """In a file to the economy system, less what has come back."""

    formaal: Mapped[Formaal] = relationship(lazy="joined", innerjoin=True)

    @property
    def fritt_oere(self) -> int:
        """What is left to grant."""
        return self.ramme_oere - self.bundet_oere - self.betalt_oere


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
