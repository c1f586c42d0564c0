"""Places of the made-up town that the municipality paid a club for, instead of having them free."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from koordinering.db import OSLO
from koordinering.tildeling.models import Tildeling
from koordinering.tildeling.rules import Tildelingstilstand
from koordinering.tiltak.midler.models import Tilsagn
from koordinering.tiltak.models import Plass, Tilbud


@dataclass(frozen=True)
class Betalt:
    """A place in a club that one child had, and has left."""

    tildeling_id: int
    lag_id: int
    gitt: datetime
    slutt: datetime

    @property
    def aar(self) -> int:
        """The budget's year."""
        return self.gitt.astimezone(OSLO).year


def velg_betalte(session: Session, tiltak_id: str, aar: Sequence[int], antall: int, froe: int) -> list[Betalt]:
    """So many places of each year, in the order in which they were given.

    Only what is over: what is held has a unit of the stock, which adds up.
    """
    query = (
        select(Tildeling.id, Tilbud.lag_id, Tildeling.gitt, Tildeling.slutt)
        .join(Plass, Plass.id == Tildeling.plass_id)
        .join(Tilbud, Tilbud.beholdning_id == Plass.beholdning_id)
        .where(Tildeling.tiltak_id == tiltak_id, Tildeling.tilstand == Tildelingstilstand.AVSLUTTET)
        .where(Tilbud.lag_id.is_not(None))
        .order_by(Tildeling.gitt, Tildeling.id)
    )
    rader = session.execute(query)
    alle = [Betalt(id_, lag_id, gitt, slutt) for id_, lag_id, gitt, slutt in rader if lag_id and slutt]
    rng = random.Random(f"betalte {froe}")  # noqa: S311 - made-up data that must come out the same each time
    valgte = []
    for et in aar:
        aarets = [betalt for betalt in alle if betalt.aar == et]
        valgte += rng.sample(aarets, min(antall, len(aarets)))
    return sorted(valgte, key=lambda betalt: (betalt.gitt, betalt.tildeling_id))


def skriv_betalte(session: Session, betalte: Mapping[int, Tilsagn]) -> None:
    """Let these things given rest on money instead of a place. The money's rows are written before."""
    for tildeling_id, tilsagn in betalte.items():
        session.execute(
            update(Tildeling)
            .where(Tildeling.id == tildeling_id)
            .values(plass_id=None, tilsagn_id=tilsagn.id, aar=tilsagn.gitt.astimezone(OSLO).year)
        )
