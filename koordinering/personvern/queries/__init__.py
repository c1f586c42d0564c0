"""Reading the access log: the user who asks comes first and decides which lines there are."""

from koordinering.personvern.queries.aapninger import aapninger
from koordinering.personvern.queries.logg import (
    MAKS_UTTREKK,
    Loggside,
    enheter_i_loggen,
    logg,
    navn_paa,
    saken,
    uttrekk,
)
from koordinering.personvern.queries.loggfilter import LINJER_AV_SLAG, Loggfilter
from koordinering.personvern.queries.moenster import Moensterside, Moenstertreff, moenstre

__all__ = [
    "LINJER_AV_SLAG",
    "MAKS_UTTREKK",
    "Loggfilter",
    "Loggside",
    "Moensterside",
    "Moenstertreff",
    "aapninger",
    "enheter_i_loggen",
    "logg",
    "moenstre",
    "navn_paa",
    "saken",
    "uttrekk",
]
