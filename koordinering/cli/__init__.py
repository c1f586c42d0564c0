"""Commands for those who run it: `koordinering --help`."""

from koordinering.cli.hoved import main
from koordinering.cli.oppsett import grunndata

__all__ = ["grunndata", "main"]
