"""States of a job and the limits on its life."""

from datetime import timedelta

from koordinering.tekst import N_, Kode


class Jobbstatus(Kode):
    """Where a job is."""

    VENTER = "venter", N_("Venter")
    I_ARBEID = "i_arbeid", N_("I arbeid")
    FERDIG = "ferdig", N_("Ferdig")
    FEILET = "feilet", N_("Feilet")
    AVBRUTT = "avbrutt", N_("Avbrutt")


LEIE = timedelta(seconds=60)
"""How long a worker holds a job without a sign of life; it renews between steps."""

OPPBEVARES = timedelta(days=90)
"""A job that has ended can be looked up for so long; what it made lies elsewhere and stays."""

MAKS_FORSOEK = 3
"""A job whose worker died this many times is given up."""
