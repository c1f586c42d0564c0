"""`bench/historie.json`: a line for each run, so that drift shows. Ratios to the floor are compared, never clocks.

`python -m bench.historie` tells what has become dearer since the runs before.
"""

import json
import os
import platform
import subprocess
import sys
from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

from bench.maaling import Maaling

FIL = Path(__file__).parent / "historie.json"
GRENSE = 1.15
"""A ratio that is so many times the middle of the runs before has drifted."""
_FOER = 5
"""Runs that a new one is compared with."""

Noekkel = tuple[str, int, str, int]


def legg_til(maalinger: Sequence[Maaling], fil: Path = FIL) -> None:
    """One line more: when, what was measured, the machine's floor, and the ratio of each job."""
    # Django's are ratios to the product: cheaper, it would seem to have drifted
    med_gulv = [m for m in maalinger if m.ratio is not None and not m.job.startswith("django")]
    if not med_gulv:
        return
    linje = {
        "tid": datetime.now(UTC).isoformat(timespec="seconds"),
        "versjon": _versjon(),
        "maskin": f"{platform.machine()}, {os.cpu_count()} kjerner, Python {platform.python_version()}",
        "gulv_ms": round(median(m.floor_cpu_ms or 0 for m in med_gulv), 2),
        "forhold": {"|".join(map(str, _noekkel(m))): m.ratio for m in med_gulv},
    }
    with fil.open("a", encoding="utf-8") as ut:
        ut.write(json.dumps(linje, ensure_ascii=False) + "\n")


def _noekkel(m: Maaling) -> Noekkel:
    # the nominal size: the same base gains a few referrals in each run
    stoerrelse = next((n for n in (1_000_000, 100_000, 1_000) if m.referrals > n * 0.7), m.referrals)
    return m.job, stoerrelse, m.database, m.clients


def _versjon() -> str:
    """Which version of the code, where git tells."""
    kommando = ["git", "describe", "--always", "--dirty"]
    svar = subprocess.run(kommando, cwd=FIL.parent, capture_output=True, text=True, check=False)  # noqa: S603 - our own
    return svar.stdout.strip()


def drift(fil: Path = FIL) -> list[str]:
    """A line for each job whose ratio in the last run is well above the middle of the runs before."""
    linjer = [json.loads(en) for en in fil.read_text(encoding="utf-8").splitlines()] if fil.exists() else []
    if not linjer:
        return []
    foer: dict[str, list[float]] = defaultdict(list)
    for en in linjer[:-1]:
        for jobb, forhold in en["forhold"].items():
            foer[jobb].append(forhold)
    return [
        f"{jobb.replace('|', ', ')}: {forhold:.2f} mot {vanlig:.2f} før ({forhold / vanlig - 1:+.0%})"
        for jobb, forhold in linjer[-1]["forhold"].items()
        if jobb in foer and forhold > GRENSE * (vanlig := median(foer[jobb][-_FOER:]))
    ]


def main() -> None:
    """What has drifted; nothing when nothing has."""
    sys.stdout.write("".join(f"{linje}\n" for linje in drift()) or "Ingenting er blitt dyrere.\n")


if __name__ == "__main__":
    main()
