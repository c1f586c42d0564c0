"""One prepared process, forked for each mutant: what is imported and collected is there already.

The tests run once without faults, with a note of which of them call which function of the module. Then each mutant
gets a child that puts the fault into the living function and runs the tests that call it, until one fails.
"""

import builtins
import time
from collections.abc import Sequence
from itertools import zip_longest
from pathlib import Path
from typing import Any

import pytest

from verktoy.mutant.barn import Svar, i_barn, noter
from verktoy.mutant.bytte import KALT, ROT, Mutert, bytt, funksjoner, merket
from verktoy.mutant.mutasjoner import Mutant


class _Stopp:
    """Where a test's fixtures end: those of the session stay."""

    def __init__(self, sesjon: pytest.Session) -> None:
        self._sesjon = sesjon

    def listchain(self) -> list[Any]:
        """What the next test would stand on."""
        return [self._sesjon]


class Varm:
    """The pytest plugin of the prepared process: the mutants of a module's functions, results as lines of JSON."""

    def __init__(self, modul: str, utvalg: Sequence[Mutant], ut: Path) -> None:
        self._modul, self._ut, self._mutanter = modul, ut, utvalg
        self._sti = str(ROT / modul)
        self._dekket: dict[str, set[str]] = {}
        self._tid: dict[str, float] = {}
        self._feilet = ""
        self._drepere: dict[str, list[pytest.Item]] = {}
        Mutert(modul, merket((ROT / modul).read_text(encoding="utf-8"))).sett_inn()
        self._kalt: set[str] = getattr(builtins, KALT)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Remember the test that failed."""
        if report.failed:
            self._feilet = report.nodeid

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """The tests once without faults, then each mutant in a child."""
        self._tidlig = set(self._kalt)
        for item in session.items:
            self._foerst(session, item)
        # What was made while all was made ready is older than the fault.
        self._tidlig |= self._dekket[session.items[0].nodeid]
        self._levende = funksjoner(self._modul)
        # The same children without a fault: what is left out or comes in another order must not be what fails.
        for utvalg in {tuple(self._aktuelle(session, m.funksjon)) for m in self._mutanter}:
            if (svar := self._i_barn(session, None, utvalg)).hvordan != "overlevde":
                raise pytest.UsageError(f"Uten feil, og uten de andre, feiler {svar.av}")
        for mutant in self._mutanter:
            svar = self._proev(session, mutant)
            noter(self._ut, {"merke": mutant.merke, "linje": mutant.linje, **svar._asdict()})
        noter(self._ut, {"tidlig": sorted(self._tidlig)})
        return True

    def _foerst(self, session: pytest.Session, item: pytest.Item) -> None:
        self._kalt.clear()
        foer = time.monotonic()
        self._kjoer(session, item)
        if self._feilet:
            raise pytest.UsageError(f"Uten feil feiler {self._feilet}")
        self._dekket[item.nodeid], self._tid[item.nodeid] = set(self._kalt), time.monotonic() - foer

    def _kjoer(self, session: pytest.Session, item: pytest.Item, neste: pytest.Item | None = None) -> None:
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=neste or _Stopp(session))

    def _aktuelle(self, session: pytest.Session, funksjon: str) -> Sequence[pytest.Item]:
        """The tests that call the function, file by file: the cheapest file first, inside it as they stand."""
        kaller = [item for item in session.items if funksjon in self._dekket[item.nodeid]]
        fil: dict[Path, float] = {}
        for item in kaller:
            fil[item.path] = fil.get(item.path, 0) + self._tid[item.nodeid]
        return sorted(kaller, key=lambda item: (fil[item.path], str(item.path)))

    def _proev(self, session: pytest.Session, mutant: Mutant) -> Svar:
        foerst = self._drepere.setdefault(mutant.funksjon, [])
        resten = self._aktuelle(session, mutant.funksjon)
        svar = self._i_barn(session, mutant, [*foerst, *(item for item in resten if item not in foerst)])
        drepte = [item for item in resten if item.nodeid == svar.av]
        if drepte:
            self._drepere[mutant.funksjon] = [*drepte, *(i for i in foerst if i not in drepte)][:3]
        return svar

    def _i_barn(self, session: pytest.Session, mutant: Mutant | None, items: Sequence[pytest.Item]) -> Svar:
        sekunder = 20 + 6 * sum(self._tid[item.nodeid] for item in items)
        return i_barn(lambda: self._barnet(session, mutant, items), sekunder)

    def _barnet(self, session: pytest.Session, mutant: Mutant | None, items: Sequence[pytest.Item]) -> Svar:
        """In the child: the fault in, the tests until one fails."""
        if mutant and not bytt(self._levende, mutant.kilde, self._sti, mutant.funksjon):
            return Svar("ny")
        for item, neste in zip_longest(items, items[1:]):
            self._kjoer(session, item, neste)
            if self._feilet:
                return Svar("drept", item.nodeid)
        return Svar("overlevde")
