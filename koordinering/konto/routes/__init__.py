"""Pages of konto: signing in, one's own account, the users."""

from koordinering.konto.routes import brukere, egen, innlogging, kommunen, rettigheter
from koordinering.konto.routes.doer import (
    bevart,
    bytt_passord_foerst,
    egen_side,
    gammel_fane,
    init_app,
    slipp_ikke_inn,
)
from koordinering.konto.routes.felles import bp

__all__ = [
    "bevart",
    "bp",
    "brukere",
    "bytt_passord_foerst",
    "egen",
    "egen_side",
    "gammel_fane",
    "init_app",
    "innlogging",
    "kommunen",
    "rettigheter",
    "slipp_ikke_inn",
]
