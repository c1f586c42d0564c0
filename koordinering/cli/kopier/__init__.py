"""Backups on the command line: a pair of keys, taking one, fetching one, and the drill that proves they work."""

from koordinering.cli.kopier.hente import restore
from koordinering.cli.kopier.ta import backup

__all__ = ["backup", "restore"]
