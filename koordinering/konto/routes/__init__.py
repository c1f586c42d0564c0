"""Pages of konto: signing in, one's own account, the users."""

from koordinering.konto.routes import brukere, egen, innlogging, kommunen, rettigheter
from koordinering.konto.routes.doer import (
    bevart,
    bytt_passord_foerst,
    egen_side,
    gammel_fane,
    halvt_inne,
    init_app,
    okt_sekunder,
    sikre_foerst,
    slipp_ikke_inn,
    usikret,
)
from koordinering.konto.routes.felles import OIDC, bp

__all__ = [
    "OIDC",
    "bevart",
    "bp",
    "brukere",
    "bytt_passord_foerst",
    "egen",
    "egen_side",
    "gammel_fane",
    "halvt_inne",
    "init_app",
    "innlogging",
    "kommunen",
    "okt_sekunder",
    "rettigheter",
    "sikre_foerst",
    "slipp_ikke_inn",
    "usikret",
]
