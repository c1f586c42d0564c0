"""Where everything in a picture of a series stands: numbers only, no SVG."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

from koordinering.plan.serier.rules import Punkt, Serie
from koordinering.plan.serier.rules.enhet import HELE
from koordinering.plan.serier.rules.periode import Periode
from koordinering.plan.serier.rules.sammenligning import strekk

INTERVALLER = 5
"""At most so many steps on the scale."""
MINST = 1e-6
"""No figure is entered with more decimals than this."""
_TRINN = (1, 2, 2.5, 5, 10)


@dataclass(frozen=True)
class Ramme:
    """The picture's size and the room around what is drawn, in its own units."""

    bredde: float
    hoeyde: float
    venstre: float = 0
    hoeyre: float = 0
    topp: float = 0
    bunn: float = 0

    @property
    def x1(self) -> float:
        """The right edge of what is drawn."""
        return self.bredde - self.hoeyre

    @property
    def y1(self) -> float:
        """The bottom of what is drawn: where zero is."""
        return self.hoeyde - self.bunn


@dataclass(frozen=True)
class Sted:
    """A number of the series in the picture."""

    x: float
    y: float
    punkt: Punkt


@dataclass(frozen=True)
class Spenn:
    """An interval: from the lowest up to the highest."""

    x: float
    lav: float
    hoey: float
    punkt: Punkt


@dataclass(frozen=True)
class Soyle:
    """A bar; `x` is its left edge and `y` its top."""

    x: float
    y: float
    bredde: float
    hoeyde: float
    punkt: Punkt


@dataclass(frozen=True)
class Brudd:
    """Where the series breaks: between the two points that cannot be compared."""

    x: float
    nr: int
    punkt: Punkt


@dataclass(frozen=True)
class Tegning:
    """All of it."""

    ramme: Ramme
    skala: tuple[tuple[float, float], ...]
    """Each step of the scale: where, and which number; zero first."""
    tidspunkter: tuple[tuple[float, Periode], ...]
    """Each period that has a point, whatever it holds."""
    strekk: tuple[tuple[Sted, ...], ...]
    soyler: tuple[Soyle, ...]
    spenn: tuple[Spenn, ...]
    tegn: tuple[tuple[float, Punkt], ...]
    """Gaps, each with the point whose sign stands there."""
    brudd: tuple[Brudd, ...]
    maal: float | None
    plass: float
    """The width of the shortest period."""


def trinn(hoeyest: float, *, hele: bool = False) -> tuple[float, ...]:
    """Round numbers from zero to at least the highest one; of what is counted whole, no halves."""
    if hoeyest < MINST:
        return 0.0, 1.0
    if hele and hoeyest <= INTERVALLER:
        return tuple(float(nr) for nr in range(math.ceil(hoeyest) + 1))
    grovt = hoeyest / INTERVALLER
    tier = 10.0 ** math.floor(math.log10(grovt))
    steg = next(t * tier for t in _TRINN if t * tier >= grovt * (1 - 1e-9))
    antall = math.ceil(hoeyest / steg - 1e-9)
    return tuple(round(nr * steg, 10) for nr in range(antall + 1))


def _starten(tid: Periode) -> float:
    return tid.fra[0] + (tid.fra[1] - 1) / 12


def _slutten(tid: Periode) -> float:
    return tid.slutt[0] + tid.slutt[1] / 12


def tegn_opp(serie: Serie, ramme: Ramme, *, fra_null: bool = True) -> Tegning:
    """Place every point that has a time. Nothing of the scale rests on what is hidden.

    The scale begins at zero, but for a sparkline, which has no scale to read and fills its height (`fra_null`).
    """
    med_tid = [(punkt, tid) for punkt in serie.punkter if (tid := punkt.tid) is not None]
    fra = min((_starten(tid) for _, tid in med_tid), default=0.0)
    til = max((_slutten(tid) for _, tid in med_tid), default=1.0)
    kortest = min((_slutten(tid) - _starten(tid) for _, tid in med_tid), default=1.0)
    hele = serie.enhetsslag in HELE
    skala = trinn(max(_tallene(serie), default=0.0), hele=hele) if fra_null else _fylt(_tallene(serie))
    per_aar = (ramme.x1 - ramme.venstre) / (til - fra)
    per_enhet = (ramme.y1 - ramme.topp) / (skala[-1] - skala[0])

    def x(tid: Periode) -> float:
        return ramme.venstre + (tid.midt - fra) * per_aar

    def y(verdi: float) -> float:
        return ramme.y1 - (verdi - skala[0]) * per_enhet

    steder = {punkt.periode: Sted(x(tid), y(punkt.verdi), punkt) for punkt, tid in med_tid if punkt.verdi is not None}
    tykkelse = min(0.7 * kortest * per_aar, 56.0)
    return Tegning(
        ramme=ramme,
        skala=tuple((y(verdi), verdi) for verdi in skala),
        tidspunkter=tuple((x(tid), tid) for _, tid in med_tid),
        strekk=tuple(tuple(steder[p.periode] for p in ett) for ett in strekk(serie.punkter)),
        soyler=tuple(Soyle(s.x - tykkelse / 2, s.y, tykkelse, ramme.y1 - s.y, s.punkt) for s in steder.values()),
        spenn=tuple(Spenn(x(t), y(p.intervall[0]), y(p.intervall[1]), p) for p, t in med_tid if p.intervall),
        tegn=tuple((x(tid), punkt) for punkt, tid in med_tid if punkt.tegn),
        brudd=_brudd(med_tid, x),
        maal=None if serie.maal is None else y(serie.maal),
        plass=kortest * per_aar,
    )


def _fylt(tallene: list[float]) -> tuple[float, float]:
    """From the lowest to the highest; numbers that are all the same stand in the middle."""
    lavest, hoeyest = min(tallene, default=0.0), max(tallene, default=0.0)
    return (lavest, hoeyest) if lavest < hoeyest else (lavest - 1, hoeyest + 1)


def _tallene(serie: Serie) -> list[float]:
    vist = [p.verdi for p in serie.punkter if p.verdi is not None and p.tid]
    ender = [ende for p in serie.punkter if p.intervall and p.tid for ende in p.intervall]
    return [*vist, *ender, *([] if serie.maal is None else [serie.maal])]


def _brudd(med_tid: list[tuple[Punkt, Periode]], x: Callable[[Periode], float]) -> tuple[Brudd, ...]:
    steder = [((x(a) + x(b)) / 2, punkt) for (_, a), (punkt, b) in pairwise(med_tid) if punkt.brudd]
    return tuple(Brudd(sted, nr, punkt) for nr, (sted, punkt) in enumerate(steder, 1))
