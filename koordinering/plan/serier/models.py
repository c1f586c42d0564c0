"""Tables of series: what the plan does not say itself about them, their points, and every change with who made it."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from koordinering.db import Base, now, tilfeldig_id
from koordinering.plan.serier.rules import Opphav
from koordinering.plan.serier.rules.foering import Endringsslag
from koordinering.users import User


class Serierad(Base):
    """A series that somebody has entered something in, or made.

    A series of the plan has its first indicator's id and is read from `indikator`; this row then holds what the plan
    does not say, and its name and unit only for the day when the plan no longer has it.
    """

    __tablename__ = "serie"

    id: Mapped[str] = mapped_column(primary_key=True)
    navn: Mapped[str]
    enhet: Mapped[str]
    omraade: Mapped[str | None]
    opphav: Mapped[Opphav]
    kilde: Mapped[str | None]
    telledefinisjon: Mapped[str | None]
    """Of the points that have none of their own."""
    maaneder: Mapped[bool] = mapped_column(default=False)
    maal: Mapped[float | None]
    maal_tekst: Mapped[str | None]
    noekkel: Mapped[str | None] = mapped_column(unique=True)
    """What a file calls it: the same table and variables imported again go into the same series."""
    avsluttet: Mapped[bool] = mapped_column(default=False)
    avsluttet_grunn: Mapped[str | None]
    versjon: Mapped[int] = mapped_column(default=1)
    """Counts the changes of this row, so that two people do not overwrite each other."""

    tiltak: Mapped[list["SerieTiltak"]] = relationship(cascade="all, delete-orphan", lazy="selectin")


class SerieTiltak(Base):
    """Which measures a series of the municipality's own tells of."""

    __tablename__ = "serie_tiltak"

    serie_id: Mapped[str] = mapped_column(ForeignKey("serie.id", ondelete="CASCADE"), primary_key=True)
    tiltak_id: Mapped[str] = mapped_column(ForeignKey("tiltak.id"), primary_key=True, index=True)


class Serieendring(Base):
    """One thing that somebody did to points: a figure entered, corrected or deleted, a file, or an undoing."""

    __tablename__ = "serieendring"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, default=tilfeldig_id)
    slag: Mapped[Endringsslag]
    tid: Mapped[datetime] = mapped_column(default=now)
    av_id: Mapped[int | None] = mapped_column(ForeignKey("user_konto.id", ondelete="SET NULL"), index=True)
    """None: the demo's own, or an account that is gone."""

    av: Mapped[User | None] = relationship()
    punkter: Mapped[list["Seriepunkt"]] = relationship(back_populates="endring")


class Seriepunkt(Base):
    """One version of a point. Never changed but for `gjeldende`: a correction is a new row, and so is a deletion."""

    __tablename__ = "seriepunkt"
    __table_args__ = (
        UniqueConstraint("serie_id", "periode", "versjon"),
        Index(
            "ix_seriepunkt_gjeldende",
            "serie_id",
            "periode",
            unique=True,
            sqlite_where=text("gjeldende"),
            postgresql_where=text("gjeldende"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, default=tilfeldig_id)
    serie_id: Mapped[str] = mapped_column(ForeignKey("serie.id"))
    periode: Mapped[str]
    """As rules.periode writes it."""
    versjon: Mapped[int]
    gjeldende: Mapped[bool] = mapped_column(default=True)
    """The newest version. The database lets one point have one only."""
    slettet: Mapped[bool] = mapped_column(default=False)
    verdi: Mapped[float | None]
    tegn: Mapped[str | None]
    """«:», «.» or «..» instead of a number."""
    kilde: Mapped[str | None]
    telledefinisjon: Mapped[str | None]
    brudd: Mapped[bool] = mapped_column(default=False)
    brudd_grunn: Mapped[str | None]
    kommunenummer: Mapped[str | None]
    """Which number the municipality had in the source; a change of it is a break."""
    endring_id: Mapped[int] = mapped_column(ForeignKey("serieendring.id"), index=True)

    endring: Mapped[Serieendring] = relationship(back_populates="punkter")
