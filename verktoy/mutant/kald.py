"""Mutants of what a module makes when it is imported: a child for each, before anything of ours is imported.

Other people's libraries are loaded beforehand; the child imports the module with its fault, and the tests.
"""

import importlib
import os
from collections.abc import Sequence
from functools import partial
from itertools import zip_longest
from pathlib import Path

import pytest

from verktoy.mutant.barn import Svar, i_barn, noter
from verktoy.mutant.bytte import Mutert
from verktoy.mutant.mutasjoner import Mutant

_BIBLIOTEKER = "flask flask_sqlalchemy flask_login sqlalchemy.orm sqlalchemy.dialects.sqlite yaml"
TID = 120
"""Seconds for one child, on a machine that has other things to do."""


class Kald:
    """The pytest plugin: a child for each mutant before anything of ours is imported, even the tests."""

    def __init__(self, utvalg: Sequence[Mutant], ut: Path) -> None:
        self._utvalg, self._ut, self._feilet = utvalg, ut, ""
        self._drepere: list[str] = []
        for navn in _BIBLIOTEKER.split():
            importlib.import_module(navn)

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection(self, session: pytest.Session) -> bool:
        """Instead of collecting: the children collect."""
        svar = i_barn(lambda: self._barnet(session, None), TID)
        if svar.hvordan != "overlevde":
            raise pytest.UsageError(f"Uten feil feiler {svar.av}")
        for mutant in self._utvalg:
            svar = i_barn(partial(self._barnet, session, mutant), TID)
            test = svar.av.split("[")[0]
            self._drepere = [test, *(en for en in self._drepere if en != test)][:4]
            noter(self._ut, {"merke": mutant.merke, "linje": mutant.linje, **svar._asdict()})
        return True

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self) -> bool:
        """Nothing is left to run."""
        return True

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Remember the test that failed."""
        if report.failed:
            self._feilet = report.nodeid

    def _barnet(self, session: pytest.Session, mutant: Mutant | None) -> Svar:
        _stille()
        if mutant:
            Mutert(mutant.modul, mutant.kilde).sett_inn()
        session.perform_collect()
        if session.testsfailed:
            return Svar("drept", "import")
        session.items.sort(key=lambda item: item.nodeid.split("[")[0] not in self._drepere)  # what saw the last ones
        for item, neste in zip_longest(session.items, session.items[1:]):
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=neste)
            if self._feilet:
                return Svar("drept", self._feilet)
        return Svar("overlevde")


def _stille() -> None:
    ingen_steder = os.open(os.devnull, os.O_WRONLY)
    os.dup2(ingen_steder, 1)
    os.dup2(ingen_steder, 2)
