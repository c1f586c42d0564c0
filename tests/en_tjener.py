"""One served installation for all tests of a module: starting it costs as much as a test."""

from collections.abc import Iterator

import pytest

from koordinering.config import Config
from tests.conftest import Mal, fyll_igjen, installasjon
from tests.tjener import servert


@pytest.fixture(scope="module")
def tjeneren(mal: Mal, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Config, str]]:
    """The served installation's settings and its address."""
    config = installasjon(mal, tmp_path_factory.mktemp("tjener") / "var")
    with servert(config) as adresse:
        yield config, adresse


@pytest.fixture
def config(mal: Mal, tjeneren: tuple[Config, str]) -> Config:
    """The served installation's settings, with the template's rows in its database again."""
    config, _ = tjeneren
    fyll_igjen(mal, config)
    return config


@pytest.fixture
def adresse(config: Config, tjeneren: tuple[Config, str]) -> str:
    """The address of the served installation."""
    return tjeneren[1]
