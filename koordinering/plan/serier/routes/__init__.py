"""Pages of the plan's figures: the list, one series, entering, files, and pictures side by side."""

from koordinering.plan.serier.routes import liste
from koordinering.plan.serier.routes.felles import bp

__all__ = ["bp", "liste"]
