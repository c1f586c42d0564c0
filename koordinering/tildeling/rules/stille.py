"""HiGHS writes its name on standard output the first time it is made, whatever it is told: here it is not heard."""

import ctypes
import os

import highspy


def vekk_stille() -> None:
    """Make the first one while standard output leads nowhere. Called once, as the module is imported."""
    libc = ctypes.CDLL(None)
    libc.fflush(None)
    ut, ingensteds = os.dup(1), os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(ingensteds, 1)
        highspy.Highs()  # type: ignore[no-untyped-call]
        libc.fflush(None)  # C keeps what it writes to a pipe for later
    finally:
        os.dup2(ut, 1)
        os.close(ut)
        os.close(ingensteds)
