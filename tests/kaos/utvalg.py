"""A few of many that come one by one, each with the same chance: not all copies of a disk find room."""

import random
from typing import Generic, TypeVar

T = TypeVar("T")


class Utvalg(list[T], Generic[T]):
    """Holds at most so many of all that it has seen (reservoir sampling, Vitter's algorithm R)."""

    def __init__(self, plass: int, rng: random.Random) -> None:
        super().__init__()
        self._plass, self._rng = plass, rng
        self.sett = 0

    def legg_til(self, en: T) -> T | None:
        """Perhaps keep one; what found no room, itself or one that was held."""
        self.sett += 1
        if len(self) < self._plass:
            self.append(en)
            return None
        nr = self._rng.randrange(self.sett)
        if nr >= self._plass:
            return en
        ut, self[nr] = self[nr], en
        return ut
