"""A worker that takes a dead one's place while something it needs is gone."""

import logging
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

    for navn, noe in (("program", program), ("_foelg", lambda _: None), ("skriv_linjer", lambda: None)):
        monkeypatch.setattr(tjener, navn, noe)
    monkeypatch.setattr(tjener, "time", SimpleNamespace(sleep=pauser.append))
    with caplog.at_level(logging.ERROR):
        assert tjener.lag_app() is app
    assert [linje.getMessage() for linje in caplog.records] == ["a worker waits to start: Nøkkelfilen mangler."] * 2
    assert len(pauser) == 2
    assert not [linje for linje in caplog.records if linje.exc_info]
