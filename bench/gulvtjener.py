"""The floor as a server process of the bench serves it."""

from flask import Flask

from bench.floor.app import lag_gulv
from bench.tjener import config, produkt
from koordinering.cli.minne import still_samleren


def gulv() -> Flask:
    """Beside a product of its own, which gives it addresses and keys and serves nothing."""
    app = lag_gulv(produkt(), config())
    still_samleren()
    return app
