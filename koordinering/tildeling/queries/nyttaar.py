"""What a year's end meets: places in offers whose season is over, and what nobody has decided or written in."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import func, select

from koordinering.db import db
from koordinering.tildeling.models import Plasstilbud, Tildeling
from koordinering.tildeling.rules.runde import Tilbudssvar
from koordinering.tiltak.midler.models import Budsjett, Runde, Tilskudd
from koordinering.tiltak.midler.rules import Tilskuddstatus
from koordinering.tiltak.models import Plass, Tilbud


def holder_etter_sesongen(siste: date) -> list[tuple[int, int]]:
    """(referral, offer) of every place that is held in an offer whose season ended on or before this day."""
    query = select(Tildeling.henvisning_id, Tilbud.id).join(Tildeling.plass)
    query = query.join(Tilbud, Tilbud.beholdning_id == Plass.beholdning_id)
    query = query.where(Tilbud.sesong_til <= siste, Tildeling.slutt.is_(None))
    return [(h, t) for h, t in db.session.execute(query.order_by(Tildeling.henvisning_id))]


def tilbudt_etter_sesongen(siste: date) -> Sequence[int]:
    """The referrals that are still offered a place of such an offer."""
    query = select(Plasstilbud.henvisning_id).join(Plasstilbud.tilbud)
    query = query.where(Tilbud.sesong_til <= siste, Plasstilbud.svar == Tilbudssvar.VENTER)
    return db.session.scalars(query.order_by(Plasstilbud.henvisning_id)).all()


def uavgjorte_soeknader(aar: int) -> int:
    """Applications in the rounds or on the budgets of the year that nobody has decided."""
    query = select(func.count()).select_from(Tilskudd).join(Tilskudd.runde).join(Tilskudd.budsjett)
    i_aaret = (Runde.aar == aar) | (Budsjett.aar == aar)
    return db.session.scalar(query.where(Tilskudd.status == Tilskuddstatus.SOEKT, i_aaret)) or 0
