"""The pages of open data: what everybody reads, and what the coordinator decides."""

from koordinering.statistikk.aapne.routes import data, styring, tabeller
from koordinering.statistikk.aapne.routes.felles import bp, styring_bp

__all__ = ["bp", "data", "styring", "styring_bp", "tabeller"]
