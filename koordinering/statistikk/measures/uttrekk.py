"""Makes the extracts of cases: one for each year in which something of a case counts."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from sqlalchemy import Select, func, select

from koordinering.db import db, i_dag
from koordinering.saker.models import Barn, Hendelse, Henvisning
from koordinering.saker.rules.overganger import Status
from koordinering.statistikk.measures.koder import Koder
from koordinering.statistikk.measures.kolonner import finnes_i, i_kolonner, rekke, som_lagret, tider
from koordinering.statistikk.measures.lesing import aarets_start, fra_saker, nevnte
from koordinering.statistikk.measures.pakking import til_bytes
from koordinering.statistikk.models import Telleutdrag
from koordinering.tildeling.models import Tildeling


def lag(saker: Sequence[int], koder: Koder) -> list[Telleutdrag]:
    """The extracts of these cases as they stand now, for every year up to this one. Not added to the session."""
    sist = _sist(saker)
    venter = set(
        db.session.scalars(
            select(Henvisning.sak_id).where(Henvisning.sak_id.in_(saker), Henvisning.status == Status.VENTELISTE)
        )
    )
    aar = _aarene(saker, sist)
    return [
        Telleutdrag(aar=a, sak_id=sak, sist=sist.get(sak, 0), venter=a == aar[-1] and sak in venter, henvist=h, barn=b)
        for a in aar
        for sak, h, b in _aaret(a, saker, koder)
    ]


def _sist(saker: Sequence[int]) -> dict[int, int]:
    """When something last happened in each case, in microseconds. Everything that is compared with a day is asked."""
    egne = Henvisning.sak_id.in_(saker)
    sporringer: tuple[Select[Any], ...] = (
        select(Henvisning.sak_id, *(som_lagret(func.max(k)) for k in (Henvisning.sendt, Henvisning.endret)))
        .where(egne).group_by(Henvisning.sak_id),
        select(Henvisning.sak_id, *(som_lagret(func.max(k)) for k in (Tildeling.gitt, Tildeling.slutt)))
        .join(Tildeling, Tildeling.henvisning_id == Henvisning.id).where(egne).group_by(Henvisning.sak_id),
        select(Henvisning.sak_id, som_lagret(func.max(Hendelse.tid)))
        .join(Hendelse, Hendelse.henvisning_id == Henvisning.id).where(egne, Hendelse.slag == "status")
        .group_by(Henvisning.sak_id),
    )  # fmt: skip
    sist: dict[int, int] = {}
    for query in sporringer:
        for ider, *kolonner in i_kolonner(query):
            for kolonne in kolonner:
                for sak, naar in zip(ider, tider(kolonne).view(np.int64).tolist(), strict=True):
                    sist[sak] = max(sist.get(sak, 0), naar)
    return sist


def _aarene(saker: Sequence[int], sist: dict[int, int]) -> list[int]:
    """From the first year of their referrals to the one that runs."""
    tidligst = select(func.min(func.coalesce(Henvisning.sendt, Henvisning.endret)))
    foerste = db.session.scalar(tidligst.where(Henvisning.sak_id.in_(saker)))
    siste = np.datetime64(max(sist.values(), default=0), "us").astype("datetime64[Y]").astype(int) + 1970
    i_aar = max(i_dag().year, int(siste))
    # a Norwegian year begins before that of UTC
    return list(range(min(foerste.year, i_aar), i_aar + 1)) if foerste is not None else [i_aar]


def _aaret(aar: int, saker: Sequence[int], koder: Koder) -> Iterator[tuple[int, bytes, bytes]]:
    start, slutt = aarets_start(aar), aarets_start(aar + 1)
    pakket, ider, barn_id = fra_saker(start, slutt, koder, saker)
    nevnt = rekke(sorted(db.session.scalars(select(Barn.id).where(nevnte(start, slutt, saker)))))
    pakket.barn["nevnt"] = finnes_i(nevnt, barn_id)
    med = np.bincount(pakket.i_sak, minlength=len(ider)) + np.bincount(
        pakket.barn_i_sak[pakket.barn["nevnt"]], minlength=len(ider)
    )
    henvist = til_bytes(pakket.i_sak, pakket.henvist, len(ider))
    barn = til_bytes(pakket.barn_i_sak, pakket.barn, len(ider))
    for sak, noe, h, b in zip(ider.tolist(), med.tolist(), henvist, barn, strict=True):
        if noe:
            yield sak, h, b
