"""The right keys and the right key store at every start, or no start."""

import dataclasses
import json
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from koordinering import crypto, noekkellager
from koordinering.app import create_app
from koordinering.config import Config
from koordinering.db import db, own_transaction
from koordinering.errors import ConfigError
from tests.noekkellager.test_noekkellager import _egen_referanse, _sak


def _endre(config: Config, **felt: Any) -> None:
    innhold = json.loads(config.noekkelfil.read_text())
    config.noekkelfil.write_text(json.dumps(innhold | felt))


def _nekter(config: Config, melding: str) -> None:
    with pytest.raises(ConfigError, match=melding):
        create_app(config)


def _andre_noekler(config: Config, mappe: Path) -> Config:
    crypto.lag_noekler(mappe / "andre.json", demo=True)
    return dataclasses.replace(config, fil=mappe / "andre.json")


def test_other_keys_are_refused(app: Flask, config: Config, tmp_path: Path) -> None:
    _nekter(_andre_noekler(config, tmp_path), "hører ikke til denne databasen")


def test_other_keys_are_refused_by_a_database_that_never_saw_its_own(
    app: Flask, config: Config, tmp_path: Path
) -> None:
    """As when the database was upgraded from a version without the check."""
    sak_id = _sak(1).id
    db.session.rollback()
    with own_transaction() as session:
        session.execute(text("DELETE FROM noekkelkontroll"))
    andre = _andre_noekler(config, tmp_path)
    _nekter(andre, "hører ikke til denne databasen")
    with create_app(config).app_context():
        assert _egen_referanse(sak_id) == "NAV 1"
        db.session.remove()
        noekkellager.lukk()
    _nekter(andre, "hører ikke til denne databasen")


def test_another_index_key_alone_is_refused(app: Flask, config: Config) -> None:
    annen = json.loads(config.noekkelfil.read_text())["blindindeks"] | {"noekkel": "A" * 43 + "="}
    _endre(config, blindindeks=annen)
    _nekter(config, "blindindeksen")


def test_a_key_that_another_host_made_is_missed(app: Flask, config: Config) -> None:
    gammel = config.noekkelfil.read_bytes()
    crypto.ny_hovednoekkel(config.kilde, 1, ta_i_bruk=True)
    noekkellager.krev_riktige(crypto.gjeldende())
    ny = config.noekkelfil.read_bytes()
    config.noekkelfil.write_bytes(gammel)
    _nekter(config, "mangler hovednøkkel 2")
    crypto.ny_hovednoekkel(config.kilde, 1, ta_i_bruk=True)  # made on both hosts, under the same number
    _nekter(config, "hører ikke til")
    config.noekkelfil.write_bytes(ny)
    noekkellager.ta_ut({1})
    with create_app(config).app_context():
        noekkellager.lukk()
    config.noekkelfil.write_bytes(gammel)
    _nekter(config, "mangler hovednøkkel 2|tatt ut av bruk")
    _endre(config, **{**json.loads(ny), "gjeldende": 1})
    _nekter(config, "tatt ut av bruk")


@pytest.mark.bare_sqlite
def test_an_empty_or_foreign_key_store_is_refused(app: Flask, config: Config, tmp_path: Path) -> None:
    _nekter(dataclasses.replace(config, lager_url=f"sqlite:///{tmp_path / 'tom.sqlite3'}"), "Nøkkellageret mangler")
    with noekkellager.engine().begin() as connection:
        connection.execute(text("UPDATE lager SET merke = 'en annens'"))
    _nekter(config, "hører ikke til denne databasen")


@pytest.mark.bare_sqlite
def test_it_is_not_well_when_the_key_store_is_away(app: Flask) -> None:
    with noekkellager.engine().begin() as connection:
        connection.execute(text("ALTER TABLE noekkel RENAME TO borte"))
    svar = app.test_client().get("/helse", base_url="http://localhost")
    assert (svar.status_code, svar.get_json()["noekkellager"]) == (503, "svarer ikke")
