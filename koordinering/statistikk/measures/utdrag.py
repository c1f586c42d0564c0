"""Reads the year's extracts of cases, and says which cases must be read themselves."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Select, select, union

from koordinering.db import db
from koordinering.statistikk.measures.kolonner import Tallrekke, raa_kolonner, rekke, tid
from koordinering.statistikk.measures.pakking import BARN, Pakket, fra_bytes, til_bytes
from koordinering.statistikk.models import Telleutdrag, Telleventer

MANGE = 10_000
"""So many cases are read one by one; where more lack an extract, all are read from the cases themselves."""


class Utdrag(NamedTuple):
    """What the extracts of a year tell."""

    saker: Tallrekke
    """The key of each case; `henvist` and `barn` are its records."""
    henvist: list[bytes]
    barn: list[bytes]
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
    alle = raa_kolonner(select(*kolonner).where(Telleutdrag.aar == aar))
    saker, henvist, barn = alle
    kjente = _kjente(aar)
    resten |= _resten(aar, slutt)
    if len(resten) > MANGE:
        return _INTET
    if not resten:
        return Utdrag(rekke(saker), henvist, barn, kjente, ())
    igjen = [nr for nr, sak in enumerate(saker) if sak not in resten]
    saker, henvist, barn = ([liste[nr] for nr in igjen] for liste in alle)
    return Utdrag(rekke(saker), henvist, barn, kjente, sorted(resten))


def flett(utdrag: Utdrag, saker: Tallrekke, lest: Pakket) -> Pakket:
    """Put what was read of the other cases among the extracts. In the order of the cases' keys, so that the same
    cases make the same packet however each of them was had."""
    alle = np.concatenate((utdrag.saker, saker))
    henvist = utdrag.henvist + til_bytes(lest.i_sak, lest.henvist, len(saker))
    barn = utdrag.barn + til_bytes(lest.barn_i_sak, lest.barn, len(saker))
    if (alle[1:] < alle[:-1]).any():
        orden = np.argsort(alle).tolist()
        henvist, barn = [henvist[nr] for nr in orden], [barn[nr] for nr in orden]
    return fra_bytes(henvist, barn)


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
    (rader,) = raa_kolonner(query)
    barn = np.frombuffer(b"".join(rader), dtype=BARN)
    nevnt: NDArray[np.uint64] = barn["indeks"][barn["nevnt"] & barn["lenket"]]
    return nevnt


_INTET = Utdrag(rekke(()), [], [], np.zeros((0, 4), dtype=np.uint64), None)
