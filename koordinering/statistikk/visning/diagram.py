"""The picture of a table: bars of its first unit, a row of small ones where there are two dimensions."""

from dataclasses import dataclass

from koordinering.statistikk.disclosure import TOTAL, Dimensjon, SafeTable, Tegn

FLEST = 8
"""Small pictures side by side; with more classes than this the picture shows the rows' totals only."""


@dataclass(frozen=True)
class Diagram:
    """Bars by class. `maks` is the end of the scale, the same in all pictures of a table: the largest bar shown."""

    tittel: str
    rader: tuple[tuple[str, int | None], ...]
    """Label and number; None is hidden, and becomes a gap with its sign."""
    maks: int


def diagrammer(tabell: SafeTable) -> tuple[Diagram, ...]:
    """One picture, or one for each class across. What is not applicable has no bar."""
    enhet = tabell.kolonner[0].etikett
    if len(tabell.dimensjoner) == 1:
        return _med_skala([(enhet, _rader(tabell, ()))])
    bort = tabell.dimensjoner[1]
    klasser = _ytterste(bort)
    if len(klasser) > FLEST:
        klasser = (TOTAL,)
    dypere = (TOTAL,) * (len(tabell.dimensjoner) - 2)
    return _med_skala([(f"{enhet}, {bort.etikett_av(kode)}", _rader(tabell, (kode, *dypere))) for kode in klasser])


def _rader(tabell: SafeTable, resten: tuple[str, ...]) -> tuple[tuple[str, int | None], ...]:
    ned = tabell.dimensjoner[0]
    celler = ((ned.etikett_av(kode), tabell.celler[(kode, *resten)][0]) for kode in _ytterste(ned))
    return tuple(
        (etikett, None if isinstance(celle, Tegn) else celle)
        for etikett, celle in celler
        if celle is not Tegn.IKKE_AKTUELT
    )


def _ytterste(dimensjon: Dimensjon) -> tuple[str, ...]:
    """The classes that sum to the total: bars of a class and of its parts would show the same thing twice."""
    return dimensjon.deler(TOTAL)


def _med_skala(bilder: list[tuple[str, tuple[tuple[str, int | None], ...]]]) -> tuple[Diagram, ...]:
    vist = [verdi for _, rader in bilder for _, verdi in rader if verdi is not None]
    return tuple(Diagram(tittel, rader, max([1, *vist])) for tittel, rader in bilder if rader)
