"""Which counts are small, and what an attacker may at most learn about them."""

from typing import NamedTuple

MINSTE_BREDDE = 3


class Krav(NamedTuple):
    """A hidden count is safe when the attacker's interval meets all three demands."""

    hoeyst_minst: int
    bredde: int
    lavest_hoeyst: int | None

    def holder(self, lav: int, hoey: int) -> bool:
        return (
            hoey >= self.hoeyst_minst
            and hoey - lav >= self.bredde
            and (self.lavest_hoeyst is None or lav <= self.lavest_hoeyst)
        )


def krav(
    antall: int, terskel: int, *, familier: int | None = None, av: int | None = None, utenfor: int | None = None
) -> Krav | None:
    """The demand on one count, or None where it may be shown (DISCLOSURE.md rules 1–4).

    `familier` stand behind the count; `av` is the group it is a part of, for the complement, and at most
    `utenfor` families stand behind that.
    """
    faa = min(antall, antall if familier is None else familier)
    lavest = None if av is None else _komplement(antall, av, terskel, utenfor)
    if faa >= terskel and lavest is None:
        return None
    hoeyst = 0 if faa >= terskel else (terskel if antall else MINSTE_BREDDE)
    return Krav(hoeyst, MINSTE_BREDDE, lavest)


def _komplement(antall: int, av: int, terskel: int, utenfor: int | None) -> int | None:
    """The lowest value the attacker must still believe in where few are outside, else None (rule 2)."""
    resten = av - antall
    if resten == 0:
        return av - MINSTE_BREDDE if av < 2 * terskel else None
    if min(resten, resten if utenfor is None else utenfor) >= terskel:
        return None
    # One family may be all of the rest: the attacker must believe in somebody beside it (rule 5).
    return av - max(terskel, resten + 1)
