"""Pages where families and stock meet: registering, the inbox, one referral, cards and places."""

from koordinering.tildeling.routes import (
    angre,
    ark,
    flere,
    fordel,
    forslag,
    henvisning,
    innboks,
    kort,
    lapp,
    midler,
    neste,
    nyttaar,
    registrering,
    venting,
)
from koordinering.tildeling.routes.felles import bp

__all__ = [
    "angre",
    "ark",
    "bp",
    "flere",
    "fordel",
    "forslag",
    "henvisning",
    "innboks",
    "kort",
    "lapp",
    "midler",
    "neste",
    "nyttaar",
    "registrering",
    "venting",
]
