"""Looks at every statement that a session sends while it reads: where nothing can be undone, nothing may be changed.

On PostgreSQL what only reads has no transaction. The product's own guards see what goes by the session and by
Setning; this sees what goes by a text or by the session's connection too. A migration, which has parts that
PostgreSQL takes in no transaction, goes by a connection of its own.
"""

import re
from collections.abc import Callable
from typing import Any, cast
from weakref import WeakSet

from sqlalchemy import Engine, event

from koordinering import sesjon
from koordinering.db import writing
from koordinering.sidevei import Forbindelse

_LESER = re.compile(r"\s*(SELECT|WITH|SHOW|EXPLAIN)\b", re.IGNORECASE)
_ENDRER = re.compile(r"\b(INSERT\s+INTO|UPDATE\s+\w+\s+SET|DELETE\s+FROM|pg_(try_)?advisory_xact)", re.IGNORECASE)
_lesere: WeakSet[Any] = WeakSet()
"""The driver's connections that sessions read by now."""


_les = sesjon.les_uten_transaksjon


def _begynner(paa: Forbindelse) -> None:
    _les(paa)
    if paa.dialect.name == "postgresql" and not writing():
        _lesere.add(paa.connection.driver_connection)


sesjon.les_uten_transaksjon = _begynner


def _ferdig(driver: Any, _record: object) -> None:
    if driver is not None:  # None: it was cut, and is not lent again
        _lesere.discard(driver)


def leser_bare(setning: str) -> bool:
    """Whether the statement changes nothing and locks nothing that must be held."""
    return bool(_LESER.match(setning)) and not _ENDRER.search(setning)


def vokt(engine: Engine) -> None:
    """From now on such a statement is a failure, whoever sends it."""
    dialekt = cast(Any, engine.dialect)
    if dialekt.name != "postgresql" or hasattr(dialekt, "_voktet"):
        return
    dialekt._voktet = True
    event.listen(engine, "checkin", _ferdig)
    for navn in ("do_execute", "do_executemany", "do_execute_no_params"):
        setattr(dialekt, navn, _sett_paa(getattr(dialekt, navn)))


def _sett_paa(send: Callable[..., None]) -> Callable[..., None]:
    def se_foerst(cursor: Any, setning: str, *resten: Any, **om: Any) -> None:
        her = cursor.connection  # what was read by is written by next, in a transaction
        if her in _lesere and her.autocommit and not leser_bare(setning):
            raise AssertionError(f"sent where nothing is undone: {setning}")
        send(cursor, setning, *resten, **om)

    return se_foerst
