"""Pages of the case: lists, finding, one case and what is done with it."""

from koordinering.saker.routes import barn, henvisning, innboks, liste, sak
from koordinering.saker.routes.felles import bp

__all__ = ["barn", "bp", "henvisning", "innboks", "liste", "sak"]
