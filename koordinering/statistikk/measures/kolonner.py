"""Rows as columns of numbers: what a year's counts are made of, small enough for a quarter of a million referrals."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
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

_FAA = 500
"""Rows of bytes: so few that the same memory holds one portion after another."""

_HALVT = 32
_ROM = 1 << 20
"""Combinations that are numbered before more is put to them: a table of so many is looked up in, and none is sorted."""

_TIME = 3_600_000_000
"""Microseconds."""


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


def raa_kolonner(query: Select[Any]) -> Iterator[Sequence[Sequence[Any]]]:
    """In portions as the driver gives it, by columns: for whole numbers and bytes, which are the same on both sides.

    At a million referrals it is hundreds of thousands of rows: no Row is made of them, and few are held at a time.
    """
    with closing(db.session.connection().execute(query)) as svar:
        cursor: Any = svar.cursor
        while rader := cursor.fetchmany(_FAA):
            yield list(zip(*rader, strict=True))


def finnes_i(sortert: Tallrekke, tall: Tallrekke) -> Janei:
    """Which numbers are in a sorted list."""
    plass = np.minimum(np.searchsorted(sortert, tall), max(len(sortert) - 1, 0))
    return sortert[plass] == tall if len(sortert) else np.zeros(len(tall), dtype=np.bool_)


def begynnelser(sortert: Tallrekke, antall: int) -> Tallrekke:
    """Where each of so many numbers from 0 begins in a sorted list of them, and last where the list ends."""
    hvor_mange = np.bincount(sortert, minlength=antall)
    return np.concatenate((rekke([0]), np.cumsum(hvor_mange)))


def foerst_av_like(sortert: NDArray[np.integer[Any]]) -> Janei:
    """Of each number in a sorted list, the first."""
    foerst = np.ones(len(sortert), dtype=np.bool_)
    np.not_equal(sortert[1:], sortert[:-1], out=foerst[1:])
    return foerst


def hvert_par(en: Tallrekke, annen: Tallrekke) -> tuple[Tallrekke, Tallrekke]:
    """Each pair of two numbers below 2³¹ once, in order: put together, since one number is much faster to sort."""
    par = np.sort(en << _HALVT | annen)
    par = par[foerst_av_like(par)]
    return par >> _HALVT, par & ((1 << _HALVT) - 1)


def ulike_rader(kolonner: Sequence[NDArray[Any]]) -> tuple[Tallrekke, list[NDArray[Any]]]:
    """The number of each row's combination of small numbers, from 0, and the combinations as columns."""
    nr, rom = np.zeros(len(kolonner[0]), dtype=np.int64), 1
    for kolonne in kolonner:
        verdier = int(kolonne.max(initial=0)) + 1
        if rom * verdier > _ROM:
            nr, rom = nummerert(nr, rom)
        nr, rom = nr * verdier + kolonne, rom * verdier
    nr, antall = nummerert(nr, rom)
    en_av = np.zeros(antall, dtype=np.int64)
    en_av[nr] = np.arange(len(nr))
    return nr, [kolonne[en_av] for kolonne in kolonner]


def nummerert(tall: Tallrekke, under: int) -> tuple[Tallrekke, int]:
    """Number anew, in their order, those that there are; how many they are. Looked up in a table, and not sorted."""
    brukt = np.zeros(under, dtype=np.bool_)
    brukt[tall] = True
    nummer = np.cumsum(brukt) - 1
    return nummer[tall], int(brukt.sum())


def norske_dager(naar: Tider) -> Tider:
    """The Norwegian day of each moment. It begins at a whole hour of UTC, so that the day of each hour is enough."""
    if not len(naar):
        return naar.astype("datetime64[D]")
    timer: Tallrekke = naar.view(np.int64) // _TIME
    foerste, siste = (_dag(ytterst) for ytterst in (naar.min(), naar.max()))
    dager = [foerste + timedelta(nr) for nr in range((siste - foerste).days + 2)]
    begynner = np.array([tid(datetime(d.year, d.month, d.day, tzinfo=OSLO)) for d in dager]).view(np.int64) // _TIME
    alle = np.arange(timer.min(), timer.max() + 1)
    dagen = np.array(dager, dtype="datetime64[D]")[np.searchsorted(begynner, alle, side="right") - 1]
    av_moment: Tider = dagen[timer - alle[0]]
    return av_moment


def _dag(naar: np.datetime64) -> date:
    dag: date = naar.astype("datetime64[D]").item()
    return dag


def kvartaler(dager: Tider) -> Tallrekke:
    """The quarter of each day, 0 to 3."""
    nr: Tallrekke = dager.view(np.int64)
    alle = np.arange(nr.min(initial=0), nr.max(initial=0) + 1)
    kvartalet = alle.view("datetime64[D]").astype("datetime64[M]").astype(np.int64) % 12 // 3
    av_dag: Tallrekke = kvartalet[nr - alle[0]]
    return av_dag
