"""Texts of a case, sealed with the case's own key for the place where they stand."""

from collections.abc import Collection, Mapping

from koordinering import crypto, noekkellager
from koordinering.errors import DomainError
from koordinering.saker.models import Sak
from koordinering.tekst import N_

Sted = tuple[int, int, bytes]
"""The case whose key it is, the row, and what stands there."""


class NoekkelenSkalBort(DomainError):
    """The case was emptied a moment ago: what is sealed now would go with the key."""

    status = 409
    melding = N_("Innholdet i saken slettes akkurat nå. Prøv igjen om litt.")


def forsegl_for(sak_id: int, tabell: str, kolonne: str, rad: int, tekst: str) -> bytes:
    """Seal a text for a row of a table; the case's key is made at first use. Raises NoekkelenSkalBort."""
    if noekkellager.skal_bort(noekkellager.TOEMT, sak_id):
        raise NoekkelenSkalBort
    # before crypto.gjeldende() is asked: the key may be wrapped by a master key that was made this moment
    noekkel = noekkellager.hent_eller_lag(crypto.SAK, [sak_id])[sak_id]
    return crypto.krypter(crypto.gjeldende(), noekkel, tekst, sak_id=sak_id, tabell=tabell, kolonne=kolonne, rad=rad)


def aapne_alle(tabell: str, kolonne: str, steder: Collection[Sted]) -> Mapping[int, str]:
    """Open texts of one column, by row; one whose key has been destroyed is left out. The key store is asked once."""
    noekler = noekkellager.hent(crypto.SAK, sorted({sak_id for sak_id, _, _ in steder}))
    return {
        rad: crypto.dekrypter(
            crypto.gjeldende(), noekler[sak_id], verdi, sak_id=sak_id, tabell=tabell, kolonne=kolonne, rad=rad
        )
        for sak_id, rad, verdi in steder
        if sak_id in noekler
    }


def forsegl(sak: Sak, kolonne: str, tekst: str) -> bytes:
    """Seal a text for one column of the case's own row."""
    return forsegl_for(sak.id, "sak", kolonne, sak.id, tekst)


def aapne(sak: Sak, kolonne: str) -> str | None:
    """Open a column of the case's own row, None where it is empty or the key has been destroyed."""
    verdi: bytes | None = getattr(sak, kolonne)
    return None if verdi is None else aapne_alle("sak", kolonne, [(sak.id, sak.id, verdi)]).get(sak.id)
