"""Whose turn it is: who stands in front on the waiting list, as far as the unit itself knows."""

from collections.abc import Iterable
from typing import TypedDict

from koordinering.db import db
from koordinering.saker.models import Henvisning
from koordinering.saker.rules.overganger import Status
from koordinering.tildeling import queries
from koordinering.tildeling.queries.tilbudt import foran_om_plass
from koordinering.tildeling.rules import Gjenstand, Hvorfor
from koordinering.tiltak import services as beholdning
from koordinering.tiltak.models import Tilbud, Tiltak
from koordinering.tiltak.rules import Mekanikk
from koordinering.users import User

PROEVES = 50
"""How far down the list somebody is looked for who can be given it."""

_VENTER_LIKEVEL = {Hvorfor.FULLT, Hvorfor.KAN_IKKE_NAA}
"""None is free for them now, or what stands in the way is another unit's: to this unit, they wait like others."""


def kan_faa(henvisninger: Iterable[Henvisning], ting: Gjenstand, user: User) -> list[Henvisning]:
    """Those on the waiting list who can have this when there is one; in the order given.

    Weighed on each family's own case and on what the unit itself has given, so that nothing here depends on a
    link to another unit's case. One query, however many they are.
    """
    venter = [h for h in henvisninger if h.status is Status.VENTELISTE]
    fakta = queries.kandidater(venter)
    return [h for h in venter if not set(queries.grunner(user, fakta[h.id], ting, h)) - _VENTER_LIKEVEL]


def neste_i_tur(henvisninger: Iterable[Henvisning], tiltak: Tiltak, user: User) -> Henvisning | None:
    """The first of these, in the order given, whose turn it is to have one of the measure's cards."""
    return next(iter(kan_faa(henvisninger, queries.gjenstand(tiltak), user)), None)


def foran(henvisning: Henvisning, user: User, tilbud: Tilbud | None = None) -> list[Henvisning]:
    """Who stands in front of this referral on the waiting list and can have the same, up to PROEVES of the list.

    For a place in an offer: whom it fits, and who wish for the activity or have told no wish. Nobody waits in turn
    for a follow-up.
    """
    if tilbud is not None:
        return foran_om_plass(henvisning, tilbud, hoeyst=PROEVES)
    if Mekanikk.KORT not in henvisning.tiltak.slag:
        return []
    liste = queries.venteliste(user, henvisning.tiltak_id).where(queries.foer(henvisning)).limit(PROEVES)
    return kan_faa(db.session.scalars(liste).unique().all(), queries.gjenstand(henvisning.tiltak), user)


class Forbi(TypedDict, total=False):
    """The fields of an event that tell how many it went past."""

    felt: str
    fra: str


def gaar_forbi(antall: int) -> Forbi:
    """What an event tells when something goes past so many who wait: fields for legg_til_hendelse."""
    return {"felt": "forbi", "fra": str(antall)} if antall else {}


def andre_foerst(henvisning: Henvisning, user: User) -> bool:
    """Whether the cards that are free now are as good as spoken for: as many or more wait who can have one.

    The stock is locked until the transaction ends, so that two at one moment do not both take the one that is over.
    """
    ting = queries.gjenstand(henvisning.tiltak)
    if ting.slag is not Mekanikk.KORT or ting.beholdning_id is None:
        return False
    beholdning.laas_beholdning(ting.beholdning_id)
    ting = queries.gjenstand(henvisning.tiltak)
    ledige = ting.ledig or 0
    liste = queries.venteliste(user, henvisning.tiltak_id).limit(ledige + PROEVES)
    return len(kan_faa(db.session.scalars(liste).unique().all(), ting, user)) >= ledige
