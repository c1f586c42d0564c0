"""What the owner of the database can do to the log: the tests' own way past the triggers."""

from sqlalchemy import text
from sqlalchemy.orm import Session

LAASER = tuple(f"{tabell}_{laas}_ikke" for tabell in ("innsynslogg", "loggsegl") for laas in ("endres", "slettes"))
"""The triggers on SQLite."""


def laas_opp(session: Session) -> None:
    """Let the rest of this transaction change and delete lines; on SQLite, everything after it too."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SET LOCAL session_replication_role = replica"))
        return
    for laas in LAASER:
        session.execute(text(f"DROP TRIGGER IF EXISTS {laas}"))
