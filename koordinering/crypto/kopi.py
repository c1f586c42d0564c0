"""Backups: files encrypted to a public key in the format of age (age-encryption.org/v1), which other tools open too."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import IO, Any

import pyrage
from pyrage import x25519

from koordinering.errors import ConfigError, KoordineringError


class KopiKanIkkeAapnes(KoordineringError):
    """The backup is damaged, cut off, or encrypted to another key."""


@dataclass(frozen=True)
class Kopinoekkel:
    """A pair: who has the private half opens what is encrypted to the public one. Its repr shows neither."""

    _privat: Any = field(repr=False)

    @property
    def offentlig(self) -> str:
        """The half that encrypts; no secret: «age1…»."""
        return str(self._privat.to_public())

    @property
    def hemmelig(self) -> str:
        """The half that opens, as it is written in its file: «AGE-SECRET-KEY-1…»."""
        return str(self._privat)


def ny_kopinoekkel() -> Kopinoekkel:
    """Make a pair."""
    return Kopinoekkel(x25519.Identity.generate())


def _linjer(tekst: str) -> list[str]:
    return [linje for rad in tekst.splitlines() if (linje := rad.strip()) and not linje.startswith("#")]


def les_kopinoekler(tekst: str) -> list[Kopinoekkel]:
    """The private keys of a file as age-keygen writes it. Raises ConfigError where there is none, or one is wrong."""
    try:
        noekler = [Kopinoekkel(x25519.Identity.from_str(linje)) for linje in _linjer(tekst)]
    except pyrage.IdentityError:
        noekler = []  # the cause is dropped: it can carry what was read
    if not noekler:
        raise ConfigError("Filen har ingen privat nøkkel til sikkerhetskopier (AGE-SECRET-KEY-1…).")
    return noekler


def les_mottakere(tekst: str) -> list[str]:
    """The public keys of a file, one a line. Raises ConfigError where there is none, or one is wrong."""
    linjer = _linjer(tekst)
    try:
        mottakere = [str(x25519.Recipient.from_str(linje)) for linje in linjer]
    except pyrage.RecipientError:
        mottakere = []
    if not mottakere:
        raise ConfigError("Den offentlige nøkkelen til sikkerhetskopier må være som age1…")
    return mottakere


def krypter_kopi(inn: IO[bytes], ut: IO[bytes], mottakere: Sequence[str]) -> None:
    """Encrypt a stream so that each of these keys opens it. Raises OSError."""
    pyrage.encrypt_io(inn, ut, [x25519.Recipient.from_str(en) for en in mottakere])


def aapne_kopi(inn: IO[bytes], ut: IO[bytes], noekler: Sequence[Kopinoekkel]) -> None:
    """Decrypt a stream. What comes out is not to be believed before this returns.

    Raises KopiKanIkkeAapnes where a single bit is changed, the end is missing, or none of the keys fits.
    """
    try:
        pyrage.decrypt_io(inn, ut, [en._privat for en in noekler])
    except pyrage.DecryptError:
        raise KopiKanIkkeAapnes("Kopien er skadet, eller kryptert til en annen nøkkel.") from None
    except OSError as feil:
        if feil.errno is not None:
            raise  # the disk, not the content
        raise KopiKanIkkeAapnes("Kopien er skadet eller kuttet.") from None
