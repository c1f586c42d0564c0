"""Tables of bodies that measures report to."""

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from koordinering.db import Base, tilfeldig_id


class Organ(Base):
    """A council, a committee or a partnership: never a person."""

    __tablename__ = "organ"

    id: Mapped[int] = mapped_column(primary_key=True, default=tilfeldig_id, autoincrement=False)
    navn: Mapped[str] = mapped_column(unique=True)
    versjon: Mapped[int] = mapped_column(default=1)

    tiltak: Mapped[list["OrganTiltak"]] = relationship(cascade="all, delete-orphan", lazy="selectin")

    __mapper_args__ = {"version_id_col": versjon}


class OrganTiltak(Base):
    """Which measures a body hears of."""

    __tablename__ = "organ_tiltak"

    organ_id: Mapped[int] = mapped_column(ForeignKey("organ.id", ondelete="CASCADE"), primary_key=True)
    tiltak_id: Mapped[str] = mapped_column(ForeignKey("tiltak.id"), primary_key=True, index=True)
