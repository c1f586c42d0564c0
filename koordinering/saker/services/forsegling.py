"""Fields of a case's own row that are sealed with the case's key."""

from koordinering import crypto, noekkellager
from koordinering.saker.models import Sak
from koordinering.saker.services.overgang import saksnoekkel

_TABELL = "sak"


def forsegl(sak: Sak, kolonne: str, tekst: str) -> bytes:
    """Seal a text for one column of the case; its key is made at first use."""
    noekkel = saksnoekkel(sak)
    return crypto.krypter(
        crypto.gjeldende(), noekkel, tekst, sak_id=sak.id, tabell=_TABELL, kolonne=kolonne, rad=sak.id
    )


def aapne(sak: Sak, kolonne: str) -> str | None:
    """Open a column of the case, None where it is empty or the key has been destroyed."""
    verdi: bytes | None = getattr(sak, kolonne)
    noekkel = noekkellager.hent(crypto.SAK, [sak.id]).get(sak.id) if verdi is not None else None
    if verdi is None or noekkel is None:
        return None
    return crypto.dekrypter(
        crypto.gjeldende(), noekkel, verdi, sak_id=sak.id, tabell=_TABELL, kolonne=kolonne, rad=sak.id
    )
