"""What a process of the service keeps of the memory that it no longer uses, and how often it looks for more."""

import ctypes
import gc
import os
import sys
from collections.abc import Mapping
from types import MappingProxyType

_HAUGENE: Mapping[str, tuple[int, int]] = MappingProxyType(
    {
        "MALLOC_ARENA_MAX": (-8, 2),
        "MALLOC_MMAP_THRESHOLD_": (-3, 8 * 2**20),
        "MALLOC_TRIM_THRESHOLD_": (-1, 16 * 2**20),
    }
)
"""glibc's options: the name in the environment, where it is let stand, the number in malloc.h, and what it is set to
(heaps; bytes of a piece that is got and given back by itself; free bytes at the end of a heap that are given back)."""

_NYE = 10_000
"""New objects between two looks for garbage that leads to itself; Python's own measure is 700. A registration makes
some thousand and lets go of nearly all by itself: looked through ten times, it costs a twentieth more (docs/valg.md).
"""


def still_haugene() -> None:
    """Let all threads share two heaps, and give large pieces back.

    glibc gives each thread a heap of its own, and what one has freed is of no use to the others; Python's lock lets
    one at a time ask for memory, so they hardly wait for each other. And it keeps pieces as large as any that has been
    freed: the nineteen megabytes that a password is hashed in stay in the heap, small things that live long are put
    there, and the next hash is given new ones. Got and given back by themselves, a sign-in takes ten milliseconds more
    for them, and a worker holds fifty megabytes less and stays at that. Other C libraries have no such options.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None) if sys.platform == "linux" else None
    if mallopt is None or "glibc.malloc." in os.environ.get("GLIBC_TUNABLES", ""):
        return
    for navn, (valg, verdi) in _HAUGENE.items():
        if navn not in os.environ:
            mallopt(valg, verdi)


def still_samleren() -> None:
    """For a worker that is ready to serve: what it has made so far stays, and the collector comes less often.

    What is imported has been put out of the collector's way already (cli/__init__.py); this is the application.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(_NYE, *gc.get_threshold()[1:])
