"""Every service that changes something says who does it, and every module opens with a sentence."""

import ast
import importlib
import inspect
import pkgutil
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

import koordinering

PAKKE = Path(koordinering.__file__).parent

SYSTEMETS_EGNE = {
    "koordinering.konto.services",  # signing in is what makes a user known; tested one by one below
    "koordinering.jobb.services",  # a worker takes and renews a lease; ordering and cancelling take av
    "koordinering.statistikk.services.moenster",  # a pattern follows from a count, and the count says who
}


def _moduler(ledd: str) -> Iterator[ModuleType]:
    for info in pkgutil.walk_packages(koordinering.__path__, "koordinering."):
        if ledd in info.name.split("."):
            yield importlib.import_module(info.name)


def _skriver(funksjon: object) -> bool:
    kilde = inspect.getsource(funksjon)  # type: ignore[arg-type]
    return "audit.record(" in kilde or "db.session.add(" in kilde or "db.session.delete(" in kilde


def test_every_service_that_writes_takes_av_by_name() -> None:
    sett = 0
    for modul in _moduler("services"):
        if modul.__name__ in SYSTEMETS_EGNE:
            continue
        for navn, funksjon in inspect.getmembers(modul, inspect.isfunction):
            if funksjon.__module__ != modul.__name__ or navn.startswith("_") or not _skriver(funksjon):
                continue
            parameter = inspect.signature(funksjon).parameters.get("av")
            assert parameter is not None, f"{modul.__name__}.{navn} does not say who"
            assert parameter.kind is inspect.Parameter.KEYWORD_ONLY, f"{modul.__name__}.{navn}: av by position"
            sett += 1
    assert sett > 20


@pytest.mark.parametrize("fil", sorted(PAKKE.rglob("*.py")), ids=lambda f: str(f.relative_to(PAKKE)))
def test_every_module_opens_with_a_sentence(fil: Path) -> None:
    doc = ast.get_docstring(ast.parse(fil.read_text(encoding="utf-8")))
    assert doc, fil
    assert doc.splitlines()[0].rstrip().endswith((".", ":", ")")), doc.splitlines()[0]


def test_one_commit() -> None:
    steder = [
        fil.relative_to(PAKKE).as_posix()
        for fil in PAKKE.rglob("*.py")
        for node in ast.walk(ast.parse(fil.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "commit"
    ]
    # a move writes in a database that no program serves from, batch by batch
    assert [sted for sted in steder if not sted.startswith("flytting/")] == ["db.py"]
