"""Signing with Ed25519: what proves that a text was here, to somebody who does not trust the database."""

import json
import os
import stat
from base64 import b64decode, b64encode
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from koordinering.errors import ConfigError
from koordinering.filer import skriv_hel

_FILFORMAT = 1


@dataclass(frozen=True)
class Signeringsnoekkel:
    """The key that signs the heads of the access log. Its repr does not show it."""

    _privat: Ed25519PrivateKey = field(repr=False)

    def signer(self, innhold: bytes) -> str:
        """The signature of these bytes, as text."""
        return b64encode(self._privat.sign(innhold)).decode()

    @property
    def offentlig(self) -> bytes:
        """The 32 bytes that check what this key has signed, and that are no secret."""
        return self._privat.public_key().public_bytes_raw()


def stemmer(offentlig: bytes, innhold: bytes, signatur: object) -> bool:
    """Whether this is the key's signature of exactly these bytes. Whatever is wrong with it, the answer is no."""
    try:
        Ed25519PublicKey.from_public_bytes(offentlig).verify(b64decode(str(signatur), validate=True), innhold)
    except (InvalidSignature, ValueError):
        return False
    return True


def lag_noekkel(sti: Path) -> Signeringsnoekkel:
    """Make a key and store it with mode 0600. Never overwrites: raises ConfigError where the file is."""
    privat = Ed25519PrivateKey.generate()
    innhold = {"format": _FILFORMAT, "ed25519": b64encode(privat.private_bytes_raw()).decode()}
    try:
        skriv_hel(sti, json.dumps(innhold, indent=1).encode("ascii"), ny=True)
    except FileExistsError:
        raise ConfigError(f"Nøkkelfilen {sti} finnes fra før og er ikke endret.") from None
    return Signeringsnoekkel(privat)


def les_noekkel(sti: Path) -> Signeringsnoekkel:
    """Read the key; raise ConfigError where the file is missing, open to others or damaged."""
    try:
        with sti.open(encoding="ascii") as fil:
            if stat.S_IMODE(os.fstat(fil.fileno()).st_mode) & 0o077:
                raise ConfigError(f"Andre kan lese nøkkelfilen {sti}. Kjør: chmod 600 {sti}")
            data = json.load(fil)
        if data["format"] != _FILFORMAT:
            raise ValueError("unknown format")
        return Signeringsnoekkel(Ed25519PrivateKey.from_private_bytes(b64decode(data["ed25519"], validate=True)))
    except FileNotFoundError:
        raise ConfigError(f"Nøkkelfilen {sti} mangler. Kjør «koordinering init», eller hent den tilbake.") from None
    except OSError as feil:
        raise ConfigError(f"Nøkkelfilen {sti} kan ikke leses: {feil.strerror}.") from None
    except (ValueError, KeyError, TypeError):
        # the cause is dropped: a parser's error carries the text it read
        raise ConfigError(f"Nøkkelfilen {sti} er skadet. Hent den tilbake fra sikkerhetskopien.") from None
