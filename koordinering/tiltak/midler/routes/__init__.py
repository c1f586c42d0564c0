"""Pages of the money: budgets, grants to clubs, single places, payments and files."""

from koordinering.tiltak.midler.routes import budsjett, bunt, tilsagn, tilskudd, tilskuddsliste, utbetaling
from koordinering.tiltak.midler.routes.felles import bp

__all__ = ["bp", "budsjett", "bunt", "tilsagn", "tilskudd", "tilskuddsliste", "utbetaling"]
