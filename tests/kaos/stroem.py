"""The machine's power, as far as it can be played: everything stands still at one moment, and the files are copied.

What a database has handed to the system is in the copy, as it is on a disk that keeps what it was told to keep. What
it had begun to write after its last commit may be torn: the copy's log is cut or filled with noise there.
"""

import os
import random
import shutil
import signal
import struct
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from koordinering.config import Config

_HODE, _RAMME = 32, 24
"""Bytes of the head of SQLite's log, and of each frame's (https://www.sqlite.org/fileformat2.html#walformat)."""


@contextmanager
def stille(prosesser: Sequence[int]) -> Iterator[None]:
    """Nobody takes another step until the block is left."""
    stanset = []
    for pid in prosesser:
        try:
            os.kill(pid, signal.SIGSTOP)
            stanset.append(pid)
        except ProcessLookupError:
            continue
    try:
        yield
    finally:
        for pid in stanset:
            try:
                os.kill(pid, signal.SIGCONT)
            except ProcessLookupError:
                continue


def kopier(config: Config, til: Path, rng: random.Random) -> Config:
    """The installation's folder as a power cut leaves it, with SQLite's files. Nobody may write meanwhile."""
    shutil.copytree(config.data, til, ignore=shutil.ignore_patterns("*-shm", "server.log"))
    for logg in sorted(til.glob("*-wal")):
        _riv(logg, rng)
    return replace(config, data=til, database_url=f"sqlite:///{til / 'koordinering.sqlite3'}")


def _riv(logg: Path, rng: random.Random) -> None:
    """What stands after the last commit was never promised to anybody: cut it, or let it be noise."""
    innhold = logg.read_bytes()
    lovet = _etter_siste_commit(innhold)
    hale = innhold[lovet:]
    match rng.randrange(3):
        case 0:
            hale = hale[: rng.randrange(len(hale) + 1)]
        case 1:
            hale = rng.randbytes(len(hale))
        case _:
            hale += rng.randbytes(rng.randrange(5000))
    logg.write_bytes(innhold[:lovet] + hale)


def _etter_siste_commit(innhold: bytes) -> int:
    """Where the newest committed frame ends. A frame with another salt is left from before the log began anew."""
    if len(innhold) < _HODE:
        return len(innhold)
    side: int = struct.unpack(">I", innhold[8:12])[0]
    salt, slutt = innhold[16:24], _HODE
    for start in range(_HODE, len(innhold) - _RAMME - side + 1, _RAMME + side):
        hode = innhold[start : start + _RAMME]
        if hode[8:16] != salt:
            break
        if struct.unpack(">I", hode[4:8])[0]:  # pages in the database after the commit: 0 in any other frame
            slutt = start + _RAMME + side
    return slutt
