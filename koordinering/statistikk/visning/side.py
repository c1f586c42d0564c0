"""A protected table as a page shows it: flat tables, pictures, what of it is hidden, and last year's beside it."""

from dataclasses import dataclass
from typing import Any

from koordinering.statistikk.disclosure import SafeTable
from koordinering.statistikk.visning.diagram import Diagram, diagrammer
from koordinering.statistikk.visning.flate import Flate, flater
from koordinering.statistikk.visning.ventetid import Ventetid, ventetider

MYE = 0.5
"""Below this share of shown numbers the page warns and offers tables of one dimension."""


@dataclass(frozen=True)
class Tabellside:
    """One table, and last year's where it was counted in the same way."""

    tabell: SafeTable
    fjor: SafeTable | None = None
    brudd: bool = False
    """Last year was counted in another way: the two are not compared."""

    @property
    def flater(self) -> tuple[Flate, ...]:
        """The flat tables, in order."""
        return flater(self.tabell, self.fjor)

    @property
    def diagrammer(self) -> tuple[Diagram, ...]:
        """The pictures, on one scale; none where there is no number to draw."""
        return diagrammer(self.tabell) if self.tabell.andel_vist else ()

    @property
    def ventetider(self) -> tuple[Ventetid, ...]:
        """How long they waited, where the table says it."""
        return ventetider(self.tabell)

    @property
    def mye_skjult(self) -> bool:
        """More than half of the numbers are hidden."""
        return self.tabell.andel_vist < MYE

    @property
    def prosent_vist(self) -> int:
        """Share of the numbers that are shown, in whole per cent; 100 only when all are."""
        return int(100 * self.tabell.andel_vist)


def med_fjor(naa: SafeTable, fjor: SafeTable | None, *, samme_kobling: bool) -> Tabellside:
    """Put last year's table beside, unless it was counted in another way (DESIGN.md section 7)."""
    if fjor is None:
        return Tabellside(naa)
    likt = samme_kobling and _telling(naa) == _telling(fjor)
    return Tabellside(naa, fjor if likt else None, brudd=not likt)


def _telling(tabell: SafeTable) -> tuple[Any, ...]:
    """What must be the same for two years to be compared: definitions with version, units and classes."""
    klasser = tuple((d.kode, tuple((k.kode, k.forelder) for k in d.kategorier)) for d in tabell.dimensjoner)
    enheter = tuple((k.kode, k.lenke, k.additiv) for k in tabell.kolonner)
    return tabell.telledefinisjoner, klasser, enheter
