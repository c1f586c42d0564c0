"""The health check: 200 only when the database answers with the schema this program knows, and never a trace."""

import contextvars
import resource
import shutil
import socket
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from koordinering import migrering, noekkellager
from koordinering.app import create_app
from koordinering.config import Config
from koordinering.db import db
from koordinering.drift.services import disken

SPOR = ("Traceback", "sqlalchemy", "psycopg", "sqlite", "OperationalError", "/var", "127.0.0.1", "noekler")
"""What an answer with a trace, an address or a path in it would hold."""


def _helse(app: Flask) -> TestResponse:
    """Ask as a load balancer does: without a session, outside the test's own context."""
    klient = app.test_client()
    svar: TestResponse = contextvars.Context().run(lambda: klient.get("/helse", base_url="http://localhost"))
    return svar


def _er_nede(svar: TestResponse) -> None:
    assert svar.status_code == 503
    assert svar.mimetype == "application/json"
    innhold: dict[str, Any] = svar.get_json()
    assert innhold["status"] != "ok"
    tekst = svar.get_data(as_text=True)
    assert not [ord_ for ord_ in SPOR if ord_.lower() in tekst.lower()], tekst


def _proev_uten_database(config: Config, url: str) -> None:
    app = create_app(replace(config, database_url=url))
    _er_nede(_helse(app))
    with app.app_context():
        db.session.remove()
        noekkellager.lukk()


def test_it_is_well_when_the_database_answers(app: Flask) -> None:
    svar = _helse(app)
    assert svar.status_code == 200
    assert svar.get_json()["status"] == "ok"


def test_an_older_schema_is_not_well(app: Flask) -> None:
    with db.engine.begin() as forbindelse:
        # only what the table says: going down for real is tests/arkitektur/test_migreringer.py's
        forbindelse.exec_driver_sql("UPDATE alembic_version SET version_num = '0000'")
    try:
        _er_nede(_helse(app))
    finally:
        with db.engine.begin() as forbindelse:
            # the table outlives the test on PostgreSQL
            forbindelse.exec_driver_sql(f"UPDATE alembic_version SET version_num = '{migrering.nyeste()}'")  # noqa: S608 - our own revision


def test_a_schema_taken_down_is_not_well(config: Config, tmp_path: Path) -> None:
    tom = replace(config, database_url=f"sqlite:///{tmp_path / 'ned.sqlite3'}")
    for url in (tom.database_url, tom.noekkellager_url):
        Path(url.removeprefix("sqlite:///")).touch()  # no program makes them
    app = create_app(tom)
    with app.app_context():
        _er_nede(_helse(app))  # nothing there yet
        migrering.oppgrader(db.engine, lager=noekkellager.engine())
        assert _helse(app).status_code == 200
        migrering.nedgrader(db.engine, "base", lager=noekkellager.engine())
        _er_nede(_helse(app))
        db.session.remove()
        noekkellager.lukk()


def test_a_database_file_in_a_folder_that_is_not_there(config: Config, tmp_path: Path) -> None:
    _proev_uten_database(config, f"sqlite:///{tmp_path / 'finnes-ikke' / 'koordinering.sqlite3'}")


@pytest.mark.bare_sqlite
def test_a_worker_that_starts_without_the_file_makes_none_and_serves_when_it_is_back(
    config: Config, tmp_path: Path
) -> None:
    """And what stands in the file's place is read from the next request on: nobody goes on writing in the old one."""
    filer = [config.data / "koordinering.sqlite3", config.data / "noekkellager.sqlite3"]
    for fil in filer:
        fil.rename(tmp_path / fil.name)
    app = create_app(config)
    _er_nede(_helse(app))
    assert not [fil for fil in filer if fil.exists()], "an empty database in the place of the real one"
    for fil in filer:
        (tmp_path / fil.name).rename(fil)
    assert _helse(app).status_code == 200
    filer[0].rename(tmp_path / "den gamle")
    _er_nede(_helse(app))
    shutil.copy(tmp_path / "den gamle", filer[0])
    with closing(sqlite3.connect(filer[0])) as ny:
        ny.execute("UPDATE alembic_version SET version_num = '0001'")
        ny.commit()
    assert _helse(app).get_json()["skjema"] == "0001"
    with app.app_context():
        noekkellager.lukk()
        db.engine.dispose()


@pytest.mark.bare_sqlite
def test_a_disk_that_takes_nothing_is_not_well_and_is_well_again_by_itself(app: Flask, config: Config) -> None:
    """Every question is answered there, and every page is a line in the log."""
    foer = {fil for fil in config.data.iterdir() if "sqlite3-" not in fil.name}
    myk, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (disken.PLASS // 2, hard))  # as a disk with room for so much
    try:
        svar = _helse(app)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (myk, hard))
    _er_nede(svar)
    assert svar.get_json()["disk"] == "kan ikke skrives"
    assert _helse(app).status_code == 200
    assert {fil for fil in config.data.iterdir() if "sqlite3-" not in fil.name} == foer, "nothing is left behind"


def test_a_database_server_that_nobody_runs(config: Config) -> None:
    with socket.socket() as opptatt:
        opptatt.bind(("127.0.0.1", 0))  # bound and never listening: whoever connects is refused
        port = opptatt.getsockname()[1]
        _proev_uten_database(config, f"postgresql+psycopg://ingen@127.0.0.1:{port}/ingen?connect_timeout=3")


@pytest.mark.parametrize("sti", ["/", "/logg-inn", "/saker"])
def test_no_page_shows_a_trace_without_a_database(config: Config, tmp_path: Path, sti: str) -> None:
    app = create_app(replace(config, database_url=f"sqlite:///{tmp_path / 'finnes-ikke' / 'k.sqlite3'}"))
    klient = app.test_client()
    svar: TestResponse = contextvars.Context().run(lambda: klient.get(sti, base_url="http://localhost"))
    tekst = svar.get_data(as_text=True)
    assert "Traceback" not in tekst
    assert "sqlalchemy" not in tekst.lower()
    with app.app_context():
        db.session.remove()
        noekkellager.lukk()
