"""The calendar as a file, RFC 5545: whole days, and nothing of any person."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

ICS_TYPE = "text/calendar"
_LINJE = 75
"""Octets in one line of the file before it is folded (RFC 5545, 3.1)."""


@dataclass(frozen=True)
class Kalenderdag:
    """One day of the calendar. `id` is the same each time the file is fetched, so that a moved date moves."""

    id: str
    dag: date
    tekst: str


def til_ics(navn: str, dager: Iterable[Kalenderdag], naa: datetime) -> bytes:
    """The file. `naa`: when it was made, aware."""
    linjer = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Koordinering//Evaluering//NO",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        f"X-WR-CALNAME:{_tekst(navn)}",
    ]
    for en in dager:
        linjer += [
            "BEGIN:VEVENT",
            f"UID:{_tekst(en.id)}",
            f"DTSTAMP:{naa.astimezone(UTC):%Y%m%dT%H%M%SZ}",
            f"DTSTART;VALUE=DATE:{en.dag:%Y%m%d}",
            f"DTEND;VALUE=DATE:{en.dag + timedelta(days=1):%Y%m%d}",
            f"SUMMARY:{_tekst(en.tekst)}",
            "TRANSP:TRANSPARENT",
            "END:VEVENT",
        ]
    linjer.append("END:VCALENDAR")
    return "".join(del_ + "\r\n" for linje in linjer for del_ in _brettet(linje)).encode()


def _tekst(verdi: str) -> str:
    """A text value: its four signs are escaped (3.3.11)."""
    for tegn, som in (("\\", "\\\\"), (";", "\\;"), (",", "\\,"), ("\n", "\\n")):
        verdi = verdi.replace(tegn, som)
    return verdi.replace("\r", "")


def _brettet(linje: str) -> Iterator[str]:
    """The line in pieces of at most 75 octets, the later ones after a blank; no letter is cut in two."""
    bit, lengde = "", 0
    for tegn in linje:
        octets = len(tegn.encode())
        if lengde + octets > _LINJE:
            yield bit
            bit, lengde = " ", 1
        bit, lengde = bit + tegn, lengde + octets
    yield bit
