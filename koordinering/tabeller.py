"""Every table of the product, whatever has been imported so far.

A table enters itself in the metadata when its module is imported, and a command imports what it needs and no more. Who
asks for all of them and takes those that happen to be there moves, opens or counts a part, and never knows it.
"""

from functools import lru_cache
from importlib import import_module
from pathlib import Path

from sqlalchemy import MetaData

from koordinering.db import metadata

_EGNE = ("audit", "noekkellager", "users")
"""What has tables and is not called models."""


@lru_cache(maxsize=1)
def alle() -> MetaData:
    """The metadata with every table in it. The first time it imports all that has any: a second of CPU."""
    for navn in _moduler():
        import_module(navn)
    return metadata


def _moduler() -> list[str]:
    rot = Path(__file__).parent
    funnet = [fil.relative_to(rot.parent).with_suffix("").parts for fil in sorted(rot.rglob("*.py"))]
    egne = [f"{rot.name}.{navn}" for navn in _EGNE]
    return [*egne, *(".".join(deler).removesuffix(".__init__") for deler in funnet if "models" in deler)]
