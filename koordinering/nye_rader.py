"""New rows, written with one statement for each table: what a flush does, where a session has nothing else to write.

The unit of work finds out for each flush what depends on what, and sends each statement the long way (setning.py).
Where many rows are made at once, on a page that many wait at, that is most of what the page costs.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from typing import Any, cast

from sqlalchemy import Table, insert
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import InstanceState, Mapper, RelationshipDirection
from sqlalchemy.orm.attributes import instance_dict, instance_state

from koordinering.db import Base, db, metadata, must_be_writing, sesjonens_forbindelse
from koordinering.setning import Setning, standard
from koordinering.sidevei import Forbindelse

_Par = tuple[tuple[str, str], ...]
"""The attribute of the row itself, and of the row at the other end."""


@dataclass(frozen=True)
class _Form:
    """What must be known of a table to write its new rows."""

    plass: int
    """After the tables that it points to."""
    kolonner: tuple[tuple[str, Callable[[], Any] | None], ...]
    """Its columns but the key that the database draws, each with what fills it when nothing is said."""
    trukket: str | None
    """The key that the database draws."""
    peker: tuple[tuple[str, _Par], ...]
    """What its foreign keys are taken from, where the row at the other end is known and the key is not."""
    eier: tuple[tuple[str, _Par], ...]
    """The lists of rows that point to it."""


def ta_med(rader: Iterable[Base]) -> None:
    """Add these rows to the session, and nothing that they lead to."""
    session = db.session()
    for rad in rader:
        session._save_impl(instance_state(rad))


def skriv_nye() -> None:
    """Write what has been added to the session. Where it also has changes to write, it is a flush."""
    session = db.session()
    if session._deleted or session.identity_map._modified:
        session.flush()
        return
    must_be_writing()
    nye = sorted(session._new, key=_rekkefoelge)
    paa = sesjonens_forbindelse(session)
    for mapper, gruppe in groupby(nye, key=lambda en: en.mapper):
        _skriv(mapper, list(gruppe), paa)
    session._register_persistent(set(nye))


def sett_inn_ledig(rad: Base) -> bool:
    """Write a row alone; False where what must be unique is somebody's already.

    Then the session does not know it, and the transaction goes on. What hangs on it is to be added by itself.
    """
    must_be_writing()
    session, tilstand = db.session(), instance_state(rad)
    paa = sesjonens_forbindelse(session)
    form, verdier = _form(tilstand.mapper), tilstand.dict
    _gjoer_klar(form, verdier)
    if not _ledig(type(rad), paa.dialect.name).kjoer(verdier, paa=paa):
        return False
    session._save_impl(tilstand)
    _la_peke(form, [verdier])
    session._register_persistent({tilstand})
    return True


def _rekkefoelge(tilstand: InstanceState[Any]) -> tuple[int, int]:
    return _form(tilstand.mapper).plass, tilstand.insert_order or 0


def _skriv(mapper: Mapper[Any], tilstander: Sequence[InstanceState[Any]], paa: Forbindelse) -> None:
    form, rader = _form(mapper), [tilstand.dict for tilstand in tilstander]
    for rad in rader:
        _gjoer_klar(form, rad)
    klasse: type[Base] = mapper.class_
    setning = _inn(klasse)
    if form.trukket is None:
        setning.mange(rader, paa=paa)
    else:
        for rad in rader:
            rad[form.trukket] = setning.verdi(rad, paa=paa)
    _la_peke(form, rader)


def _gjoer_klar(form: _Form, rad: dict[str, Any]) -> None:
    """Fill in what nobody has said."""
    for navn, par in form.peker:
        andre = rad.get(navn)
        if andre is not None:
            for egen, deres in par:
                rad[egen] = getattr(andre, deres)
    for navn, ellers in form.kolonner:
        if navn not in rad:
            rad[navn] = ellers() if ellers is not None else None


def _la_peke(form: _Form, rader: Sequence[dict[str, Any]]) -> None:
    """Let the rows that hang on these, which have their keys now, point to them."""
    for navn, par in form.eier:
        for rad in rader:
            for barn in rad.get(navn, ()):
                for egen, deres in par:
                    if instance_dict(barn).get(deres) != rad[egen]:
                        setattr(barn, deres, rad[egen])


@lru_cache(maxsize=256)
def _inn(klasse: type[Base]) -> Setning[*tuple[Any, ...]]:
    form, tabell = _form(klasse.__mapper__), cast(Table, klasse.__table__)
    setning = insert(tabell).inline()
    return Setning(
        setning.returning(tabell.c[form.trukket]) if form.trukket else setning, [navn for navn, _ in form.kolonner]
    )


@lru_cache(maxsize=256)
def _ledig(klasse: type[Base], dialekt: str) -> Setning[*tuple[Any, ...]]:
    ny = postgresql.insert if dialekt == "postgresql" else sqlite.insert
    setning = ny(cast(Table, klasse.__table__)).inline().on_conflict_do_nothing()
    return Setning(setning, [navn for navn, _ in _form(klasse.__mapper__).kolonner])


@lru_cache(maxsize=256)
def _form(mapper: Mapper[Any]) -> _Form:
    tabell = cast(Table, mapper.local_table)
    trukket = tabell.autoincrement_column
    if trukket is not None and (trukket.default is not None or not trukket.autoincrement):
        trukket = None
    kolonner = tuple(
        (en.key, None if en.default is None else standard(en.default)) for en in tabell.columns if en is not trukket
    )
    forhold = [(en.key, en.direction, _par(mapper, en)) for en in mapper.relationships if not en.viewonly]
    return _Form(
        plass=metadata.sorted_tables.index(tabell),
        kolonner=kolonner,
        trukket=trukket.key if trukket is not None else None,
        peker=tuple((navn, par) for navn, vei, par in forhold if vei is RelationshipDirection.MANYTOONE),
        eier=tuple((navn, par) for navn, vei, par in forhold if vei is RelationshipDirection.ONETOMANY),
    )


def _par(mapper: Mapper[Any], forhold: Any) -> _Par:
    attributt, deres = mapper.get_property_by_column, forhold.mapper.get_property_by_column
    return tuple((attributt(egen).key, deres(fjern).key) for egen, fjern in forhold.local_remote_pairs)
