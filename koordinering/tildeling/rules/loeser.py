"""The optimum of a round, by HiGHS: one goal after another, each met as far as it can be and then held fast.

Which sets of children can all be given a place is a matroid (a transversal matroid) as long as each needs one place
by itself, and the greedy choice in waiting order would give goals 1 and 2 at once. Siblings who are to be together
need several places in one offer, and then it would not: so the set that stands earliest is found by the solver,
a block of children at a time, which is exact for both.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import highspy
import numpy as np

# highspy.Highs writes a banner to standard output before it can be told not to; the class below it does not.
from highspy._core import _Highs
from numpy.typing import NDArray

from koordinering.tildeling.rules.forslag import UTEN_OENSKE, Enhet, Fordeling, Maal, Runde, Steg, enheter
from koordinering.tildeling.rules.loeserstatus import stans
from koordinering.tildeling.rules.stans import IkkeLoest

BLOKK = 16
"""Children whose order is settled in one step, by weights 32768 … 2, 1: far from where doubles round."""

RANGBLOKK = 6
"""Units whose wishes are weighed against each other in one step, by powers of five."""


HELT = 1e-6
"""How far from a whole number the solver's answer may be and still be one."""

NESTEN = 1e-4
"""How far below a whole number a bound may be computed and still be it: sums run to 65535."""

Verdier = NDArray[np.float64]


@dataclass(frozen=True)
class _Kant:
    """One unit in one offer; a column of the model."""

    enhet: int
    tilbud: int
    rang: int


@dataclass
class _Modell:
    """The round as columns and rows: an edge for each unit and offer, then whether each child is served."""

    runde: Runde
    enheter: tuple[Enhet, ...]
    kanter: list[_Kant]
    barn: list[int]
    """The children in waiting order; column len(kanter) + n is whether child n is served."""
    hoeyst: list[float] = field(default_factory=list)
    indekser: list[list[int]] = field(default_factory=list)
    verdier: list[list[float]] = field(default_factory=list)
    minst: list[float] = field(default_factory=list)

    def rad(self, par: Sequence[tuple[int, float]], hoeyst: float, minst: float = -highspy.kHighsInf) -> None:
        """One row: minst ≤ Σ value × column ≤ hoeyst."""
        self.indekser.append([kolonne for kolonne, _ in par])
        self.verdier.append([verdi for _, verdi in par])
        self.hoeyst.append(hoeyst)
        self.minst.append(minst)


def loes(runde: Runde) -> Fordeling:
    """The best distribution under the goals in their order. Raises IkkeLoest, which tells why."""
    modell = _bygg(runde)
    if not modell.kanter:
        return Fordeling({}, tuple(Steg(maal, 0, 0) for maal in (Maal.FLEST, Maal.LENGST, Maal.FOERSTE)))
    loeser = _Loeser(modell)
    bevis = (loeser.flest(), loeser.lengst(), *loeser.oensker(), loeser.best())
    return Fordeling(loeser.plass(), bevis)


def _bygg(runde: Runde) -> _Modell:
    alle = enheter(runde)
    kanter = [_Kant(nr, t, enhet.rang(t)) for nr, enhet in enumerate(alle) for t in enhet.valg]
    modell = _Modell(runde, alle, kanter, list(dict.fromkeys(s.barn for s in runde.soekere)))
    av_enhet: dict[int, list[int]] = {}
    av_tilbud: dict[int, list[int]] = {}
    for kolonne, kant in enumerate(kanter):
        av_enhet.setdefault(kant.enhet, []).append(kolonne)
        av_tilbud.setdefault(kant.tilbud, []).append(kolonne)
    for nr, kolonner in av_enhet.items():
        laast = alle[nr].medlemmer[0].laast is not None
        modell.rad([(k, 1) for k in kolonner], 1, 1 if laast else -highspy.kHighsInf)
    for tilbud, kolonner in av_tilbud.items():
        modell.rad([(k, len(alle[kanter[k].enhet].medlemmer)) for k in kolonner], runde.plasser[tilbud])
    _tak(modell)
    _barna(modell)
    return modell


def _tak(modell: _Modell) -> None:
    for tak in modell.runde.tak:
        rad = []
        for kolonne, kant in enumerate(modell.kanter):
            antall = sum((m.id, kant.tilbud) in tak.par for m in modell.enheter[kant.enhet].medlemmer)
            rad += [(kolonne, antall)] if antall else []
        modell.rad(rad, tak.hoeyst)


def _barna(modell: _Modell) -> None:
    """A child is served when one of its referrals is: z ≤ Σ x."""
    kolonner: dict[int, list[int]] = {barn: [] for barn in modell.barn}
    for kolonne, kant in enumerate(modell.kanter):
        for medlem in modell.enheter[kant.enhet].medlemmer:
            kolonner[medlem.barn].append(kolonne)
    for nr, barn in enumerate(modell.barn):
        modell.rad([(len(modell.kanter) + nr, 1), *((k, -1) for k in kolonner[barn])], 0)


class _Loeser:
    """HiGHS with the model in it; each goal changes the costs, solves, and holds fast what was reached."""

    def __init__(self, modell: _Modell) -> None:
        self._modell = modell
        self._kolonner = len(modell.kanter) + len(modell.barn)
        self._highs = _highs()
        self._highs.passModel(_lp(modell, self._kolonner))
        self._alle = np.arange(self._kolonner, dtype=np.int32)
        self._z = {barn: len(modell.kanter) + nr for nr, barn in enumerate(modell.barn)}
        self._x = np.zeros(self._kolonner)
        self._grense = 0.0
        self._laast = any(s.laast is not None for s in modell.runde.soekere)
        """Somebody is locked, and it is not shown yet that it can be held."""

    def _maks(self, kostnad: dict[int, int]) -> int:
        """Solve for the largest sum; the value reached, after proof that no larger one exists."""
        kost = np.zeros(self._kolonner)
        for kolonne, verdi in kostnad.items():
            kost[kolonne] = -verdi
        self._highs.changeColsCost(self._kolonner, self._alle, kost)
        x = self._kjoer()
        if float(np.abs(x - np.rint(x)).max()) > HELT:
            x, grense = self._kjoer_hele()
            self._grense = -grense
        else:
            self._grense = -float(kost @ x)
        self._x = np.rint(x)
        return round(-float(kost @ self._x))

    def _kjoer(self) -> Verdier:
        """Solve without demanding whole numbers; from where the last goal ended, so that little is left to do.

        When the answer is whole all the same, no whole answer is better: the linear optimum bounds them all.
        """
        self._highs.run()
        status = self._highs.getModelStatus()
        if status != highspy.HighsModelStatus.kOptimal:
            raise IkkeLoest(stans(status, laast=self._laast), self._highs.modelStatusToString(status))
        self._laast = False
        return np.array(self._highs.getSolution().col_value)

    def _kjoer_hele(self) -> tuple[Verdier, float]:
        """Solve in whole numbers, by branching; the answer and the bound that the solver proved."""
        self._krev(highspy.HighsVarType.kInteger)
        x = self._kjoer()
        grense: float = self._highs.getInfo().mip_dual_bound
        self._krev(highspy.HighsVarType.kContinuous)
        return x, grense

    def _krev(self, slag: highspy.HighsVarType) -> None:
        self._highs.changeColsIntegrality(self._kolonner, self._alle, np.full(self._kolonner, int(slag), np.uint8))

    def _steg(self, maal: Maal, kostnad: dict[int, int]) -> Steg:
        verdi = self._maks(kostnad)
        steg = Steg(maal, verdi, self._heltall())
        kolonner = np.array(sorted(kostnad), dtype=np.int32)
        self._highs.addRow(verdi, highspy.kHighsInf, len(kolonner), kolonner, np.array(
            [kostnad[k] for k in kolonner], dtype=np.double
        ))  # fmt: skip
        return steg

    def flest(self) -> Steg:
        """Goal 1: the most children with a place."""
        return self._steg(Maal.FLEST, {len(self._modell.kanter) + nr: 1 for nr in range(len(self._modell.barn))})

    def lengst(self) -> Steg:
        """Goal 2: among these, the set that stands earliest; the first children first, a block at a time.

        Counts the children whose turn is settled, and those for whom it is proved.
        """
        foerste, antall = len(self._modell.kanter), len(self._modell.barn)
        igjen, bevist = round(float(self._x[foerste:].sum())), 0
        for start in range(0, antall, BLOKK):
            blokk = range(foerste + start, foerste + min(start + BLOKK, antall))
            bevist += len(blokk) * self._blokken_er_bevist(blokk, igjen)
            for kolonne in blokk:
                betjent = float(self._x[kolonne] > 0.5)
                igjen -= round(betjent)
                self._highs.changeColBounds(kolonne, betjent, betjent)
        return Steg(Maal.LENGST, bevist, antall)

    def _blokken_er_bevist(self, blokk: range, igjen: int) -> bool:
        """Let the first in the block have a place before the last; nothing to do when all have, or none are left."""
        if igjen == 0 or all(self._x[k] > 0.5 for k in blokk):
            return True
        verdi = self._maks({k: 2 ** (BLOKK - 1 - nr) for nr, k in enumerate(blokk)})
        return verdi == self._heltall()

    def _heltall(self) -> int:
        """The bound as a whole number, since sums are whole: 17.3 proves that 17 is the most."""
        return int(np.floor(self._grense + NESTEN))

    def oensker(self) -> tuple[Steg, ...]:
        """Goals 3 to 5: the most first wishes, then second, then third; counted by children in places."""
        maal = ((Maal.FOERSTE, 1), (Maal.ANDRE, 2), (Maal.TREDJE, 3))
        return tuple(self._steg(m, kost) for m, rang in maal if (kost := self._med_rang(rang)))

    def _med_rang(self, rang: int) -> dict[int, int]:
        antall = {
            kolonne: sum(m.valg[kant.tilbud] == rang for m in self._modell.enheter[kant.enhet].medlemmer)
            for kolonne, kant in enumerate(self._modell.kanter)
        }
        return {kolonne: n for kolonne, n in antall.items() if n}

    def best(self) -> Steg:
        """What is still equal is settled in waiting order: the best wish to who stands first."""
        kolonner: dict[int, list[int]] = {}
        for kolonne, kant in enumerate(self._modell.kanter):
            kolonner.setdefault(kant.enhet, []).append(kolonne)
        rader = [ks for _, ks in sorted(kolonner.items())]
        bevist = 0
        for start in range(0, len(rader), RANGBLOKK):
            blokk = rader[start : start + RANGBLOKK]
            riktig = all(self._har_best(ks) for ks in blokk)
            if not riktig:
                kost = {k: self._nytte(k) * 5 ** (RANGBLOKK - 1 - nr) for nr, ks in enumerate(blokk) for k in ks}
                riktig = self._maks(kost) == self._heltall()
            bevist += len(blokk) * riktig
            for ks in blokk:
                self._hold_rangen(ks)
        return Steg(Maal.BEST, bevist, len(rader))

    def _nytte(self, kolonne: int) -> int:
        return UTEN_OENSKE + 1 - self._modell.kanter[kolonne].rang

    def _har_best(self, kolonner: Sequence[int]) -> bool:
        """Nothing to settle: the unit has the best that it could have, or its children are already without."""
        valgt = [self._nytte(k) for k in kolonner if self._x[k] > 0.5]
        if not valgt:
            return self._uten_plass(kolonner[0])
        return valgt[0] == max(self._nytte(k) for k in kolonner)

    def _uten_plass(self, kolonne: int) -> bool:
        medlemmer = self._modell.enheter[self._modell.kanter[kolonne].enhet].medlemmer
        return all(self._x[self._z[m.barn]] < 0.5 for m in medlemmer)

    def _hold_rangen(self, kolonner: Sequence[int]) -> None:
        """From here on this unit keeps a place of the rank it has, though not the very offer."""
        valgt = next((self._nytte(k) for k in kolonner if self._x[k] > 0.5), None)
        for kolonne in kolonner:
            if self._nytte(kolonne) != valgt:
                self._highs.changeColBounds(kolonne, 0, 0)
        if valgt is not None:
            av = np.array([k for k in kolonner if self._nytte(k) == valgt], dtype=np.int32)
            self._highs.addRow(1, 1, len(av), av, np.ones(len(av)))

    def plass(self) -> dict[int, int]:
        """The distribution as it stands now."""
        return {
            medlem.id: kant.tilbud
            for kolonne, kant in enumerate(self._modell.kanter)
            if self._x[kolonne] > 0.5
            for medlem in self._modell.enheter[kant.enhet].medlemmer
        }


def _highs() -> _Highs:
    """Quiet, on one thread, with a fixed seed and no gap allowed: the same answer each time, and a proved one."""
    highs = _Highs()
    valg: dict[str, bool | float | str] = {
        "output_flag": False,
        "threads": 1,
        "parallel": "off",
        "random_seed": 0,
        "mip_rel_gap": 0.0,
        "mip_abs_gap": 0.0,
    }
    for navn, verdi in valg.items():
        highs.setOptionValue(navn, verdi)
    return highs


def _lp(modell: _Modell, kolonner: int) -> highspy.HighsLp:
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = kolonner, len(modell.indekser)
    lp.col_cost_ = np.zeros(kolonner)
    lp.col_lower_, lp.col_upper_ = np.zeros(kolonner), np.ones(kolonner)
    lp.row_lower_, lp.row_upper_ = np.array(modell.minst), np.array(modell.hoeyst)
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    lp.a_matrix_.start_ = np.cumsum([0, *(len(rad) for rad in modell.indekser)]).astype(np.int32)
    lp.a_matrix_.index_ = np.array([k for rad in modell.indekser for k in rad], dtype=np.int32)
    lp.a_matrix_.value_ = np.array([v for rad in modell.verdier for v in rad], dtype=np.double)
    return lp
