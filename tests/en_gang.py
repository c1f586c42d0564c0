"""Counts are cheap here: the same numbers are protected and checked once for all tests, on both databases."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from koordinering.statistikk.disclosure import RawCounts, SafeTable, Tidligere, beskytt
from koordinering.statistikk.disclosure.revisjon import revider
from koordinering.statistikk.services import moenster


@pytest.fixture(scope="session", autouse=True)
def en_gang() -> Iterator[None]:
    """Remember what the engine and the audit answered: they are pure, and their own tests ask them directly."""
    with pytest.MonkeyPatch.context() as bytt:
        bytt.setattr("koordinering.statistikk.services.moenster.beskytt", _husk(beskytt))
        bytt.setattr("koordinering.statistikk.services.revisjon.revider", _husk(revider))
        yield


def _husk(funksjon: Callable[..., Any]) -> Callable[..., Any]:
    svar: dict[str, Any] = {}

    def husket(*args: Any, **kw: Any) -> Any:
        noekkel = json.dumps([_form(args), _form(kw)], sort_keys=True)
        if noekkel not in svar:
            svar[noekkel] = funksjon(*args, **kw)
        return svar[noekkel]

    return husket


def _form(ting: Any) -> Any:
    """The question in full, as text; the same on another day and whatever numbers the families were given."""
    match ting:
        case dict():
            return {navn: _form(verdi) for navn, verdi in ting.items()}
        case [RawCounts(), *_]:
            return moenster._raa(ting)
        case list() | tuple():
            return [_form(en) for en in ting]
        case SafeTable():
            return ting.til_json()
        case Tidligere():
            return [moenster._raa([ting.raa]), _form(ting.vist)]
    return repr(ting)
