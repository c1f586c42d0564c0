"""The floor of counting: hand-written SQL over flat facts that have everything resolved, for every table of a year.

Better than any table of facts could be: each question has a table of its own, no wider than what it asks, with the
class on every level, the family and the child already there, clustered in the order that it is grouped by. Filling it
is not measured. Its answers are compared cell by cell with the product's before anything is timed.
"""

import time
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import product
from typing import Any, NamedTuple

import numpy as np
from sqlalchemy import Connection, text

from koordinering.db import db
from koordinering.statistikk import measures
from koordinering.statistikk.disclosure import BARN, FAMILIER, Noekkel, RawCounts
from koordinering.statistikk.measures.brukslesing import les_bruk
from koordinering.statistikk.measures.lesing import les
from koordinering.statistikk.measures.pengelesing import les_penger
from koordinering.statistikk.measures.spoersmaal import Spoersmaal
from koordinering.statistikk.measures.telling import TELLERE, Kilder, sammenheng

Svar = dict[Noekkel, tuple[int, ...]]


class UlikeTall(Exception):
    """The floor does not count the same as the product: it is no floor."""


class Setning(NamedTuple):
    """One statement, and which cells its rows are: by the place of each class, on these levels."""

    sql: str
    nivaaer: tuple[int, ...]
    """0: the total."""


class Flat(NamedTuple):
    """A question as flat facts: statements, and the codes of its classes."""

    kode: str
    setninger: dict[str, list[Setning]]
    """By what is counted: the units, or whoever is behind them."""
    koder: tuple[tuple[str, ...], ...]


def maal(aar: int, dato: date, runder: int = 3) -> dict[str, float]:
    """CPU milliseconds of the product's count and of the floor's, by turns; their ratio. The lowest of each."""
    raa = {t.kode: t for t in measures.tell(aar, dato).tabeller}
    egen, gulv = [], []
    with db.engine.connect() as connection:
        flate = lag_fakta(connection, aar, dato, list(raa.values()))
        for flat in flate:
            _som_produktet(raa[flat.kode], tell(connection, flat))
        connection.commit()
        for _ in range(runder):
            egen.append(_cpu(lambda: measures.tell(aar, dato)))
            gulv.append(_cpu(lambda: [tell(connection, flat) for flat in flate]))
    db.session.rollback()
    mitt, floor = min(egen), min(gulv)
    return {"cpu_ms": 1000 * mitt, "floor_cpu_ms": 1000 * floor, "ratio": mitt / floor}


def _cpu(arbeid: Any) -> float:
    start = time.process_time()
    arbeid()
    return time.process_time() - start


def lag_fakta(connection: Connection, aar: int, dato: date, raa: Sequence[RawCounts]) -> list[Flat]:
    """Fill temporary tables with what the questions ask, from what the product has read. Not measured."""
    alt = sammenheng(aar, dato, Kilder(les(aar, dato), les_bruk(aar, dato), les_penger(aar, dato)))
    return [_fyll(connection, en, TELLERE[en.kode](alt)) for en in raa]


def _fyll(connection: Connection, raa: RawCounts, spoersmaal: Spoersmaal) -> Flat:
    enheter = spoersmaal.enheter
    nivaaer = [
        _nivaaer(d.kategorier, delt.klasse[enheter.art])
        for d, delt in zip(raa.dimensjoner, spoersmaal.delt, strict=True)
    ]
    kolonner = {f"c{d}_{n}": k for d, alle in enumerate(nivaaer) for n, k in enumerate(alle, 1)}
    vekt = enheter.vekt if enheter.vekt is not None else np.ones(len(enheter.art), dtype=np.int64)
    setninger = {"": _tabell(connection, f"gulv_{raa.kode}", kolonner, {"vekt": vekt}, "SUM(vekt)", nivaaer)}
    for hvem, par in enheter.bak.items():
        egne = {navn: kolonne[par.enhet] for navn, kolonne in kolonner.items()}
        setninger[hvem] = _tabell(
            connection, f"bak_{hvem}_{raa.kode}", egne, {"hvem": par.person}, "COUNT(DISTINCT hvem)", nivaaer
        )
    return Flat(raa.kode, setninger, tuple(tuple(k.kode for k in d.kategorier) for d in raa.dimensjoner))


def _nivaaer(kategorier: Sequence[Any], klasse: Any) -> list[Any]:
    """For each level below the total, the place of each unit's class there; -1 where it has none."""
    plass = {k.kode: nr for nr, k in enumerate(kategorier)}

    def sti(nr: int) -> list[int]:
        forelder = kategorier[nr].forelder
        return [*(sti(plass[forelder]) if forelder else ()), nr]

    stier = [sti(nr) for nr in range(len(kategorier))]
    dybde = max(map(len, stier))
    paa = [np.array([s[n] if len(s) > n else -1 for s in stier]) for n in range(dybde)]
    return [kolonne[klasse] for kolonne in paa]


def _tabell(
    connection: Connection, navn: str, kolonner: dict[str, Any], verdi: dict[str, Any], hva: str, nivaaer: list[Any]
) -> list[Setning]:
    alle = {**kolonner, **verdi}
    navnene = ", ".join(alle)
    connection.execute(text(f"CREATE TEMP TABLE {navn} ({', '.join(f'{k} INTEGER NOT NULL' for k in alle)})"))
    rader = np.column_stack(list(alle.values())) if len(next(iter(alle.values()))) else np.zeros((0, len(alle)))
    rader = rader[np.lexsort(rader.T[::-1])].tolist()
    plasser = ", ".join("%s" if connection.dialect.name == "postgresql" else "?" for _ in alle)
    if rader:
        connection.exec_driver_sql(f"INSERT INTO {navn} VALUES ({plasser})", [tuple(rad) for rad in rader])
    connection.execute(text(f"CREATE INDEX {navn}_i ON {navn} ({navnene})"))
    connection.execute(text(f"ANALYZE {navn}"))
    return list(_setninger(navn, hva, nivaaer))


def _setninger(navn: str, hva: str, nivaaer: list[Any]) -> Iterator[Setning]:
    for valg in product(*(range(len(n) + 1) for n in nivaaer)):
        kolonner = [f"c{d}_{n}" for d, n in enumerate(valg) if n]
        vilkaar = " AND ".join(f"{k} >= 0" for k in kolonner)
        yield Setning(
            f"SELECT {', '.join([*kolonner, hva])} FROM {navn}"
            + (f" WHERE {vilkaar} GROUP BY {', '.join(kolonner)}" if kolonner else ""),
            valg,
        )


def tell(connection: Connection, flat: Flat) -> dict[str, Svar]:
    """Count one table: every class, every total, and whoever is behind."""
    svar: dict[str, Svar] = {}
    for hva, setninger in flat.setninger.items():
        celler: Svar = {}
        for setning in setninger:
            for *klasser, antall in connection.exec_driver_sql(setning.sql):
                plass = iter(klasser)
                noekkel = tuple(flat.koder[d][next(plass)] if n else "Total" for d, n in enumerate(setning.nivaaer))
                celler[noekkel] = (int(antall or 0),)
        svar[hva] = celler
    return svar


def _som_produktet(raa: RawCounts, svar: dict[str, Svar]) -> None:
    """The floor counts the same, or is no floor."""
    utelatt = {BARN, FAMILIER} & svar.keys() - {k.kode for k in raa.kolonner}
    for noekkel, celle in raa.celler.items():
        gulvet = [svar[hva].get(noekkel, (0,))[0] for hva in ("", *(k.kode for k in raa.kolonner[1:]))]
        bak = min((svar[u].get(noekkel, (0,))[0] for u in utelatt), default=None)
        if (tuple(gulvet), bak) != (celle.tall, celle.bak):
            raise UlikeTall(f"{raa.kode} {noekkel}")
