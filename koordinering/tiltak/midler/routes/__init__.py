"""Pages of the money."""

from koordinering.tiltak.midler.routes.felles import bp

__all__ = ["bp"]
