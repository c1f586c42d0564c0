"""New rows that no session is told of: written with one statement for each table, as they are.

The unit of work finds out for each flush what depends on what, sends each statement the long way (setning.py), and
keeps account of every object until the transaction is over. Where many rows are made at once, on a page that many wait
at and that needs none of them afterwards, that is most of what the page costs.

A row is an object of its class that was never added to a session. It says by itself what it points to, by key; what it
leads to (`la_lede`) is for reading alone. Whoever needs it afterwards reads it.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from typing import Any, TypeVar, cast

from sqlalchemy import Table, insert
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm.attributes import instance_dict

from koordinering.db import Base, kolonnene, metadata, must_be_writing
from koordinering.setning import Setning, sesjonens, standard

_B = TypeVar("_B", bound=Base)


@dataclass(frozen=True)
class _Form:
    """What must be known of a table to write its new rows."""

    plass: int
    """After the tables that it points to."""
    inn: Setning[()]
    kolonner: tuple[tuple[str, Callable[[], Any] | None], ...]
    """Its columns but the key that the database draws, each with what fills it when nothing is said."""


def ny_rad(klasse: type[_B], **verdier: Any) -> _B:
    """As klasse(**verdier), of its own columns alone: SQLAlchemy asks on the way whether somebody listens.

    Raises TypeError for what is no column of it. A session can be told of it later, as of any other.
    """
    if not kolonnene(klasse) >= verdier.keys():
        raise TypeError(f"{sorted(verdier.keys() - kolonnene(klasse))} are no columns of {klasse.__name__}")
    ny: _B = klasse.__mapper__.class_manager.new_instance()
    instance_dict(ny).update(verdier)
    return ny


def la_lede(rad: Base, **forhold: Any) -> None:
    """Let a row that no session is to know lead to these, to be read by whoever makes the rest."""
    instance_dict(rad).update(forhold)


def skriv(rader: Iterable[Base]) -> None:
    """Write them, in their order within each table. Keys that the database draws stay unknown here."""
    must_be_writing()
    paa = sesjonens()
    for form, gruppe in groupby(sorted(rader, key=_plass), key=_formen):
        form.inn.mange([_utfylt(form, rad) for rad in gruppe], paa=paa)


def sett_inn_ledig(rad: Base) -> bool:
    """Write a row alone; False where what must be unique is somebody's already, and the transaction goes on."""
    must_be_writing()
    paa = sesjonens()
    form = _formen(rad)
    return bool(_ledig(type(rad), paa.dialect.name).kjoer(_utfylt(form, rad), paa=paa))


def _formen(rad: Base) -> _Form:
    return _form(type(rad))


def _plass(rad: Base) -> int:
    return _formen(rad).plass


def _utfylt(form: _Form, rad: Base) -> dict[str, Any]:
    """What is written of it; what nobody has said is filled in."""
    verdier = instance_dict(rad)
    for navn, ellers in form.kolonner:
        if navn not in verdier:
            verdier[navn] = ellers() if ellers is not None else None
    return verdier


@lru_cache(maxsize=256)
def _form(klasse: type[Base]) -> _Form:
    tabell = cast(Table, klasse.__table__)
    trukket = tabell.autoincrement_column
    if trukket is not None and (trukket.default is not None or not trukket.autoincrement):
        trukket = None
    kolonner = [en for en in tabell.columns if en is not trukket]
    return _Form(
        plass=metadata.sorted_tables.index(tabell),
        inn=Setning(insert(tabell).inline(), [en.key for en in kolonner]),
        kolonner=tuple((en.key, None if en.default is None else standard(en.default)) for en in kolonner),
    )


@lru_cache(maxsize=256)
def _ledig(klasse: type[Base], dialekt: str) -> Setning[*tuple[Any, ...]]:
    ny = postgresql.insert if dialekt == "postgresql" else sqlite.insert
    setning = ny(cast(Table, klasse.__table__)).inline().on_conflict_do_nothing()
    return Setning(setning, [navn for navn, _ in _form(klasse).kolonner])
