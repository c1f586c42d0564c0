"""Every form of the product."""

import importlib
import pkgutil
from collections.abc import Iterator

from wtforms import Form

import koordinering


def skjemaene() -> Iterator[tuple[str, type[Form]]]:
    """The package's name for it, and the form; each where it is written."""
    for info in pkgutil.walk_packages(koordinering.__path__, "koordinering."):
        if "forms" not in info.name.split("."):
            continue
        modul = importlib.import_module(info.name)
        for skjema in vars(modul).values():
            if isinstance(skjema, type) and issubclass(skjema, Form) and skjema.__module__ == modul.__name__:
                yield f"{modul.__name__.removeprefix('koordinering.')}.{skjema.__qualname__}", skjema
