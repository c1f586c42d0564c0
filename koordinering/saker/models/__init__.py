"""Tables of cases, children, consents and referrals. No name, no address, no identity number anywhere."""

from koordinering.saker.models.henvisningen import Hendelse, Henvisning
from koordinering.saker.models.saken import Aapning, Barn, Oenske, Sak, SakBehov, Sakshendelse, Saksmerke
from koordinering.saker.models.samtykket import Hjemmel, Hjemmelendring, Samtykke

__all__ = [
    "Aapning",
    "Barn",
    "Hendelse",
    "Henvisning",
    "Hjemmel",
    "Hjemmelendring",
    "Oenske",
    "Sak",
    "SakBehov",
    "Sakshendelse",
    "Saksmerke",
    "Samtykke",
]
