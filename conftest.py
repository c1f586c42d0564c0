"""Which tests run: the long ones only when asked for, and on SQLite alone what no other database can change."""

import gc
import os
import sys
from pathlib import Path

import pytest
from xdist.remote import Producer  # type: ignore[import-untyped]
from xdist.scheduler import LoadScopeScheduling  # type: ignore[import-untyped]

sys.dont_write_bytecode, sys.pycache_prefix = False, str(Path(__file__).parent / "var" / "pyc")
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
os.environ["PYTHONPYCACHEPREFIX"] = sys.pycache_prefix
# Kept also where the machine keeps no bytecode: the tests start a hundred processes of the product, and compiling it
# anew costs each of them two seconds.

HVER_FOR_SEG = ("test_uu.py", "test_cli.py", "test_ruter.py", "test_sporringer.py", "test_nysgjerrig_forloep.py")
"""Files whose tests are long and share nothing: they go to whichever worker is free."""


class PerFil(LoadScopeScheduling):  # type: ignore[misc]  # xdist ships no types
    """A file's tests go to one worker, in order: what they share is made once, and one server serves at a time.

    Not xdist's own groups: they rest on a test's id being changeable, which it is not since pytest 9.
    """

    def _split_scope(self, nodeid: str) -> str:
        fil = nodeid.split("::", 1)[0]
        return nodeid if fil.endswith(HVER_FOR_SEG) else fil


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> PerFil:
    """How the tests are shared out when they run on several cores."""
    config.option.loadscopereorder = False  # many short tests are not more work than one long
    return PerFil(config, log)


LENGST = ("test_uu.py", "test_cli.py", "test_sporringer.py")
"""Files with tests of a minute: they go first, so that no core is left alone with one at the end."""


def pytest_collection_finish() -> None:
    """Look for cycles seldom, and not among what is loaded to stay: each full search of it takes half a second.

    A fourth of the tests' time went to it.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 50, 100)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Deselect what is marked `lang`, and on one database what is marked as only the other's.

    Not by -m in addopts: the next -m given by hand would replace it. KOORDINERING_LANG=1 and -m lang run them.
    """
    items.sort(key=lambda item: not item.path.name.endswith(LENGST))
    for merke, ikke_paa in (("bare_sqlite", "postgresql"), ("bare_postgresql", "sqlite")):
        _ta_ut(config, items, [en for en in items if en.get_closest_marker(merke) and _database(en) == ikke_paa])
    if os.environ.get("KOORDINERING_LANG") == "1" or "lang" in config.option.markexpr.split():
        return
    _ta_ut(config, items, [item for item in items if item.get_closest_marker("lang")])


def _ta_ut(config: pytest.Config, items: list[pytest.Item], ut: list[pytest.Item]) -> None:
    if ut:
        config.hook.pytest_deselected(items=ut)
        borte = set(ut)
        items[:] = [item for item in items if item not in borte]


def _database(item: pytest.Item) -> object:
    callspec = getattr(item, "callspec", None)
    return callspec.params.get("database") if callspec is not None else None
