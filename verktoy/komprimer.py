"""`python -m verktoy.komprimer`: a compressed copy beside each static text file, which WhiteNoise hands out.

Run it after a change in koordinering/static. Made here and not at the start: each worker would do it anew, and an
installed package is not written in. A test compares the copies with what they are copies of.
"""

import gzip
from pathlib import Path

STATISK = Path(__file__).parents[1] / "koordinering" / "static"
SLAG = (".css", ".js", ".svg")


def filer() -> list[Path]:
    """The files that have a compressed copy."""
    return sorted(fil for fil in STATISK.rglob("*") if fil.suffix in SLAG)


def kopi(fil: Path) -> Path:
    """Where the file's copy lies."""
    return fil.with_name(f"{fil.name}.gz")


def main() -> None:
    """Make those that are missing or old."""
    for fil in filer():
        innhold = fil.read_bytes()
        if not kopi(fil).exists() or gzip.decompress(kopi(fil).read_bytes()) != innhold:
            kopi(fil).write_bytes(gzip.compress(innhold, 9, mtime=0))


if __name__ == "__main__":
    main()
