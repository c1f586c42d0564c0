"""The house's only clock, set by a test."""

from datetime import UTC, datetime

import pytest

from koordinering import db


def sett(monkeypatch: pytest.MonkeyPatch, klokke: type[datetime]) -> None:
    """From here on it is what `klokke.now()` says: to now(), and to what counts the hours until the next day."""
    monkeypatch.setattr(db, "datetime", klokke)
    monkeypatch.setattr(db, "time", lambda: klokke.now(UTC).timestamp())
