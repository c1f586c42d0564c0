"""Pages of requests from families, by what they are about."""

from koordinering.personvern.krav.routes import krav, samlet, sletting
from koordinering.personvern.krav.routes.felles import bp

__all__ = ["bp", "krav", "samlet", "sletting"]
