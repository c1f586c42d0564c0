"""When somebody last fetched a backup and worked in it."""

import json
from datetime import datetime
from pathlib import Path

RAPPORT = "oevelse.json"
"""Beside the backups: when the last drill was, and what it came to."""


def sist_oevd(mappe: Path) -> tuple[datetime, bool] | None:
    """When the last drill with these backups was, and whether all of it went; None where there was none."""
    try:
        rapport = json.loads((mappe / RAPPORT).read_text(encoding="utf-8"))
        return datetime.fromisoformat(rapport["tid"]), bool(rapport["ok"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
