"""Which actions a user may take on a referral now: the page shows them, and every service asks the same."""

from datetime import timedelta

from koordinering import audit
from koordinering.access import can, require
from koordinering.audit import Hva
from koordinering.db import now
from koordinering.errors import UgyldigOvergang
from koordinering.saker.models import Henvisning
from koordinering.tildeling import queries
from koordinering.tildeling.models import Tildeling
from koordinering.tildeling.rules import HANDLINGER, Handling, Stilling, Tildelingstilstand, lovlige_handlinger
from koordinering.tildeling.rules.runde import kan_angres
from koordinering.tildeling.services.laas import laas
from koordinering.tiltak.rules import Beholdningsslag, Mekanikk
from koordinering.users import User

_ETT_TRYKK = timedelta(seconds=30)
"""What is given, started and told within so long is one click, also on a slow machine."""


def tilbys(henvisning: Henvisning, user: User | None = None) -> tuple[Handling, ...]:
    """The actions that the referral's own state allows now, whoever asks; undoing only to the one who gave.

    None while the case is locked.
    """
    if henvisning.sperret:
        return ()
    return lovlige_handlinger(_stilling(henvisning, user))


def handlinger(henvisning: Henvisning, user: User) -> tuple[Handling, ...]:
    """Exactly the actions that this user may take on this referral now."""
    return tuple(h for h in tilbys(henvisning, user) if can(user, HANDLINGER[h].rett, henvisning))


def krev(henvisning: Henvisning, handling: Handling, *, av: User) -> None:
    """Lock the referral, and stop an action that handlinger() would not show.

    Raises IngenTilgang without the right, UgyldigOvergang when the referral does not allow it (any more).
    """
    require(av, HANDLINGER[handling].rett, henvisning)
    laas(henvisning)
    if handling not in handlinger(henvisning, av):
        raise UgyldigOvergang


def _stilling(henvisning: Henvisning, user: User | None) -> Stilling:
    tildeling = queries.aapen_tildeling(henvisning)
    return Stilling(
        status=henvisning.status,
        enkeltvedtak=henvisning.tiltak.enkeltvedtak,
        startet=henvisning.startet,
        gitt=_holder(tildeling),
        venter_svar=henvisning.svar_innen is not None,
        kan_angres=user is not None and tildeling is not None and _kan_angres(henvisning, tildeling, user),
    )


def _kan_angres(henvisning: Henvisning, tildeling: Tildeling, user: User) -> bool:
    """The same person, within the time, and nothing rests on it: not started, not told, no slip, no invoice.

    A card that was handed out while registering is started and told in that very click: it is undone too.
    """
    if not kan_angres(tildeling.gitt, gitt_av=tildeling.gitt_av, hvem=user.id, naa=now()):
        return False
    uroert = tildeling.tilstand is Tildelingstilstand.GITT and henvisning.beskjed_gitt is None
    uroert = uroert or _gitt_straks(henvisning, tildeling)
    uten_faktura = tildeling.tilsagn is None or tildeling.tilsagn.fakturert_oere == 0
    return uroert and uten_faktura and not audit.har_skjedd(Hva.LAPP_SKREVET, henvisning.id, siden=tildeling.gitt)


def _gitt_straks(henvisning: Henvisning, tildeling: Tildeling) -> bool:
    """Whether it was given, started and told in one step by those who registered the family."""
    gitt = henvisning.beskjed_gitt
    straks = gitt is not None and gitt - tildeling.gitt < _ETT_TRYKK
    return straks and tildeling.tilstand is Tildelingstilstand.STARTET and _holder(tildeling) is Mekanikk.KORT


def _holder(tildeling: Tildeling | None) -> Mekanikk | None:
    if tildeling is None:
        return None
    if tildeling.tilsagn_id is not None:
        return Mekanikk.MIDLER
    if tildeling.plass is None:
        return Mekanikk.OPPFOELGING
    kort = tildeling.plass.beholdning.slag is Beholdningsslag.KORT
    return Mekanikk.KORT if kort else Mekanikk.FRIPLASS
