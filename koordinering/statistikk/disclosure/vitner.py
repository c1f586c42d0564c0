"""What the tables found until now show of one attacker's doubt.

A table found for one number often answers for others: it is read before the next number is asked about.
"""

import numpy as np

from koordinering.statistikk.disclosure.angrep import Arkiv
from koordinering.statistikk.disclosure.lp import Maske


class Vitner:
    """How far each number goes down and up in the tables kept that agree with what this attacker knows, from table
    number `fra` on: also in those that are kept later."""

    def __init__(self, arkiv: Arkiv, kjent: Maske, *, hele: bool, fra: int = 0) -> None:
        self.arkiv, self.kjent, self.hele, self.fra = arkiv, kjent, hele, fra
        self._ned, self._opp = np.zeros(len(kjent)), np.zeros(len(kjent))

    def strekk(self, variabel: int) -> tuple[float, float]:
        """The distances of one number, down and up."""
        if self.arkiv.antall > self.fra:
            avvik = self.arkiv.innenfor(self.kjent, hele=self.hele, fra=self.fra)
            self.fra = self.arkiv.antall
            np.maximum(self._ned, -avvik.min(axis=0), out=self._ned)
            np.maximum(self._opp, avvik.max(axis=0), out=self._opp)
        return float(self._ned[variabel]), float(self._opp[variabel])
