"""Puts a report together, freezes it, and hands it out as a file."""

from koordinering.plan.rapport.services.filer import Fil, Rapportformat, som_fil
from koordinering.plan.rapport.services.frysing import IngenPubliserteTall, Skadet, aarene, frys, innhold
from koordinering.plan.rapport.services.samling import eier, sett_sammen

__all__ = [
    "Fil", "IngenPubliserteTall", "Rapportformat", "Skadet", "aarene", "eier", "frys", "innhold", "sett_sammen",
    "som_fil",
]  # fmt: skip
