"""Tables of a referral and of what happened to it."""

from datetime import datetime

from sqlalchemy import ColumnElement, ForeignKey, Index, and_, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from koordinering.db import Base, now, tilfeldig_id
from koordinering.roles import Omfang
from koordinering.saker.models.saken import Barn, Sak
from koordinering.saker.rules.behov import (
    JaNeiVetIkke,
    Spoersmaal,
    Svar,
)
from koordinering.saker.rules.overganger import Status
from koordinering.tiltak.models import Tiltak
from koordinering.users import Enhet


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
        # whoever deletes a referral looks for what was sent on from it; most were not
        Index(
            "ix_henvisning_videresendt_fra_id",
            "videresendt_fra_id",
            sqlite_where=text("videresendt_fra_id IS NOT NULL"),
            postgresql_where=text("videresendt_fra_id IS NOT NULL"),
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
