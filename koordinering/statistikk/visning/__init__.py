"""How a protected table lies on a page and in a sheet: rows, columns and pictures. Knows protected tables only."""

from koordinering.statistikk.visning.flate import Kolonnehode, ark, radhoder
from koordinering.statistikk.visning.side import Tabellside, med_fjor

__all__ = ["Kolonnehode", "Tabellside", "ark", "med_fjor", "radhoder"]
