"""require, can, visible: the only reader of the role sheet."""

from collections.abc import Mapping
from typing import Any, Protocol, TypeVar, runtime_checkable

from sqlalchemy import ColumnElement, Select, false, or_, true

from koordinering.errors import IngenTilgang
from koordinering.roles import MATRISE, Omfang, Rettighet
from koordinering.users import User

T = TypeVar("T", bound=Select[Any])


@runtime_checkable
class Tilgangsstyrt(Protocol):
    """A row that belongs somewhere: it knows which units reach it and how."""

    @classmethod
    def tilgangsvilkaar(cls, omfang: Omfang, enheter: frozenset[str]) -> ColumnElement[bool]:
        """The SQL condition for rows that these units reach with this reach (ENHET or MOTTATT)."""
        ...

    def tilgangsenhet(self, omfang: Omfang) -> str | None:
        """The unit that reaches this row with this reach, None when no unit does."""
        ...


def rekkevidde(user: User, rettighet: Rettighet) -> Mapping[Omfang, frozenset[str]]:
    """Where the user holds the right: reach → the units of the roles that give it."""
    funnet: dict[Omfang, set[str]] = {}
    plasser = user.plasser  # first: it reads the user too
    if user.laast:
        return {}
    for rolle, enhet_id in plasser:
        omfang = MATRISE[rolle].get(rettighet)
        if omfang is not None:
            funnet.setdefault(omfang, set()).add(enhet_id)
    return {omfang: frozenset(enheter) for omfang, enheter in funnet.items()}


def enheter(user: User, rettighet: Rettighet) -> frozenset[str]:
    """The units in which the user holds the right, whatever the reach."""
    return frozenset().union(*rekkevidde(user, rettighet).values())


def rettighetene(user: User) -> frozenset[Rettighet]:
    """All the rights that the user holds somewhere today, whatever the reach."""
    roller = user.roller
    if user.laast:
        return frozenset()
    return frozenset().union(*(MATRISE[rolle] for rolle in roller))


def require(user: User, rettighet: Rettighet, objekt: Tilgangsstyrt | None = None) -> None:
    """Stop unless the user holds the right, and on the given row where one is given.

    Raises IngenTilgang, which is shown as 404.
    """
    if not can(user, rettighet, objekt):
        raise IngenTilgang


def can(user: User, rettighet: Rettighet, objekt: Tilgangsstyrt | None = None) -> bool:
    """Ask what require would answer: for hiding a button."""
    reach = rekkevidde(user, rettighet)
    if not reach or objekt is None or Omfang.ALLE in reach:
        return bool(reach)
    return any(objekt.tilgangsenhet(omfang) in units for omfang, units in reach.items())


def visible(query: T, modell: type[Tilgangsstyrt], user: User, rettighet: Rettighet) -> T:
    """Narrow a query to the rows of `modell` that the user reaches with the right."""
    return query.where(vilkaar(modell, user, rettighet))


def vilkaar(modell: type[Tilgangsstyrt], user: User, rettighet: Rettighet) -> ColumnElement[bool]:
    """The condition behind visible(), for queries that need it inside a larger one."""
    return innenfor(modell, rekkevidde(user, rettighet))


def innenfor(modell: type[Tilgangsstyrt], reach: Mapping[Omfang, frozenset[str]]) -> ColumnElement[bool]:
    """The same for a reach that was asked for now: a statement can be made once for all who have that reach."""
    if Omfang.ALLE in reach:
        return true()
    if not reach:
        return false()
    return or_(*(modell.tilgangsvilkaar(omfang, units) for omfang, units in sorted(reach.items())))
