"""Pages where families and stock meet: registering, the inbox, one referral, cards and places."""

from koordinering.tildeling.routes import fordel, henvisning, innboks, kort, lapp, midler, registrering
from koordinering.tildeling.routes.felles import bp

__all__ = ["bp", "fordel", "henvisning", "innboks", "kort", "lapp", "midler", "registrering"]
