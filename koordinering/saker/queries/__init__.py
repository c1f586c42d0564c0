"""What may be seen of cases and referrals: every reading takes the user first."""

from koordinering.saker.queries.hel import henvisninger, sakshendelser
from koordinering.saker.queries.hjemler import hjemler, hjemmel, hjemmelendringer, hjemmelside
from koordinering.saker.queries.kobling import MINST_RUNDER, koblede_saker
from koordinering.saker.queries.liste import VENTENDE, Saksfilter, antall_som_venter, merkede, side
from koordinering.saker.queries.saker import (
    barn,
    henvisning,
    i_enheten,
    kolleger,
    mottakere,
    mottatt,
    navn,
    registreringsenheter,
    sak,
    samtykke,
)
from koordinering.saker.queries.soek import Funnet, blant, med_barn, med_kode, med_referanse

__all__ = [
    "MINST_RUNDER",
    "VENTENDE",
    "Funnet",
    "Saksfilter",
    "antall_som_venter",
    "barn",
    "blant",
    "henvisning",
    "henvisninger",
    "hjemler",
    "hjemmel",
    "hjemmelendringer",
    "hjemmelside",
    "i_enheten",
    "koblede_saker",
    "kolleger",
    "med_barn",
    "med_kode",
    "med_referanse",
    "merkede",
    "mottakere",
    "mottatt",
    "navn",
    "registreringsenheter",
    "sak",
    "sakshendelser",
    "samtykke",
    "side",
]
