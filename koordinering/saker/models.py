"""Tables of cases, children, consents and referrals. No name, no address, no identity number anywhere."""

import hashlib
from datetime import date, datetime

from sqlalchemy import JSON, CheckConstraint, ColumnElement, ForeignKey, Index, UniqueConstraint, and_, false, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from koordinering.db import Base, now, tilfeldig_id
from koordinering.roles import Omfang
from koordinering.saker.rules.behov import (
    Behov,
    Grunnlag,
    JaNeiVetIkke,
    Kjoenn,
    SamtykkeFra,
    Samtykkemaate,
    Spoersmaal,
    Spurt,
    Svar,
)
from koordinering.saker.rules.innboks import Aapningsgrunn
from koordinering.saker.rules.merker import Merke
from koordinering.saker.rules.overganger import Status
from koordinering.saker.rules.tilbakehold import Holdegrunn
from koordinering.tiltak.models import Tiltak
from koordinering.tiltak.rules import Aktivitet
from koordinering.users import Enhet, User

_HOLDES_MOT = ("mottaker_id", "synlig", "sperret")
"""What decides whether a receiver reaches a referral."""


class Sak(Base):
    """One service's case about a family, under a random reference."""

    __tablename__ = "sak"
    __table_args__ = (
        # the last column lets a list and its count be read off the index alone
        Index("ix_sak_enhet", "enhet_id", "opprettet", "id", "begrenset"),
        Index("ix_sak_ansvarlig", "ansvarlig_id", "enhet_id", "opprettet", "id", "begrenset"),
        Index("ix_sak_opprettet", "opprettet"),
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
    here does. What a mark means stands in the view `saksmerke_naa`. A locked case has none.
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


class Hjemmel(Base):
    """A statutory authority to share without consent; a dated code list, never section numbers in code."""

    __tablename__ = "hjemmel"

    id: Mapped[str] = mapped_column(primary_key=True)
    tekst: Mapped[str]
    gyldig_fra: Mapped[date]
    gyldig_til: Mapped[date | None]

    def avtrykk(self) -> str:
        """Tells whether anything has been changed since a page was shown."""
        return f"{self.gyldig_fra} {self.gyldig_til} {hashlib.sha256(self.tekst.encode()).hexdigest()[:16]}"


class Hjemmelendring(Base):
    """One thing that was changed in the code list: when, by whom, from, to. Never changed itself."""

    __tablename__ = "hjemmelendring"

    id: Mapped[int] = mapped_column(primary_key=True)
    hjemmel_id: Mapped[str] = mapped_column(ForeignKey("hjemmel.id"), index=True)
    tid: Mapped[datetime] = mapped_column(default=now)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user_konto.id"))
    felt: Mapped[str]
    """«lagt_inn», «tekst», «fra», «til»."""
    fra: Mapped[str | None]
    til: Mapped[str | None]


class Samtykke(Base):
    """What allows one receiving unit to see something of a case: consent or statutory authority."""

    __tablename__ = "samtykke"
    __table_args__ = (
        CheckConstraint("(grunnlag = 'hjemmel') = (hjemmel_id IS NOT NULL)", name="hjemmel"),
        Index("ix_samtykke_sak", "sak_id", "mottaker_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, default=tilfeldig_id, autoincrement=False)
    sak_id: Mapped[int] = mapped_column(ForeignKey("sak.id", ondelete="CASCADE"))
    mottaker_id: Mapped[str] = mapped_column(ForeignKey("enhet.id"))
    grunnlag: Mapped[Grunnlag]
    hjemmel_id: Mapped[str | None] = mapped_column(ForeignKey("hjemmel.id"))
    maate: Mapped[Samtykkemaate | None]
    fra: Mapped[SamtykkeFra | None]
    opplysninger: Mapped[list[str]] = mapped_column(JSON)
    """Kinds of information (Opplysning) that the receiver may see."""
    gitt: Mapped[date]
    gyldig_til: Mapped[date | None]
    trukket: Mapped[datetime | None]
    registrert_av: Mapped[int] = mapped_column(ForeignKey("user_konto.id"))

    sak: Mapped[Sak] = relationship(back_populates="samtykker")
    mottaker: Mapped[Enhet] = relationship()
    hjemmel: Mapped[Hjemmel | None] = relationship()


class Henvisning(Base):
    """A referral from one case, for one child or the whole family, to one measure."""

    __tablename__ = "henvisning"
    __table_args__ = (
        # a list of cases reads what it shows of their referrals here, and not in as many pages as there are referrals
        Index("ix_henvisning_sak", "sak_id", "opprettet", "id", "tiltak_id", "status"),
        # what a list is ordered by comes before what its rows are only held against
        Index("ix_henvisning_innboks", "mottaker_id", "status", "sendt", "lodd", "id", "synlig", "sperret"),
        Index("ix_henvisning_venter", "mottaker_id", "status", "koe", "sendt", "lodd", "id", "synlig", "sperret"),
        Index(
            "ix_henvisning_koe", "tiltak_id", "status", "koe", "sendt", "lodd", "id", "mottaker_id", "synlig", "sperret"
        ),
        Index(
            "ix_henvisning_tilbudt",
            "mottaker_id",
            "status",
            "koe",
            "sendt",
            "lodd",
            "id",
            sqlite_where=text("svar_innen IS NOT NULL"),
            postgresql_where=text("svar_innen IS NOT NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True, default=tilfeldig_id, autoincrement=False)
    sak_id: Mapped[int] = mapped_column(ForeignKey("sak.id", ondelete="CASCADE"))
    barn_id: Mapped[int | None] = mapped_column(ForeignKey("barn.id", ondelete="CASCADE"), index=True)
    """None: the whole family."""
    tiltak_id: Mapped[str] = mapped_column(ForeignKey("tiltak.id"))
    avsender_id: Mapped[str] = mapped_column(ForeignKey("enhet.id"))
    """The case's unit; repeated here so that the sender's lists need no join."""
    mottaker_id: Mapped[str | None] = mapped_column(ForeignKey("enhet.id"))
    """None where the family is only shown the way."""
    status: Mapped[Status] = mapped_column(default=Status.UTKAST)
    synlig: Mapped[bool] = mapped_column(default=False)
    """Whether the receiver reaches it: sent, and the consent or authority stands."""
    sperret: Mapped[bool] = mapped_column(default=False)
    """The case is locked (Sak.begrenset): neither side reaches it; repeated here so that lists need no join."""
    opprettet: Mapped[datetime] = mapped_column(default=now)
    sendt: Mapped[datetime | None]
    lodd: Mapped[int | None]
    """Drawn once when sent; settles ties in waiting order without favouring anybody."""
    koe: Mapped[int] = mapped_column(default=0)
    """Where in the waiting order it is moved to, with a reason: before the others (-1), among them, behind them (1)."""
    svar_innen: Mapped[datetime | None]
    """A place is offered, and the answer is awaited until then; None when nothing is offered."""
    sammen: Mapped[bool] = mapped_column(default=False)
    """The sender asks that the siblings get places in the same offer."""
    endret: Mapped[datetime] = mapped_column(default=now)
    """When the status was last changed."""
    grunn: Mapped[str | None]
    """Code for the present status, where one is needed."""
    startet: Mapped[bool] = mapped_column(default=False)
    """Something that was given has been started or handed out."""
    beskjed_siden: Mapped[datetime | None]
    """Since when the task «Gi beskjed til familien» waits; None when there is none."""
    beskjed_gitt: Mapped[datetime | None]
    videresendt_fra_id: Mapped[int | None] = mapped_column(ForeignKey("henvisning.id", ondelete="SET NULL"))
    spoersmaal: Mapped[Spoersmaal | None]
    """An open question to the referrer; stands only while the status is paa_vent."""
    deltar_ved_slutt: Mapped[JaNeiVetIkke | None]
    """Whether the child takes part regularly, asked when the referral is closed."""
    versjon: Mapped[int] = mapped_column(default=1)

    sak: Mapped[Sak] = relationship(back_populates="henvisninger")
    barn: Mapped[Barn | None] = relationship()
    tiltak: Mapped[Tiltak] = relationship()
    mottaker: Mapped[Enhet | None] = relationship(foreign_keys=[mottaker_id])
    hendelser: Mapped[list["Hendelse"]] = relationship(
        cascade="all, delete-orphan", order_by="Hendelse.tid, Hendelse.id", passive_deletes=True
    )

    __mapper_args__ = {"version_id_col": versjon}

    @classmethod
    def tilgangsvilkaar(cls, omfang: Omfang, enheter: frozenset[str]) -> ColumnElement[bool]:
        """The sender's unit reaches its own; the receiver's unit what is visible to it; locked, nobody."""
        if omfang is Omfang.ENHET:
            return and_(cls.avsender_id.in_(sorted(enheter)), ~cls.sperret)
        return and_(cls.mottaker_id.in_(sorted(enheter)), cls.synlig, ~cls.sperret)

    def tilgangsenhet(self, omfang: Omfang) -> str | None:
        """The sender's unit reaches its own; the receiver's unit what is visible to it; locked, nobody."""
        if self.sperret:
            return None
        return self.avsender_id if omfang is Omfang.ENHET else self.til_mottaker

    @property
    def til_mottaker(self) -> str | None:
        """The receiving unit while it may read the referral."""
        return self.mottaker_id if self.synlig and not self.sperret else None


class Hendelse(Base):
    """One thing that happened to a referral: who, when, from, to, why. Never changed."""

    __tablename__ = "hendelse"

    id: Mapped[int] = mapped_column(primary_key=True)
    henvisning_id: Mapped[int] = mapped_column(ForeignKey("henvisning.id", ondelete="CASCADE"), index=True)
    tid: Mapped[datetime] = mapped_column(default=now)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user_konto.id"))
    """None: the system itself."""
    enhet_id: Mapped[str | None] = mapped_column(ForeignKey("enhet.id"))
    slag: Mapped[str]
    """«status», «rettet», «spurt», «svart», «beskjed», «gitt», «overlevert»,
    «tilbudt», «takket_ja», «takket_nei», «tilbud_utloept», «tilbud_trukket», «angret», «flyttet», «soesken»."""
    felt: Mapped[str | None]
    """What was corrected: «barn», «oensker», «behov»."""
    fra: Mapped[str | None]
    til: Mapped[str | None]
    grunn: Mapped[str | None]
    svar: Mapped[Svar | None]
    fritekst: Mapped[bytes | None]
    """Only with the reason ANNET, encrypted with the case's key, never from a health unit."""


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
