"""Puts together what belongs together: groups that grow as pairs are joined."""

from collections.abc import Hashable, Iterable
from typing import Generic, TypeVar

T = TypeVar("T", bound=Hashable)


class Samling(Generic[T]):
    """Each element belongs to one group; the one that was named first speaks for it."""

    def __init__(self, elementer: Iterable[T]) -> None:
        self._leder = {element: element for element in elementer}
        self._orden = {element: nr for nr, element in enumerate(self._leder)}

    def __contains__(self, element: object) -> bool:
        return element in self._leder

    def leder(self, element: T) -> T:
        """The first of the group; the path is halved on the way, so that long chains stay fast."""
        while self._leder[element] != element:
            self._leder[element] = self._leder[self._leder[element]]
            element = self._leder[element]
        return element

    def slaa_sammen(self, elementer: Iterable[T]) -> None:
        """From now on these are one group."""
        ledere = sorted({self.leder(element) for element in elementer}, key=self._orden.__getitem__)
        for annen in ledere[1:]:
            self._leder[annen] = ledere[0]

    def grupper(self) -> list[list[T]]:
        """The groups, and the elements in each, in the order in which they were named."""
        samlet: dict[T, list[T]] = {}
        for element in self._leder:
            samlet.setdefault(self.leder(element), []).append(element)
        return list(samlet.values())
