"""Which texts a picture has room for, and how wide they are."""

from collections.abc import Iterable, Sequence

from koordinering.plan.bilder.rules import Sted
from koordinering.plan.serier.rules.periode import Periode, Periodeslag

PER_TEGN = 0.56
"""Width of a character as a part of the size of the type: ours is a little narrower than this."""


def bredde(tekst: str, stoerrelse: float) -> float:
    """About how wide a text is."""
    return len(tekst) * PER_TEGN * stoerrelse


def anker(x: float, tekst: str, stoerrelse: float, fra: float, til: float) -> tuple[float, str]:
    """Where the text is fastened so that it stays between the two edges: in the middle where it can."""
    halv = bredde(tekst, stoerrelse) / 2
    if x - halv < fra:
        return fra, "start"
    return (til, "end") if x + halv > til else (x, "middle")


def med_plass(merker: Sequence[tuple[float, str]], stoerrelse: float) -> list[tuple[float, str]]:
    """Of these texts from left to right the most that do not run into each other; the last one always."""
    ut: list[tuple[float, str]] = []
    grense = float("inf")
    for x, tekst in reversed(merker):
        halv = bredde(tekst, stoerrelse) / 2
        if x + halv <= grense:
            ut.append((x, tekst))
            grense = x - halv - stoerrelse / 2
    return ut[::-1]


def tidsmerker(tidspunkter: Iterable[tuple[float, Periode]]) -> list[tuple[float, str]]:
    """Under the picture: the period as short as it can be; of months and half-years the year, at its first one."""
    ut: list[tuple[float, str]] = []
    sett: set[int] = set()
    for x, tid in tidspunkter:
        aar = tid.fra[0]
        if tid.slag is Periodeslag.FLERE_AAR:
            ut.append((x, f"{aar}–{tid.slutt[0]}"))
        elif aar not in sett:
            ut.append((x, str(aar)))
        sett.add(aar)
    return ut


def med_tall(strekk: Iterable[Sequence[Sted]], flest: int) -> list[Sted]:
    """The points that have their number written at them: all where they are few, else the ends of each run, the
    lowest and the highest."""
    alle = [list(ett) for ett in strekk]
    i_alt = [sted for ett in alle for sted in ett]
    if len(i_alt) <= flest:
        return i_alt
    ytre = {id(sted) for ett in alle for sted in (ett[0], ett[-1])}
    ytre |= {id(min(i_alt, key=lambda s: s.y)), id(max(i_alt, key=lambda s: s.y))}
    return [sted for sted in i_alt if id(sted) in ytre]
