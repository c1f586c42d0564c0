"""«At most as many as», as data: what follows from what the words of the tables mean, and not from any sum.

The catalogue declares them (data/telledefinisjoner.yaml); the engine and the audit each unfold them over the tables
that they have, in code of their own.
"""

from enum import StrEnum
from typing import NamedTuple


class Trinn(StrEnum):
    """Which classes of a dimension are meant: the innermost, those right below the total, or all and the total."""

    BLADER = "blader"
    OEVERST = "oeverst"
    ALLE = "alle"


class Utvalg(NamedTuple):
    """The classes that a variable stands for."""

    dimensjon: str
    tabeller: tuple[str, ...]
    """Read from the first of these that is there; where none is, nothing is said."""
    trinn: Trinn = Trinn.BLADER
    bare: tuple[str, ...] = ()
    """Only these, where any are named."""
    unntatt: tuple[str, ...] = ()
    """Not these; a variable of `Ulikhet.hver` stands for the class it has."""


class Ledd(NamedTuple):
    """A number by its name across tables (`Kolonne.lenke` and classes), so many times."""

    lenke: str
    klasser: tuple[tuple[str, str], ...] = ()
    """Dimension, and a class or a variable; what is not named is summed over."""
    ganger: int | str = 1
    """A variable of `Ulikhet.sum`: as many times as it has classes that can have a count here."""


class Ulikhet(NamedTuple):
    """The sum of `tall` is at most that of `hoeyst`. Variables are written «$x»: one inequality for each class of
    those in `hver`; a term with one from `sum` is added up over its classes."""

    hva: str
    """Why it holds, in words."""
    tall: tuple[Ledd, ...]
    hoeyst: tuple[Ledd, ...]
    hver: tuple[tuple[str, Utvalg], ...] = ()
    sum: tuple[tuple[str, Utvalg], ...] = ()
    fra: int = 1
    """Version of the definitions from which tables are protected by it."""
    forbehold: str = ""
    """When it need not hold. Nobody may reckon with what the counts do not bear out, so it is then left out."""
