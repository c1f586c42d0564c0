"""`python -m bench.vekst`: what the same page costs in a large town against a small one, request by request by turns.

The machine's speed changes by itself within the minute, so runs after each other tell more of it than of the product.
It must have nothing else to do: the two are on a processor each, and a neighbour troubles one of them.
Two processes have an installation each, and each request of the one is followed by the same request of the other.

By environment: BENCH_HENVISNINGER=1000,1000000 (the least and the largest of two or more),
BENCH_DATABASE=sqlite,postgresql, BENCH_RUNDER=100; BENCH_LAGER and BENCH_ARBEID as for `python -m bench`.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from statistics import median
from typing import IO, cast

from bench.baser.lager import hent, kopi
from bench.jobber import Sted, saksarbeid
from bench.stubber import uten_minnehardt

OPPVARMING = 4
"""Requests of each that are not counted."""

RYDDES = 20
"""Rounds between the limits on a user being set back."""

_RYDD = "rydd"
_SKILLE = "|"


class Anlegg:
    """An installation in a process of its own, asked for one request at a time."""

    def __init__(self, inn: IO[str], ut: IO[str]) -> None:
        self._inn, self._ut = inn, ut
        self.jobber = self._svar().split(_SKILLE)

    def be(self, jobb: str) -> float:
        """Carry it out: the milliseconds of CPU that it took."""
        self._inn.write(f"{jobb}\n")
        self._inn.flush()
        return float(self._svar())

    def _svar(self) -> str:
        linje = self._ut.readline()
        if not linje:
            raise SystemExit("one of the two processes ended")
        return linje.rstrip("\n")


@contextmanager
def anlegg(database: str, antall: int) -> Iterator[Anlegg]:
    """The prepared base of that size, copied, served in a process of its own until the block ends."""
    linje = [sys.executable, "-m", "bench.vekst", database, str(antall)]
    with subprocess.Popen(linje, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as prosess:  # noqa: S603 - our own
        # both are there, being pipes; the first is closed with the block, and the process ends then
        yield Anlegg(cast(IO[str], prosess.stdin), cast(IO[str], prosess.stdout))


def svar_paa_alt(database: str, antall: int) -> None:
    """The process of one installation: a job on each line in, its milliseconds out."""
    with kopi(hent(database, antall)) as det, uten_minnehardt():
        sted = Sted(det, OPPVARMING)
        jobber = dict(saksarbeid(sted))
        sys.stdout.write(_SKILLE.join(jobber) + "\n")
        sys.stdout.flush()
        for linje in sys.stdin:
            navn = linje.rstrip("\n")
            if navn == _RYDD:
                sted.rydd()
            else:
                jobber[navn](sted.nav)
            sys.stdout.write(f"{sted.klokke.cpu}\n")
            sys.stdout.flush()


def vekst(liten: Anlegg, stor: Anlegg, jobb: str, runder: int) -> tuple[float, float, float]:
    """Milliseconds in the small and in the large, the middle of each, and how many times the first the second is."""
    tider: tuple[list[float], list[float]] = ([], [])
    for nr in range(-OPPVARMING, runder):
        if nr % RYDDES == 0 or nr == -OPPVARMING:
            for en in (liten, stor):
                en.be(_RYDD)
        begge = list(zip(tider, (liten, stor), strict=True))
        for hos, en in reversed(begge) if nr % 2 else begge:  # neither is always the first
            tid = en.be(jobb)
            if nr >= 0:
                hos.append(tid)
    smaa, store = map(median, tider)
    return smaa, store, store / smaa


def main() -> None:
    """The table on stdout."""
    smaa, *_, store = sorted(map(int, os.environ.get("BENCH_HENVISNINGER", "1000,1000000").split(",")))
    runder = int(os.environ.get("BENCH_RUNDER", "100"))
    for database in os.environ.get("BENCH_DATABASE", "sqlite,postgresql").split(","):
        for antall in (smaa, store):
            hent(database, antall)  # made here where there is none: the two would make the same town at once
        with anlegg(database, smaa) as liten, anlegg(database, store) as stor:
            sys.stdout.write(f"{'jobb':<32}{'database':>12}{f'ms ved {smaa}':>16}{f'ved {store}':>12}{'vekst':>8}\n")
            for jobb in liten.jobber:
                foer, etter, ganger = vekst(liten, stor, jobb, runder)
                sys.stdout.write(f"{jobb:<32}{database:>12}{foer:>16.2f}{etter:>12.2f}{ganger:>8.2f}\n")
                sys.stdout.flush()


if __name__ == "__main__":
    if len(sys.argv) > 1:
        svar_paa_alt(sys.argv[1], int(sys.argv[2]))
    else:
        main()
