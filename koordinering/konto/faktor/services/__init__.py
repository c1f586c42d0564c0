"""Services of the second factor: at sign-in, one's own, and the way back without it."""

from koordinering.konto.faktor.services.egne import (
    be_om_passkey,
    bekreft_app,
    bekreft_med_passord,
    fjern_app,
    fjern_passkey,
    lagre_passkey,
    nye_koder,
    start_app,
    ventende_hemmelighet,
)
from koordinering.konto.faktor.services.gjenoppretting import bruk_lenke, lag_lenke, lenkens_eier
from koordinering.konto.faktor.services.koder import FeilKode, HalvtUtloept, logg_inn_med_kode
from koordinering.konto.faktor.services.passkeys import (
    FeilPasskey,
    be_om_bevis,
    be_om_innlogging,
    bekreft_med_passkey,
    logg_inn_med_passkey,
)
from koordinering.konto.faktor.services.vedlikehold import (
    apper_per_hovednoekkel,
    demohemmelighet,
    forsegl_apper_om,
    rydd_faktorer,
)

__all__ = [
    "FeilKode",
    "FeilPasskey",
    "HalvtUtloept",
    "apper_per_hovednoekkel",
    "be_om_bevis",
    "be_om_innlogging",
    "be_om_passkey",
    "bekreft_app",
    "bekreft_med_passkey",
    "bekreft_med_passord",
    "bruk_lenke",
    "demohemmelighet",
    "fjern_app",
    "fjern_passkey",
    "forsegl_apper_om",
    "lag_lenke",
    "lagre_passkey",
    "lenkens_eier",
    "logg_inn_med_kode",
    "logg_inn_med_passkey",
    "nye_koder",
    "rydd_faktorer",
    "start_app",
    "ventende_hemmelighet",
]
