"""Objects of the session, made of rows that were read as columns (setning.py), as a query of objects gives them."""

from collections.abc import Sequence
from functools import lru_cache
from itertools import accumulate, pairwise
from types import MappingProxyType
from typing import Any, TypeVar

from sqlalchemy import ColumnElement
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import instance_dict, instance_state, set_committed_value

from koordinering.db import Base, db
from koordinering.setning import Setning, Verdier

_B = TypeVar("_B", bound=Base)


def kolonner(klasse: type[Base]) -> list[ColumnElement[Any]]:
    """A table's columns in the order that objekt() takes their values in."""
    return list(klasse.__table__.columns)


@lru_cache(maxsize=256)
def steder(*klasser: type[Base]) -> tuple[slice, ...]:
    """Where in a row each table's columns stand, when they are asked for one table after another."""
    slutter = list(accumulate(len(kolonner(klasse)) for klasse in klasser))
    return tuple(slice(fra, til) for fra, til in pairwise([0, *slutter]))


@lru_cache(maxsize=256)
def _form(klasse: type[Base]) -> tuple[tuple[str, ...], tuple[int, ...]]:
    """The attributes, and where among them the primary key stands."""
    attributt = klasse.__mapper__.get_property_by_column
    alle: list[Any] = list(klasse.__table__.columns)
    return tuple(attributt(en).key for en in alle), tuple(alle.index(en) for en in klasse.__mapper__.primary_key)


def objekt(session: Session, klasse: type[_B], verdier: Sequence[Any], **forhold: Any) -> _B | None:
    """The session's object of these columns' values, with what it leads to; None where the key is empty.

    As a query of whole objects gives it: one that the session knows is the same one, as the session has it, and what
    the session has let go of is filled in.
    """
    navn, plasser = _form(klasse)
    noekkel = tuple(verdier[nr] for nr in plasser)
    if None in noekkel:
        return None
    identitet = (klasse, noekkel, None)
    kjent: _B | None = session.identity_map.get(identitet)
    if kjent is not None:
        tilstand = instance_state(kjent)
        slapp = tilstand.expired_attributes.intersection(navn)
        if slapp:
            leste = zip(navn, verdier, strict=True)
            alle = len(slapp) == len(navn)
            tilstand.dict.update(leste if alle else ((en, verdi) for en, verdi in leste if en in slapp))
            tilstand._commit(tilstand.dict, slapp)
        knytt(kjent, **forhold)
        return kjent
    # one that is made now has no past to forget: what it is given is what the database has
    ny: _B = klasse.__mapper__.class_manager.new_instance()
    tilstand = instance_state(ny)
    tilstand.key, tilstand.session_id = identitet, session.hash_key
    session.identity_map.add(tilstand)
    instance_dict(ny).update(zip(navn, verdier, strict=True))
    for hva, verdi in forhold.items():
        if isinstance(verdi, list):
            set_committed_value(ny, hva, verdi)
        else:
            instance_dict(ny)[hva] = verdi
    return ny


def knytt(objektet: Base, **forhold: Any) -> None:
    """Let it lead to these, which have been read or are as new as it is, without a word to the session.

    What it has been let lead to already stays.
    """
    kjente = instance_state(objektet).dict
    for navn, verdi in forhold.items():
        if navn not in kjente:
            set_committed_value(objektet, navn, verdi)


def objekter(setning: Setning[*tuple[Any, ...]], klasse: type[_B], verdier: Verdier = MappingProxyType({})) -> list[_B]:
    """The objects of a statement that asks for one table's columns, and of them the whole key."""
    session = db.session()
    return [en for en in (objekt(session, klasse, rad) for rad in setning.alle(verdier)) if en is not None]
