"""`python -m bench`: fill an installation, time the jobs, print a table and write var/bench.json.

BENCH_FAMILIER="1000,100000" families in the year; BENCH_DATABASE="sqlite,postgresql"; BENCH_RUNDER=30.
"""

import json
import os
import sys
from pathlib import Path

from bench.anlegg import anlegg
from bench.maaling import Maaling, mal

UT = Path("var/bench.json")


def _tabell(maalinger: list[Maaling]) -> str:
    hode = f"{'jobb':<32}{'henvisninger':>14}{'database':>12}{'cpu ms':>10}{'p50 ms':>10}{'p95 ms':>10}"
    linjer = [
        f"{m.job:<32}{m.referrals:>14}{m.database:>12}{m.cpu_ms:>10.1f}{m.p50_ms:>10.1f}{m.p95_ms:>10.1f}"
        for m in maalinger
    ]
    return "\n".join([hode, "-" * len(hode), *linjer])


def main() -> None:
    """Run what the environment asks for."""
    familier = [int(antall) for antall in os.environ.get("BENCH_FAMILIER", "1000,100000").split(",")]
    databaser = os.environ.get("BENCH_DATABASE", "sqlite").split(",")
    runder = int(os.environ.get("BENCH_RUNDER", "30"))
    alle: list[Maaling] = []
    for database in databaser:
        for antall in familier:
            sys.stderr.write(f"{antall} familier på {database} …\n")
            with anlegg(database, antall) as klart:
                maalinger = mal(klart, runder)
            sek = klart.lastet
            maalinger.insert(
                0, Maaling("laste byen", maalinger[0].referrals, database, 1, 0.0, round(sek * 1000), round(sek * 1000))
            )
            alle += maalinger
    UT.parent.mkdir(exist_ok=True)
    UT.write_text(json.dumps([m.som_json() for m in alle], indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    sys.stdout.write(_tabell(alle) + "\n")


if __name__ == "__main__":
    main()
