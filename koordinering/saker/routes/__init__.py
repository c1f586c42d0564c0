"""Pages of the case: lists, finding, one case and what is done with it."""

from koordinering.saker.routes import barn, henvisning, hjemler, innboks, liste, sak, samtykketekst
from koordinering.saker.routes.felles import bp

__all__ = ["barn", "bp", "henvisning", "hjemler", "innboks", "liste", "sak", "samtykketekst"]
