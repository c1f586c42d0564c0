"""Tables near the true one: the least that must move with a number for everything published still to agree.

One such table proves at once that every number in it which moved can have two values, to everybody who does not know
one of them herself. Most doubts are settled this way, and only the rest needs the extremes.
"""

from collections.abc import Iterable
from typing import Any, NamedTuple

import highspy
import numpy as np
from highspy._core import _Highs
from numpy.typing import NDArray

FAA_NODER = 20
"""Nodes of a search for a near whole table: the thorough search comes after it."""

FORSOEK = 4
"""Fractional tables whose moved numbers are searched for a whole one, at last with all that stands in a sum with
them, before all numbers are."""

ROM = 1.0
"""Rows with at least this room on either side of the true table are left out until a table breaks them: in large
tables they are most of the rows, and tables near the true one seldom come near them."""

TOLERANSE = 1e-7
"""How much a row may be broken: as much as the solver allows itself."""

TRANGT = 3.0
"""How much dearer a step down is where there is room for one only: small numbers soon stop, and lead astray."""

EPS = 1e-6
Tall = NDArray[np.float64]
Utvalg = NDArray[np.bool_]


class Rammer(NamedTuple):
    """What a table must keep, and the true one. `ledd`: row, variable and coefficient, sorted by row."""

    gulv: Tall
    tak: Tall
    hele: Utvalg
    ledd: tuple[NDArray[np.int64], NDArray[np.int64], Tall]
    lav: Tall
    hoey: Tall
    sann: Tall

    def naboer(self, med: Utvalg) -> Utvalg:
        """These numbers, and those in a sum with any of them."""
        rad, kolonne, _ = self.ledd
        summer = np.zeros(len(self.lav), np.bool_)
        summer[rad[med[kolonne]]] = True
        svar = med.copy()
        svar[kolonne[(summer & (self.hoey - self.lav < EPS))[rad]]] = True
        return svar

    def rader(self, tabell: Tall) -> Tall:
        """What each row adds up to in a table."""
        rad, kolonne, verdi = self.ledd
        return np.bincount(rad, verdi * tabell[kolonne], minlength=len(self.lav)).astype(np.float64)

    def bare(self, med: Utvalg) -> "Rammer":
        """The same when all other numbers stand still."""
        rad, kolonne, verdi = self.ledd
        igjen = med[kolonne]
        naa = np.bincount(rad[~igjen], (verdi * self.sann[kolonne])[~igjen], minlength=len(self.lav))
        rader, ny_rad = np.unique(rad[igjen], return_inverse=True)
        ny = np.cumsum(med) - 1
        return Rammer(
            self.gulv[med], self.tak[med], self.hele[med], (ny_rad, ny[kolonne[igjen]], verdi[igjen]),
            (self.lav - naa)[rader], (self.hoey - naa)[rader], self.sann[med],
        )  # fmt: skip


class Naere:
    """Moves from the true table, up and down as columns of their own, at a price of about one a step. `par` are
    numbers of the same cells."""

    def __init__(self, rammer: Rammer, par: Iterable[tuple[int, int]]) -> None:
        self.rammer, self.par = rammer, np.array([*par], np.int64).reshape(-1, 2)
        self.sann, self.n = rammer.sann, len(rammer.sann)
        self.kant = np.concatenate([rammer.tak - self.sann, self.sann - rammer.gulv]).clip(min=0.0)
        self.pris = np.ones(2 * self.n)
        self.pris[self.n :] += TRANGT / self.kant[self.n :].clip(min=1.0)
        self.egne: list[int] = []
        self.alle = np.arange(2 * self.n, dtype=np.int32)
        self.skjeve = np.random.default_rng(2).uniform(1.0, 2.0, (FORSOEK, 2 * self.n))
        """Prices a little apart, the same every time: they lead to other tables."""
        self.motor = self._lag()

    def _lag(self) -> Any:
        r = self.rammer
        naa = r.rader(self.sann)
        med = (r.hoey - naa < ROM) | (naa - r.lav < ROM)
        self.utelatt = np.flatnonzero(~med)
        ledd = med[r.ledd[0]]
        rader, kolonner, verdier = r.ledd[0][ledd], r.ledd[1][ledd], r.ledd[2][ledd]
        lp = highspy.HighsLp()
        lp.num_col_, lp.num_row_ = 2 * self.n, int(med.sum())
        lp.col_cost_, lp.col_lower_, lp.col_upper_ = self.pris, np.zeros(2 * self.n), self.kant
        lp.row_lower_, lp.row_upper_ = (r.lav - naa)[med], (r.hoey - naa)[med]
        lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        start = np.append(np.searchsorted(rader, np.flatnonzero(med)), len(rader))
        lp.a_matrix_.start_ = 2 * start.astype(np.int32)
        lp.a_matrix_.index_ = np.column_stack([kolonner, kolonner + self.n]).ravel().astype(np.int32)
        lp.a_matrix_.value_ = np.column_stack([verdier, -verdier]).ravel()
        motor = _Highs()
        valg: dict[str, Any] = {"output_flag": False, "threads": 1, "random_seed": 1, "presolve": "off",
                                "solver": "simplex", "mip_max_nodes": FAA_NODER, "mip_rel_gap": 10.0}  # fmt: skip
        for navn, verdi in valg.items():
            motor.setOptionValue(navn, verdi)
        motor.passModel(lp)
        return motor

    def hold(self, egne: Iterable[int]) -> None:
        """These stand still until the next call: an insider knows them."""
        for v in self.egne:
            self._grenser(v, self.kant[v], self.kant[v + self.n])
        self.egne = list(egne)
        for v in self.egne:
            self._grenser(v, 0.0, 0.0)

    def _grenser(self, v: int, opp: float, ned: float) -> None:
        self.motor.changeColBounds(v, 0.0, opp)
        self.motor.changeColBounds(v + self.n, 0.0, ned)

    def flytt(self, v: int, verdi: float, *, hel: bool = False) -> Tall | None:
        """A table in which the number has this value and little else has moved; `hel`: all numbers whole in it."""
        avstand = verdi - self.sann[v]
        kolonne, motsatt = (v, v + self.n) if avstand > 0 else (v + self.n, v)
        if v in self.egne or self.kant[kolonne] < abs(avstand) - EPS:
            return None
        self.motor.changeColBounds(kolonne, abs(avstand), abs(avstand))
        self.motor.changeColBounds(motsatt, 0.0, 0.0)
        svar = self._helt(v, verdi) if hel else self._loes()
        self.motor.changeColBounds(kolonne, 0.0, self.kant[kolonne])
        self.motor.changeColBounds(motsatt, 0.0, self.kant[motsatt])
        return svar

    def _helt(self, v: int, verdi: float) -> Tall | None:
        """Among the numbers that fractional tables move there is often a whole one; else among all."""
        med = np.zeros(self.n, np.bool_)
        for nr, priser in enumerate(self.skjeve):
            self._koster(priser)
            tabell = self._loes()
            if tabell is None or np.abs(tabell - np.rint(tabell))[self.rammer.hele].max(initial=0.0) < EPS:
                break
            med |= np.abs(tabell - self.sann) > EPS
            if nr == FORSOEK - 1:
                med = self.rammer.naboer(med)
            med[self.par[med[self.par].any(axis=1)]] = True
            med[self.egne] = False
            tabell = self._blant(med, v, verdi)
            if tabell is not None:
                break
        else:
            tabell = self._loes_helt()
        self._koster(self.pris)
        return tabell

    def _koster(self, priser: Tall) -> None:
        self.motor.changeColsCost(len(self.alle), self.alle, priser)

    def _blant(self, med: Utvalg, v: int, verdi: float) -> Tall | None:
        faa = Naere(self.rammer.bare(med), ())
        plass, avstand = int(med[:v].sum()), verdi - self.sann[v]
        opp, ned = max(avstand, 0.0), max(-avstand, 0.0)
        faa.motor.changeColBounds(plass, opp, opp)
        faa.motor.changeColBounds(plass + faa.n, ned, ned)
        funnet = faa._loes_helt()
        if funnet is None:
            return None
        tabell = self.sann.copy()
        tabell[med] = funnet
        return tabell

    def _loes(self) -> Tall | None:
        self.motor.setBasis()  # from the true table it is never far
        return self._kjoer()

    def _loes_helt(self) -> Tall | None:
        self._krev(highspy.HighsVarType.kInteger, "on")
        svar = self._kjoer()
        self._krev(highspy.HighsVarType.kContinuous, "off")
        return svar

    def _krev(self, slag: highspy.HighsVarType, presolve: str) -> None:
        hele = np.flatnonzero(np.tile(self.rammer.hele, 2)).astype(np.int32)
        self.motor.changeColsIntegrality(len(hele), hele, np.full(len(hele), int(slag), np.uint8))
        self.motor.setOptionValue("presolve", presolve)

    def _kjoer(self) -> Tall | None:
        tabell = self._svar()
        while tabell is not None and self._ta_inn(tabell):
            tabell = self._svar()
        return tabell

    def _ta_inn(self, tabell: Tall) -> bool:
        """Bring in the rows left out that this breaks; whether there were any."""
        if not len(self.utelatt):
            return False
        r, ute = self.rammer, self.utelatt
        sum_ = r.rader(tabell)[ute]
        brutt = (sum_ > r.hoey[ute] + TOLERANSE) | (sum_ < r.lav[ute] - TOLERANSE)
        naa = r.rader(self.sann) if brutt.any() else sum_
        for nr in ute[brutt]:
            fra, til = np.searchsorted(r.ledd[0], (nr, nr + 1))
            kolonner, verdier = r.ledd[1][fra:til], r.ledd[2][fra:til]
            begge = np.concatenate([kolonner, kolonner + self.n]).astype(np.int32)
            verdier = np.concatenate([verdier, -verdier])
            self.motor.addRow(r.lav[nr] - naa[nr], r.hoey[nr] - naa[nr], len(begge), begge, verdier)
        self.utelatt = ute[~brutt]
        return bool(brutt.any())

    def _svar(self) -> Tall | None:
        self.motor.run()
        gyldig = self.motor.getInfo().primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible
        if not gyldig:
            return None
        x = np.array(self.motor.getSolution().col_value)
        return np.asarray(self.sann + x[: self.n] - x[self.n :], np.float64)
