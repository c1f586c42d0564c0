"""What a pattern of hidden groups gives away, and the constraint on patterns that each breach gives."""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from koordinering.statistikk.disclosure.angrep import EPS, Angrep, Ytterpunkt
from koordinering.statistikk.disclosure.hele import Helt
from koordinering.statistikk.disclosure.krav import Krav
from koordinering.statistikk.disclosure.lp import Indekser, Maske, Tall
from koordinering.statistikk.disclosure.modell import Modell
from koordinering.statistikk.disclosure.vitner import Vitner

Vei = tuple[int, float]
"""A direction, +1 or -1, and how far a number must be able to go in it."""

INGEN: frozenset[int] = frozenset()

UTEN_ENDE = 2**31 - 1

HVILER = 3
"""Rounds in which a number is not looked at again when it gave no constraint."""


class Kutt(NamedTuple):
    """sum(koeffisient[g] for hidden g) >= 1, for every safe pattern."""

    grupper: Indekser
    koeffisienter: Tall


class Maal(NamedTuple):
    """What a demand asks of the distances up and down from the true value, and together."""

    opp: float
    ned: float
    sammen: float

    def oppfylt(self, ned: float, opp: float) -> bool:
        """Whether these distances meet it."""
        return opp >= self.opp - EPS and ned >= self.ned - EPS and opp + ned >= self.sammen - EPS

    def veier(self, ned: float, opp: float) -> tuple[Vei, ...]:
        """Which ways the number should be able to go further than these distances; one of them is enough."""
        if opp < self.opp - EPS:
            return ((1, self.opp),)
        if ned < self.ned - EPS:
            return ((-1, self.ned),)
        return (1, self.sammen - ned), (-1, self.sammen - opp)


IKKE_NOEYAKTIG = Maal(0, 0, 1)
"""What an insider may not have: the exact number."""


class Brudd(NamedTuple):
    """One number that is too well known: the constraint it gives, what the attacker knows herself, and which ways
    it could move to be blurred, of which one is enough."""

    variabel: int
    kutt: Kutt | None
    egne: frozenset[int]
    veier: tuple[Vei, ...]


def maal(krav: Krav, verdi: float) -> Maal:
    """The demand as distances."""
    opp = 0.0 if krav.hoey is None else max(0.0, krav.hoey - verdi)
    ned = 0.0 if krav.lav is None else max(0.0, verdi - krav.lav)
    return Maal(opp, ned, float(krav.bredde))


class Gransker:
    """Which demands a pattern breaks. Raises Stopp where the work it may do ends."""

    def __init__(self, angrep: Angrep) -> None:
        self.angrep = angrep
        self.helt, self.enere = Helt(angrep), np.ones(len(angrep.verdi))
        self.pause: dict[int, int] = {}
        modell = angrep.modell
        self.krav = [(v, maal(k, angrep.verdi[v])) for v, k in modell.krav]
        self.beskyttede = np.array(modell.skal_skjermes, np.int64)
        self.innsidere = modell.innsidere
        self.kjenner = np.zeros((len(self.innsidere), len(angrep.verdi)), np.bool_)
        for nr, egne in enumerate(self.innsidere):
            self.kjenner[nr, list(egne)] = True

    def brudd(self, skjult: Maske, *, innsidere: bool = True, kutt: bool = False) -> Iterator[Brudd]:
        """Everything that a linear attacker or, unless left out, an insider knows too well; `kutt`: with the
        constraints, which take the extremes to find."""
        kjent = self.angrep.kjent(skjult)
        yield from self._undersoek(kjent, *self._uavklart(kjent, hele=False), INGEN, kutt=kutt)
        for nr, aapne, vitner in self._innsyn(kjent, hele=False) if innsidere else ():
            yield from self._undersoek(kjent, aapne, vitner, self.innsidere[nr], kutt=kutt)

    def trygt(self, skjult: Maske) -> bool:
        """Whether linear and whole-number attackers and every insider fail."""
        return next(self.brudd(skjult), None) is None and self.heltallsbrudd(skjult) is None

    def vet_uansett(self, kjent: Maske) -> list[frozenset[int]]:
        """What each insider knows, and what she works out from it in whole numbers when these are known."""
        svar = list(self.innsidere)
        for nr in range(len(svar)):
            aapne = [v for i, andre, _ in self._innsyn(kjent, hele=True) if i == nr for v, _ in andre]
            self.angrep.sett(kjent, svar[nr])
            svar[nr] = svar[nr].union(v for v in aapne if not self._kan_flyttes_helt(kjent, v, nr))
        return svar

    def _kan_flyttes_helt(self, kjent: Maske, variabel: int, nr: int) -> bool:
        if self._i_tvil(variabel, IKKE_NOEYAKTIG):
            avvik = self.angrep.arkiv.innenfor(kjent | self.kjenner[nr], hele=True)
            if np.abs(avvik[:, variabel]).max() > EPS:
                return True
        return any(self.angrep.heltallsavstand(variabel, retning, trengs=1) >= 1 for retning in (1, -1))

    def heltallsbrudd(self, skjult: Maske) -> Brudd | None:
        """The first number of which a whole-number attacker learns too much where a linear one does not."""
        if self.angrep.modell.flat:
            return None
        kjent = self.angrep.kjent(skjult)
        funnet = self._heltall(kjent, *self._uavklart(kjent, hele=True), INGEN)
        if funnet is None:
            innsyn = self._innsyn(kjent, hele=True)
            svar = (self._heltall(kjent, andre, vitner, self.innsidere[nr]) for nr, andre, vitner in innsyn)
            funnet = next((brudd for brudd in svar if brudd is not None), None)
        return funnet

    def _uavklart(self, kjent: Maske, *, hele: bool) -> tuple[list[tuple[int, Maal]], Vitner]:
        """The demands that no table found so far shows to be met, and those tables."""
        vitner = Vitner(self.angrep.arkiv, kjent, hele=hele)
        return [(v, m) for v, m in self.krav if not m.oppfylt(*vitner.strekk(v))], vitner

    def _innsyn(self, kjent: Maske, *, hele: bool) -> Iterator[tuple[int, list[tuple[int, Maal]], Vitner]]:
        """Per insider, the numbers of others that no table found so far keeps from her, and what tables found since
        we began show her."""
        if not self.innsidere or not len(self.beskyttede):
            return
        fra = self.angrep.arkiv.antall
        flyttet = (np.abs(self.angrep.arkiv.innenfor(kjent, hele=hele)) > EPS).astype(np.float32)
        egne_roeres = flyttet @ self.kjenner.T.astype(np.float32) > 0
        i_tvil = (~egne_roeres).astype(np.float32).T @ flyttet[:, self.beskyttede] > 0
        i_tvil |= self.kjenner[:, self.beskyttede]
        if not hele:
            self._flere_innsidere(kjent, ~i_tvil, fra)
        for nr in np.flatnonzero(~i_tvil.all(axis=1)):
            vitner = Vitner(self.angrep.arkiv, kjent | self.kjenner[nr], hele=hele, fra=fra)
            aapne = [int(v) for v in self.beskyttede[~i_tvil[nr]] if not IKKE_NOEYAKTIG.oppfylt(*vitner.strekk(v))]
            if aapne:
                yield int(nr), [(v, IKKE_NOEYAKTIG) for v in aapne], vitner

    def _flere_innsidere(self, kjent: Maske, uten_tvil: Maske, fra: int) -> None:
        """Find a table that leaves alone what any insider knows of those whom none keeps from a number: one for all.
        `uten_tvil`: insiders by protected numbers."""
        for nr in np.flatnonzero(uten_tvil.sum(axis=0) > 1):
            self.angrep.arbeid.sjekk()
            felles, v = self.kjenner[uten_tvil[:, nr]].any(axis=0), int(self.beskyttede[nr])
            if not IKKE_NOEYAKTIG.oppfylt(*Vitner(self.angrep.arkiv, kjent | felles, hele=False, fra=fra).strekk(v)):
                self.angrep.sett(kjent, np.flatnonzero(felles).tolist())
                self._flytt(v, 1, 1.0, hele=False)

    def _undersoek(
        self, kjent: Maske, aapne: Sequence[tuple[int, Maal]], vitner: Vitner, egne: frozenset[int], *, kutt: bool
    ) -> Iterator[Brudd]:
        if not aapne:
            return
        self.angrep.sett(kjent, egne)
        for variabel, m in aapne:
            self.angrep.arbeid.sjekk()
            ned, opp = vitner.strekk(variabel)
            if m.oppfylt(ned, opp) or self._i_tvil(variabel, m, ned, opp):
                continue
            ned, opp = vitner.strekk(variabel)
            brudd: Brudd | None = Brudd(variabel, None, egne, m.veier(ned, opp))
            if kutt or (opp >= m.opp - EPS and ned >= m.ned - EPS):
                brudd = self._regn(variabel, m, egne, arkiver=True)
            if brudd is not None:
                yield brudd

    def _i_tvil(self, variabel: int, m: Maal, ned: float = 0.0, opp: float = 0.0, *, hele: bool = False) -> bool:
        """Whether a simple table meets the demand, beside those that show these distances: found by moving little,
        and kept. `hele`: whole ones only. What cannot be moved as far as a demand asks of one direction cannot be
        moved further either; only the two together may reach where neither did alone."""
        if opp < m.opp - EPS:
            opp = self._flytt(variabel, 1, m.opp, hele=hele)
        if ned < m.ned - EPS:
            ned = self._flytt(variabel, -1, m.ned, hele=hele)
        if opp < m.opp - EPS or ned < m.ned - EPS:
            return False
        return (
            opp + ned >= m.sammen - EPS
            or self._flytt(variabel, 1, m.sammen - ned, hele=hele) > 0
            or self._flytt(variabel, -1, m.sammen - opp, hele=hele) > 0
        )

    def _flytt(self, variabel: int, retning: int, avstand: float, *, hele: bool) -> float:
        if avstand <= 0:
            return 0.0
        flytter = self.angrep.flytter
        soek = self.helt.flytt if hele else self.helt.helst
        avvik = soek(flytter, (variabel, retning, avstand), pris=self.enere)
        if avvik is None:
            return 0.0
        self.angrep.arkiv.legg(avvik)
        return avstand

    def kutt_ved(self, y: Tall) -> Iterator[Kutt]:
        """Constraints that a fractional choice breaks."""
        self.angrep.sett_delvis(y, max((max(m) for _, m in self.krav), default=1.0))
        hviler = {nr for nr, pause in self.pause.items() if pause > 0}
        self.pause = {nr: pause - 1 for nr, pause in self.pause.items()}
        yield from self._kutt_av(y, [nr for nr in range(len(self.krav)) if nr not in hviler])

    def kutt_av_hvilende(self, y: Tall) -> Iterator[Kutt]:
        """The same for the numbers that rested because they gave nothing the last times."""
        yield from self._kutt_av(y, [nr for nr, pause in self.pause.items() if pause >= 0])

    def _kutt_av(self, y: Tall, numre: Sequence[int]) -> Iterator[Kutt]:
        for nr in numre:
            self.angrep.arbeid.sjekk()
            brudd = self._regn(*self.krav[nr], INGEN, arkiver=False)
            kutt = None if brudd is None else brudd.kutt
            if kutt is not None and float(kutt.koeffisienter @ y[kutt.grupper]) < 1 - 1e-4:
                self.pause.pop(nr, None)
                yield kutt
            else:
                self.pause[nr] = HVILER

    def _regn(self, variabel: int, m: Maal, egne: frozenset[int], *, arkiver: bool) -> Brudd | None:
        """Solve for one number; the breach if its demand fails. A failed solve counts as one."""
        punkter: list[Ytterpunkt] = []
        for retning, trengs in ((1, m.opp), (-1, m.ned)):
            if trengs <= 0 and m.sammen <= sum(p.avstand for p in punkter) + EPS:
                continue
            punkt = self.angrep.ytterst(variabel, retning)
            if punkt is None:
                return Brudd(variabel, None, egne, ((retning, trengs or m.sammen),))
            if arkiver:
                self.angrep.arkiv.legg(punkt.avvik)
            punkter.append(punkt)
            if punkt.avstand < trengs - EPS:
                return Brudd(variabel, self._kutt([punkt], trengs, egne), egne, ((retning, trengs),))
        if sum(p.avstand for p in punkter) >= m.sammen - EPS:
            return None
        opp, ned = (max(0.0, p.avstand) for p in punkter)
        return Brudd(variabel, self._kutt(punkter, m.sammen, egne), egne, m.veier(ned, opp))

    def _kutt(self, punkter: list[Ytterpunkt], trengs: float, egne: frozenset[int]) -> Kutt | None:
        """The capacity constraint sum(coef) >= what is missing, each coefficient cut to that and divided by it."""
        samlet = np.zeros(self.angrep.antall_grupper)
        mangler = trengs
        for punkt in punkter:
            koeffisienter, grunn = self.angrep.kapasitet(punkt, egne)
            samlet += koeffisienter
            mangler -= grunn
        if mangler <= EPS:
            return None
        brukt = np.flatnonzero(samlet > EPS)
        return Kutt(brukt, np.minimum(samlet[brukt] / mangler, 1.0))

    def _heltall(
        self, kjent: Maske, aapne: Sequence[tuple[int, Maal]], vitner: Vitner, egne: frozenset[int]
    ) -> Brudd | None:
        if aapne:
            self.angrep.sett(kjent, egne)
        for variabel, m in aapne:
            self.angrep.arbeid.sjekk()
            ned, opp = vitner.strekk(variabel)
            if m.oppfylt(ned, opp) or self._i_tvil(variabel, m, ned, opp, hele=True):
                continue
            opp = self.angrep.heltallsavstand(variabel, 1, trengs=max(m.opp, m.sammen))
            ned = 0.0
            if m.ned > 0 or opp < m.sammen:
                ned = self.angrep.heltallsavstand(variabel, -1, trengs=max(m.ned, m.sammen))
            if not m.oppfylt(ned, opp):
                return Brudd(variabel, None, egne, m.veier(ned, opp))
        return None


def kjenner_uansett(modell: Modell, over: Mapping[int, set[int]] | None) -> list[frozenset[int]]:
    """What insiders know, with what they can work out from it alone, whatever is hidden: no pattern keeps that.

    In a single table a number and all that it is a part of (`over`) can be one more together, unless somebody
    knows one of those; tables that share numbers (`over` None) are asked number by number.
    """
    mulige = modell.skal_skjermes
    if over is not None and not any(egne & over[v] for egne in modell.innsidere for v in mulige if v not in egne):
        return modell.innsidere
    gransker = Gransker(Angrep(modell))
    gransker.angrep.flest_noder = UTEN_ENDE  # what is given up here would be left unprotected
    kjent = gransker.angrep.kjent(np.ones(len(modell.vekt), np.bool_))
    return sorted(set(gransker.vet_uansett(kjent)), key=sorted)
