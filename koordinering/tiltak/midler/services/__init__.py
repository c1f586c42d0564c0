"""What is done with the money: every change of a budget goes through the ledger."""

from koordinering.tiltak.midler.services.aar import (
    lagre_runde,
    last_formaal,
    opprett_aar,
    sett_beloepsgrense,
    sett_ramme,
    sett_tak,
    steng_aar,
)
from koordinering.tiltak.midler.services.bunt import hentet, lag_bunt
from koordinering.tiltak.midler.services.tilsagn import (
    avslutt_tilsagn,
    endre_beloep,
    foer_faktura,
    foer_kreditnota,
    frigi_tilsagn,
    gi_tilsagn,
)
from koordinering.tiltak.midler.services.tilskudd import (
    Rapport,
    Soeknad,
    avslaa,
    foer_soeknad,
    innvilg,
    purr,
    registrer_rapport,
    registrer_tilbakebetaling,
    trekk,
)
from koordinering.tiltak.midler.services.utbetaling import (
    avgjoer,
    betal_faktura,
    betal_tilskudd,
    godkjenn,
    kom_i_retur,
    send_paa_nytt,
    stans,
)

__all__ = [
    "Rapport",
    "Soeknad",
    "avgjoer",
    "avslaa",
    "avslutt_tilsagn",
    "betal_faktura",
    "betal_tilskudd",
    "endre_beloep",
    "foer_faktura",
    "foer_kreditnota",
    "foer_soeknad",
    "frigi_tilsagn",
    "gi_tilsagn",
    "godkjenn",
    "hentet",
    "innvilg",
    "kom_i_retur",
    "lag_bunt",
    "lagre_runde",
    "last_formaal",
    "opprett_aar",
    "purr",
    "registrer_rapport",
    "registrer_tilbakebetaling",
    "send_paa_nytt",
    "sett_beloepsgrense",
    "sett_ramme",
    "sett_tak",
    "stans",
    "steng_aar",
    "trekk",
]
