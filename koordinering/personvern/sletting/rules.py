"""When a case has had its time, in calendar months: the first day it may go, and what was long enough ago."""

from calendar import monthrange
from datetime import date, timedelta

from koordinering.tekst import N_, Kode

VARSEL = 1
"""Months ahead that the warning list tells of."""


class Venter(Kode):
    """What a case that has had its time still waits for."""

    FAMILIEN = "familien", N_("Et krav fra familien er ikke besvart.")
    ARKIVET = "arkivet", N_("Vedtakene må til arkivet først.")
    NATTEN = "natten", N_("Slettes neste gang slettingen kjøres, til vanlig i natt.")


def trekk_fra(dag: date, maaneder: int) -> date:
    """The same day so many months before; the month's last day where there is no such day."""
    aar, maaned = divmod(dag.year * 12 + dag.month - 1 - maaneder, 12)
    return date(aar, maaned + 1, min(dag.day, monthrange(aar, maaned + 1)[1]))


def slettes_fra(siste: date, maaneder: int) -> date:
    """The first day on which something that last happened this day has stood whole months: `trekk_fra` is past it."""
    etter = siste + timedelta(days=1)
    aar, maaned = divmod(etter.year * 12 + etter.month - 1 + maaneder, 12)
    if etter.day > monthrange(aar, maaned + 1)[1]:
        aar, maaned = divmod(aar * 12 + maaned + 1, 12)
        return date(aar, maaned + 1, 1)
    return date(aar, maaned + 1, etter.day)


def varsles_til(idag: date) -> date:
    """The last day that the warning list tells of."""
    return slettes_fra(idag - timedelta(days=1), VARSEL)


def kan_mangle(aar: int, idag: date, maaneder: int) -> bool:
    """Whether cases that a count of this year rests on may have been deleted by now, the first of its January's."""
    return slettes_fra(date(aar, 1, 1), maaneder) <= idag
