"""Tables of what has been given and offered to referrals, and of proposals."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ColumnElement, ForeignKey, Index, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from koordinering.db import Base, now, tilfeldig_id
from koordinering.roles import Omfang
from koordinering.saker.models import Henvisning
from koordinering.tildeling.rules import Tildelingstilstand
from koordinering.tildeling.rules.runde import Forslagsstatus, Maate, Tilbudssvar
from koordinering.tiltak.midler.models import Tilsagn
from koordinering.tiltak.models import Plass, Tilbud, Tiltak
from koordinering.tiltak.oppfoelging.rules import Oppfoelgingsresultat


class Tildeling(Base):
    """One unit given to one referral.

    Open while `slutt` is empty; the indexes allow one open a unit and one open a referral.
    """

    __tablename__ = "tildeling"
    __table_args__ = (
        Index(
            "uq_tildeling_aapen_plass",
            "plass_id",
            unique=True,
            sqlite_where=text("slutt IS NULL"),
            postgresql_where=text("slutt IS NULL"),
        ),
        Index(
            "uq_tildeling_aapen_henvisning",
            "henvisning_id",
            unique=True,
            sqlite_where=text("slutt IS NULL"),
            postgresql_where=text("slutt IS NULL"),
        ),
        Index("ix_tildeling_henvisning", "henvisning_id"),
        Index("ix_tildeling_tiltak", "tiltak_id", "aar", "tilstand"),
        Index(
            "ix_tildeling_ute",
            "tiltak_id",
            "aar",
            "gitt",
            "id",
            sqlite_where=text("slutt IS NULL"),
            postgresql_where=text("slutt IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True, default=tilfeldig_id, autoincrement=False)
    henvisning_id: Mapped[int] = mapped_column(ForeignKey("henvisning.id", ondelete="CASCADE"))
    plass_id: Mapped[int | None] = mapped_column(ForeignKey("plass.id"))
    """None for follow-up and money, which have no stock of units."""
    tilsagn_id: Mapped[int | None] = mapped_column(ForeignKey("tilsagn.id"), unique=True)
    """The money that was set aside for it; what it is for stands here alone, the money knows no family."""
    tiltak_id: Mapped[str] = mapped_column(ForeignKey("tiltak.id"))
    aar: Mapped[int]
    """Calendar year it counts in: the card's year, the season's first year."""
    enhet_id: Mapped[str] = mapped_column(ForeignKey("enhet.id"))
    """The unit that gave it; only this unit is told of it across cases."""
    tilstand: Mapped[Tildelingstilstand] = mapped_column(default=Tildelingstilstand.GITT)
    gitt: Mapped[datetime] = mapped_column(default=now)
    gitt_av: Mapped[int] = mapped_column(ForeignKey("user_konto.id"))
    slutt: Mapped[datetime | None]

    henvisning: Mapped[Henvisning] = relationship()
    plass: Mapped[Plass | None] = relationship()
    periode: Mapped["Oppfoelgingsperiode | None"] = relationship(
        back_populates="tildeling", cascade="all, delete-orphan", passive_deletes=True
    )
    tilsagn: Mapped[Tilsagn | None] = relationship(lazy="joined")

    @property
    def er_oppfoelging(self) -> bool:
        """Neither a unit nor money: somebody who goes along."""
        return self.plass_id is None and self.tilsagn_id is None

    @classmethod
    def tilgangsvilkaar(cls, omfang: Omfang, enheter: frozenset[str]) -> ColumnElement[bool]:
        """Reached by the unit that gave it, also when it may no longer read the referral."""
        return cls.enhet_id.in_(sorted(enheter)) if omfang is Omfang.MOTTATT else false()

    def tilgangsenhet(self, omfang: Omfang) -> str | None:
        """Reached by the unit that gave it, also when it may no longer read the referral."""
        return self.enhet_id if omfang is Omfang.MOTTATT else None


class Oppfoelgingsperiode(Base):
    """When somebody took part in a follow-up, and what came of it: begun with it, whole when it is closed."""

    __tablename__ = "oppfoelgingsperiode"
    __table_args__ = (CheckConstraint("fra <= til", name="dager"),)

    tildeling_id: Mapped[int] = mapped_column(
        ForeignKey("tildeling.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    fra: Mapped[date | None]
    til: Mapped[date | None]
    resultat: Mapped[Oppfoelgingsresultat | None]

    tildeling: Mapped[Tildeling] = relationship(back_populates="periode")


class Plasstilbud(Base):
    """A place offered to one referral until a deadline; the place is TILBUDT while the answer is awaited.

    The indexes allow one that waits a place and one that waits a referral.
    """

    __tablename__ = "plasstilbud"
    __table_args__ = (
        Index(
            "uq_plasstilbud_aapen_plass",
            "plass_id",
            unique=True,
            sqlite_where=text("svar = 'venter'"),
            postgresql_where=text("svar = 'venter'"),
        ),
        Index(
            "uq_plasstilbud_aapen_henvisning",
            "henvisning_id",
            unique=True,
            sqlite_where=text("svar = 'venter'"),
            postgresql_where=text("svar = 'venter'"),
        ),
        Index("ix_plasstilbud_henvisning", "henvisning_id"),
        Index("ix_plasstilbud_frist", "svar", "frist"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, default=tilfeldig_id, autoincrement=False)
    henvisning_id: Mapped[int] = mapped_column(ForeignKey("henvisning.id", ondelete="CASCADE"))
    plass_id: Mapped[int] = mapped_column(ForeignKey("plass.id"))
    tilbud_id: Mapped[int] = mapped_column(ForeignKey("tilbud.id"), index=True)
    laget: Mapped[datetime] = mapped_column(default=now)
    laget_av: Mapped[int | None] = mapped_column(ForeignKey("user_konto.id"))
    """None: passed on by the system when somebody else did not want it or did not answer."""
    frist: Mapped[datetime]
    svar: Mapped[Tilbudssvar] = mapped_column(default=Tilbudssvar.VENTER)
    svart: Mapped[datetime | None]

    henvisning: Mapped[Henvisning] = relationship()
    plass: Mapped[Plass] = relationship()
    tilbud: Mapped[Tilbud] = relationship()


class Forslag(Base):
    """A proposed distribution: a draft of one unit, for one measure, until it is confirmed or thrown away.

    One action on several chosen by hand is kept in the same way, confirmed from the start.
    """

    __tablename__ = "forslag"
    __table_args__ = (Index("ix_forslag_enhet", "enhet_id", "laget", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True, default=tilfeldig_id, autoincrement=False)
    enhet_id: Mapped[str] = mapped_column(ForeignKey("enhet.id"))
    tiltak_id: Mapped[str] = mapped_column(ForeignKey("tiltak.id"))
    status: Mapped[Forslagsstatus] = mapped_column(default=Forslagsstatus.UTKAST)
    maate: Mapped[Maate] = mapped_column(default=Maate.GI)
    """What confirming does with every line."""
    frist_dager: Mapped[int] = mapped_column(default=7)
    laget: Mapped[datetime] = mapped_column(default=now)
    laget_av: Mapped[int] = mapped_column(ForeignKey("user_konto.id"))
    bekreftet: Mapped[datetime | None]
    bekreftet_av: Mapped[int | None] = mapped_column(ForeignKey("user_konto.id"))
    bevis: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    """Each goal as it was met, and the bound that was proved."""
    tall: Mapped[dict[str, dict[str, int]]] = mapped_column(JSON, default=dict)
    """Figures of the proposal, and of first come first served."""
    versjon: Mapped[int] = mapped_column(default=1)

    tiltak: Mapped[Tiltak] = relationship()
    tilbud: Mapped[list["Forslagstilbud"]] = relationship(
        cascade="all, delete-orphan", order_by="Forslagstilbud.lodd, Forslagstilbud.tilbud_id", passive_deletes=True
    )
    linjer: Mapped[list["Forslagslinje"]] = relationship(
        cascade="all, delete-orphan", order_by="Forslagslinje.orden", passive_deletes=True
    )

    __mapper_args__ = {"version_id_col": versjon}

    @property
    def for_haand(self) -> bool:
        """Several chosen by hand and confirmed at once: nothing was proposed."""
        return self.status is Forslagsstatus.BEKREFTET and not self.tall

    @classmethod
    def tilgangsvilkaar(cls, omfang: Omfang, enheter: frozenset[str]) -> ColumnElement[bool]:
        """Proposals belong to the unit that keeps the offers."""
        return cls.enhet_id.in_(sorted(enheter)) if omfang is Omfang.ENHET else false()

    def tilgangsenhet(self, omfang: Omfang) -> str | None:
        """Proposals belong to the unit that keeps the offers."""
        return self.enhet_id if omfang is Omfang.ENHET else None


class Forslagstilbud(Base):
    """An offer in a round, with the number drawn once that settles which of two equal offers comes first."""

    __tablename__ = "forslag_tilbud"

    forslag_id: Mapped[int] = mapped_column(ForeignKey("forslag.id", ondelete="CASCADE"), primary_key=True)
    tilbud_id: Mapped[int] = mapped_column(ForeignKey("tilbud.id"), primary_key=True, index=True)
    lodd: Mapped[int]

    tilbud: Mapped[Tilbud] = relationship()


class Forslagslinje(Base):
    """One referral in a proposal: what is proposed for it, and what came of it."""

    __tablename__ = "forslag_linje"
    __table_args__ = (
        UniqueConstraint("forslag_id", "henvisning_id"),
        CheckConstraint("NOT (laast AND stroeket)", name="laast_eller_stroeket"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, default=tilfeldig_id, autoincrement=False)
    forslag_id: Mapped[int] = mapped_column(ForeignKey("forslag.id", ondelete="CASCADE"))
    henvisning_id: Mapped[int] = mapped_column(ForeignKey("henvisning.id", ondelete="CASCADE"), index=True)
    orden: Mapped[int]
    """Place in the waiting order when the round was made, 1 for the first."""
    tilbud_id: Mapped[int | None] = mapped_column(ForeignKey("tilbud.id"))
    """None: nothing is proposed."""
    oenske: Mapped[int | None]
    """Which wish it is; None for a child whose wishes are not told."""
    laast: Mapped[bool] = mapped_column(default=False)
    stroeket: Mapped[bool] = mapped_column(default=False)
    fordi: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    """Causes, as codes and numbers: why it did not get each better wish."""
    gjort: Mapped[bool | None]
    """After confirming: whether it got what was proposed. None before, and where nothing was proposed."""
    utfall: Mapped[list[str]] = mapped_column(JSON, default=list)
    """After confirming: the reasons why it could not be given, as codes."""

    henvisning: Mapped[Henvisning] = relationship()
