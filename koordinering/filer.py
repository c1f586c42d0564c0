"""Files that are written whole or not at all, and that only their owner reads."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO


@contextmanager
def _ved(sti: Path) -> Iterator[None]:
    """A fault is told of this file: what is written meanwhile has a name that nobody knows, and the disk none."""
    try:
        yield
    except OSError as feil:
        raise OSError(feil.errno, feil.strerror, str(sti)) from feil


def skriv_hel(sti: Path, innhold: bytes, *, ny: bool = False) -> None:
    """Write a file with mode 0600, on the disk before it has its name: a stop halfway leaves the old file or none.

    Raises FileExistsError where the file must be `ny` and is there.
    """
    with _ved(sti):
        sti.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        nummer, midlertidig = tempfile.mkstemp(dir=sti.parent, prefix=f".{sti.name}.")
        try:
            with os.fdopen(nummer, "wb") as fil:
                fil.write(innhold)
                fil.flush()
                os.fsync(fil.fileno())
            if ny:
                os.link(midlertidig, sti)
            else:
                os.replace(midlertidig, sti)
        finally:
            Path(midlertidig).unlink(missing_ok=True)
        paa_disk(sti.parent)


@contextmanager
def ny_fil(sti: Path) -> Iterator[TextIO]:
    """A text that is written bit by bit, with mode 0600, in the place of what is there: whole, or not at all."""
    with _ved(sti if sti.parent.exists() else sti.parent):
        nummer, midlertidig = tempfile.mkstemp(dir=sti.parent, prefix=f".{sti.name}.")
    try:
        with os.fdopen(nummer, "w", encoding="utf-8", newline="") as fil:
            yield fil
            with _ved(sti):
                fil.flush()
                os.fsync(fil.fileno())
        with _ved(sti):
            os.replace(midlertidig, sti)
    finally:
        Path(midlertidig).unlink(missing_ok=True)
    paa_disk(sti.parent)


def paa_disk(mappe: Path) -> None:
    """The name of a file is on the disk when its folder is."""
    nummer = os.open(mappe, os.O_RDONLY)
    try:
        os.fsync(nummer)
    finally:
        os.close(nummer)
