"""Tables of the plan's measures and of what there is to give."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ColumnElement, ForeignKey, Index, Select, UniqueConstraint, false, func, select
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column, relationship

from koordinering.db import Base, now, tilfeldig_id
from koordinering.roles import Omfang
from koordinering.tekst import N_
from koordinering.tiltak.kapasitet.models import Enhetsslag, meld
from koordinering.tiltak.lag.models import Lag
from koordinering.tiltak.rules import Aktivitet, Beholdningsslag, Kadens, Kortenhet, Mekanikk, Plasstilstand
from koordinering.users import Enhet


class Strategi(Base):
    """One of the plan's eleven part strategies, 1a to 6."""

    __tablename__ = "strategi"

    id: Mapped[str] = mapped_column(primary_key=True)
    hovedstrategi: Mapped[int]
    tekst: Mapped[str]
    orden: Mapped[int]

    tiltak: Mapped[list["Tiltak"]] = relationship(back_populates="strategi", order_by="Tiltak.orden")


class Tiltak(Base):
    """A measure of the plan."""

    __tablename__ = "tiltak"

    id: Mapped[str] = mapped_column(primary_key=True)
    """The plan's own number, «4b-2»."""
    strategi_id: Mapped[str] = mapped_column(ForeignKey("strategi.id"), index=True)
    navn: Mapped[str]
    kortnavn: Mapped[str]
    """What a caseworker calls it; the plan's own words where nobody has given a shorter name."""
    orden: Mapped[int]
    evalueres: Mapped[str]
    kadens: Mapped[Kadens]
    frist: Mapped[str | None]
    rapporteres_til: Mapped[str | None]
    maalgruppe: Mapped[str | None]
    usikker: Mapped[bool] = mapped_column(default=False)
    """The source does not say clearly which line this stands on."""
    merknad: Mapped[str | None]
    ansvar_tekst: Mapped[str]
    mottaker_id: Mapped[str | None] = mapped_column(ForeignKey("enhet.id"))
    """The unit that handles referrals to it; None where the family is shown the way or nothing is given."""
    enkeltvedtak: Mapped[bool] = mapped_column(default=False)
    """A refusal is an individual decision that can be appealed."""
    plasser_per_barn: Mapped[int | None]
    """Places of this measure that one child may have in a calendar year; None: no ceiling."""
    utgaatt: Mapped[bool] = mapped_column(default=False)
    """No longer in the plan that was loaded last; kept because referrals name it."""

    strategi: Mapped[Strategi] = relationship(back_populates="tiltak")
    mekanikker: Mapped[list["TiltakMekanikk"]] = relationship(
        cascade="all, delete-orphan", lazy="selectin", order_by="TiltakMekanikk.mekanikk"
    )
    ansvar: Mapped[list["TiltakAnsvar"]] = relationship(cascade="all, delete-orphan", order_by="TiltakAnsvar.orden")
    mottaker: Mapped[Enhet | None] = relationship()

    @property
    def slag(self) -> frozenset[Mekanikk]:
        """How it is given."""
        return frozenset(m.mekanikk for m in self.mekanikker)


class TiltakMekanikk(Base):
    """One way in which a measure is given."""

    __tablename__ = "tiltak_mekanikk"

    tiltak_id: Mapped[str] = mapped_column(ForeignKey("tiltak.id", ondelete="CASCADE"), primary_key=True)
    mekanikk: Mapped[Mekanikk] = mapped_column(primary_key=True)


class TiltakAnsvar(Base):
    """A unit that answers for a measure, as main or as partner."""

    __tablename__ = "tiltak_ansvar"

    tiltak_id: Mapped[str] = mapped_column(ForeignKey("tiltak.id", ondelete="CASCADE"), primary_key=True)
    enhet_id: Mapped[str] = mapped_column(ForeignKey("enhet.id"), primary_key=True, index=True)
    hovedansvar: Mapped[bool]
    orden: Mapped[int]

    enhet: Mapped[Enhet] = relationship()


class Beholdning(Base):
    """A stock of units of one kind: a year's cards, or the places of one offer."""

    __tablename__ = "beholdning"

    id: Mapped[int] = mapped_column(primary_key=True)
    slag: Mapped[Beholdningsslag]
    tiltak_id: Mapped[str] = mapped_column(ForeignKey("tiltak.id"), index=True)
    antall: Mapped[int]
    """Units in the stock: the number of its rows in plass that are not STENGT. A closed card year keeps its figure."""

    __table_args__ = (CheckConstraint("antall >= 0", name="antall_ikke_negativt"),)


class Plass(Base):
    """One unit of a stock: a numbered card or a numbered place."""

    __tablename__ = "plass"
    __table_args__ = (
        UniqueConstraint("beholdning_id", "nummer"),
        Index("ix_plass_ledig", "beholdning_id", "tilstand", "nummer"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    beholdning_id: Mapped[int] = mapped_column(ForeignKey("beholdning.id", ondelete="CASCADE"))
    nummer: Mapped[int]
    """1, 2, 3 … within the stock."""
    tilstand: Mapped[Plasstilstand] = mapped_column(default=Plasstilstand.LEDIG)

    beholdning: Mapped[Beholdning] = relationship()


class Kortaar(Base):
    """A calendar year's stock of Opplevelseskortet and its rules (DESIGN.md section 5)."""

    __tablename__ = "kortaar"
    __table_args__ = (UniqueConstraint("tiltak_id", "aar"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    tiltak_id: Mapped[str] = mapped_column(ForeignKey("tiltak.id"))
    aar: Mapped[int]
    beholdning_id: Mapped[int] = mapped_column(ForeignKey("beholdning.id"), unique=True)
    per: Mapped[Kortenhet] = mapped_column(default=Kortenhet.FAMILIE)
    tak: Mapped[int] = mapped_column(default=1)
    """Cards that one family (or one child, see `per`) may have in the year."""
    stengt: Mapped[datetime | None]
    """When the year was closed by the new-year routine."""
    versjon: Mapped[int] = mapped_column(default=1)

    beholdning: Mapped[Beholdning] = relationship(lazy="joined")
    tiltak: Mapped[Tiltak] = relationship()

    __mapper_args__ = {"version_id_col": versjon}


class Tilbud(Base):
    """A concrete offer with places: club, activity, season, ages, price."""

    __tablename__ = "tilbud"
    __table_args__ = (
        CheckConstraint("alder_fra >= 0 AND alder_fra <= alder_til", name="alder"),
        CheckConstraint("sesong_fra <= sesong_til", name="sesong"),
        CheckConstraint("egenandel_oere >= 0", name="egenandel"),
        CheckConstraint("ordinaer_pris_oere >= 0", name="ordinaer_pris"),
        CheckConstraint("(lag_id IS NULL) <> (arrangoer IS NULL)", name="en_arrangoer"),
        Index("ix_tilbud_enhet", "enhet_id", "sesong_til"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, default=tilfeldig_id, autoincrement=False)
    tiltak_id: Mapped[str] = mapped_column(ForeignKey("tiltak.id"), index=True)
    enhet_id: Mapped[str] = mapped_column(ForeignKey("enhet.id"))
    """The unit that keeps the offer and gives its places: the measure's receiver."""
    beholdning_id: Mapped[int] = mapped_column(ForeignKey("beholdning.id"), unique=True)
    lag_id: Mapped[int | None] = mapped_column(ForeignKey("lag.id"), index=True)
    """The club that the children come to; None where it is the municipality's own, or no club of the list."""
    arrangoertekst: Mapped[str | None] = mapped_column("arrangoer")
    """Who has the offer, where no club of the list has: exactly one of the two is there."""
    aktivitet: Mapped[Aktivitet]
    navn: Mapped[str]
    sted: Mapped[str | None]
    ukedager: Mapped[str | None]
    """Days and time as the club writes them, «tirsdag og torsdag 17.30»."""
    oppmoete: Mapped[str | None]
    """Contact at the club, for the slip to the family. Never a family's contact."""
    sesong_fra: Mapped[date]
    sesong_til: Mapped[date]
    alder_fra: Mapped[int]
    """Youngest, in years: year of season start minus birth year."""
    alder_til: Mapped[int]
    egenandel_oere: Mapped[int] = mapped_column(default=0)
    """What the family pays itself, in øre; 0 is wholly free."""
    ordinaer_pris_oere: Mapped[int | None]
    """What others pay for the season, in øre; None when the club has not said."""
    bekreftet: Mapped[date | None]
    """When the club last confirmed that the offer is right."""
    trukket: Mapped[datetime | None]
    """When the offer was taken back: no more places are given from it."""
    endret: Mapped[datetime] = mapped_column(default=now, onupdate=now)
    versjon: Mapped[int] = mapped_column(default=1)

    beholdning: Mapped[Beholdning] = relationship(lazy="joined")
    tiltak: Mapped[Tiltak] = relationship()
    lag: Mapped[Lag | None] = relationship(lazy="joined")

    __mapper_args__ = {"version_id_col": versjon}

    @hybrid_property
    def arrangoer(self) -> str:
        """Who has the offer, as it is shown and searched: the club's name as it is now, or what was written."""
        return self.lag.navn if self.lag is not None else self.arrangoertekst or ""

    @arrangoer.inplace.expression
    @classmethod
    def _arrangoer(cls) -> ColumnElement[str]:
        lagets = select(Lag.navn).where(Lag.id == cls.lag_id).scalar_subquery()
        return func.coalesce(cls.arrangoertekst, lagets)

    @classmethod
    def tilgangsvilkaar(cls, omfang: Omfang, enheter: frozenset[str]) -> ColumnElement[bool]:
        """Offers are kept by their unit."""
        return cls.enhet_id.in_(sorted(enheter)) if omfang is Omfang.ENHET else false()

    def tilgangsenhet(self, omfang: Omfang) -> str | None:
        """Offers are kept by their unit."""
        return self.enhet_id if omfang is Omfang.ENHET else None


def _holder() -> Select[int, int]:
    """What each stock says that it holds; a closed card year keeps an old figure."""
    lukket = select(Kortaar.beholdning_id).where(Kortaar.stengt.is_not(None))
    return select(Beholdning.id, Beholdning.antall).where(Beholdning.id.not_in(lukket))


KORT_OG_PLASSER = Enhetsslag(
    modell=Plass,
    navn=N_("Kort og plasser"),
    tilstand="tilstand",
    ledig=frozenset({Plasstilstand.LEDIG}),
    holdt=frozenset({Plasstilstand.TILBUDT}),
    brukt=frozenset({Plasstilstand.OPPTATT, Plasstilstand.TAPT}),
    ute=frozenset({Plasstilstand.STENGT}),
    hos="beholdning_id",
    beholdning=_holder,
)
meld(KORT_OG_PLASSER)
