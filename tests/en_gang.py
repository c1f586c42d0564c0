"""Counts are cheap here: the same numbers are protected and checked once for all tests, on both databases."""

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from unittest import mock

import pytest

from koordinering.statistikk import disclosure
from koordinering.statistikk.disclosure import (
    Beskyttelse,
    Rapport,
    RawCounts,
    Regler,
    SafeTable,
    Tidligere,
    beskytt,
)
from koordinering.statistikk.disclosure.revisjon import revider
from koordinering.statistikk.services import moenster


@pytest.fixture(scope="session", autouse=True)
def en_gang() -> Iterator[None]:
    """Remember what the engine and the audit answered: they are pure, and their own tests ask them directly."""
    with pytest.MonkeyPatch.context() as bytt:
        bytt.setattr("koordinering.statistikk.services.moenster.beskytt", _husk(beskytt))
        bytt.setattr("koordinering.statistikk.disclosure.revisjon.revider", _husk(revider))
        yield


@contextmanager
def alt_er_skjult() -> Iterator[None]:
    """Hide every number of what is counted meanwhile, instead of working out which can be shown."""
    with mock.patch("koordinering.statistikk.services.moenster.beskytt", _skjul_alt):
        yield


@pytest.fixture
def alt_skjult() -> Iterator[None]:
    """For tests of a whole town that ask whether its years are counted, never what is shown: all of it is hidden."""
    with alt_er_skjult():
        yield


def _skjul_alt(raa: Sequence[RawCounts], regler: Regler, **_: Any) -> Beskyttelse:
    skjult = {(nr, noekkel) for nr, raw in enumerate(raa) for noekkel in raw.noekler}
    rapport = Rapport(len(skjult), primaere=len(skjult), sekundaere=0, vekt=0, skranke=0, sekunder=0)
    return Beskyttelse(tuple(disclosure._trygg(nr, raw, skjult, regler) for nr, raw in enumerate(raa)), rapport)


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
