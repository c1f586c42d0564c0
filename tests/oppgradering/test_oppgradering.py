"""Every schema that the product has been handed over with comes up to today's with its data; back only without loss."""

from pathlib import Path
from typing import Any

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask
from sqlalchemy import create_engine, select, text

from koordinering import migrering, noekkellager
from koordinering.app import create_app
from koordinering.config import Config, Miljoe
from koordinering.db import db, metadata, transaction
from koordinering.errors import KoordineringError
from koordinering.motor import prepare_engine
from koordinering.saker.models import Sak
from koordinering.saker.services import les_egen_referanse
from koordinering.tiltak.kapasitet.models import SLAG
from koordinering.tiltak.kapasitet.queries import oppgjoer
from koordinering.users import User, kommune
from tests import fabrikk
from tests.conftest import inne_i, med_database
from tests.nettleser import Nettleser
from tests.oppgradering.gamle import VERSJONER, legg_i_postgresql, legg_paa_disk, les

TELT = ("sak", "barn", "henvisning", "hendelse", "innsynslogg", "user_konto", "tiltak", "kommune")
"""Tables of the first version whose rows no later one may lose."""
ALLTID = {VERSJONER[0]}
"""In every run: the one with the most before it. The others in `make lang`."""


def test_the_stored_versions_are_those_that_were_handed_over() -> None:
    assert VERSJONER == ["0001", "0008", "0010", "0019", "0022", "0027"]


@pytest.mark.parametrize("versjon", [v if v in ALLTID else pytest.param(v, marks=pytest.mark.lang) for v in VERSJONER])
def test_it_comes_up_with_its_data(versjon: str, database: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    gammel = les(versjon)
    legg_paa_disk(gammel, tmp_path)
    config = Config(Miljoe.DEMO, tmp_path, f"sqlite:///{tmp_path / 'koordinering.sqlite3'}")
    if database == "postgresql":
        config = _i_postgresql(config, versjon, request)
        legg_i_postgresql(gammel, tmp_path, config)
    engine, lager = create_engine(config.database_url), noekkellager.lag_engine(config.noekkellager_url)
    prepare_engine(engine)
    foer = _antall(engine)
    migrering.oppgrader(engine, lager=lager)
    assert _antall(engine) == foer
    assert all(foer.values())
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []
    engine.dispose()
    lager.dispose()
    _virker(config)


def _i_postgresql(config: Config, versjon: str, request: pytest.FixtureRequest) -> Config:
    uri = request.getfixturevalue("pg_server")
    with psycopg.connect(uri, autocommit=True) as server:
        server.execute(f"CREATE DATABASE gammel{versjon}".encode())
    url = med_database(uri, f"gammel{versjon}").replace("postgresql://", "postgresql+psycopg://")
    return Config(config.miljoe, config.data, url)


def _antall(engine: Any) -> dict[str, int]:
    with engine.connect() as connection:
        return {t: connection.scalar(text(f"SELECT count(*) FROM {t}")) for t in TELT}  # noqa: S608 - our own names


def _virker(config: Config) -> None:
    """Today's program opens it with the keys of that day: sealed fields, pages, and what adds up."""
    with inne_i(create_app(config)) as app:
        assert all(en.gaar_opp for slag in SLAG.values() for en in oppgjoer(slag.modell).values())
        saker = db.session.scalars(select(Sak).where(Sak.egen_referanse.is_not(None))).all()
        assert saker
        assert all(les_egen_referanse(sak) for sak in saker)
        user = db.session.scalars(select(User).where(User.brukernavn == "system1")).one()
        nav = db.session.scalars(select(User).where(User.brukernavn == "nav1")).one()
        assert Nettleser(app, user.id).se("/brukere").status_code == 200
        assert Nettleser(app, nav.id).se("/saker").status_code == 200


# --- Back ------------------------------------------------------------------------------------------------


def test_back_only_where_nothing_is_lost(app: Flask, folk: Any) -> None:
    """The table or column, and in how many rows something stands; a default is nothing."""
    fabrikk.sak(folk.nav1)
    db.session.remove()
    lager = noekkellager.engine()
    with transaction():
        kommune().sak_maaneder = 36
    tap = migrering.ville_mistet(db.engine, "0009", lager=lager)
    tekster = set(map(str, tap))
    assert {"kommune.sak_maaneder (1 rad)", "noekkelkontroll (1 rad)"} <= tekster
    assert not {"sak", "kommune.sekunder", "krav", "noekkel"} & {en.hva for en in tap}, (
        "kept, default, empty, moved back"
    )
    with pytest.raises(KoordineringError, match=r"ville slettet data: .*kommune\.sak_maaneder \(1 rad\).*Ingenting er"):
        migrering.krev_uten_tap(tap, "0009")
    til_null = {en.hva: en.rader for en in migrering.ville_mistet(db.engine, "base", lager=lager)}
    assert (til_null["sak"], til_null["kommune"]) == (1, 1)


@pytest.mark.bare_postgresql  # a file has one writer, and the others wait for it
def test_a_table_that_is_held_is_told_and_the_next_try_does_the_rest(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    db.session.remove()
    migrering.nedgrader(db.engine, "0021", lager=noekkellager.engine())
    monkeypatch.setattr(migrering, "LAASEFRIST", "100ms")
    with db.engine.connect() as bruker:
        bruker.execute(text("LOCK TABLE user_konto IN ACCESS EXCLUSIVE MODE"))
        with pytest.raises(KoordineringError, match="En tabell er i bruk"):
            migrering.oppgrader(db.engine, lager=noekkellager.engine())
    migrering.oppgrader(db.engine, lager=noekkellager.engine())
    assert migrering.status(db.engine).gjeldende
