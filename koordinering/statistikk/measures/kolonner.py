"""Rows as columns of numbers: what a year's counts are made of, small enough for a quarter of a million referrals."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import ColumnElement, Select, SQLColumnExpression, String, type_coerce

from koordinering.db import OSLO, db

Tallrekke = NDArray[np.int64]
Klasser = NDArray[np.signedinteger[Any]]
"""Small whole numbers, in whatever has room for them."""
Janei = NDArray[np.bool_]
Tider = NDArray[np.datetime64]
"""Moments in UTC, to the microsecond; or days."""

_PORSJON = 20_000
"""Rows that are held as rows at a time."""


def rekke(tall: Iterable[Any]) -> Tallrekke:
    """Whole numbers as an array."""
    return np.array(tall if isinstance(tall, Sequence) else list(tall), dtype=np.int64)


def som_lagret(tidspunkt: SQLColumnExpression[Any]) -> ColumnElement[Any]:
    """A moment as the database's driver gives it: many are read, and none is looked at by itself. See `tider`."""
    return type_coerce(tidspunkt, String)


def tider(lest: Sequence[Any]) -> Tider:
    """Moments that were read `som_lagret`: text in UTC from SQLite, moments from PostgreSQL; None is none (NaT)."""
    if db.engine.dialect.name != "sqlite":
        lest = [t and t.astimezone(UTC).replace(tzinfo=None) for t in lest]
    return np.array(lest, dtype="datetime64[us]")


def tid(naar: datetime) -> np.datetime64:
    """One moment, to compare with."""
    return np.datetime64(naar.astimezone(UTC).replace(tzinfo=None), "us")


def i_kolonner(query: Select[Any]) -> Iterator[Sequence[Sequence[Any]]]:
    """Read in portions, each as its columns: one portion at least, which may be empty."""
    porsjoner = db.session.connection().execute(query).partitions(_PORSJON)
    yield list(zip(*next(porsjoner, ()), strict=True)) or [()] * len(query.selected_columns)
    for rader in porsjoner:
        yield list(zip(*rader, strict=True))


def raa_kolonner(query: Select[Any]) -> list[list[Any]]:
    """All of it as the driver gives it, by columns: for whole numbers and bytes, which are the same on both sides.

    At a million referrals it is hundreds of thousands of rows, which are joined at once: no Row is made of them.
    """
    kolonner: list[list[Any]] = [[] for _ in query.selected_columns]
    with closing(db.session.connection().execute(query)) as svar:
        cursor: Any = svar.cursor
        while rader := cursor.fetchmany(_PORSJON):
            for kolonne, del_ in zip(kolonner, zip(*rader, strict=True), strict=True):
                kolonne.extend(del_)
    return kolonner


def numre() -> dict[Any, int]:
    """Gives each new key the next number, from 0."""
    return defaultdict(count().__next__)


def finnes_i(sortert: Tallrekke, tall: Tallrekke) -> Janei:
    """Which numbers are in a sorted list."""
    plass = np.minimum(np.searchsorted(sortert, tall), max(len(sortert) - 1, 0))
    return sortert[plass] == tall if len(sortert) else np.zeros(len(tall), dtype=np.bool_)


def begynnelser(sortert: Tallrekke, antall: int) -> Tallrekke:
    """Where each of so many numbers from 0 begins in a sorted list of them, and last where the list ends."""
    hvor_mange = np.bincount(sortert, minlength=antall)
    return np.concatenate((rekke([0]), np.cumsum(hvor_mange)))


def norske_dager(naar: Tider) -> Tider:
    """The Norwegian day of each moment."""
    if not len(naar):
        return naar.astype("datetime64[D]")
    # A Norwegian day begins an hour or two before that of UTC.
    foerste, siste = (_dag(ytterst) for ytterst in (naar.min(), naar.max()))
    dager = [foerste + timedelta(nr) for nr in range((siste - foerste).days + 2)]
    begynner = np.array([tid(datetime(d.year, d.month, d.day, tzinfo=OSLO)) for d in dager])
    return np.array(dager, dtype="datetime64[D]")[np.searchsorted(begynner, naar, side="right") - 1]


def _dag(naar: np.datetime64) -> date:
    dag: date = naar.astype("datetime64[D]").item()
    return dag


def kvartaler(dager: Tider) -> Tallrekke:
    """The quarter of each day, 0 to 3."""
    return dager.astype("datetime64[M]").astype(np.int64) % 12 // 3
