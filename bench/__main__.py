"""`python -m bench` (`make bench`): times the jobs on prepared bases, prints a table and writes var/bench.json.

BENCH_HENVISNINGER="1000,100000,1000000" the sizes; BENCH_DATABASE="sqlite,postgresql"; BENCH_KLIENTER="1,8";
BENCH_RUNDER=20; BENCH_LAGER where the prepared bases are kept (var/bench-baser), BENCH_ARBEID where copies of them are
worked on. BENCH_DJANGO=<python with bench/django's requirements> adds an ordinary Django admin on the same tables.
BENCH_HISTORIE=0 adds no line to bench/historie.json.
"""

import json
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from bench import historie
from bench.baser.lager import hent, kopi
from bench.django_maaling import maal_django, sammenlign
from bench.jobber import Sted, maal_sider, maal_uten_gulv
from bench.maaling import Maaling
from bench.mange import maal_mange, maal_start

UT = Path("var/bench.json")
_HODE = (
    f"{'jobb':<37}{'henvisninger':>13}{'database':>12}{'klienter':>9}{'cpu ms':>10}{'p50 ms':>10}{'p95 ms':>10}"
    f"{'gulv ms':>9}{'forhold':>9}{'db ms':>8}{'MiB':>8}"
)


def _liste(navn: str, ellers: str) -> list[str]:
    return [en.strip() for en in os.environ.get(navn, ellers).split(",") if en.strip()]


def _linje(m: Maaling) -> str:
    def tall(verdi: float | None, bredde: int, desimaler: int = 2) -> str:
        return f"{verdi:>{bredde}.{desimaler}f}" if verdi is not None else " " * bredde

    return (
        f"{m.job:<37}{m.referrals:>13}{m.database:>12}{m.clients:>9}{m.cpu_ms:>10.2f}{m.p50_ms:>10.1f}{m.p95_ms:>10.1f}"
        f"{tall(m.floor_cpu_ms, 9)}{tall(m.ratio, 9)}{tall(m.database_cpu_ms, 8)}{tall(m.mib, 8, 0)}"
    )


def _maal(database: str, antall: int, runder: int, klienter: list[int]) -> Iterator[Maaling]:
    """Everything at one size on one database."""
    base = hent(database, antall)
    with kopi(base) as anlegg:
        yield from maal_start(anlegg, 5)
        sted = Sted(anlegg, runder)
        if 1 in klienter:
            yield from maal_sider(sted)
            yield from maal_uten_gulv(sted)
        for mange in (n for n in klienter if n > 1):
            kaker = [sted.klient("nav1").kake for _ in range(mange)]
            yield from maal_mange(anlegg, mange, runder, kaker, sted.rydd, sted.ny_familie)
        if (python := os.environ.get("BENCH_DJANGO")) and anlegg.config.sqlite:
            yield from maal_django(python, sted)


def main() -> None:
    """Run what the environment asks for; each line is printed as it is measured."""
    runder, klienter = int(os.environ.get("BENCH_RUNDER", "20")), [int(n) for n in _liste("BENCH_KLIENTER", "1,8")]
    alle: list[Maaling] = []
    sys.stdout.write(f"{_HODE}\n{'-' * len(_HODE)}\n")
    for database in _liste("BENCH_DATABASE", "sqlite"):
        for antall in map(int, _liste("BENCH_HENVISNINGER", "1000,100000,1000000")):
            start, her = time.perf_counter(), list[Maaling]()
            for m in _maal(database, antall, runder, klienter):
                her.append(m)
                sys.stdout.write(f"{_linje(m)}\n")
                sys.stdout.flush()
            alle += her
            if mot_django := sammenlign(her):
                sys.stdout.write(f"  {mot_django}\n")
            sys.stdout.write(f"  {antall} henvisninger på {database}: {time.perf_counter() - start:.0f} s\n")
    UT.parent.mkdir(exist_ok=True)
    UT.write_text(json.dumps([m.som_json() for m in alle], indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    if os.environ.get("BENCH_HISTORIE") != "0":
        historie.legg_til(alle)
        for linje in historie.drift():
            sys.stdout.write(f"DRIFT {linje}\n")


if __name__ == "__main__":
    main()
