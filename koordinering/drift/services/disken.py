"""The disks that the installation lies on: whether the database's takes what is written, and how full each is."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile

from koordinering.config import Config, sqlitefil
from koordinering.drift.rules import DISK_BOER_SES_PAA, DISK_MAA_RYDDES, Kontroller, Svar, advarsel, feil, ok

PLASS = 256 * 1024
"""Bytes that must find room: some registrations."""


@dataclass(frozen=True)
class Disk:
    """What a folder lies on."""

    sted: Path
    brukt: float
    """The share that is used, from 0 to 1: of the room, or of the files that it can hold, whichever is fuller."""
    ledig: int
    """Bytes that are left to us."""
    enhet: int
    """What tells one file system from another."""

    @property
    def prosent(self) -> int:
        """As people read it. Rounded down: 100 is full."""
        return int(self.brukt * 100)


def kan_skrives(config: Config) -> bool:
    """Whether SQLite's folder takes a little file. Full and read-only disks answer every question and take nothing.

    PostgreSQL's disk is another machine's to watch.
    """
    return not config.sqlite or _tar_imot(sqlitefil(config.database_url).parent)


def _tar_imot(mappe: Path) -> bool:
    try:
        with TemporaryFile(dir=mappe) as fil:  # without a name where the system can, and never left behind
            fil.write(bytes(PLASS))
    except OSError:
        return False
    return True


def disker(config: Config) -> list[Disk]:
    """What holds the database, the keys, the log's heads and the backups; nothing of a place that is not there.

    Whoever serves need not have the right to write where backups are put, so only the database's is tried; nor to look
    there, and then it is left out.
    """
    funnet = [en for sted in dict.fromkeys(_steder(config)) if (en := _om(sted)) is not None]
    data = next((en.enhet for en in funnet if en.sted == config.data), None)
    # what lies in the data folder on the same disk is the data folder's line
    return [
        en for en in funnet if en.sted == config.data or not en.sted.is_relative_to(config.data) or en.enhet != data
    ]


def _steder(config: Config) -> Iterator[Path]:
    yield config.data
    for url in (config.database_url, config.noekkellager_url):
        if url.startswith("sqlite"):
            yield sqlitefil(url).parent
    if config.noekler is None:
        yield config.noekkelfil.parent
    yield config.hodemappe
    yield from config.kopier


def _om(sted: Path) -> Disk | None:
    try:
        om, enhet = os.statvfs(sted), sted.stat().st_dev
    except OSError:
        return None
    # as df counts: what is kept for root alone is neither used nor free
    rom, filer = om.f_blocks - om.f_bfree, om.f_files - om.f_ffree
    brukt = max(_andel(rom, rom + om.f_bavail), _andel(filer, filer + om.f_favail))
    return Disk(sted, brukt, om.f_bavail * om.f_frsize, enhet)


def _andel(brukt: int, alle: int) -> float:
    return brukt / alle if alle else 0.0  # some file systems count no files


def disken(config: Config) -> Svar:
    """There is room, and what is written is taken."""
    if not kan_skrives(config):
        return feil(
            f"Disken til {sqlitefil(config.database_url).parent} tar ikke imot det som skrives.",
            "Lag plass, eller rett disken. Ingen kan registrere eller se noe før det er gjort.",
        )
    fullest = max(disker(config), key=lambda en: en.brukt, default=None)
    if fullest is None:
        return ok("Ingenting ligger på disken her.")
    sagt = f"Disken til {fullest.sted} er {fullest.prosent} prosent full."
    if fullest.brukt >= DISK_MAA_RYDDES:
        return feil(sagt, "Lag plass nå: når den er full, kan ingen registrere eller se noe.")
    if fullest.brukt >= DISK_BOER_SES_PAA:
        return advarsel(sagt, "Se hva som vokser, og lag plass eller en større disk.")
    return ok(f"Den fulleste disken er {fullest.prosent} prosent full.")


KONTROLLER: Kontroller[Config] = (("disk", disken),)
