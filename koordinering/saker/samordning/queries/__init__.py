"""What may be seen of a coordination; `rekkevidde` decides which cases a consent reaches."""

from koordinering.saker.samordning.queries.adgang import (
    Adgang,
    adgang,
    egen_eller_staaende,
    fra_henvisning,
    fra_sak,
    henvisning,
    kan_nevnes,
    kolleger,
    registrerte,
    samordning,
)
from koordinering.saker.samordning.queries.deling import Avtalt, avtaler, avtalt, gjeldende, notater, tidslinje
from koordinering.saker.samordning.queries.liste import Inngang, innganger, liste, side, venter

__all__ = [
    "Adgang",
    "Avtalt",
    "Inngang",
    "adgang",
    "avtaler",
    "avtalt",
    "egen_eller_staaende",
    "fra_henvisning",
    "fra_sak",
    "gjeldende",
    "henvisning",
    "innganger",
    "kan_nevnes",
    "kolleger",
    "liste",
    "notater",
    "registrerte",
    "samordning",
    "side",
    "tidslinje",
    "venter",
]
