"""Which actions a user may take on a referral now: the page shows them, and every service asks the same."""

from koordinering.access import can, require
from koordinering.errors import UgyldigOvergang
from koordinering.saker.models import Henvisning
from koordinering.tildeling import queries
from koordinering.tildeling.rules import HANDLINGER, Handling, Stilling, lovlige_handlinger
from koordinering.tildeling.services.laas import laas
from koordinering.tiltak.rules import Beholdningsslag, Mekanikk
from koordinering.users import User


def tilbys(henvisning: Henvisning) -> tuple[Handling, ...]:
    """The actions that the referral's own state allows now, whoever asks."""
    return lovlige_handlinger(_stilling(henvisning))


def handlinger(henvisning: Henvisning, user: User) -> tuple[Handling, ...]:
    """Exactly the actions that this user may take on this referral now."""
    return tuple(h for h in tilbys(henvisning) if can(user, HANDLINGER[h].rett, henvisning))


def krev(henvisning: Henvisning, handling: Handling, *, av: User) -> None:
    """Lock the referral, and stop an action that handlinger() would not show.

    Raises IngenTilgang without the right, UgyldigOvergang when the referral does not allow it (any more).
    """
    require(av, HANDLINGER[handling].rett, henvisning)
    laas(henvisning)
    if handling not in handlinger(henvisning, av):
        raise UgyldigOvergang


def _stilling(henvisning: Henvisning) -> Stilling:
    return Stilling(
        status=henvisning.status,
        enkeltvedtak=henvisning.tiltak.enkeltvedtak,
        startet=henvisning.startet,
        gitt=_holder(henvisning),
    )


def _holder(henvisning: Henvisning) -> Mekanikk | None:
    tildeling = queries.aapen_tildeling(henvisning)
    if tildeling is None:
        return None
    if tildeling.tilsagn_id is not None:
        return Mekanikk.MIDLER
    if tildeling.plass is None:
        return Mekanikk.OPPFOELGING
    kort = tildeling.plass.beholdning.slag is Beholdningsslag.KORT
    return Mekanikk.KORT if kort else Mekanikk.FRIPLASS
