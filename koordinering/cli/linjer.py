"""The program's own log: one line of JSON on stderr for each fault, in UTC, with nothing that somebody typed."""

import json
import logging
import re
import sys
import traceback
from datetime import UTC, datetime

from koordinering import sporing

_NUMMERLIKT = re.compile(r"(?<!\d)\d(?:[^\w]{0,3}\d){10}(?!\d)")
"""Eleven digits, however they are parted: a library that quotes its input must not quote an identity number."""
_STEDER = 12


class Linje(logging.Formatter):
    """A record as JSON: line breaks and control characters in it are escaped, so that none looks like two."""

    def format(self, record: logging.LogRecord) -> str:
        """One line. Of an exception its kind and its places in the code, never its text."""
        felter: dict[str, object] = {
            "tid": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "nivaa": record.levelname,
            "fra": record.name,
            "prosess": record.process,
            "melding": _NUMMERLIKT.sub("[nummer]", record.getMessage()),
        }
        if foresporsel := sporing.nummer():
            felter["foresporsel"] = foresporsel
        felter |= getattr(record, sporing.FELTER, {})
        if record.exc_info and record.exc_info[0] is not None:
            felter["feil"] = record.exc_info[0].__name__
            spor = traceback.extract_tb(record.exc_info[2])[-_STEDER:]
            felter["steder"] = [f"{sted.filename}:{sted.lineno}" for sted in spor]
        return json.dumps(felter)


def skriv_linjer() -> None:
    """Write so from now on, in this process, whatever comes from the program and from its libraries."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Linje())
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
