"""What is done with requests from families; each step checks, changes and records."""

from koordinering.personvern.krav.services.gjenta import gjenta_toemminger
from koordinering.personvern.krav.services.krav import (
    begrens,
    ferdig,
    gjenaapne,
    opphev,
    registrer,
    slett_saken,
    utsett,
)
from koordinering.personvern.krav.services.rydding import rydd_krav
from koordinering.personvern.krav.services.samlet import be_om_deler, er_utpekt, les_del, svar_for_del, utpekt

__all__ = [
    "be_om_deler",
    "begrens",
    "er_utpekt",
    "ferdig",
    "gjenaapne",
    "gjenta_toemminger",
    "les_del",
    "opphev",
    "registrer",
    "rydd_krav",
    "slett_saken",
    "svar_for_del",
    "utpekt",
    "utsett",
]
