"""The key store: wrapped data keys in a database of their own, so that deleting a key makes every backup forget."""

from koordinering.noekkellager.kontroll import aapne_alle, hoeyeste_nummer, krev_riktige, ta_ut
from koordinering.noekkellager.lager import (
    BIND,
    SKJEMA,
    Rad,
    begge,
    engine,
    hent,
    hent_eller_lag,
    lag,
    lag_engine,
    lukk,
    per_hovednoekkel,
    skriv,
    valg,
)
from koordinering.noekkellager.ompakking import noekler_per_hovednoekkel, pakk_om_alle
from koordinering.noekkellager.sletting import (
    TOEMT,
    fullfoer_slettinger,
    skal_bort,
    slett,
    slettede,
    slettede_etter,
)

__all__ = [
    "BIND",
    "SKJEMA",
    "TOEMT",
    "Rad",
    "aapne_alle",
    "begge",
    "engine",
    "fullfoer_slettinger",
    "hent",
    "hent_eller_lag",
    "hoeyeste_nummer",
    "krev_riktige",
    "lag",
    "lag_engine",
    "lukk",
    "noekler_per_hovednoekkel",
    "pakk_om_alle",
    "per_hovednoekkel",
    "skal_bort",
    "skriv",
    "slett",
    "slettede",
    "slettede_etter",
    "ta_ut",
    "valg",
]
