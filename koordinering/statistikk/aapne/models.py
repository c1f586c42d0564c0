"""Tables of open data. What is released never changes, so whether it is open stands in a table of its own."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from koordinering.db import Base, now
from koordinering.statistikk.aapne.rules import Lisens

_NAA = text("lukket IS NULL")


class AapenPublisering(Base):
    """A time that a release was open to all: from when until when, and who decided. Closed rows stay."""

    __tablename__ = "aapen_publisering"
    __table_args__ = (
        # One at a time is open, whoever clicks at the same moment.
        Index("uq_aapen_publisering_naa", "publisering_id", unique=True, sqlite_where=_NAA, postgresql_where=_NAA),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    publisering_id: Mapped[int] = mapped_column(ForeignKey("publisering.id"), index=True)
    aapnet: Mapped[datetime] = mapped_column(default=now)
    aapnet_av_id: Mapped[int] = mapped_column(ForeignKey("user_konto.id"))
    lukket: Mapped[datetime | None]
    lukket_av_id: Mapped[int | None] = mapped_column(ForeignKey("user_konto.id"))


class AapneData(Base):
    """Who answers for the open data. One row, or none yet."""

    __tablename__ = "aapne_data"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    orgnr: Mapped[str]
    kontakt: Mapped[str]
    epost: Mapped[str]
    lisens: Mapped[Lisens]
