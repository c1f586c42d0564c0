"""Backups of a database and its key store, apart and encrypted; and fetching them into an empty place."""

from koordinering.sikkerhetskopi.filer import Del, Kopifil, finn, rydd
from koordinering.sikkerhetskopi.hent import AnnetSlag, IkkeTomt, Sted, hent, krev_tomt
from koordinering.sikkerhetskopi.oevelse import RAPPORT, sist_oevd
from koordinering.sikkerhetskopi.ta import Kilde, ta_kopi

__all__ = [
    "RAPPORT",
    "AnnetSlag",
    "Del",
    "IkkeTomt",
    "Kilde",
    "Kopifil",
    "Sted",
    "finn",
    "hent",
    "krev_tomt",
    "rydd",
    "sist_oevd",
    "ta_kopi",
]
