"""A safe pattern fast: hide along the cheapest way to blur each number, then take back what was not needed."""

import numpy as np

from koordinering.statistikk.disclosure.angrep import EPS, Angrep
from koordinering.statistikk.disclosure.flytting import Flytter
from koordinering.statistikk.disclosure.gransking import Brudd, Gransker, Tidsslutt
from koordinering.statistikk.disclosure.lp import Maske
from koordinering.statistikk.disclosure.modell import Modell

NESTEN_GRATIS = 1e-3
"""The price of moving what is hidden already: short ways before long ones."""


class Graadig:
    """Extends patterns until they are safe, and thins them."""

    def __init__(self, modell: Modell, angrep: Angrep, gransker: Gransker) -> None:
        self.modell, self.angrep, self.gransker = modell, angrep, gransker
        self.vekt = np.array(modell.vekt, float)
        self.maa = np.array([fast is True for fast in modell.laast], np.bool_)
        self.vises = np.array([fast is False for fast in modell.laast], np.bool_)
        self.flytter = Flytter(angrep.likn, angrep.ned, angrep.opp, ~angrep.kjent(~self.vises))

    def fyll(self, skjult: Maske, enkel: Gransker) -> Maske | None:
        """A safe pattern that holds this one; None when there is none. `enkel` finds most breaches faster. May
        raise Tidsslutt."""
        moenster = skjult.copy()
        for gransker, innsidere in ((enkel, False), (enkel, True), (self.gransker, True)):
            while brudd := list(gransker.brudd(moenster, innsidere=innsidere)):
                nye = np.zeros_like(moenster)
                for ett in brudd:
                    nye |= self._sloer(moenster | nye, ett)
                if not self._mer(moenster, nye):
                    return None
        while (helt := self.gransker.heltallsbrudd(moenster)) is not None:
            if not self._mer(moenster, self._sloer(moenster, helt, hele=True)):
                return None
        return moenster

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
        a = self.angrep
        printet = a.gruppe >= 0
        gruppe = a.gruppe[printet]
        pris = np.full(len(a.verdi), NESTEN_GRATIS)
        pris[printet] = np.where(moenster[gruppe], NESTEN_GRATIS, self.vekt[gruppe])
        self.flytter.koster(pris)
        self.flytter.hold(sorted(brudd.egne))
        nye = np.zeros_like(moenster)
        for retning, avstand in brudd.veier:
            flyttet = self.flytter.flytt(brudd.variabel, retning, avstand, hele=hele)
            if flyttet is not None:
                grupper = a.gruppe[np.abs(flyttet) > EPS]
                nye[grupper[grupper >= 0]] = True
                break
        return nye & ~moenster

    def tynn(self, moenster: Maske) -> Maske:
        """Take back what is not needed, the dearest first; what there is no time to try stays hidden."""
        moenster = moenster.copy()
        frie = np.flatnonzero(moenster & ~self.maa)
        proev = [frie[np.argsort(-self.vekt[frie], kind="stable")]]
        while proev:
            grupper = proev.pop()
            moenster[grupper] = False
            try:
                if self.gransker.trygt(moenster):
                    continue
            except Tidsslutt:
                moenster[grupper] = True
                return moenster
            moenster[grupper] = True
            if len(grupper) > 1:
                midt = len(grupper) // 2
                proev += [grupper[midt:], grupper[:midt]]
        return moenster
