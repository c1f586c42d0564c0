"""The kinds of capacity, as data: which of a table's states or figures are free, held and used.

Each kind stands beside its table and enters itself in `SLAG`, as the tables enter themselves in the metadata.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass

from sqlalchemy import Select

from koordinering.db import Base
from koordinering.tekst import Kode

Beholdningstall = Callable[[], Select[int, int]]
"""A query of (stock, how much it holds) from another source than the kind's own states and figures."""


@dataclass(frozen=True)
class Enhetsslag:
    """Units, a row each, that move between states. Each state is in exactly one of the four sets."""

    modell: type[Base]
    navn: str
    """What its stocks are called, in bokmål."""
    tilstand: str
    """The column with the state."""
    ledig: frozenset[Kode]
    holdt: frozenset[Kode]
    """Kept for somebody who has not got it yet."""
    brukt: frozenset[Kode]
    """Given, and not come back."""
    ute: frozenset[Kode]
    """In no stock: taken out, under repair, missing."""
    hos: str
    """The column that says which stock a unit is of."""
    beholdning: Beholdningstall | None = None
    """None: the stock is its units, those that are `ute` left out."""


@dataclass(frozen=True)
class Beloepsslag:
    """An amount in øre that is set aside and used within a frame, never below nought and never beyond the frame."""

    modell: type[Base]
    navn: str
    ramme: str
    """The column with the frame."""
    holdt: tuple[str, ...]
    brukt: tuple[str, ...]
    tilbake: tuple[str, ...] = ()
    """Of what is used, come back: never more than is used."""
    hos: str = "id"
    beholdning: Beholdningstall | None = None
    """None: the stock is the frame."""

    @property
    def tall(self) -> tuple[str, ...]:
        """Every figure of it."""
        return (self.ramme, *self.holdt, *self.brukt, *self.tilbake)


Slag = Enhetsslag | Beloepsslag

SLAG: dict[type[Base], Slag] = {}
"""Every kind of capacity there is, by its table."""


def meld(slag: Slag) -> Slag:
    """Enter a kind. A table has one."""
    if slag.modell in SLAG:
        raise ValueError(f"{slag.modell.__name__} has a kind already")
    SLAG[slag.modell] = slag
    return slag


def enhetsslag(modell: type[Base]) -> Enhetsslag:
    """The kind of these units. Raises TypeError for a table that has none."""
    slag = SLAG.get(modell)
    if not isinstance(slag, Enhetsslag):
        raise TypeError(f"{modell.__name__} has no units")
    return slag


def beloepsslag(modell: type[Base], tall: Collection[str]) -> Beloepsslag:
    """The kind of these amounts. Raises TypeError for a table, or a figure, that is no amount of capacity."""
    slag = SLAG.get(modell)
    if not isinstance(slag, Beloepsslag) or not set(tall) <= set(slag.tall):
        raise TypeError(f"{modell.__name__} has no such amounts: {', '.join(tall)}")
    return slag
