"""What tests of the access log's seals share."""

import pytest
from flask import Flask

from koordinering import signatur
from koordinering.config import Config
from koordinering.personvern.segl.services import Loggsted


@pytest.fixture
def sted(config: Config, app: Flask) -> Loggsted:
    """Where the heads of this installation lie; its key is made."""
    signatur.lag_noekkel(config.loggnoekkel)
    return Loggsted(config.hodemappe, config.loggnoekkel)
