"""The ledger: the one place where a budget's figures change, each change with its entry."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, exists

from koordinering.db import db
from koordinering.errors import Endret, Oppbrukt
from koordinering.tekst import N_
from koordinering.tiltak.kapasitet.services import flytt_beloep
from koordinering.tiltak.midler.models import Budsjett, Faktura, Midleraar, Postering, Tilsagn, Tilskudd
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


def bokfoer(budsjett_id: int, *bevegelser: Bevegelse, av: User | None) -> Sequence[Postering]:
    """Move the budget's figures and write the entries, together or not at all.

    The table's own constraint is the wall behind. Entries that move nothing are left out.
    Raises Oppbrukt when the budget does not reach, or when more is to be bound in a year that is closed.
    """
    flytter = [b for b in bevegelser if b.ramme_oere or b.bundet_oere or b.betalt_oere]
    if not flytter:
        return []
    vilkaar: list[ColumnElement[bool]] = []
    if any(b.slag in {Postslag.BUNDET, Postslag.RAMME} for b in flytter):
        vilkaar.append(~exists().where(Midleraar.aar == Budsjett.aar, Midleraar.stengt.is_not(None)))
    summer = {tall: sum(getattr(b, tall) for b in flytter) for tall in ("ramme_oere", "bundet_oere", "betalt_oere")}
    if not flytt_beloep(Budsjett, [budsjett_id], *vilkaar, **summer):
        raise Oppbrukt(_REKKER_IKKE)
    poster = [Postering(budsjett_id=budsjett_id, user_id=av.id if av else None, **vars(b)) for b in flytter]
    db.session.add_all(poster)
    db.session.flush()
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


def endre_tall(rad: Tilsagn | Faktura | Tilskudd, **oere: int) -> None:
    """Move the figures of something promised, whose row the caller has locked. Raises Endret when they do not reach."""
    if not flytt_beloep(type(rad), [rad.id], **oere):
        raise Endret
