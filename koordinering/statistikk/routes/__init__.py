"""Pages with counts: working figures for the coordinator, and releases for everybody who signs in."""

from koordinering.statistikk.routes import publisering, publisert, tall
from koordinering.statistikk.routes.felles import bp

__all__ = ["bp", "publisering", "publisert", "tall"]
