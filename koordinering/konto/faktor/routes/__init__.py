"""Pages of the second factor."""

from koordinering.konto.faktor.routes import egne, gjenoppretting, innlogging
from koordinering.konto.faktor.routes.felles import bp

__all__ = ["bp", "egne", "gjenoppretting", "innlogging"]
