"""A series seen from one year: its figure, the year before under the same definition, and which series leads."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from koordinering.plan.serier.rules import Opphav, Punkt, Serie
from koordinering.plan.serier.rules.periode import Periodeslag
from koordinering.plan.serier.rules.sammenligning import endring


@dataclass(frozen=True)
class Aarstall:
    """This year's point and last year's; the change only where the two are counted in the same way."""

    serie: Serie
    aar: int
    naa: Punkt | None
    fjor: Punkt | None
    endring: float | None
    brudd: str | None
    """Why the two are not compared, where something between them is a break."""
    siste: Punkt | None
    """The newest point up to the year, where the year itself has none."""


def aarstall(serie: Serie, aar: int) -> Aarstall:
    """What a series says of a year. Of months and half-years the last one counts, beside the same one last year."""
    naa = _i_aaret(serie, aar)
    fjor = _tilsvarende(serie, naa, aar - 1) if naa else _i_aaret(serie, aar - 1)
    mellom = [p for p in serie.punkter if _mellom(p, fjor, naa)]
    brutt = next((p for p in mellom if p.brudd), None)
    sammen = endring(replace(serie, punkter=(fjor, replace(naa, brudd=brutt is not None)))) if fjor and naa else None
    grunn = (brutt.brudd_grunn or "") if brutt is not None else None
    foer = [p for p in serie.punkter if p.tid is not None and p.tid.slutt[0] <= aar]
    return Aarstall(serie, aar, naa, fjor, sammen, grunn, None if naa else (foer[-1] if foer else None))


def _i_aaret(serie: Serie, aar: int) -> Punkt | None:
    return next((p for p in reversed(serie.punkter) if p.tid is not None and p.tid.slutt[0] == aar), None)


def _tilsvarende(serie: Serie, naa: Punkt, aar: int) -> Punkt | None:
    """The same half-year or month of another year: December is set beside December."""
    if naa.tid is None:
        return None
    slag, maaned = naa.tid.slag, naa.tid.slutt[1]
    like = (p for p in serie.punkter if p.tid is not None and p.tid.slag is slag)
    return next((p for p in like if p.tid is not None and p.tid.slutt == (aar, maaned)), None)


def _mellom(punkt: Punkt, fjor: Punkt | None, naa: Punkt | None) -> bool:
    """After the one and up to the other, both of which there must be."""
    if fjor is None or naa is None:
        return False
    return fjor.rekkefoelge < punkt.rekkefoelge <= naa.rekkefoelge


_TIDLIGERE = 4
"""Years before last year that are told of."""


def tidligere(tall: Aarstall) -> tuple[Punkt, ...]:
    """Whole years before last year, the newest first, back to the first that was counted in another way."""
    ut: list[Punkt] = []
    if tall.brudd is not None or tall.fjor is None or tall.fjor.brudd:
        return ()
    for punkt in reversed(tall.serie.punkter):
        if punkt.rekkefoelge >= tall.fjor.rekkefoelge:
            continue
        if punkt.tid is None or punkt.tid.slag is not Periodeslag.AAR or len(ut) == _TIDLIGERE:
            break
        ut.append(punkt)
        if punkt.brudd:
            break
    return tuple(ut)


_FOERST = {Opphav.TALT: 0, Opphav.FOERT: 1, Opphav.SSB: 2, Opphav.PLAN: 3}


def hovedserie(serier: Iterable[Serie], aar: int) -> Serie | None:
    """The series that an overview shows of a measure: one with a figure of the year, what we count ourselves first."""

    def rang(serie: Serie) -> tuple[int, int]:
        tall = aarstall(serie, aar)
        mangler = 0 if tall.naa is not None else 1 if tall.fjor is not None else 2 if serie.punkter else 3
        return mangler, _FOERST[serie.opphav]

    return min((en for en in serier if not en.avsluttet), key=rang, default=None)
