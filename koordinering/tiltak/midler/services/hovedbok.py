"""The ledger: the one place where a budget's figures change, each change with its entry."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import CursorResult, Update, exists, update

from koordinering.db import db
from koordinering.errors import Oppbrukt
from koordinering.tekst import N_
from koordinering.tiltak.midler.models import Budsjett, Midleraar, Postering
from koordinering.tiltak.midler.rules import Postslag
from koordinering.users import User

_REKKER_IKKE = N_("Det er ikke så mye igjen i budsjettet. Ingenting er endret.")


@dataclass(frozen=True)
class Bevegelse:
    """How much an entry moves each figure, and what it is about."""

    slag: Postslag
    ramme_oere: int = 0
    bundet_oere: int = 0
    betalt_oere: int = 0
    tilskudd_id: int | None = None
    tilsagn_id: int | None = None
    utbetaling_id: int | None = None
    motposterer_id: int | None = None


def traff(endring: Update) -> bool:
    """Run a conditional UPDATE of one row; False when its condition no longer holds."""
    svar = db.session.execute(endring.execution_options(synchronize_session=False))
    return cast(CursorResult[Any], svar).rowcount == 1


def bokfoer(budsjett_id: int, *bevegelser: Bevegelse, av: User | None) -> Sequence[Postering]:
    """Move the budget's figures and write the entries, together or not at all.

    The condition stands in the UPDATE: of two who would each use the last of it, the database lets one through,
    and the table's own constraint is the wall behind. Entries that move nothing are left out.
    Raises Oppbrukt when the budget does not reach, or when more is to be bound in a year that is closed.
    """
    flytter = [b for b in bevegelser if b.ramme_oere or b.bundet_oere or b.betalt_oere]
    if not flytter:
        return []
    ramme = Budsjett.ramme_oere + sum(b.ramme_oere for b in flytter)
    bundet = Budsjett.bundet_oere + sum(b.bundet_oere for b in flytter)
    betalt = Budsjett.betalt_oere + sum(b.betalt_oere for b in flytter)
    endring = update(Budsjett).where(
        Budsjett.id == budsjett_id, ramme >= 0, bundet >= 0, betalt >= 0, bundet + betalt <= ramme
    )
    if any(b.slag in {Postslag.BUNDET, Postslag.RAMME} for b in flytter):
        endring = endring.where(~exists().where(Midleraar.aar == Budsjett.aar, Midleraar.stengt.is_not(None)))
    db.session.flush()
    if not traff(endring.values(ramme_oere=ramme, bundet_oere=bundet, betalt_oere=betalt)):
        raise Oppbrukt(_REKKER_IKKE)
    poster = [Postering(budsjett_id=budsjett_id, user_id=av.id if av else None, **vars(b)) for b in flytter]
    db.session.add_all(poster)
    db.session.flush()
    db.session.get_one(Budsjett, budsjett_id, populate_existing=True)
    return poster


def bind(
    budsjett_id: int, oere: int, *, av: User, tilskudd_id: int | None = None, tilsagn_id: int | None = None
) -> None:
    """Set aside so much of what is free. Raises Oppbrukt."""
    bevegelse = Bevegelse(Postslag.BUNDET, bundet_oere=oere, tilskudd_id=tilskudd_id, tilsagn_id=tilsagn_id)
    bokfoer(budsjett_id, bevegelse, av=av)


def frigi(
    budsjett_id: int, oere: int, *, av: User | None, tilskudd_id: int | None = None, tilsagn_id: int | None = None
) -> None:
    """Let go of what was set aside and is not going to be paid."""
    bevegelse = Bevegelse(Postslag.FRIGITT, bundet_oere=-oere, tilskudd_id=tilskudd_id, tilsagn_id=tilsagn_id)
    bokfoer(budsjett_id, bevegelse, av=av)
