"""How a line of the log is hashed, what can be wrong with a log, and the limits of time."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from koordinering.tekst import N_, Kode

SLAKK = timedelta(hours=1)
"""A line is in the database this long after its time at the latest: a transaction lasts seconds. What turns up later
is not sealed, and the verification names it."""

FRIST = timedelta(hours=1)
"""A line that has waited longer than this for its seal is an error: the job that seals each minute does not run."""

KLOKKESLAKK = timedelta(minutes=5)
"""How far the clocks of two machines may differ."""

KOLONNER = ("id", "tid", "hva", "user_id", "roller", "enhet_id", "gjelder", "gjelder_id", "detalj")
"""The columns of a line that are hashed, in this order: all of them. A test holds them against the table."""

_OSLO = ZoneInfo("Europe/Oslo")
_TIDSFORM = "%Y-%m-%d %H:%M:%S.%f"
_TEKST = json.JSONEncoder(separators=(",", ":"), default=repr).encode


def tidstekst(tid: datetime) -> str:
    """A moment as it is hashed and compared: UTC with six decimals, which sorts as time does."""
    return tid.astimezone(UTC).strftime(_TIDSFORM)


def les_tid(tekst: str) -> datetime:
    """The moment of a tidstekst. Raises ValueError."""
    return datetime.strptime(tekst, _TIDSFORM).replace(tzinfo=UTC)


def dagen(tid: str) -> str:
    """The day in Norway of a tidstekst, which is the chain that its line belongs to. Raises ValueError."""
    return les_tid(tid).astimezone(_OSLO).date().isoformat()


def foerste(dag: str) -> bytes:
    """What the first line of a day is chained to."""
    return hashlib.sha256(f"koordinering:innsynslogg:1:{dag}".encode()).digest()


def lenke(forrige: bytes, dag: str, nr: int, forseglet: str, innslag: Sequence[object]) -> bytes:
    """The hash of line number `nr` of the day: of the one before it, of its place and of all its columns."""
    return hashlib.sha256(forrige + _TEKST([dag, nr, forseglet, *innslag]).encode()).digest()


def siste_utloepte(idag: date, aar: int) -> date:
    """The last day whose log has had its time, when it is kept for this many years."""
    try:
        return idag.replace(year=idag.year - aar) - timedelta(days=1)
    except ValueError:  # 29 February
        return date(idag.year - aar, 2, 28)


class Funnslag(Kode):
    """What can be wrong with a log."""

    ENDRET = "endret", N_("Innslaget eller seglet er endret")
    FJERNET = "fjernet", N_("Innslaget er fjernet")
    SEGL_MANGLER = "segl_mangler", N_("Segl er fjernet fra rekken")
    INNSATT = "innsatt", N_("Innslaget er satt inn etterpå, eller seglet er fjernet")
    IKKE_FORSEGLET = "ikke_forseglet", N_("Innslaget har ventet for lenge på segl")
    FRAMTID = "framtid", N_("Innslaget har en tid som ikke har vært")
    HALE = "hale", N_("Slutten av dagen er kuttet")
    OMSKREVET = "omskrevet", N_("Dagen er skrevet om: den stemmer ikke med det signerte hodet")
    DAG_MANGLER = "dag_mangler", N_("Hele dagen er fjernet")
    IKKE_SIGNERT = "ikke_signert", N_("Forseglede innslag har ikke et signert hode")
    HODE_ENDRET = "hode_endret", N_("Hodefilen er endret eller signert med en annen nøkkel")
    HODE_MANGLER = "hode_mangler", N_("En hodefil er fjernet eller byttet ut")
    UTEN_SEGL = "uten_segl", N_("Loggen er aldri forseglet")


@dataclass(frozen=True)
class Funn:
    """One thing that is wrong, named so that it can be found."""

    slag: Funnslag
    dag: str | None = None
    """The day of the chain, or of the head file."""
    nr: int | None = None
    """Number in the day's chain; the first of them where there are several."""
    innslag: int | None = None
    """The line's id."""

    def __str__(self) -> str:
        sted = [
            f"dag {self.dag}" if self.dag else "",
            f"nummer {self.nr}" if self.nr is not None else "",
            f"innslag {self.innslag}" if self.innslag is not None else "",
        ]
        navn = ", ".join(en for en in sted if en)
        return f"{self.slag.tekst}: {navn}" if navn else self.slag.tekst
