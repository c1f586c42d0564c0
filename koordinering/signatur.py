"""Signing with Ed25519: what proves that a text was here, to somebody who does not trust the database."""

import hashlib
import json
import os
import stat
from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from koordinering.errors import ConfigError
from koordinering.filer import skriv_hel

_FILFORMAT = 1


@dataclass(frozen=True)
class Gammel:
    """What is kept of a key that no longer signs: who has it can make nothing new that is taken for older than it."""

    offentlig: bytes
    """Empty where it is lost with the rest of its file: then what it signed is known by its bytes alone."""
    siste: str
    """The name of the newest file that it signed; empty where there was none."""
    avtrykk: Mapping[str, str]
    """SHA-256, by name, of what it signed last. Of these nothing else is taken for the old key's."""

    def godtar(self, navn: str, raa: bytes) -> bool:
        """Whether a file of this name and these bytes may be one that it signed."""
        if navn in self.avtrykk:
            return hashlib.sha256(raa).hexdigest() == self.avtrykk[navn]
        return navn < self.siste


@dataclass(frozen=True)
class Signeringsnoekkel:
    """The key that signs the heads of the access log. Its repr does not show it."""

    _privat: Ed25519PrivateKey = field(repr=False)
    gamle: tuple[Gammel, ...] = ()
    """Those that signed before it, the oldest first."""

    def signer(self, innhold: bytes) -> str:
        """The signature of these bytes, as text."""
        return b64encode(self._privat.sign(innhold)).decode()

    @property
    def offentlig(self) -> bytes:
        """The 32 bytes that check what this key has signed, and that are no secret."""
        return self._privat.public_key().public_bytes_raw()

    def kjenner(self, navn: str, raa: bytes, innhold: bytes, signatur: object) -> bool:
        """Whether a file of this name is signed by this key, or is what one before it signed while it was in use."""
        return stemmer(self.offentlig, innhold, signatur) or any(
            en.godtar(navn, raa) and (not en.offentlig or stemmer(en.offentlig, innhold, signatur)) for en in self.gamle
        )


class UtenNoekkel:
    """In a lost key's place, for whoever looks whether files hang together: takes every signature for good."""

    def kjenner(self, navn: str, raa: bytes, innhold: bytes, signatur: object) -> bool:
        """Yes."""
        return True


Kjenner = Signeringsnoekkel | UtenNoekkel


def stemmer(offentlig: bytes, innhold: bytes, signatur: object) -> bool:
    """Whether this is the key's signature of exactly these bytes. Whatever is wrong with it, the answer is no."""
    try:
        Ed25519PublicKey.from_public_bytes(offentlig).verify(b64decode(str(signatur), validate=True), innhold)
    except (InvalidSignature, ValueError):
        return False
    return True


def lag_noekkel(sti: Path, gamle: tuple[Gammel, ...] = ()) -> Signeringsnoekkel:
    """Make a key and store it with mode 0600. Never overwrites: raises ConfigError where the file is."""
    noekkel = Signeringsnoekkel(Ed25519PrivateKey.generate(), gamle)
    try:
        skriv_hel(sti, _som_fil(noekkel), ny=True)
    except FileExistsError:
        raise ConfigError(f"Nøkkelfilen {sti} finnes fra før og er ikke endret.") from None
    return noekkel


def bytt_noekkel(sti: Path, foer: Signeringsnoekkel, siste: str, avtrykk: Mapping[str, str]) -> Signeringsnoekkel:
    """Put a new key in the file, which keeps of the old one what checks its signatures; the old one signs no more.

    `siste` and `avtrykk` are what the old key signed last (Gammel). Raises OSError; then nothing is changed.
    """
    gammel = Gammel(foer.offentlig, siste, dict(avtrykk))
    noekkel = Signeringsnoekkel(Ed25519PrivateKey.generate(), (*foer.gamle, gammel))
    skriv_hel(sti, _som_fil(noekkel))
    return noekkel


def _som_fil(noekkel: Signeringsnoekkel) -> bytes:
    innhold: dict[str, Any] = {
        "format": _FILFORMAT,
        "ed25519": b64encode(noekkel._privat.private_bytes_raw()).decode(),
        "gamle": [
            {"offentlig": b64encode(en.offentlig).decode(), "siste": en.siste, "avtrykk": dict(en.avtrykk)}
            for en in noekkel.gamle
        ],
    }
    return json.dumps(innhold, indent=1).encode("ascii")


def _gammel(data: Mapping[str, Any]) -> Gammel:
    offentlig, siste = b64decode(data["offentlig"], validate=True), data["siste"]
    avtrykk = {str(navn): str(verdi) for navn, verdi in data["avtrykk"].items()}
    if not isinstance(siste, str):
        raise TypeError("not a name")
    return Gammel(offentlig, siste, avtrykk)


def les_noekkel(sti: Path) -> Signeringsnoekkel:
    """Read the key; raise ConfigError where the file is missing, open to others or damaged."""
    try:
        with sti.open(encoding="ascii") as fil:
            if stat.S_IMODE(os.fstat(fil.fileno()).st_mode) & 0o077:
                raise ConfigError(f"Andre kan lese nøkkelfilen {sti}. Kjør: chmod 600 {sti}")
            data = json.load(fil)
        if data["format"] != _FILFORMAT:
            raise ValueError("unknown format")
        privat = Ed25519PrivateKey.from_private_bytes(b64decode(data["ed25519"], validate=True))
        # files from before a key could be changed have no old ones
        return Signeringsnoekkel(privat, tuple(_gammel(en) for en in data.get("gamle", ())))
    except FileNotFoundError:
        raise ConfigError(f"Nøkkelfilen {sti} mangler. Kjør «koordinering init», eller hent den tilbake.") from None
    except OSError as feil:
        raise ConfigError(f"Nøkkelfilen {sti} kan ikke leses: {feil.strerror}.") from None
    except (ValueError, KeyError, TypeError, AttributeError):
        # the cause is dropped: a parser's error carries the text it read
        raise ConfigError(f"Nøkkelfilen {sti} er skadet. Hent den tilbake fra sikkerhetskopien.") from None
