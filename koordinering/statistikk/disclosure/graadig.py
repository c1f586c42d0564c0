"""A safe pattern fast: hide along the cheapest way to blur each number, then take back what was not needed."""

from collections.abc import Callable

import numpy as np

from koordinering.statistikk.disclosure.angrep import EPS, Angrep
from koordinering.statistikk.disclosure.arbeid import Stopp
from koordinering.statistikk.disclosure.flytting import Flytter
from koordinering.statistikk.disclosure.gransking import INGEN, Brudd, Gransker
from koordinering.statistikk.disclosure.lp import Maske, Tall
from koordinering.statistikk.disclosure.modell import Modell

NESTEN_GRATIS = 1e-3
"""The price of moving what is hidden already: short ways before long ones."""

TRINN = ((75.0, 0.0), *((5.0, andel) for andel in (0.01, 0.02, 0.05, 0.15, 0.3, 0.5)))
"""Units of work on the filling, and then on each coarser one, with the share of the shown weight that it hides
first: a little at a time, for what is nearly done by then."""

TRINN_TETT = ((30.0, 0.0), *((6.0, 0.15) for _ in range(6)))
"""The same where numbers hang together in so many ways (four dimensions) that filling would take minutes."""

TETT = 2.6
"""Equations and inequalities for each number, above which that is so."""

BITER = 32
"""Thinning begins with groups of groups where there are more than this."""

NESTEN_BILLIGST = 0.1
"""How much dearer than the cheapest a way in whole steps may be, as a share."""


class Graadig:
    """Extends patterns until they are safe, and thins them."""

    def __init__(self, modell: Modell, angrep: Angrep, gransker: Gransker) -> None:
        self.modell, self.angrep, self.gransker = modell, angrep, gransker
        self.vekt = np.array(modell.vekt, float)
        self.maa = np.array([fast is True for fast in modell.laast], np.bool_)
        self.vises = np.array([fast is False for fast in modell.laast], np.bool_)
        self.flytter = Flytter(angrep.likn, angrep.ned, angrep.opp, ~angrep.kjent(~self.vises), angrep.arbeid)

    def fyll(self, skjult: Maske) -> Maske | None:
        """A safe pattern that holds this one; None when there is none, or none was found in time."""
        moenster = skjult.copy()
        for mengde, andel in TRINN_TETT if len(self.modell.rader) > TETT * len(self.modell.verdi) else TRINN:
            if andel:
                self._grovt(moenster, andel)
            svar: bool | None = None
            with self.angrep.arbeid.innen(mengde):
                svar = self._fyll(moenster)
            if svar is not None:
                return moenster if svar else None
        return None

    def _grovt(self, moenster: Maske, andel: float) -> None:
        """Hide the cheapest of what is shown: the more is hidden, the easier everything else is to protect."""
        frie = np.flatnonzero(~moenster & ~self.vises)
        billigst = frie[np.argsort(self.vekt[frie], kind="stable")]
        sum_ = np.cumsum(self.vekt[billigst])
        moenster[billigst[: 1 + int((sum_ < andel * sum_[-1:]).sum())]] = True

    def _fyll(self, moenster: Maske) -> bool:
        """Extend it until it is safe; False when nothing more can be hidden. May raise Stopp."""
        self._vern_alle(moenster)
        for innsidere in (False, True):
            while brudd := list(self.gransker.brudd(moenster, innsidere=innsidere)):
                nye = np.zeros_like(moenster)
                for ett in brudd:
                    nye |= self._sloer(moenster | nye, ett)
                if not self._mer(moenster, nye):
                    return False
        while (helt := self.gransker.heltallsbrudd(moenster)) is not None:
            if not self._mer(moenster, self._sloer(moenster, helt, hele=True)):
                return False
        return True

    def _vern_alle(self, moenster: Maske) -> None:
        """Hide along the cheapest way to keep each demand, with no question first whether it is kept already: where
        it is, the way is nearly free. Every way found is a table that the attacker must believe possible."""
        a = self.angrep
        avvik = a.arkiv.innenfor(a.kjent(moenster), hele=False)
        ned, opp = -avvik.min(axis=0), avvik.max(axis=0)
        for v, m in self.gransker.krav:
            a.arbeid.sjekk()
            while not m.oppfylt(ned[v], opp[v]):
                flyttet = self._billigst(moenster, Brudd(v, None, INGEN, m.veier(ned[v], opp[v])))
                if flyttet is None:
                    break
                moenster |= self._beroert(flyttet, moenster)
                a.arkiv.legg(flyttet)
                ned, opp = np.maximum(ned, -flyttet), np.maximum(opp, flyttet)

    def alt(self) -> Maske | None:
        """Everything hidden that may be: safe by itself unless something stays shown."""
        alt = ~self.vises
        return alt if (alt.all() and not self.modell.forpliktet) or self.gransker.trygt(alt) else None

    def _mer(self, moenster: Maske, nye: Maske) -> bool:
        """Hide these too; if there are none, the cheapest group that is left. False when nothing is."""
        frie = np.flatnonzero(~moenster & ~self.vises)
        if not nye.any() and len(frie):
            nye[frie[np.argmin(self.vekt[frie])]] = True
        moenster |= nye
        return bool(nye.any())

    def _sloer(self, moenster: Maske, brudd: Brudd, *, hele: bool = False) -> Maske:
        """The groups on the cheapest way to move the number as far as it must be able to go."""
        flyttet = self._billigst(moenster, brudd, hele=hele)
        return np.zeros_like(moenster) if flyttet is None else self._beroert(flyttet, moenster)

    def _billigst(self, moenster: Maske, brudd: Brudd, *, hele: bool = False) -> Tall | None:
        a = self.angrep
        printet = a.gruppe >= 0
        gruppe = a.gruppe[printet]
        pris = np.full(len(a.verdi), NESTEN_GRATIS)
        pris[printet] = np.where(moenster[gruppe], NESTEN_GRATIS, self.vekt[gruppe])
        self.flytter.koster(pris)
        self.flytter.hold(sorted(brudd.egne))
        soek = self.gransker.helt.flytt if hele else self.gransker.helt.helst
        veier = (soek(self.flytter, (brudd.variabel, *vei), pris=pris, gap=NESTEN_BILLIGST) for vei in brudd.veier)
        return next((flyttet for flyttet in veier if flyttet is not None), None)

    def _beroert(self, flyttet: Tall, moenster: Maske) -> Maske:
        """The groups that a way goes through and that are shown."""
        nye = np.zeros_like(moenster)
        grupper = self.angrep.gruppe[np.abs(flyttet) > EPS]
        nye[grupper[grupper >= 0]] = True
        return nye & ~moenster

    def tynn(self, moenster: Maske, nok: Callable[[Maske], bool] = lambda _: False) -> Maske:
        """Take back what is not needed, the dearest first; what may not be tried any more stays hidden. `nok`: when
        nothing lighter can be safe."""
        moenster = moenster.copy()
        frie = np.flatnonzero(moenster & ~self.maa)
        dyreste = frie[np.argsort(-self.vekt[frie], kind="stable")]
        bit = 1 + len(dyreste) // BITER
        proev = [dyreste[i : i + bit] for i in range(0, len(dyreste), bit)][::-1]
        while proev and not nok(moenster):
            grupper = proev.pop()
            moenster[grupper] = False
            try:
                trygt = self.gransker.trygt(moenster)
            except Stopp:
                moenster[grupper] = True
                break
            moenster[grupper] = not trygt
            if not trygt and len(grupper) > 1:
                midt = len(grupper) // 2
                proev += [grupper[midt:], grupper[:midt]]
        return moenster
