"""The keys of an installation: made, read from a file or the environment, changed, and picked up anew when changed."""

import hmac
import json
import logging
import os
import secrets
import stat
from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cached_property
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from koordinering.errors import ConfigError
from koordinering.filer import skriv_hel

log = logging.getLogger(__name__)

NOEKKELBYTES = 32
HOEYESTE_NUMMER = 2**16 - 1
"""A sealed value has two bytes for the number of its master key."""
_FILFORMAT = 1


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
    """Master keys by number. Higher than the current one: made, and not taken into use yet."""
    gjeldende: int
    indeks: bytes
    indeks_generasjon: int
    indeks_kostnad: IndeksKostnad
    hemmelighet: str
    """Signs session cookies and form tokens."""

    def __post_init__(self) -> None:
        if self.gjeldende not in self.hoved or not all(0 < nr <= HOEYESTE_NUMMER for nr in self.hoved):
            raise ValueError("no current master key")
        if any(len(noekkel) != NOEKKELBYTES for noekkel in (*self.hoved.values(), self.indeks)):
            raise ValueError("a key has the wrong length")
        if len(self.hemmelighet) < NOEKKELBYTES:
            raise ValueError("the secret is too short")

    def __repr__(self) -> str:
        return "Noekler(...)"

    # Set up once and not for each use, on every page some times; what is set up lives no longer than the keys,
    # and does not go with them to another process, which sets up its own.

    def __getstate__(self) -> dict[str, Any]:
        return {felt.name: getattr(self, felt.name) for felt in fields(self)}

    @cached_property
    def chiffer(self) -> Mapping[int, AESGCM]:
        """The master keys, ready to seal and to open with."""
        return {nummer: AESGCM(noekkel) for nummer, noekkel in self.hoved.items()}

    @cached_property
    def _for_indeks(self) -> hmac.HMAC:
        return hmac.new(self.indeks, digestmod="sha256")

    @cached_property
    def _for_merke(self) -> hmac.HMAC:
        return hmac.new(self.hemmelighet.encode(), digestmod="sha256")

    def indeksmerke(self, innhold: bytes) -> bytes:
        """The keyed hash (HMAC-SHA-256) that a blind index is made of."""
        return _hash(self._for_indeks, innhold)

    def merke(self, innhold: bytes) -> bytes:
        """A keyed hash (HMAC-SHA-256) that nobody can make without the installation's secret."""
        return _hash(self._for_merke, innhold)


def _hash(noeklet: hmac.HMAC, innhold: bytes) -> bytes:
    denne = noeklet.copy()
    denne.update(innhold)
    return denne.digest()


# --- Where they lie --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Kilde:
    """Where the keys are read from: a file of mode 0600, or the file's content in the environment."""

    fil: Path
    innhold: str | None = None
    """What the environment holds; the file is then not looked at."""
    demo: bool = False
    """Only then is the demo's cheap blind index taken."""
    kalt: str | None = None
    """Where whoever reads a message has it, when `fil` is a copy made for the moment."""

    def __repr__(self) -> str:
        return f"Kilde({self.sted})"

    @property
    def sted(self) -> str:
        """Where it is, in words for a message."""
        if self.kalt is not None:
            return self.kalt
        return f"Nøkkelfilen {self.fil}" if self.innhold is None else "Innholdet i KOORDINERING_NOEKLER"

    def les(self) -> Noekler:
        """Read the keys; raise ConfigError where they are missing, open to others, damaged or too weak."""
        try:
            noekler = _fra_json(json.loads(self._tekst()))
        except FileNotFoundError:
            raise ConfigError(f"{self.sted} mangler. Kjør «koordinering init», eller hent den tilbake.") from None
        except OSError as feil:
            raise ConfigError(f"{self.sted} kan ikke leses: {feil.strerror}.") from None
        except (ValueError, KeyError, TypeError, AttributeError):
            # the cause is dropped: a parser's error carries the text it read
            raise ConfigError(f"{self.sted} er skadet. Hent nøklene tilbake fra sikkerhetskopien.") from None
        if not self.demo and _svakere(noekler.indeks_kostnad, KOSTNAD_PRODUKSJON):
            raise ConfigError(f"{self.sted} er laget for demo og kan ikke brukes i produksjon.")
        return noekler

    def merke(self) -> tuple[int, ...] | None:
        """Changes when the file is replaced or written in; None for what cannot change, or is not there."""
        if self.innhold is not None:
            return None
        try:
            om = self.fil.stat()
        except OSError:
            return None
        return om.st_mtime_ns, om.st_ino, om.st_size

    def _tekst(self) -> str:
        if self.innhold is not None:
            return self.innhold
        with self.fil.open(encoding="ascii") as fil:
            if stat.S_IMODE(os.fstat(fil.fileno()).st_mode) & 0o077:
                raise ConfigError(f"Andre kan lese nøkkelfilen {self.fil}. Kjør: chmod 600 {self.fil}")
            return fil.read()


def les_noekler(sti: Path, *, demo: bool = False) -> Noekler:
    """Read the keys of a file, as Kilde does."""
    return Kilde(sti, demo=demo).les()


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
    try:
        skriv(sti, noekler, ny=True)
    except FileExistsError:
        raise ConfigError(f"Nøkkelfilen {sti} finnes fra før og er ikke endret.") from None
    return noekler


def skriv(sti: Path, noekler: Noekler, *, ny: bool = False) -> None:
    """Written whole: a stop halfway leaves no half key file. Raises FileExistsError where it must be `ny` and is not.

    What is sealed with a new key must not outlive the file that holds it: the file is on the disk before this returns.
    """
    skriv_hel(sti, json.dumps(_til_json(noekler), indent=1).encode("ascii"), ny=ny)


def _svakere(en: IndeksKostnad, annen: IndeksKostnad) -> bool:
    return en.minne_kib < annen.minne_kib or en.runder < annen.runder


def _til_json(noekler: Noekler) -> dict[str, Any]:
    return {
        "format": _FILFORMAT,
        "hovednoekler": {str(nr): b64encode(verdi).decode() for nr, verdi in sorted(noekler.hoved.items())},
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


# --- The keys of this process -----------------------------------------------------------------------------


@dataclass(frozen=True)
class _IBruk:
    noekler: Noekler
    kilde: Kilde | None
    merke: tuple[int, ...] | None


_i_bruk: list[_IBruk] = []


def ta_i_bruk(noekler: Noekler, kilde: Kilde | None = None) -> None:
    """Make these the keys of this process, read anew when their file changes. One process serves one installation."""
    _i_bruk[:] = [_IBruk(noekler, kilde, kilde.merke() if kilde else None)]


def gjeldende() -> Noekler:
    """The keys of this process, as their file is now. Raises ConfigError before any are taken into use."""
    if not _i_bruk:
        raise ConfigError("Ingen nøkler er tatt i bruk.")
    naa = _i_bruk[0]
    merke = naa.kilde.merke() if naa.kilde else None
    if naa.kilde is None or merke is None or merke == naa.merke:
        return naa.noekler
    _i_bruk[0] = _IBruk(_lest_paa_nytt(naa.noekler, naa.kilde), naa.kilde, merke)
    return _i_bruk[0].noekler


def _lest_paa_nytt(gamle: Noekler, kilde: Kilde) -> Noekler:
    """The new content of the file; the old keys where it cannot be used or is another installation's."""
    try:
        nye = kilde.les()
    except ConfigError:
        log.error("the key file was changed and cannot be used; the keys from before stay in use")
        return gamle
    # the index key never changes, and the number of a master key means one key
    felles = nye.hoved.keys() & gamle.hoved.keys()
    if nye.indeks != gamle.indeks or any(nye.hoved[nr] != gamle.hoved[nr] for nr in felles):
        log.error("the key file was changed to other keys; the keys from before stay in use")
        return gamle
    return nye
