"""Services of single sign-on: the file of issuers, the way there and back, requests that wait, and the check."""

from koordinering.konto.oidc.services.feil import SsoFeil
from koordinering.konto.oidc.services.innlogging import (
    Inne,
    Omstendigheter,
    Svar,
    Venter,
    begynn,
    foelg_med,
    fullfoer,
    hos_hvem,
)
from koordinering.konto.oidc.services.oppsett import les_utstedere
from koordinering.konto.oidc.services.sjekk import Alvor, Funn, sjekk
from koordinering.konto.oidc.services.tilbyder import Tilbyder
from koordinering.konto.oidc.services.ventende import (
    avvis,
    avvist,
    koble,
    koble_fra,
    ny_bruker,
    rydd_innlogginger,
)

__all__ = [
    "Alvor",
    "Funn",
    "Inne",
    "Omstendigheter",
    "SsoFeil",
    "Svar",
    "Tilbyder",
    "Venter",
    "avvis",
    "avvist",
    "begynn",
    "fullfoer",
    "foelg_med",
    "hos_hvem",
    "koble",
    "koble_fra",
    "les_utstedere",
    "ny_bruker",
    "rydd_innlogginger",
    "sjekk",
]
