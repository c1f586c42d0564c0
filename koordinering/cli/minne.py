"""What a process of the service keeps of the memory that it no longer uses, and how often it looks for more."""

import ctypes
import gc
import os
import sys

_M_ARENA_MAX = -8
"""The number of the option in glibc's malloc.h; MALLOC_ARENA_MAX in the environment is the same, and is let stand."""
_HAUGER = 2

_NYE = 10_000
"""New objects between two looks for garbage that leads to itself; Python's own measure is 700. A registration makes
some thousand and lets go of nearly all by itself: looked through ten times, it costs a twentieth more (docs/valg.md).
"""


def del_haugene() -> None:
    """Let all threads share two heaps. glibc gives each its own, and what one has freed is of no use to the others.

    Python's lock lets one thread at a time ask for memory, so they hardly wait for each other. Other C libraries have
    no such option. That glibc keeps pieces as large as any that has been freed is let be: the hash of a password takes
    ten milliseconds more where the memory that it works in is made anew each time.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None) if sys.platform == "linux" else None
    if mallopt is not None and "MALLOC_ARENA_MAX" not in os.environ:
        mallopt(_M_ARENA_MAX, _HAUGER)


def still_samleren() -> None:
    """For a worker that is ready to serve: what it has made so far stays, and the collector comes less often.

    What is imported has been put out of the collector's way already (cli/__init__.py); this is the application.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(_NYE, *gc.get_threshold()[1:])
