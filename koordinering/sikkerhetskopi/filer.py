"""What the files of backups are called, which are there, and which are too old."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from koordinering.tekst import Kode


class Del(Kode):
    """The two halves: one without the other opens no encrypted field."""

    DATA = "data", "databasen"
    LAGER = "noekkellager", "nøkkellageret"


_NAVN = re.compile(r"koordinering-(data|noekkellager)-(\d{8}T\d{6}Z)\.tar\.age")
_TID = "%Y%m%dT%H%M%SZ"


@dataclass(frozen=True, order=True)
class Kopifil:
    """A backup by its file. The newest is the greatest."""

    tatt: datetime
    del_: Del
    sti: Path


def filnavn(del_: Del, tatt: datetime) -> str:
    """The half and the moment in UTC; nothing else."""
    return f"koordinering-{del_.value}-{tatt.astimezone(UTC).strftime(_TID)}.tar.age"


def les_filnavn(sti: Path) -> Kopifil | None:
    """None for any other file."""
    treff = _NAVN.fullmatch(sti.name)
    if treff is None:
        return None
    return Kopifil(datetime.strptime(treff[2], _TID).replace(tzinfo=UTC), Del(treff[1]), sti)


def finn(mappe: Path, del_: Del) -> list[Kopifil]:
    """The backups of one half in a folder and those below it, the newest first."""
    funnet = (les_filnavn(sti) for sti in mappe.rglob("koordinering-*.tar.age") if sti.is_file())
    return sorted((en for en in funnet if en is not None and en.del_ is del_), reverse=True)


def rydd(mappe: Path, del_: Del, *, dager: int, antall: int | None, naa: datetime) -> list[Path]:
    """Delete the backups that are older than so many days, or more than so many; never the newest. Which went.

    Half-written files of runs that were killed go too, after a day.
    """
    grense = naa - timedelta(days=dager)
    alle = finn(mappe, del_)
    bort = [en.sti for nr, en in enumerate(alle) if nr and (en.tatt < grense or (antall is not None and nr >= antall))]
    doed = (naa - timedelta(days=1)).timestamp()
    rester = [sti for sti in mappe.glob(f".koordinering-{del_.value}-*") if sti.stat().st_mtime < doed]
    for sti in bort + rester:
        sti.unlink(missing_ok=True)
    return bort
