"""Pages of coordination: what the units do together, and the sheet that the family signs."""

from koordinering.saker.samordning.routes import ark, side
from koordinering.saker.samordning.routes.felles import bp

__all__ = ["ark", "bp", "side"]
