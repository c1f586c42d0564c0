"""The log of slow statements: what was asked and how long it took, never the values."""

import logging
import re
from collections.abc import Callable
from time import perf_counter
from typing import Any, cast

from sqlalchemy import Engine

from koordinering.sporing import FELTER

log = logging.getLogger(__name__)

_LENGST = 2_000
"""Signs of a statement that are kept: enough to find it in the code."""
_TEKST = re.compile(r"'(?:[^']|'')*'")
_TALL = re.compile(r"(?<![\w.%:$])\d+(?:\.\d+)?\b")
_ROM = re.compile(r"\s+")
_REKKE = re.compile(r"\((?:(?:\?|%s|%\(\w+\)s)(?:::[A-Z_]+(?: [A-Z]+)*)?(?:, )?){4,}\)")
_VEIENE = ("do_execute", "do_executemany", "do_execute_no_params")

Fortell = Callable[[], object]
"""Is told that a statement was slow, for a counter."""


def uten_verdier(setning: str) -> str:
    """The statement on one line. Values are parameters and not in it; what is written into it goes as well."""
    kort = _ROM.sub(" ", _TALL.sub("?", _TEKST.sub("?", setning))).strip()
    return _REKKE.sub("(…)", kort)[:_LENGST]


def foelg_med(engine: Engine, over_ms: int, fortell: Fortell) -> None:
    """Tell in the log of every statement of this engine that takes longer than `over_ms`; 0 tells of none.

    Where the dialect hands a statement to the driver, and not by SQLAlchemy's events: with one listener, each
    connection tells of all that happens to it, and most pages take three.
    """
    grense, dialekt = over_ms / 1000, cast(Any, engine.dialect)

    def med_tid(send: Callable[..., None]) -> Callable[..., None]:
        def send_og_se(cursor: Any, setning: str, *resten: Any) -> None:
            startet = perf_counter()
            send(cursor, setning, *resten)
            sekunder = perf_counter() - startet
            if sekunder >= grense:
                fortell()
                felter = {"ms": round(sekunder * 1000), "setning": uten_verdier(setning)}
                log.warning("slow statement", extra={FELTER: felter})

        return send_og_se

    for navn in _VEIENE if over_ms else ():
        setattr(dialekt, navn, med_tid(getattr(dialekt, navn)))
