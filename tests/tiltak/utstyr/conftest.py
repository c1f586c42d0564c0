"""A browser at the counter whose test sees what it has written."""

import pytest
from flask import Flask

from tests.tildeling.gjoer import LeserPaaNytt


@pytest.fixture
def nettleser(app: Flask) -> LeserPaaNytt:
    """A browser, and a test that sees what it has written."""
    return LeserPaaNytt(app)
