"""Encrypted fields: sealed for one place each, with the key of a case or a row, or with the master key.

A sealed value: format version (1 byte), key id (2), nonce (12), ciphertext with tag. The id is that of a
master key, or 0 for the data key of the case or the row. What the value belongs to is bound in as associated data.
"""

import hashlib
import json
import secrets
from collections.abc import Mapping

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from koordinering.crypto.noekler import NOEKKELBYTES, Noekler
from koordinering.errors import KoordineringError
from koordinering.tekst import N_

_VERSJON = 1
_HODE = 3
_NONCE = 12
_SAKENS_EGEN = 0

SAK = "sak"
"""The table whose rows' keys are bound as keys of cases; every other table's are bound with its name."""


class KanIkkeAapnes(KoordineringError):
    """A value was changed, moved to another place, or sealed with a key that is not here."""

    melding = N_("Opplysningen kan ikke åpnes. Si fra til systemforvalteren.")


# --- Data keys of cases and rows -------------------------------------------------------------------------


def ny_datanoekkel(noekler: Noekler, tabell: str, rad: int) -> bytes:
    """Make the data key of a case or of another table's row, wrapped by the current master key: what is stored."""
    return _pakk(noekler, secrets.token_bytes(NOEKKELBYTES), tabell, rad)


def pakk_om(noekler: Noekler, innpakket: bytes, tabell: str, rad: int) -> bytes:
    """The same data key, wrapped by the current master key. KanIkkeAapnes where it is not this row's."""
    return _pakk(noekler, _pakk_ut(noekler, innpakket, tabell, rad), tabell, rad)


def hovednummer(forseglet: bytes) -> int:
    """The number of the master key that a wrapped key or a value was sealed with."""
    return int.from_bytes(forseglet[1:_HODE], "big")


def _noekkelsted(tabell: str, rad: int) -> tuple[str | int, ...]:
    return ("saksnoekkel", rad) if tabell == SAK else ("radnoekkel", tabell, rad)


def _pakk(noekler: Noekler, noekkel: bytes, tabell: str, rad: int) -> bytes:
    return _forsegl(noekler.gjeldende, noekler.chiffer[noekler.gjeldende], noekkel, *_noekkelsted(tabell, rad))


def _pakk_ut(noekler: Noekler, innpakket: bytes, tabell: str, rad: int) -> bytes:
    return _aapne(noekler.chiffer, innpakket, *_noekkelsted(tabell, rad))


# --- Values ----------------------------------------------------------------------------------------------


def krypter(
    noekler: Noekler, innpakket: bytes, klartekst: str, *, sak_id: int, tabell: str, kolonne: str, rad: int
) -> bytes:
    """Seal a field of a case for one place; raise KanIkkeAapnes where the wrapped key is not this case's."""
    noekkel = _pakk_ut(noekler, innpakket, SAK, sak_id)
    return _forsegl(_SAKENS_EGEN, AESGCM(noekkel), klartekst.encode(), "sak", sak_id, tabell, kolonne, rad)


def dekrypter(
    noekler: Noekler, innpakket: bytes, verdi: bytes, *, sak_id: int, tabell: str, kolonne: str, rad: int
) -> str:
    """Open a field of a case; raise KanIkkeAapnes where anything about it or its place is not as it was."""
    noekkel = _pakk_ut(noekler, innpakket, SAK, sak_id)
    return _aapne({_SAKENS_EGEN: AESGCM(noekkel)}, verdi, "sak", sak_id, tabell, kolonne, rad).decode()


def krypter_med_hovednoekkel(noekler: Noekler, klartekst: str, *, tabell: str, kolonne: str, rad: int | str) -> bytes:
    """Seal a value that belongs to no case, such as the form of a session that has ended."""
    chiffer = noekler.chiffer[noekler.gjeldende]
    return _forsegl(noekler.gjeldende, chiffer, klartekst.encode(), "felles", tabell, kolonne, rad)


def dekrypter_med_hovednoekkel(noekler: Noekler, verdi: bytes, *, tabell: str, kolonne: str, rad: int | str) -> str:
    """Open a value that belongs to no case, by whichever master key sealed it; else KanIkkeAapnes."""
    return _aapne(noekler.chiffer, verdi, "felles", tabell, kolonne, rad).decode()


def forsegl_om(noekler: Noekler, verdi: bytes, *, tabell: str, kolonne: str, rad: int | str) -> bytes:
    """A value that belongs to no case, sealed by the current master key. Raises KanIkkeAapnes."""
    innhold = dekrypter_med_hovednoekkel(noekler, verdi, tabell=tabell, kolonne=kolonne, rad=rad)
    return krypter_med_hovednoekkel(noekler, innhold, tabell=tabell, kolonne=kolonne, rad=rad)


def krypter_i_rad(noekler: Noekler, innpakket: bytes, klartekst: str, *, tabell: str, kolonne: str, rad: int) -> bytes:
    """Seal a value with the row's own key; raise KanIkkeAapnes where the wrapped key is not this row's."""
    noekkel = _pakk_ut(noekler, innpakket, tabell, rad)
    return _forsegl(_SAKENS_EGEN, AESGCM(noekkel), klartekst.encode(), "rad", tabell, kolonne, rad)


def dekrypter_i_rad(noekler: Noekler, innpakket: bytes, verdi: bytes, *, tabell: str, kolonne: str, rad: int) -> str:
    """Open a value that the row's own key sealed; raise KanIkkeAapnes where anything is not as it was."""
    noekkel = _pakk_ut(noekler, innpakket, tabell, rad)
    return _aapne({_SAKENS_EGEN: AESGCM(noekkel)}, verdi, "rad", tabell, kolonne, rad).decode()


# --- Whether these are the right keys --------------------------------------------------------------------


def kontrollverdi(noekler: Noekler, nummer: int, lager: str) -> bytes:
    """What a database keeps to know one of its master keys again: the index key's fingerprint and the key store's mark.

    Sealed by that master key, so that it tells nothing to who has the database alone.
    """
    return _forsegl(nummer, noekler.chiffer[nummer], _avtrykk(noekler, lager), "kontroll", nummer)


def kontroll_stemmer(noekler: Noekler, nummer: int, lager: str, verdi: bytes) -> bool:
    """Whether a check value was made with these keys and this key store. KanIkkeAapnes: with another master key."""
    return _aapne(noekler.chiffer, verdi, "kontroll", nummer) == _avtrykk(noekler, lager)


def _avtrykk(noekler: Noekler, lager: str) -> bytes:
    indeks = hashlib.sha256(b"koordinering:avtrykk:" + noekler.indeks).hexdigest()
    kostnad = noekler.indeks_kostnad
    return json.dumps([indeks, noekler.indeks_generasjon, kostnad.minne_kib, kostnad.runder, lager]).encode()


# --- Sealing ---------------------------------------------------------------------------------------------


def _forsegl(noekkel_id: int, chiffer: AESGCM, innhold: bytes, *sted: str | int) -> bytes:
    hode = bytes([_VERSJON]) + noekkel_id.to_bytes(2, "big")
    nonce = secrets.token_bytes(_NONCE)
    return hode + nonce + chiffer.encrypt(nonce, innhold, hode + _sted(sted))


def _aapne(chiffer: Mapping[int, AESGCM], verdi: bytes, *sted: str | int) -> bytes:
    hode, nonce, innhold = verdi[:_HODE], verdi[_HODE : _HODE + _NONCE], verdi[_HODE + _NONCE :]
    dette = chiffer.get(int.from_bytes(hode[1:], "big"))
    if len(nonce) < _NONCE or hode[0] != _VERSJON or dette is None:
        raise KanIkkeAapnes
    try:
        return dette.decrypt(nonce, innhold, hode + _sted(sted))
    except InvalidTag:
        raise KanIkkeAapnes from None


def _sted(deler: tuple[str | int, ...]) -> bytes:
    # JSON, so that ("ab", "c") and ("a", "bc"), or 1 and "1", never bind the same
    return json.dumps(deler).encode()
