"""What a process of the service keeps of the memory that it no longer uses."""

import ctypes
import os
import sys

_M_ARENA_MAX = -8
"""The number of the option in glibc's malloc.h; MALLOC_ARENA_MAX in the environment is the same, and is let stand."""
_HAUGER = 2


def del_haugene() -> None:
    """Let all threads share two heaps. glibc gives each its own, and what one has freed is of no use to the others.

    Python's lock lets one thread at a time ask for memory, so they hardly wait for each other. Other C libraries have
    no such option. That glibc keeps pieces as large as any that has been freed is let be: the hash of a password takes
    ten milliseconds more where the memory that it works in is made anew each time.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None) if sys.platform == "linux" else None
    if mallopt is not None and "MALLOC_ARENA_MAX" not in os.environ:
        mallopt(_M_ARENA_MAX, _HAUGER)
