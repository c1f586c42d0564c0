"""Changes the key that signs the heads: when somebody may have a copy of it, or leaves."""

from koordinering import audit, signatur
from koordinering.audit import Hva
from koordinering.errors import ConfigError
from koordinering.personvern.segl.services import hoder
from koordinering.personvern.segl.services.forsegling import Loggsted
from koordinering.personvern.segl.services.hoder import HodeneErSkadet
from koordinering.signatur import Gammel, UtenNoekkel
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


UTEN_GAMMEL = "uten_gammel"
"""What the log says beside a change where the old key was lost."""


def ny_noekkel(sted: Loggsted, *, av: User | None) -> None:
    """A key in the place of one that is lost, and of which there is no copy.

    What it signed cannot be checked by anybody any more: the newest head is taken for what it is now, and those before
    it as each names the one before. Raises ConfigError where there is a key, and HodeneErSkadet where the heads do not
    hang together or there are none.
    """
    if sted.noekkelfil.exists():
        raise ConfigError(f"Nøkkelfilen {sted.noekkelfil} finnes. Kjør: koordinering audit rotate")
    with hoder.laas(sted.hoder):
        siste, avtrykk = hoder.avtrykkene(sted.hoder)
        if not siste or hoder.les_alle(sted.hoder, UtenNoekkel()).funn:
            raise HodeneErSkadet
        audit.record(Hva.LOGGNOEKKEL_BYTTET, av=av, detalj=UTEN_GAMMEL)
        signatur.lag_noekkel(sted.noekkelfil, (Gammel(b"", siste, avtrykk),))
