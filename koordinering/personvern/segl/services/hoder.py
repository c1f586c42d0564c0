"""The signed heads: one small file for each day of sealing, each naming the one before it, outside the database.

A file is written anew at each sealing of its day and is never touched after that. It tells how far each day's chain
had come, and up to which moment everything was sealed. `utloept.json` tells which days have been deleted in time.
"""

import fcntl
import hashlib
import json
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from koordinering.errors import KoordineringError
from koordinering.filer import skriv_hel
from koordinering.personvern.segl.rules import Funn, Funnslag
from koordinering.signatur import Kjenner, Signeringsnoekkel
from koordinering.tekst import N_

_FORMAT = 1
_NAVN = re.compile(r"\d{4}-\d{2}-\d{2}\.json")
_UTLOEPT = "utloept.json"
_LAAS = ".laas"


class HodeneErSkadet(KoordineringError):
    """The heads are gone or changed: nothing is signed before somebody has looked."""

    melding = N_("Hodene til innsynsloggen mangler eller er endret. Kjør: koordinering audit verify")


@dataclass(frozen=True)
class Hode:
    """How far a day's chain had come."""

    antall: int
    hash: bytes


@dataclass(frozen=True)
class Hodefil:
    """What one day of sealing signed."""

    segldag: str
    forrige: str | None
    """SHA-256 of the file before it, None in the first."""
    til: str | None
    """Everything up to this moment (tidstekst) was sealed; None before the first sealing."""
    hoder: Mapping[str, Hode]
    """Day → head, for each day whose chain grew."""
    avtrykk: str = field(compare=False)
    """SHA-256 of this file."""


@dataclass(frozen=True)
class Hodebok:
    """All the heads, and what is wrong with them."""

    punkter: Mapping[str, Mapping[int, bytes]]
    """Day → number in the chain → the hash that was signed there."""
    siste: Hodefil | None
    utloept: str | None
    """The last day that has been deleted in time."""
    filer: int
    funn: tuple[Funn, ...]


@contextmanager
def laas(mappe: Path) -> Iterator[None]:
    """One sealing at a time; a process that dies lets go."""
    mappe.mkdir(mode=0o700, parents=True, exist_ok=True)
    nummer = os.open(mappe / _LAAS, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(nummer, fcntl.LOCK_EX)
        yield
    finally:
        os.close(nummer)


def dager(mappe: Path) -> list[str]:
    """The days that have a file, in order."""
    return sorted(fil.name.removesuffix(".json") for fil in mappe.glob("*.json") if _NAVN.fullmatch(fil.name))


def les(mappe: Path, noekkel: Kjenner, segldag: str) -> Hodefil:
    """One file. Raises HodeneErSkadet where it is gone, or not exactly what was signed for this day."""
    navn = f"{segldag}.json"
    try:
        raa = (mappe / navn).read_bytes()
        innhold = _aapne(navn, raa, noekkel)
        hoder = {dag: Hode(int(antall), bytes.fromhex(hash_)) for dag, (antall, hash_) in innhold["hoder"].items()}
        fil = Hodefil(innhold["segldag"], innhold["forrige"], innhold["til"], hoder, hashlib.sha256(raa).hexdigest())
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        raise HodeneErSkadet from None
    if fil.segldag != segldag:
        raise HodeneErSkadet
    return fil


def skriv(mappe: Path, noekkel: Signeringsnoekkel, fil: Hodefil) -> None:
    """Put the file in place of the day's earlier one."""
    hoder = {dag: [hode.antall, hode.hash.hex()] for dag, hode in sorted(fil.hoder.items())}
    innhold = {"segldag": fil.segldag, "forrige": fil.forrige, "til": fil.til, "hoder": hoder}
    skriv_hel(mappe / f"{fil.segldag}.json", _pakk(innhold, noekkel))


def les_utloept(mappe: Path, noekkel: Kjenner) -> str | None:
    """The last day that has been deleted in time; None when none has. Raises HodeneErSkadet."""
    try:
        raa = (mappe / _UTLOEPT).read_bytes()
    except FileNotFoundError:
        return None
    try:
        return date.fromisoformat(_aapne(_UTLOEPT, raa, noekkel)["utloept"]).isoformat()
    except (ValueError, KeyError, TypeError):
        raise HodeneErSkadet from None


def skriv_utloept(mappe: Path, noekkel: Signeringsnoekkel, dag: str) -> None:
    """Sign that every day up to this one may be gone: written before anything is deleted."""
    skriv_hel(mappe / _UTLOEPT, _pakk({"utloept": dag}, noekkel))


def avtrykkene(mappe: Path) -> tuple[str, dict[str, str]]:
    """The name of the newest file, empty where there is none, and the fingerprints of what can still be written anew:
    it, and what has been deleted in time."""
    navn = [f"{dag}.json" for dag in dager(mappe)[-1:]]
    alle = [mappe / en for en in (*navn, _UTLOEPT)]
    return "".join(navn), {fil.name: hashlib.sha256(fil.read_bytes()).hexdigest() for fil in alle if fil.exists()}


def les_alle(mappe: Path, noekkel: Kjenner) -> Hodebok:
    """Every file, with what is wrong: changed, signed by another, taken away or put in its place."""
    funn: list[Funn] = []
    punkter: dict[str, dict[int, bytes]] = {}
    siste: Hodefil | None = None
    forrige: str | None = None
    segldager = dager(mappe)
    for segldag in segldager:
        try:
            fil = les(mappe, noekkel, segldag)
        except HodeneErSkadet:
            funn.append(Funn(Funnslag.HODE_ENDRET, segldag))
            # the next one names this file by its bytes, whatever they have become
            forrige = hashlib.sha256((mappe / f"{segldag}.json").read_bytes()).hexdigest()
            continue
        if fil.forrige != forrige:
            funn.append(Funn(Funnslag.HODE_MANGLER, segldag))
        for dag, hode in fil.hoder.items():
            punkter.setdefault(dag, {})[hode.antall] = hode.hash
        siste, forrige = fil, fil.avtrykk
    try:
        utloept = les_utloept(mappe, noekkel)
    except HodeneErSkadet:
        utloept = None
        funn.append(Funn(Funnslag.HODE_ENDRET, "utløp"))
    return Hodebok(punkter, siste, utloept, len(segldager), tuple(funn))


def _tekst(innhold: Mapping[str, Any]) -> bytes:
    return json.dumps(innhold, sort_keys=True, separators=(",", ":")).encode()


def _pakk(innhold: Mapping[str, Any], noekkel: Signeringsnoekkel) -> bytes:
    innhold = {"format": _FORMAT, **innhold}
    return json.dumps({"innhold": innhold, "signatur": noekkel.signer(_tekst(innhold))}).encode() + b"\n"


def _aapne(navn: str, raa: bytes, noekkel: Kjenner) -> dict[str, Any]:
    """What was signed. Raises ValueError, KeyError or TypeError where it is not just that."""
    pakke = json.loads(raa)
    innhold: dict[str, Any] = pakke["innhold"]
    if not noekkel.kjenner(navn, raa, _tekst(innhold), pakke["signatur"]) or innhold["format"] != _FORMAT:
        raise ValueError("not signed by this key")
    return innhold
