"""Passwords and tokens: what is stored of them."""

import hashlib
import os
import secrets
import unicodedata
from base64 import b64encode

from cryptography.exceptions import InvalidKey
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from koordinering.crypto.noekler import NOEKKELBYTES

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
