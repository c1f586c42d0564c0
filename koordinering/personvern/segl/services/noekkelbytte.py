"""Changes the key that signs the heads: when somebody may have a copy of it, or leaves."""

from koordinering import audit, signatur
from koordinering.audit import Hva
from koordinering.personvern.segl.services import hoder
from koordinering.personvern.segl.services.forsegling import Loggsted
from koordinering.personvern.segl.services.hoder import HodeneErSkadet
from koordinering.users import User


def bytt_noekkel(sted: Loggsted, *, av: User | None) -> None:
    """Sign with a new key from the next sealing on. What the old one signed can be checked as before.

    Of the old key nothing is kept that signs. Who has a copy of it can change no head: the newest is known by its
    bytes, and each names the one before it. Outside transaction(). Raises HodeneErSkadet where the heads are not all
    there and as they were signed, and ConfigError where the key cannot be read or the new one not written.
    """
    sted.noekkel()  # that cannot be read: nothing else is looked at
    with hoder.laas(sted.hoder):
        foer = sted.noekkel()
        if hoder.les_alle(sted.hoder, foer).funn:
            raise HodeneErSkadet
        # said first: a change that came to nothing may stand in the log, and none is without its line
        audit.record(Hva.LOGGNOEKKEL_BYTTET, av=av)
        signatur.bytt_noekkel(sted.noekkelfil, foer, *hoder.avtrykkene(sted.hoder))
