"""`python -m bench.baser [sqlite-100000 postgresql-1000 …]`: make what is missing, and say where it is."""

import sys

from bench.baser.lager import STOERRELSER, hent


def main() -> None:
    """Those that are named, or all on SQLite."""
    for navn in sys.argv[1:] or [f"sqlite-{antall}" for antall in STOERRELSER]:
        database, _, antall = navn.partition("-")
        base = hent(database, int(antall))
        sys.stdout.write(f"{base.mappe}: {base.referrals} henvisninger, {base.sekunder}\n")


if __name__ == "__main__":
    main()
