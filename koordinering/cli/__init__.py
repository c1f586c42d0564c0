"""Commands for those who run it: `koordinering --help`."""

import gc

gc.disable()  # what is loaded here stays: to look through it while it grows, and again at the end, doubles the start

from koordinering.cli.hoved import main  # noqa: E402
from koordinering.cli.oppsett import grunndata  # noqa: E402

gc.freeze()
gc.enable()

__all__ = ["grunndata", "main"]
