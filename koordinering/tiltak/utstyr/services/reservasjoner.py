"""Holding an item for somebody who has called, and letting it go again."""

from datetime import date

from koordinering import audit
from koordinering.access import require
from koordinering.audit import Hva, Ting
from koordinering.db import db, i_dag, tilfeldig_id
from koordinering.errors import Endret
from koordinering.roles import Rettighet
from koordinering.tiltak.kapasitet.services import flytt
from koordinering.tiltak.utstyr.models import Reservasjon, Utstyrsenhet
from koordinering.tiltak.utstyr.rules import telefon
from koordinering.tiltak.utstyr.rules.tilstander import Handling, Status, sjekk_hold
from koordinering.tiltak.utstyr.services.felles import IkkeLedig, forsegl, noter, slipp
from koordinering.users import User


def reserver(enhet: Utstyrsenhet, nummer: str, holdes_til: date, *, ved: int | None, av: User) -> Reservasjon:
    """Hold a free item to the end of a day. Raises UgyldigFelt, or IkkeLedig when it is not free any more."""
    require(av, Rettighet.UTSTYR_LAAN, enhet)
    riktig = telefon.normaliser(nummer)
    sjekk_hold(holdes_til, i_dag())
    if not flytt(Utstyrsenhet, [enhet.id], {Status.LEDIG}, Status.RESERVERT):
        raise IkkeLedig
    rad = Reservasjon(id=tilfeldig_id(), enhet_id=enhet.enhet_id, utstyrsenhet_id=enhet.id, holdes_til=holdes_til)
    forsegl([rad], riktig)
    db.session.add(rad)
    db.session.flush()
    noter([enhet.id], Handling.RESERVERT, ved=ved, av=av, detalj=holdes_til.isoformat())
    audit.record(Hva.UTSTYR_RESERVERT, av=av, gjelder=Ting("utstyrsenhet", enhet.id, enhet.enhet_id))
    return rad


def avlys(reservasjon: Reservasjon, *, ved: int | None, av: User) -> None:
    """Let the item go before its day. Raises Endret when it has been fetched or let go already."""
    require(av, Rettighet.UTSTYR_LAAN, reservasjon)
    if not flytt(Utstyrsenhet, [reservasjon.utstyrsenhet_id], {Status.RESERVERT}, Status.LEDIG):
        raise Endret
    db.session.refresh(reservasjon)
    if reservasjon.slutt is not None:  # the item is held for somebody else by now
        raise Endret
    slipp([reservasjon])
    noter([reservasjon.utstyrsenhet_id], Handling.AVLYST, ved=ved, av=av)
    ting = Ting("utstyrsenhet", reservasjon.utstyrsenhet_id, reservasjon.enhet_id)
    audit.record(Hva.UTSTYR_AVLYST, av=av, gjelder=ting)
