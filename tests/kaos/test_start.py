"""What a process begins with: a disk that is waited for at each commit, and patience where something is gone."""

import logging
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from koordinering.cli import tjener
from koordinering.errors import ConfigError


def test_a_worker_waits_for_what_is_gone_and_takes_nobody_with_it(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Ending, it would be started again and end again, until the server gave up and stopped the others too."""
    mangler, pauser = ["Nøkkelfilen mangler.", "Nøkkelfilen mangler."], list[float]()
    app = object()

    def program() -> object:
        if mangler:
            raise ConfigError(mangler.pop())
        return app

    stilt: list[str] = []
    egne = {
        "program": program,
        "_foelg": lambda _: None,
        "skriv_linjer": lambda: None,
        "still_samleren": lambda: stilt.append("stilt"),  # of this process it would be for good
    }
    for navn, noe in egne.items():
        monkeypatch.setattr(tjener, navn, noe)
    monkeypatch.setattr(tjener, "time", SimpleNamespace(sleep=pauser.append))
    with caplog.at_level(logging.ERROR):
        assert tjener.lag_app() is app
    assert stilt == ["stilt"]
    assert [linje.getMessage() for linje in caplog.records] == ["a worker waits to start: Nøkkelfilen mangler."] * 2
    assert len(pauser) == 2
    assert not [linje for linje in caplog.records if linje.exc_info]


def test_a_commit_is_on_the_disk_before_it_is_acknowledged(tmp_path: Path) -> None:
    """In a process of its own: these tests take the wait away for themselves, and a copy of files cannot see it."""
    program = (
        "import sys\n"
        "from sqlalchemy import create_engine\n"
        "from koordinering.motor import prepare_engine\n"
        "from koordinering.noekkellager import lag_engine\n"
        "adresser = [f'sqlite:///{sys.argv[1]}/{navn}.sqlite3' for navn in ('koordinering', 'noekkellager')]\n"
        "basen = create_engine(adresser[0])\n"
        "prepare_engine(basen)\n"
        "for engine in (basen, lag_engine(adresser[1])):\n"
        "    with engine.connect() as c:\n"
        "        print(*(c.exec_driver_sql(f'PRAGMA {hva}').scalar() for hva in ('synchronous', 'journal_mode')))\n"
    )
    svar = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-c", program, str(tmp_path)], capture_output=True, text=True, check=True
    )
    full = 2  # https://www.sqlite.org/pragma.html#pragma_synchronous
    assert svar.stdout.splitlines() == [f"{full} wal"] * 2
