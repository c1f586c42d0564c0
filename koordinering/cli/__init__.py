"""Commands for those who run it: `koordinering --help`."""

import gc

# Three thousand modules' worth of classes and functions, all to stay: looking for garbage among them while they come
# is a quarter of the time that a process needs to start, and afterwards costs each full collection and, in the
# workers that are forked from here, a copy of every page it touches. So also what comes later (ramme.hent).
gc.disable()

from koordinering.cli.hoved import main  # noqa: E402

gc.freeze()
gc.enable()

__all__ = ["main"]
