"""Pages of the plan's figures: the list, one series, entering, files, and pictures side by side."""

from koordinering.plan.serier.routes import fil, foere, liste, serien
from koordinering.plan.serier.routes.felles import bp

__all__ = ["bp", "fil", "foere", "liste", "serien"]
