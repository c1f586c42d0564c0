"""Moving a whole installation's data from one database to another, SQLite or PostgreSQL, and proving that it came."""

from koordinering.flytting.former import enkle
from koordinering.flytting.overfoering import Framdrift, Resultat, Tabellsum, flytt, overfoer, tabellsum
from koordinering.flytting.steder import Sted

__all__ = ["Framdrift", "Resultat", "Sted", "Tabellsum", "enkle", "flytt", "overfoer", "tabellsum"]
