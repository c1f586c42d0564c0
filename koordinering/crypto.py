"""Keys, the blind index, encrypted fields, passwords and tokens: the only importer of cryptography."""

import hashlib
import hmac
import json
import os
import secrets
import stat
import tempfile
import unicodedata
from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidKey, InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from koordinering.errors import ConfigError, KoordineringError
from koordinering.tekst import N_

NOEKKELBYTES = 32
_FILFORMAT = 1


class KanIkkeAapnes(KoordineringError):
    """A value was changed, moved to another place, or sealed with a key that is not here."""

    melding = N_("Opplysningen kan ikke åpnes. Si fra til systemforvalteren.")


# --- Keys ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class IndeksKostnad:
    """What one blind index costs to compute: Argon2id's memory in KiB and its passes."""

    minne_kib: int
    runder: int


KOSTNAD_DEMO = IndeksKostnad(minne_kib=1024, runder=1)
"""About half a millisecond: for demo and tests, where every number is synthetic."""

KOSTNAD_PRODUKSJON = IndeksKostnad(minne_kib=32 * 1024, runder=2)
"""About 50 ms: with the stolen index key, one birth year (150,000 numbers) costs some two CPU-hours."""


@dataclass(frozen=True, repr=False)
class Noekler:
    """Every secret of one installation. Its repr shows none of them."""

    hoved: Mapping[int, bytes]
    gjeldende: int
    indeks: bytes
    indeks_generasjon: int
    indeks_kostnad: IndeksKostnad
    hemmelighet: str
    """Signs session cookies and form tokens."""

    def __post_init__(self) -> None:
        if self.gjeldende not in self.hoved or not all(0 < nr < 2**16 for nr in self.hoved):
            raise ValueError("no current master key")
        if any(len(noekkel) != NOEKKELBYTES for noekkel in (*self.hoved.values(), self.indeks)):
            raise ValueError("a key has the wrong length")
        if len(self.hemmelighet) < NOEKKELBYTES:
            raise ValueError("the secret is too short")

    def __repr__(self) -> str:
        return "Noekler(...)"


def lag_noekler(sti: Path, *, demo: bool) -> Noekler:
    """Make new keys and store them with mode 0600. Never overwrites: raises ConfigError where the file is."""
    noekler = Noekler(
        hoved={1: secrets.token_bytes(NOEKKELBYTES)},
        gjeldende=1,
        indeks=secrets.token_bytes(NOEKKELBYTES),
        indeks_generasjon=1,
        indeks_kostnad=KOSTNAD_DEMO if demo else KOSTNAD_PRODUKSJON,
        hemmelighet=secrets.token_urlsafe(NOEKKELBYTES),
    )
    sti.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    # written whole beside its place and then linked in: a stop halfway leaves no half key file
    nummer, midlertidig = tempfile.mkstemp(dir=sti.parent, prefix=f".{sti.name}.")
    try:
        with os.fdopen(nummer, "w", encoding="ascii") as fil:
            json.dump(_til_json(noekler), fil, indent=1)
            fil.flush()
            os.fsync(fil.fileno())
        os.link(midlertidig, sti)
    except FileExistsError:
        raise ConfigError(f"Nøkkelfilen {sti} finnes fra før og er ikke endret.") from None
    finally:
        os.unlink(midlertidig)
    return noekler


def les_noekler(sti: Path, *, demo: bool = False) -> Noekler:
    """Read the keys; raise ConfigError where the file is missing, open to others, damaged or too weak.

    The demo's cheap blind index is taken only with `demo=True`.
    """
    try:
        with sti.open(encoding="ascii") as fil:
            if stat.S_IMODE(os.fstat(fil.fileno()).st_mode) & 0o077:
                raise ConfigError(f"Andre kan lese nøkkelfilen {sti}. Kjør: chmod 600 {sti}")
            noekler = _fra_json(json.load(fil))
    except FileNotFoundError:
        raise ConfigError(f"Nøkkelfilen {sti} mangler. Kjør «koordinering init», eller hent den tilbake.") from None
    except OSError as feil:
        raise ConfigError(f"Nøkkelfilen {sti} kan ikke leses: {feil.strerror}.") from None
    except (ValueError, KeyError, TypeError, AttributeError):
        # the cause is dropped: a parser's error carries the text it read
        raise ConfigError(f"Nøkkelfilen {sti} er skadet. Hent den tilbake fra sikkerhetskopien.") from None
    if not demo and _svakere(noekler.indeks_kostnad, KOSTNAD_PRODUKSJON):
        raise ConfigError(f"Nøkkelfilen {sti} er laget for demo og kan ikke brukes i produksjon.")
    return noekler


def _svakere(en: IndeksKostnad, annen: IndeksKostnad) -> bool:
    return en.minne_kib < annen.minne_kib or en.runder < annen.runder


def _til_json(noekler: Noekler) -> dict[str, Any]:
    return {
        "format": _FILFORMAT,
        "hovednoekler": {str(nr): b64encode(verdi).decode() for nr, verdi in noekler.hoved.items()},
        "gjeldende": noekler.gjeldende,
        "blindindeks": {
            "generasjon": noekler.indeks_generasjon,
            "noekkel": b64encode(noekler.indeks).decode(),
            "minne_kib": noekler.indeks_kostnad.minne_kib,
            "runder": noekler.indeks_kostnad.runder,
        },
        "hemmelighet": noekler.hemmelighet,
    }


def _fra_json(data: dict[str, Any]) -> Noekler:
    if data["format"] != _FILFORMAT:
        raise ValueError("unknown format")
    blindindeks_ = data["blindindeks"]
    return Noekler(
        hoved={int(nr): b64decode(verdi, validate=True) for nr, verdi in data["hovednoekler"].items()},
        gjeldende=int(data["gjeldende"]),
        indeks=b64decode(blindindeks_["noekkel"], validate=True),
        indeks_generasjon=int(blindindeks_["generasjon"]),
        indeks_kostnad=IndeksKostnad(int(blindindeks_["minne_kib"]), int(blindindeks_["runder"])),
        hemmelighet=str(data["hemmelighet"]),
    )


# --- Blind index -----------------------------------------------------------------------------------------


def blindindeks(noekler: Noekler, nummer: str) -> bytes:
    """Turn eleven digits that identitetsnummer.sjekk has returned into 32 bytes that say only «same child».

    Slow on purpose: compute it before the transaction opens. The keyed step protects without the key; the
    memory-hard step makes trying all numbers costly with it.
    """
    if not (len(nummer) == 11 and nummer.isascii() and nummer.isdigit()):
        raise ValueError("not eleven digits")
    noeklet = hmac.digest(noekler.indeks, b"koordinering:blindindeks:" + nummer.encode(), "sha256")
    return Argon2id(
        # the key has made the input unguessable, and the index must be the same each time
        salt=f"blindindeks:{noekler.indeks_generasjon:04}".encode(),
        length=NOEKKELBYTES,
        iterations=noekler.indeks_kostnad.runder,
        lanes=1,
        memory_cost=noekler.indeks_kostnad.minne_kib,
    ).derive(noeklet)


# --- Encrypted fields ------------------------------------------------------------------------------------
#
# A sealed value: format version (1 byte), key id (2), nonce (12), ciphertext with tag. The id is that of a
# master key, or 0 for the data key of the case or the row. What the value belongs to is bound in as associated data.

_VERSJON = 1
_HODE = 3
_NONCE = 12
_SAKENS_EGEN = 0


def ny_saksnoekkel(noekler: Noekler, sak_id: int) -> bytes:
    """Make the data key of a case, wrapped by the current master key: this is what is stored."""
    noekkel = secrets.token_bytes(NOEKKELBYTES)
    return _forsegl(noekler.gjeldende, noekler.hoved[noekler.gjeldende], noekkel, "saksnoekkel", sak_id)


def krypter(
    noekler: Noekler, innpakket: bytes, klartekst: str, *, sak_id: int, tabell: str, kolonne: str, rad: int
) -> bytes:
    """Seal a field of a case for one place; raise KanIkkeAapnes where the wrapped key is not this case's."""
    noekkel = _pakk_ut(noekler, innpakket, sak_id)
    return _forsegl(_SAKENS_EGEN, noekkel, klartekst.encode(), "sak", sak_id, tabell, kolonne, rad)


def dekrypter(
    noekler: Noekler, innpakket: bytes, verdi: bytes, *, sak_id: int, tabell: str, kolonne: str, rad: int
) -> str:
    """Open a field of a case; raise KanIkkeAapnes where anything about it or its place is not as it was."""
    noekkel = _pakk_ut(noekler, innpakket, sak_id)
    return _aapne({_SAKENS_EGEN: noekkel}, verdi, "sak", sak_id, tabell, kolonne, rad).decode()


def krypter_med_hovednoekkel(noekler: Noekler, klartekst: str, *, tabell: str, kolonne: str, rad: int | str) -> bytes:
    """Seal a value that belongs to no case, such as the form of a session that has ended."""
    noekkel = noekler.hoved[noekler.gjeldende]
    return _forsegl(noekler.gjeldende, noekkel, klartekst.encode(), "felles", tabell, kolonne, rad)


def dekrypter_med_hovednoekkel(noekler: Noekler, verdi: bytes, *, tabell: str, kolonne: str, rad: int | str) -> str:
    """Open a value that belongs to no case, by whichever master key sealed it; else KanIkkeAapnes."""
    return _aapne(noekler.hoved, verdi, "felles", tabell, kolonne, rad).decode()


def ny_radnoekkel(noekler: Noekler, tabell: str, rad: int) -> bytes:
    """Make the data key of one row that belongs to no case, such as a loan: stored beside its value, gone with it."""
    noekkel = secrets.token_bytes(NOEKKELBYTES)
    return _forsegl(noekler.gjeldende, noekler.hoved[noekler.gjeldende], noekkel, "radnoekkel", tabell, rad)


def krypter_i_rad(noekler: Noekler, innpakket: bytes, klartekst: str, *, tabell: str, kolonne: str, rad: int) -> bytes:
    """Seal a value with the row's own key; raise KanIkkeAapnes where the wrapped key is not this row's."""
    noekkel = _aapne(noekler.hoved, innpakket, "radnoekkel", tabell, rad)
    return _forsegl(_SAKENS_EGEN, noekkel, klartekst.encode(), "rad", tabell, kolonne, rad)


def dekrypter_i_rad(noekler: Noekler, innpakket: bytes, verdi: bytes, *, tabell: str, kolonne: str, rad: int) -> str:
    """Open a value that the row's own key sealed; raise KanIkkeAapnes where anything is not as it was."""
    noekkel = _aapne(noekler.hoved, innpakket, "radnoekkel", tabell, rad)
    return _aapne({_SAKENS_EGEN: noekkel}, verdi, "rad", tabell, kolonne, rad).decode()


def _pakk_ut(noekler: Noekler, innpakket: bytes, sak_id: int) -> bytes:
    return _aapne(noekler.hoved, innpakket, "saksnoekkel", sak_id)


def _forsegl(noekkel_id: int, noekkel: bytes, innhold: bytes, *sted: str | int) -> bytes:
    hode = bytes([_VERSJON]) + noekkel_id.to_bytes(2, "big")
    nonce = secrets.token_bytes(_NONCE)
    return hode + nonce + AESGCM(noekkel).encrypt(nonce, innhold, hode + _sted(sted))


def _aapne(noekler: Mapping[int, bytes], verdi: bytes, *sted: str | int) -> bytes:
    hode, nonce, innhold = verdi[:_HODE], verdi[_HODE : _HODE + _NONCE], verdi[_HODE + _NONCE :]
    noekkel = noekler.get(int.from_bytes(hode[1:], "big"))
    if len(nonce) < _NONCE or hode[0] != _VERSJON or noekkel is None:
        raise KanIkkeAapnes
    try:
        return AESGCM(noekkel).decrypt(nonce, innhold, hode + _sted(sted))
    except InvalidTag:
        raise KanIkkeAapnes from None


def _sted(deler: tuple[str | int, ...]) -> bytes:
    # JSON, so that ("ab", "c") and ("a", "bc"), or 1 and "1", never bind the same
    return json.dumps(deler).encode()


# --- Passwords and tokens --------------------------------------------------------------------------------

_MINNE_KIB, _RUNDER, _BANER = 19 * 1024, 2, 1
_FORLEDD = f"$argon2id$v=19$m={_MINNE_KIB},t={_RUNDER},p={_BANER}$"


def _b64(data: bytes) -> str:
    return b64encode(data).decode().rstrip("=")


# random bytes in the place of a hash: costs as much to check as a real one, and no password fits
_INGENS_HASH = f"{_FORLEDD}{_b64(os.urandom(16))}${_b64(os.urandom(NOEKKELBYTES))}"


def hash_passord(passord: str) -> str:
    """Return the Argon2id hash of a password (19 MiB, two passes), as the text to store."""
    return Argon2id(
        salt=os.urandom(16), length=NOEKKELBYTES, iterations=_RUNDER, lanes=_BANER, memory_cost=_MINNE_KIB
    ).derive_phc_encoded(_passordbytes(passord))


def passord_stemmer(lagret: str, passord: str) -> bool:
    """Tell whether the password is the one that was hashed. A stored text that is no hash never fits."""
    try:
        Argon2id.verify_phc_encoded(_passordbytes(passord), lagret)
    except InvalidKey:
        return False
    return True


def blindpass(passord: str) -> bool:
    """Spend the time of a password check for a user who is unknown or has no password. Always False."""
    return passord_stemmer(_INGENS_HASH, passord)


def trenger_ny_hash(lagret: str) -> bool:
    """Tell whether a hash was made with other costs than today's: hash again at the next sign-in."""
    return not lagret.startswith(_FORLEDD)


def _passordbytes(passord: str) -> bytes:
    # «å» typed on two machines may be one character or two
    return unicodedata.normalize("NFKC", passord).encode()


def nytt_token() -> str:
    """Make a token of 256 random bits that fits in an address or a cookie. Store only its hash."""
    return secrets.token_urlsafe(32)


def token_hash(token: str) -> bytes:
    """Return the 32 bytes to store and look up. Plain SHA-256 is enough: the token cannot be guessed."""
    return hashlib.sha256(token.encode()).digest()


_i_bruk: list[Noekler] = []


def ta_i_bruk(noekler: Noekler) -> None:
    """Make these the keys of this process. One process serves one installation."""
    _i_bruk[:] = [noekler]


def gjeldende() -> Noekler:
    """The keys of this process. Raises ConfigError before any are taken into use."""
    if not _i_bruk:
        raise ConfigError("Ingen nøkler er tatt i bruk.")
    return _i_bruk[0]
