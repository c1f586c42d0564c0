"""Services of konto: signing in, sessions, accounts and kept work."""

from koordinering.konto.services.bevart import (
    bevar_arbeid,
    bevart_per_hovednoekkel,
    forsegl_bevart_om,
    glem_arbeid,
    hent_bevart,
)
from koordinering.konto.services.brukere import (
    bekreft_passord,
    bytt_passord,
    endre_epost,
    endre_tittel,
    laas,
    laas_opp,
    lag_bruker,
    sett_passord,
)
from koordinering.konto.services.grenser import VentLitt
from koordinering.konto.services.halvt import hvem as halvt_inne
from koordinering.konto.services.innlogging import FeilInnlogging, logg_inn
from koordinering.konto.services.kommunen import Valgene, endre_kommune
from koordinering.konto.services.okter import (
    LestOkt,
    avslutt_alle,
    avslutt_okt,
    eier_av_okt,
    les_okt,
    logg_ut,
    start_okt,
)
from koordinering.konto.services.roller import avslutt_rolle, bekreft_rolle, endre_rolle, gi_rolle
from koordinering.konto.services.rydding import rydd
from koordinering.konto.services.timen import ForMangeUttrekk, ta_i_timen, ta_uttrekk

__all__ = [
    "FeilInnlogging",
    "ForMangeUttrekk",
    "LestOkt",
    "Valgene",
    "VentLitt",
    "avslutt_alle",
    "avslutt_okt",
    "avslutt_rolle",
    "bekreft_rolle",
    "bekreft_passord",
    "bevar_arbeid",
    "bevart_per_hovednoekkel",
    "bytt_passord",
    "eier_av_okt",
    "endre_kommune",
    "endre_rolle",
    "endre_epost",
    "endre_tittel",
    "forsegl_bevart_om",
    "gi_rolle",
    "glem_arbeid",
    "halvt_inne",
    "hent_bevart",
    "laas",
    "laas_opp",
    "lag_bruker",
    "les_okt",
    "logg_inn",
    "logg_ut",
    "rydd",
    "sett_passord",
    "start_okt",
    "ta_i_timen",
    "ta_uttrekk",
]
