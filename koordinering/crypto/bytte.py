"""A new master key in the key file, and the old ones away: one at a time, and never a half file."""

import fcntl
import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

from koordinering.crypto.noekler import NOEKKELBYTES, Kilde, Noekler, skriv
from koordinering.errors import ConfigError


@contextmanager
def _alene(kilde: Kilde) -> Iterator[Noekler]:
    """The keys of the file, which nobody else changes meanwhile. Raises ConfigError for the environment."""
    if kilde.innhold is not None:
        raise ConfigError(
            "Nøklene står i KOORDINERING_NOEKLER. Legg dem i en fil, bytt der med KOORDINERING_NOEKKELFIL, "
            "og sett miljøet etterpå."
        )
    kilde.les()  # what is missing or open to others is told before a lock is made beside it
    laas = os.open(kilde.fil.with_name(f".{kilde.fil.name}.laas"), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(laas, fcntl.LOCK_EX)
        yield kilde.les()
    finally:
        os.close(laas)


def ny_hovednoekkel(kilde: Kilde, etter: int, *, ta_i_bruk: bool) -> tuple[Noekler, bool]:
    """Put one more master key in the file and, unless told to wait, take it into use; the older ones stay for reading.

    One that was made and waits is taken into use instead. Its number is above `etter`: no number comes twice. Gives
    the keys as they now are, and whether anything was changed.
    """
    with _alene(kilde) as noekler:
        nyeste = max(noekler.hoved)
        hoved = dict(noekler.hoved)
        if nyeste == noekler.gjeldende:
            nyeste = max(nyeste, etter) + 1
            hoved[nyeste] = secrets.token_bytes(NOEKKELBYTES)
        nye = replace(noekler, hoved=hoved, gjeldende=nyeste if ta_i_bruk else noekler.gjeldende)
        if nye == noekler:
            return noekler, False
        skriv(kilde.fil, nye)
        return nye, True


def fjern_hovednoekler(kilde: Kilde, i_bruk: Callable[[], set[int]], foerst: Callable[[set[int]], None]) -> set[int]:
    """Take the older master keys out of the file; their numbers. Raises ConfigError while one of them is `i_bruk`.

    `foerst` is told the numbers before the file is written. Asked once more afterwards: somebody may have sealed with
    an older key while it was taken away, and then it is put back.
    """
    with _alene(kilde) as noekler:
        gamle = {nr for nr in noekler.hoved if nr < noekler.gjeldende}
        _krev_ubrukt(gamle & i_bruk())
        if not gamle:
            return gamle
        foerst(gamle)
        skriv(kilde.fil, replace(noekler, hoved={n: v for n, v in noekler.hoved.items() if n not in gamle}))
        try:
            _krev_ubrukt(gamle & i_bruk())
        except BaseException:
            skriv(kilde.fil, noekler)
            raise
        return gamle


def _krev_ubrukt(brukt: set[int]) -> None:
    if brukt:
        raise ConfigError(
            f"Hovednøkkel {', '.join(map(str, sorted(brukt)))} er fortsatt i bruk. Kjør først: koordinering keys rewrap"
        )
