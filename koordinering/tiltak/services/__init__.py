"""Units, offers and cards: what other packages may do with them."""

from koordinering.tiltak.services.enheter import (
    er_stengt,
    gi_tilbake,
    laas_beholdning,
    sett_antall,
    ta,
    ta_plass,
    ta_ut_ledige,
)
from koordinering.tiltak.services.kort import endre_kortaar, opprett_kortaar, standard_kort
from koordinering.tiltak.services.tilbud import (
    IkkeLagtInn,
    endre_tilbud,
    importer_tilbud,
    laas_tilbudene,
    opprett_tilbud,
    sett_tak,
    trekk_tilbud,
)

__all__ = [
    "IkkeLagtInn",
    "endre_kortaar",
    "endre_tilbud",
    "er_stengt",
    "gi_tilbake",
    "importer_tilbud",
    "laas_beholdning",
    "laas_tilbudene",
    "opprett_kortaar",
    "opprett_tilbud",
    "sett_antall",
    "sett_tak",
    "standard_kort",
    "ta",
    "ta_plass",
    "ta_ut_ledige",
    "trekk_tilbud",
]
