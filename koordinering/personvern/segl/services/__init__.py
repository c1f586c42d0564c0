"""Sealing, verifying, exporting and expiring the access log."""

from koordinering.personvern.segl.services.forsegling import Loggsted, forsegl, hvert_minutt, ta_i_bruk
from koordinering.personvern.segl.services.hoder import HodeneErSkadet, dager
from koordinering.personvern.segl.services.kontroll import Kontroll, kontroller, skriv_ned
from koordinering.personvern.segl.services.noekkelbytte import bytt_noekkel, ny_noekkel
from koordinering.personvern.segl.services.utloep import Utloep, utloep, utloepte
from koordinering.personvern.segl.services.uttrekk import Uttrekksformat, skriv_uttrekk
from koordinering.personvern.segl.services.videresending import IkkeMottatt, Sending, videresend

__all__ = [
    "HodeneErSkadet",
    "IkkeMottatt",
    "Kontroll",
    "Loggsted",
    "Sending",
    "Utloep",
    "Uttrekksformat",
    "bytt_noekkel",
    "dager",
    "forsegl",
    "hvert_minutt",
    "kontroller",
    "ny_noekkel",
    "skriv_ned",
    "skriv_uttrekk",
    "ta_i_bruk",
    "utloep",
    "utloepte",
    "videresend",
]
