"""Which tests run: the long ones only when asked for, and on SQLite alone what no other database can change."""

import os

import pytest


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Deselect what is marked `lang`, and on PostgreSQL what is marked `bare_sqlite`.

    Not by -m in addopts: the next -m given by hand would replace it. KOORDINERING_LANG=1 and -m lang run them.
    """
    _ta_ut(config, items, [item for item in items if item.get_closest_marker("bare_sqlite") and _postgresql(item)])
    if os.environ.get("KOORDINERING_LANG") == "1" or "lang" in config.option.markexpr.split():
        return
    _ta_ut(config, items, [item for item in items if item.get_closest_marker("lang")])


def _ta_ut(config: pytest.Config, items: list[pytest.Item], ut: list[pytest.Item]) -> None:
    if ut:
        config.hook.pytest_deselected(items=ut)
        borte = set(ut)
        items[:] = [item for item in items if item not in borte]


def _postgresql(item: pytest.Item) -> bool:
    callspec = getattr(item, "callspec", None)
    return callspec is not None and callspec.params.get("database") == "postgresql"
