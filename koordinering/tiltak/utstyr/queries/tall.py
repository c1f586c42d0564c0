"""Counts of loans by category and month: what was lent here, and what another system's figures say."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import case, func, select

from koordinering.access import enheter
from koordinering.db import OSLO, db
from koordinering.roles import Rettighet
from koordinering.tiltak.utstyr.models import Maanedsutlaan, Utlaan
from koordinering.tiltak.utstyr.rules.tilstander import Kategori
from koordinering.users import User

Tall = Mapping[Kategori, tuple[int, ...]]
"""Twelve months, January first, of every category."""


def _foerste(aar: int, maaned: int) -> datetime:
    return datetime(aar + (maaned - 1) // 12, (maaned - 1) % 12 + 1, 1, tzinfo=OSLO)


def utlaan_per_maaned(aar: int, enhet_id: str | None = None) -> Tall:
    """Loans of each category in each month of a year, of one unit or of all; every category is there.

    The sum of what was lent in the module, by the day it went out, and of what was entered. Names nobody: a loan
    has no link to a family. Two queries.
    """
    grenser = [_foerste(aar, maaned) for maaned in range(1, 14)]
    sum_per = [
        func.sum(case(((Utlaan.ut >= fra) & (Utlaan.ut < til), 1), else_=0))
        for fra, til in zip(grenser, grenser[1:], strict=False)
    ]
    laant = select(Utlaan.kategori, *sum_per).where(Utlaan.ut >= grenser[0], Utlaan.ut < grenser[-1])
    skrevet = select(Maanedsutlaan.kategori, Maanedsutlaan.maaned, func.sum(Maanedsutlaan.antall)).where(
        Maanedsutlaan.aar == aar
    )
    if enhet_id is not None:
        laant = laant.where(Utlaan.enhet_id == enhet_id)
        skrevet = skrevet.where(Maanedsutlaan.enhet_id == enhet_id)
    tall = {kategori: [0] * 12 for kategori in Kategori}
    for kategori, *maaneder in db.session.execute(laant.group_by(Utlaan.kategori)):
        tall[kategori] = [int(antall) for antall in maaneder]
    for kategori, maaned, antall in db.session.execute(skrevet.group_by(Maanedsutlaan.kategori, Maanedsutlaan.maaned)):
        tall[kategori][maaned - 1] += int(antall)
    return {kategori: tuple(maaneder) for kategori, maaneder in tall.items()}


def foert(user: User, aar: int, maaned: int) -> Mapping[Kategori, int]:
    """The figures that the user's unit has entered for a month."""
    query = select(Maanedsutlaan.kategori, Maanedsutlaan.antall).where(
        Maanedsutlaan.enhet_id.in_(sorted(enheter(user, Rettighet.UTSTYR_ENDRE))),
        Maanedsutlaan.aar == aar,
        Maanedsutlaan.maaned == maaned,
    )
    return {kategori: antall for kategori, antall in db.session.execute(query)}  # noqa: C416 - a row is no pair to mypy


def aarene(enhet_id: str, i_aar: int) -> list[int]:
    """The years that there is something to count in, the newest first; this year always."""
    foerste = db.session.scalar(select(func.min(Utlaan.ut)).where(Utlaan.enhet_id == enhet_id))
    skrevet = db.session.scalar(select(func.min(Maanedsutlaan.aar)).where(Maanedsutlaan.enhet_id == enhet_id))
    starter = [foerste.astimezone(OSLO).year if foerste else i_aar, skrevet or i_aar, i_aar]
    return list(range(i_aar, min(starter) - 1, -1))
