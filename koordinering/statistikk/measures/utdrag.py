"""Reads the year's extracts of cases, and says which cases must be read themselves."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Select, select, union

from koordinering.db import db
from koordinering.statistikk.measures.kolonner import Tallrekke, finnes_i, raa_kolonner, rekke, tid
from koordinering.statistikk.measures.pakking import BARN, Pakket, Poster, fra_bytes
from koordinering.statistikk.models import Telleutdrag, Telleventer

MANGE = 10_000
"""So many cases are read one by one; where more lack an extract, all are read from the cases themselves."""


class Utdrag(NamedTuple):
    """What the extracts of a year tell."""

    saker: Tallrekke
    """The key of each case in it."""
    pakket: Pakket
    kjente: NDArray[np.uint64]
    """The indexes of children referred in earlier years."""
    resten: Sequence[int] | None
    """Cases that must be read themselves; None: all of them, and nothing is here."""


def hent(aar: int, slutt: datetime | None) -> Utdrag:
    """The extracts of a year; `slutt` where it is counted as it stood before it was over.

    Who waits is asked before and after: an extract may be made, and one may go, while they are read (PostgreSQL).
    """
    resten = _resten(aar, slutt)
    if len(resten) > MANGE:
        return _INTET
    kolonner: tuple[Any, ...] = (Telleutdrag.sak_id, Telleutdrag.henvist, Telleutdrag.barn)
    saker, pakket = fra_bytes(raa_kolonner(select(*kolonner).where(Telleutdrag.aar == aar)))
    kjente = _kjente(aar)
    resten |= _resten(aar, slutt)
    if len(resten) > MANGE:
        return _INTET
    return Utdrag(saker, pakket, kjente, sorted(resten))


def flett(utdrag: Utdrag, saker: Tallrekke, lest: Pakket) -> Pakket:
    """Put what was read of the other cases in the place of their extracts. In the order of the cases' keys, so that
    the same cases make the same packet however each of them was had."""
    alle = np.concatenate((utdrag.saker, saker))
    orden = np.argsort(alle)
    plass = np.empty_like(orden)
    plass[orden] = np.arange(len(orden))
    foran = len(utdrag.saker)
    plass[:foran][finnes_i(rekke(utdrag.resten or ()), utdrag.saker)] = _BORTE
    p = utdrag.pakket
    return Pakket(
        *_flettet(plass[np.concatenate((p.i_sak, lest.i_sak + foran))], p.henvist, lest.henvist),
        *_flettet(plass[np.concatenate((p.barn_i_sak, lest.barn_i_sak + foran))], p.barn, lest.barn),
    )


_BORTE = -1
"""The place of a case whose extract is not to be used."""


def _flettet(i_sak: Tallrekke, poster: Poster, lest: Poster) -> tuple[Tallrekke, Poster]:
    if not len(lest) and (i_sak != _BORTE).all() and (i_sak[1:] >= i_sak[:-1]).all():
        return i_sak, poster
    orden = np.argsort(i_sak, kind="stable")[np.count_nonzero(i_sak == _BORTE) :]
    # as plain bytes: put together field by field they take four times as long
    alle = np.concatenate([noen.view(f"V{noen.itemsize}") for noen in (poster, lest)]).view(poster.dtype)
    return i_sak[orden], alle.take(orden)


def _resten(aar: int, slutt: datetime | None) -> set[int]:
    """Without an extract, or with one that does not hold for that day, or was made before the year began."""
    deler: list[Select[Any]] = [
        select(Telleventer.sak_id),
        select(Telleutdrag.sak_id).where(Telleutdrag.venter, Telleutdrag.aar < aar),
    ]
    if slutt is not None:
        deler.append(select(Telleutdrag.sak_id).where(Telleutdrag.sist >= int(tid(slutt).astype(np.int64))))
    return set(db.session.scalars(union(*deler).limit(MANGE + 1)))


def _kjente(aar: int) -> NDArray[np.uint64]:
    query: Select[Any] = select(Telleutdrag.barn).where(Telleutdrag.aar < aar)
    deler = [np.zeros((0, 4), dtype=np.uint64)]
    for (rader,) in raa_kolonner(query):
        barn = np.frombuffer(b"".join(rader), dtype=BARN)
        deler.append(barn["indeks"][barn["nevnt"] & barn["lenket"]])
    return np.concatenate(deler)


_INTET = Utdrag(*fra_bytes(()), np.zeros((0, 4), dtype=np.uint64), None)
