"""Codes of the plan's versions, and the errors that an edit of it can meet."""

from koordinering.errors import DomainError
from koordinering.tekst import N_, Kode


class Versjonsstatus(Kode):
    """Where a version of the plan is in its life: one draft at most, and one in force."""

    UTKAST = "utkast", N_("Utkast")
    GJELDENDE = "gjeldende", N_("Gjelder nå")
    TIDLIGERE = "tidligere", N_("Tidligere")


class Versjonskilde(Kode):
    """How a version came about."""

    FIL = "fil", N_("Lastet fra fil")
    RULLERING = "rullering", N_("Rullering")


class Plandel(Kode):
    """The kinds of things that a plan is made of."""

    HODE = "hode", N_("Planen")
    DELMAAL = "delmaal", N_("Delmål")
    STRATEGI = "strategi", N_("Strategi")
    TILTAK = "tiltak", N_("Tiltak")
    INDIKATOR = "indikator", N_("Indikator")
    ENHET = "enhet", N_("Enhet")


class Hendelse(Kode):
    """What happened to a part from one plan to another."""

    NY = "ny", N_("Ny")
    ENDRET = "endret", N_("Endret")
    FJERNET = "fjernet", N_("Fjernet")


class Merke(Kode):
    """What a new version of the plan does with a measure."""

    VIDEREFOERES = "viderefoeres", N_("Videreføres")
    ENDRES = "endres", N_("Endres")
    AVSLUTTES = "avsluttes", N_("Avsluttes")
    NY = "ny", N_("Nytt")


HODET = "planen"
"""Id of the plan's head: there is one."""


class IngenUtkast(DomainError):
    """There is no draft: it was put in force or thrown away, or nobody has begun one."""

    status = 409
    melding = N_("Det er ikke noe utkast nå. Det er satt i kraft eller forkastet, eller ikke startet.")


class FinnesUtkast(DomainError):
    """One draft at a time."""

    status = 409
    melding = N_("Det er et utkast fra før. Det kan bare være ett om gangen.")


class IBruk(DomainError):
    """The part cannot be taken out, since something in the draft needs it. Nothing was changed."""

    status = 409
