"""Tables of the plan's versions, each a whole document, and of what was changed in them."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from koordinering.db import Base, now, tilfeldig_id
from koordinering.plan.rullering.rules import Hendelse, Plandel, Versjonskilde, Versjonsstatus
from koordinering.users import User


class Planversjon(Base):
    """One version of the plan. The one in force is what the tables of measures, aims and indicators hold."""

    __tablename__ = "planversjon"
    __table_args__ = (
        Index(
            "uq_planversjon_status",
            "status",
            unique=True,
            postgresql_where=text("status <> 'tidligere'"),
            sqlite_where=text("status <> 'tidligere'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True, default=tilfeldig_id, autoincrement=False)
    nr: Mapped[int] = mapped_column(unique=True)
    """1, 2, 3 … A draft that is thrown away leaves its number to the next."""
    status: Mapped[Versjonsstatus]
    kilde: Mapped[Versjonskilde]
    innhold: Mapped[dict[str, Any]] = mapped_column(JSON, deferred=True)
    """The whole plan (rules/dokument.py)."""
    sjekksum: Mapped[str]
    """SHA-256 of the document, hexadecimal."""
    grunner: Mapped[dict[str, str]] = mapped_column(JSON, deferred=True, default=dict)
    """Why a part was changed, in the coordinator's words: «tiltak:4b-2» → why."""
    fra_nr: Mapped[int | None]
    """The version that it was begun from."""
    organ: Mapped[str | None]
    """The body that decided it, where it came about by a rullering."""
    vedtatt: Mapped[date | None]
    """The day of the decision."""
    gjelder_fra: Mapped[date | None]
    """The day it was put in force; None for a draft."""
    gjelder_til: Mapped[date | None]
    """The day the next version was put in force."""
    laget: Mapped[datetime] = mapped_column(default=now)
    laget_av_id: Mapped[int | None] = mapped_column(ForeignKey("user_konto.id", ondelete="SET NULL"))
    """Who began it; None where the installation's owner loaded it."""
    versjon: Mapped[int] = mapped_column(default=1)

    laget_av: Mapped[User | None] = relationship(lazy="joined")

    __mapper_args__ = {"version_id_col": versjon}


class Planendring(Base):
    """One field that somebody changed in a version: who, when, from what to what, and why."""

    __tablename__ = "planendring"
    __table_args__ = (
        Index("ix_planendring_versjon", "versjon_id", "id"),
        Index("ix_planendring_del", "slag", "del_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    versjon_id: Mapped[int] = mapped_column(ForeignKey("planversjon.id", ondelete="CASCADE"))
    tid: Mapped[datetime] = mapped_column(default=now)
    av_id: Mapped[int | None] = mapped_column(ForeignKey("user_konto.id", ondelete="SET NULL"))
    rettelse: Mapped[bool]
    """Of the version in force, and not of a draft."""
    slag: Mapped[Plandel]
    del_id: Mapped[str]
    hva: Mapped[Hendelse]
    felt: Mapped[str | None]
    """The field's name in the code; None where a part came or went whole."""
    fra: Mapped[str | None]
    til: Mapped[str | None]
    grunn: Mapped[str | None]

    av: Mapped[User | None] = relationship(lazy="joined")
    utgave: Mapped[Planversjon] = relationship(lazy="joined")
