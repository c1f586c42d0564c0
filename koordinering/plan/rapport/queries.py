"""Reads frozen reports, and where each measure stands today."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload, undefer

from koordinering.access import require
from koordinering.db import db
from koordinering.errors import FinnesIkke
from koordinering.plan.evaluering import queries as evaluering
from koordinering.plan.evaluering.queries import Tiltaksstand
from koordinering.plan.rapport.models import Planrapport
from koordinering.plan.rapport.rules.aarstall import Aarstall, aarstall, hovedserie
from koordinering.plan.serier import queries as serier
from koordinering.roles import Rettighet
from koordinering.sider import Side, hent_side
from koordinering.users import User


@dataclass(frozen=True)
class Oversiktsrad:
    """One measure on the overview: where its evaluation stands, and its leading figure."""

    stand: Tiltaksstand
    tall: Aarstall | None
    flere: int
    """Series of the measure besides the one that is shown."""


def oversikt(
    av: User, aar: int, i_dag: date, *, enhet: str | None = None, strategi: str | None = None
) -> list[Oversiktsrad]:
    """Every measure of the plan in its order, narrowed to a unit with the main responsibility and a strategy."""
    require(av, Rettighet.PLAN_LES)
    alle = serier.for_tiltak(av, aar)
    rader = []
    for stand in evaluering.stand(av, i_dag, enhet=enhet, strategi=strategi):
        egne = alle.get(stand.tiltak.id, [])
        valgt = hovedserie(egne, aar)
        tall = aarstall(valgt, aar) if valgt is not None else None
        rader.append(Oversiktsrad(stand, tall, len(egne) - (tall is not None)))
    return rader


def side(av: User, noekkel: str) -> Side[Planrapport]:
    """A page of the frozen reports, the newest first."""
    require(av, Rettighet.PLAN_LES)
    query = select(Planrapport).options(joinedload(Planrapport.laget_av))
    return hent_side(db.session(), query, (Planrapport.laget, Planrapport.id), synkende=True, noekkel=noekkel)


def rapport(av: User, rapport_id: int) -> Planrapport:
    """A frozen report with its document. Raises FinnesIkke."""
    require(av, Rettighet.PLAN_LES)
    query = select(Planrapport).where(Planrapport.id == rapport_id)
    funnet = db.session.scalar(query.options(undefer(Planrapport.innhold), joinedload(Planrapport.laget_av)))
    if funnet is None:
        raise FinnesIkke
    return funnet


def siste(aar: int, nr: int | None = None) -> Planrapport | None:
    """A year's newest frozen report, or one of its numbers, for the command line, which owns the installation."""
    query = select(Planrapport).where(Planrapport.aar == aar).options(undefer(Planrapport.innhold))
    if nr is not None:
        query = query.where(Planrapport.nr == nr)
    return db.session.scalar(query.order_by(Planrapport.nr.desc()).limit(1))


def siste_nr(aar: int) -> int:
    """The highest number of a year; 0: none is frozen."""
    return db.session.scalar(select(func.max(Planrapport.nr)).where(Planrapport.aar == aar)) or 0
