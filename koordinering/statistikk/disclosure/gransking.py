"""What a pattern of hidden groups gives away, and the constraint on patterns that each breach gives."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from koordinering.statistikk.disclosure.angrep import EPS, Angrep, Moenster, Ytterpunkt
from koordinering.statistikk.disclosure.krav import Krav
from koordinering.statistikk.disclosure.lp import Tall


class Kutt(NamedTuple):
    """sum(koeffisient[g] for hidden g) >= 1, for every safe pattern."""

    grupper: NDArray[np.int64]
    koeffisienter: Tall


class Maal(NamedTuple):
    """What a demand asks of the distances up and down from the true value, and together."""

    opp: float
    ned: float
    sammen: float


def maal(krav: Krav, verdi: float) -> Maal:
    """The demand as distances."""
    opp = 0.0 if krav.hoey is None else max(0.0, krav.hoey - verdi)
    ned = 0.0 if krav.lav is None else max(0.0, verdi - krav.lav)
    return Maal(opp, ned, max(float(krav.bredde), 0.0))


def kuttet(koeffisienter: Tall, trengs: float) -> Kutt | None:
    """The capacity constraint sum(coef) >= trengs, each coefficient cut to what is needed, divided by it."""
    if trengs <= EPS:
        return None
    brukt = np.flatnonzero(koeffisienter > EPS)
    return Kutt(brukt, np.minimum(koeffisienter[brukt] / trengs, 1.0))


def oppfylt(m: Maal, ned: float, opp: float) -> bool:
    """Whether these distances meet the demand."""
    return opp >= m.opp - EPS and ned >= m.ned - EPS and opp + ned >= m.sammen - EPS


Vei = tuple[int, float]
"""A direction, +1 or -1, and how far a number must be able to go in it."""


class Brudd(NamedTuple):
    """One number that is too well known: the constraint it gives, what the attacker knows herself, and which ways
    it could move to be blurred, of which one is enough."""

    variabel: int
    kutt: Kutt | None
    egne: frozenset[int]
    veier: tuple[Vei, ...]


class Gransker:
    """Which demands a pattern breaks, and the constraint that each of those breaches gives."""

    def __init__(self, angrep: Angrep) -> None:
        self.angrep = angrep
        self.krav = [(v, maal(k, angrep.verdi[v])) for v, k in angrep.modell.krav]
        self.beskyttede = np.array(angrep.modell.skal_skjermes, np.int64)

    def brudd(self, skjult: Moenster) -> Iterator[Brudd]:
        """Number, demand, constraint and what the attacker knows herself, for everything that is too well known."""
        yield from self._vanlige(skjult)
        for egne in self.angrep.modell.innsidere:
            yield from self._innsider(skjult, egne)

    def trygt(self, skjult: Moenster) -> bool:
        """Whether a linear attacker and every insider fail."""
        return next(self.brudd(skjult), None) is None

    def _vanlige(self, skjult: Moenster) -> Iterator[Brudd]:
        kjent = self.angrep.kjent(skjult)
        aapne = self._uavklart(kjent, self.krav, hele=False)
        if aapne:
            self.angrep.sett(kjent)
        for variabel, m in aapne:
            brudd = self.undersoek(variabel, m, frozenset())
            if brudd is not None:
                yield brudd

    def _uavklart(
        self, kjent: NDArray[np.bool_], krav: list[tuple[int, Maal]], *, hele: bool
    ) -> list[tuple[int, Maal]]:
        avvik = self.angrep.arkiv.innenfor(kjent, hele=hele)
        ned, opp = -avvik.min(axis=0), avvik.max(axis=0)
        return [(v, m) for v, m in krav if not oppfylt(m, ned[v], opp[v])]

    def _innsider(
        self, skjult: Moenster, egne: frozenset[int]
    ) -> Iterator[Brudd]:
        kjent = self.angrep.kjent(skjult, egne)
        andre = [(int(v), Maal(0, 0, 1)) for v in self.beskyttede if int(v) not in egne]
        aapne = self._uavklart(kjent, andre, hele=False)
        if aapne:
            self.angrep.sett(kjent)
        while aapne:
            variabel, m = aapne.pop()
            brudd = self.undersoek(variabel, m, egne)
            if brudd is not None:
                yield brudd
                self.angrep.sett(kjent)
            elif len(aapne) > 1:
                aapne = self._uavklart(kjent, aapne, hele=False)

    def kutt_ved(self, y: Tall) -> Iterator[Kutt]:
        """Constraints that a fractional choice breaks."""
        self.angrep.sett_delvis(y, max((max(m) for _, m in self.krav), default=1.0))
        for variabel, m in self.krav:
            brudd = self.undersoek(variabel, m, frozenset(), arkiver=False)
            kutt = None if brudd is None else brudd.kutt
            if kutt is not None and float(kutt.koeffisienter @ y[kutt.grupper]) < 1 - 1e-4:
                yield kutt

    def undersoek(self, variabel: int, m: Maal, egne: frozenset[int], *, arkiver: bool = True) -> Brudd | None:
        """Solve for one number; the breach if its demand fails. A failed solve counts as one."""
        punkter: list[Ytterpunkt] = []
        for retning, trengs in ((1, m.opp), (-1, m.ned)):
            if trengs <= 0 and m.sammen <= sum(p.avstand for p in punkter) + EPS:
                continue
            punkt = self.angrep.ytterst(variabel, retning)
            if punkt is None:
                return Brudd(variabel, None, egne, ((retning, trengs or m.sammen),))
            if arkiver:
                self.angrep.arkiv.legg(punkt.loesning)
            punkter.append(punkt)
            if punkt.avstand < trengs - EPS:
                return Brudd(variabel, self._kutt([punkt], variabel, retning, trengs, egne), egne, ((retning, trengs),))
        if sum(p.avstand for p in punkter) >= m.sammen - EPS:
            return None
        opp, ned = (max(0.0, p.avstand) for p in punkter)
        veier = ((1, m.sammen - ned), (-1, m.sammen - opp))
        return Brudd(variabel, self._kutt(punkter, variabel, 0, m.sammen, egne), egne, veier)

    def _kutt(
        self, punkter: list[Ytterpunkt], variabel: int, retning: int, trengs: float, egne: frozenset[int]
    ) -> Kutt | None:
        verdi = float(self.angrep.verdi[variabel])
        samlet = np.zeros(self.angrep.antall_grupper)
        mangler = trengs
        for punkt, vei in zip(punkter, (retning,) if retning else (1, -1), strict=True):
            koeffisienter, grunn = self.angrep.kapasitet(punkt.priser, egne)
            samlet += koeffisienter
            mangler -= grunn - vei * verdi
        return kuttet(samlet, mangler)

    def heltallsbrudd(self, skjult: Moenster) -> bool:
        """Whether a whole-number attacker learns too much where a linear one does not."""
        kjent = self.angrep.kjent(skjult)
        if self._heltall(kjent, self.krav):
            return True
        for egne in self.angrep.modell.innsidere:
            andre = [(int(v), Maal(0, 0, 1)) for v in self.beskyttede if int(v) not in egne]
            if self._heltall(self.angrep.kjent(skjult, egne), andre):
                return True
        return False

    def _heltall(self, kjent: NDArray[np.bool_], krav: list[tuple[int, Maal]]) -> bool:
        aapne = self._uavklart(kjent, krav, hele=True)
        if aapne:
            self.angrep.sett(kjent)
        while aapne:
            variabel, m = aapne.pop()
            opp = self.angrep.heltallsavstand(variabel, 1, trengs=max(m.opp, m.sammen))
            ned = 0.0
            if m.ned > 0 or opp < m.sammen:
                ned = self.angrep.heltallsavstand(variabel, -1, trengs=max(m.ned, m.sammen))
            if not oppfylt(m, ned, opp):
                return True
            if len(aapne) > 1:
                aapne = self._uavklart(kjent, aapne, hele=True)
        return False
