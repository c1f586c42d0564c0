"""Leave the long tests out unless they are asked for: KOORDINERING_LANG=1 or -m lang."""

import os

import pytest


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Deselect what is marked `lang`. Not by -m in addopts: the next -m given by hand would replace it."""
    if os.environ.get("KOORDINERING_LANG") == "1" or "lang" in config.option.markexpr.split():
        return
    lange = [item for item in items if item.get_closest_marker("lang")]
    if lange:
        config.hook.pytest_deselected(items=lange)
        items[:] = [item for item in items if item not in lange]
