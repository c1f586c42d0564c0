"""`python -m bench.prikking --stor`: the engine and the audit on made-up tables of 200, 500 and 1,000 cells.

BENCH_STOR="3d-1000,4d" chooses among them. Prints what was hidden, how much lighter a safe pattern could be at most,
and the seconds of the processor: what the clock says depends on who else is using the machine.
"""

import os
import random
import sys
import time
from collections.abc import Iterator, Sequence
from itertools import product

from koordinering.statistikk.disclosure import Dimensjon, Noekkel, RawCounts, Regler, beskytt
from koordinering.statistikk.disclosure.revisjon import revider
from tests.statistikk.tabeller import dimensjon, tell

FROE = 7411
FAMILIER_PER_CELLE = 3
"""Sparse, as a municipality's tables are: most cells are small or empty."""

FLATE = {"2d-200": (12, 14), "2d-500": (21, 21), "2d-1000": (30, 31)}
ROM = {"3d-200": (6, 6, 3), "3d-500": (8, 8, 5), "3d-1000": (10, 9, 8)}
FIRE = {"4d-200": (4, 3, 2, 2), "4d-500": (5, 4, 3, 3), "4d-1000": (5, 5, 5, 3)}
TRAER = {"hierarki-200": ((3, 5), 10), "hierarki-500": ((4, 5), 19), "hierarki-1000": ((5, 5), 31)}


def former() -> dict[str, tuple[Dimensjon, ...]]:
    """Every table by its name; the number says about how many cells it has, totals included."""
    like = {navn: tuple(_jevn(nr, n) for nr, n in enumerate(antall)) for navn, antall in (FLATE | ROM | FIRE).items()}
    traer = {navn: (_tre(*tre), _jevn(1, bredde)) for navn, (tre, bredde) in TRAER.items()}
    return like | traer


def _jevn(nr: int, antall: int) -> Dimensjon:
    return dimensjon(f"d{nr}", *(f"{'abcd'[nr]}{i}" for i in range(antall)))


def _tre(grupper: int, deler: int) -> Dimensjon:
    par: list[tuple[str, Sequence[str]]] = [(f"a{i}", [f"a{i}.{j}" for j in range(deler)]) for i in range(grupper)]
    return dimensjon("d0", *par)


def tabell(navn: str, froe: int = FROE) -> RawCounts:
    """One town: a few kinds of families are many, most are few."""
    rng = random.Random(f"{navn} {froe}")  # noqa: S311 - made-up families
    dimensjoner = former()[navn]
    blader = list(product(*(tuple(k for k in d.koder[:-1] if not d.deler(k)) for d in dimensjoner)))
    umulige = frozenset(rng.sample(blader, len(blader) // 20))
    vekt = {blad: rng.paretovariate(0.7) for blad in blader if blad not in umulige}
    antall = int(FAMILIER_PER_CELLE * len(blader)) + 100
    familier: list[tuple[Noekkel, ...]] = [
        tuple(rng.choices(list(vekt), list(vekt.values()), k=rng.choice((1, 1, 2, 2, 3, 4)))) for _ in range(antall)
    ]
    return tell(dimensjoner, familier, kode=navn, strukturelle=umulige)


def maal(navn: str, sekunder: float) -> str:
    """One line about one table."""
    raw = tabell(navn)
    start, klokke = time.process_time(), time.perf_counter()
    svar = beskytt([raw], Regler(sekunder=sekunder))
    motor = time.process_time()
    revisjon = revider(svar.tabeller, [raw], Regler())
    slutt = time.process_time()
    funn, rapport = revisjon.tabeller[0], svar.rapport
    return (
        f"{navn:<14}{funn.celler:>7}{funn.primaere:>9}{funn.skjult:>8}{100 * rapport.gap:>7.1f} %"
        f"{motor - start:>9.1f}{slutt - motor:>10.1f}{time.perf_counter() - klokke:>9.1f}"
        f"  {'ja' if revisjon.ok else 'NEI'}"
    )


def _valgte() -> Iterator[str]:
    valg = os.environ.get("BENCH_STOR", "").split(",")
    yield from (navn for navn in former() if any(navn.startswith(v) for v in valg))


def main() -> None:
    """Every chosen table, a line each as it is done."""
    sekunder = float(os.environ.get("BENCH_SEKUNDER", "300"))
    sys.stdout.write(f"{'tabell':<14}{'celler':>7}{'primære':>9}{'skjult':>8}{'gap':>9}{'motor s':>9}"
                     f"{'revisjon':>10}{'klokke':>9}  trygg\n")  # fmt: skip
    for navn in _valgte():
        sys.stdout.write(maal(navn, sekunder) + "\n")
        sys.stdout.flush()
