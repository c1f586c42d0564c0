"""The health check: 200 only when the database answers with the schema this program knows, and never a trace."""

import contextvars
import socket
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
    url = f"sqlite:///{tmp_path / 'ned.sqlite3'}"
    app = create_app(replace(config, database_url=url))
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
