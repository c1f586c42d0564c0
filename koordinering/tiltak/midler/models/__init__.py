"""Tables of the money. Amounts are whole øre; the ledger is only added to."""

from koordinering.tiltak.midler.models.budsjett import Budsjett, Formaal, Midleraar, Runde
from koordinering.tiltak.midler.models.kapasitet import BUDSJETT, FAKTURA, TILSAGN, TILSKUDD
from koordinering.tiltak.midler.models.tilsagn import Faktura, Kreditnota, Tilsagn
from koordinering.tiltak.midler.models.tilskudd import Tilskudd
from koordinering.tiltak.midler.models.utbetaling import Bunt, Postering, Utbetaling

__all__ = [
    "BUDSJETT",
    "FAKTURA",
    "TILSAGN",
    "TILSKUDD",
    "Budsjett",
    "Bunt",
    "Faktura",
    "Formaal",
    "Kreditnota",
    "Midleraar",
    "Postering",
    "Runde",
    "Tilsagn",
    "Tilskudd",
    "Utbetaling",
]
