"""Whether the disk of the database takes what is written."""

from pathlib import Path
from tempfile import TemporaryFile

from koordinering.config import Config

PLASS = 256 * 1024
"""Bytes that must find room: some registrations."""


def kan_skrives(config: Config) -> bool:
    """Whether SQLite's folder takes a little file. Full and read-only disks answer every question and take nothing.

    PostgreSQL's disk is another machine's to watch.
    """
    if not config.sqlite:
        return True
    mappe = Path(config.database_url.removeprefix("sqlite:///")).parent
    try:
        with TemporaryFile(dir=mappe) as fil:  # without a name where the system can, and never left behind
            fil.write(bytes(PLASS))
    except OSError:
        return False
    return True
