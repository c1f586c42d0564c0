"""Pictures of series as SVG made on the server: a line, bars or a sparkline."""

from koordinering.plan.bilder.visning import Bilde, gnist, kan_tegnes, linje, stolper, velg

__all__ = ["Bilde", "gnist", "kan_tegnes", "linje", "stolper", "velg"]
