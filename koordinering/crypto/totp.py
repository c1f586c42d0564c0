"""Codes from an app on the telephone (TOTP, RFC 6238): six digits, a new one every half minute."""

import base64
import hmac
import secrets
from datetime import datetime

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP

_SIFRE = 6
_STEG = 30
_SLARK = (0, -1, 1)
"""The clock of a telephone may be half a minute off."""


def ny_totp_hemmelighet() -> str:
    """A secret of 160 random bits, in the base32 that one can type into an app."""
    return base64.b32encode(secrets.token_bytes(20)).decode()


def _totp(hemmelighet: str) -> TOTP:
    # SHA-1 is what every app has; as a keyed hash of a counter it is not weakened by collisions.
    return TOTP(base64.b32decode(hemmelighet), _SIFRE, SHA1(), _STEG)  # noqa: S303 - see above


def totp_kode(hemmelighet: str, naa: datetime) -> str:
    """The code of this moment, as the app shows it."""
    return _totp(hemmelighet).generate(int(naa.timestamp())).decode()


def totp_steg(hemmelighet: str, kode: str, naa: datetime) -> int | None:
    """Which half minute since 1970 the code belongs to, now or one before or after; None for a wrong one.

    Whoever takes the code keeps the number, and takes none that is not later: a code is used once.
    """
    steg = int(naa.timestamp()) // _STEG
    treff = None
    for forskyvning in _SLARK:  # all of them, so that the time tells nothing
        riktig = _totp(hemmelighet).generate((steg + forskyvning) * _STEG)
        if hmac.compare_digest(riktig, kode.encode()) and treff is None:
            treff = steg + forskyvning
    return treff


def totp_adresse(hemmelighet: str, brukernavn: str, tjeneste: str) -> str:
    """What the picture for the app holds."""
    return _totp(hemmelighet).get_provisioning_uri(brukernavn, tjeneste)
