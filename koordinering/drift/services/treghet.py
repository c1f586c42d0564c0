"""The log of slow statements: what was asked and how long it took, never the values."""

import logging
import re
import threading
import time
from collections.abc import Callable
from typing import Any

from sqlalchemy import Engine, event

from koordinering.sporing import FELTER

log = logging.getLogger(__name__)

_LENGST = 2_000
"""Signs of a statement that are kept: enough to find it in the code."""
_TEKST = re.compile(r"'(?:[^']|'')*'")
_TALL = re.compile(r"(?<![\w.%:$])\d+(?:\.\d+)?\b")
_ROM = re.compile(r"\s+")
_REKKE = re.compile(r"\((?:(\?|%s|%\(\w+\)s(?:::\w+)?)(?:, )?){4,}\)")

_her = threading.local()
"""When this thread's statement was sent; it sends one at a time."""

Fortell = Callable[[], object]
"""Is told that a statement was slow, for a counter."""


def uten_verdier(setning: str) -> str:
    """The statement on one line. Values are parameters and not in it; what is written into it goes as well."""
    kort = _ROM.sub(" ", _TALL.sub("?", _TEKST.sub("?", setning))).strip()
    return _REKKE.sub("(…)", kort)[:_LENGST]


def foelg_med(engine: Engine, over_ms: int, fortell: Fortell) -> None:
    """Tell in the log of every statement of this engine that takes longer than `over_ms`; 0 tells of none."""
    if not over_ms:
        return

    @event.listens_for(engine, "before_cursor_execute")
    def _foer(*_alt: Any) -> None:
        _her.startet = time.perf_counter()

    @event.listens_for(engine, "after_cursor_execute")
    def _etter(_forbindelse: Any, _cursor: Any, setning: str, *_resten: Any) -> None:
        ms = round((time.perf_counter() - _her.startet) * 1000)
        if ms >= over_ms:
            fortell()
            log.warning("slow statement", extra={FELTER: {"ms": ms, "setning": uten_verdier(setning)}})
