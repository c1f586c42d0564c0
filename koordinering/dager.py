"""A day as somebody writes it, and why what is written is none."""

import re
from calendar import monthrange
from datetime import MINYEAR, date, datetime

from koordinering.tekst import N_

FORMER = ("%d.%m.%Y", "%Y-%m-%d", "%d.%m.%y")
"""Ours first, what a browser's own field sends, and ours with two figures of the year."""

_SKREVET = re.compile(r"(?P<d>\d{1,2})\.(?P<m>\d{1,2})\.(?P<aar>\d{4})|(?P<aar2>\d{4})-(?P<m2>\d{1,2})-(?P<d2>\d{1,2})")


def les_dag(tekst: str) -> date:
    """The day; raise ValueError with what is wrong, in words."""
    for form in FORMER:
        try:
            return datetime.strptime(tekst, form).date()  # noqa: DTZ007 - a day without a time
        except ValueError:
            continue
    raise ValueError(finnes_ikke(tekst) or N_("Skriv datoen som dd.mm.åååå."))


def finnes_ikke(tekst: str) -> str | None:
    """What to say of a day that is written as days are, and that no month has; None of anything else."""
    funnet = _SKREVET.fullmatch(tekst)
    if funnet is None or not tekst.isascii():
        return None
    dag, maaned, aar = (int(funnet[navn] or funnet[f"{navn}2"]) for navn in ("d", "m", "aar"))
    if aar < MINYEAR:
        return None
    if not 1 <= maaned <= 12:
        return N_("%(dag)s finnes ikke: månedene er fra 1 til 12.") % {"dag": tekst}
    antall = monthrange(aar, maaned)[1]
    if 1 <= dag <= antall:
        return None
    return N_("%(dag)s finnes ikke: den måneden har %(antall)d dager.") % {"dag": tekst, "antall": antall}
