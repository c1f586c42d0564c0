"""How PostgreSQL is reached: several hosts, an owner of its own, so many connections, and a page when all are used."""

import contextvars
import time
from contextlib import closing
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import psycopg
import pytest
from flask import Flask
from sqlalchemy import Engine, create_engine, make_url, text
from sqlalchemy.exc import (
    DatabaseError,
    DBAPIError,
    InternalError,
    OperationalError,
    PendingRollbackError,
    ProgrammingError,
)
from sqlalchemy.exc import TimeoutError as IngenLedige
from sqlalchemy.pool import QueuePool

from koordinering.borte import impatient, is_away, wait_for_it
from koordinering.config import Config, les_config
from koordinering.databasevalg import les_databasevalg, les_url, rollen, verter
from koordinering.db import db
from koordinering.drift.rules import Dom
from koordinering.drift.services import basen
from koordinering.errors import ConfigError
from koordinering.rettigheter import VISNINGER
from tests.kommando import kjoer

PG = "postgresql://app:p%40ss@10.0.0.1:5432,10.0.0.2:5433/koordinering"


def _sendt(url: str) -> dict[str, Any]:
    """What the driver is told."""
    return dict(create_engine(url).dialect.create_connect_args(make_url(url))[1])


def test_several_hosts_are_told_as_libpq_writes_them_and_the_one_that_takes_writes_is_used() -> None:
    sendt = _sendt(les_url(PG, "X"))
    assert (sendt["host"], sendt["port"]) == ("10.0.0.1,10.0.0.2", "5432,5433")
    assert (sendt["user"], sendt["password"], sendt["dbname"]) == ("app", "p@ss", "koordinering")
    assert sendt["target_session_attrs"] == "read-write"
    assert sendt["connect_timeout"] == "3"


def test_what_is_told_goes_before_what_is_ours() -> None:
    sendt = _sendt(les_url(f"{PG}?target_session_attrs=primary&connect_timeout=9&sslmode=verify-full", "X"))
    assert (sendt["target_session_attrs"], sendt["connect_timeout"]) == ("primary", "9")
    assert sendt["sslmode"] == "verify-full"


def test_one_host_is_asked_for_whatever_it_is() -> None:
    assert "target_session_attrs" not in _sendt(les_url("postgres://app@vert/koordinering", "X"))
    assert _sendt(les_url("postgresql://app@/koordinering?host=/var/run", "X"))["host"] == "/var/run"


@pytest.mark.parametrize(
    "url", ["mysql://x", "postgresql", "postgresql://a:x/b", "postgresql://a:1,b:x/c", "postgresql://a/b?c"]
)
def test_an_address_that_cannot_be_read_is_refused_by_name(url: str) -> None:
    with pytest.raises(ConfigError, match="NAVNET"):
        les_url(url, "NAVNET")


def test_each_host_by_itself() -> None:
    alene = verter(les_url("postgresql://app@[fe80::1]:6000,b/d", "X"))
    assert list(alene) == ["fe80::1:6000", "b:5432"]
    assert [(s["host"], s["port"]) for s in map(_sendt, alene.values())] == [("fe80::1", "6000"), ("b", "5432")]
    assert all("target_session_attrs" not in url for url in alene.values())
    assert verter(les_url("postgresql://app@a/d", "X")) == verter("sqlite:////tmp/x") == {}


@pytest.mark.parametrize(
    ("url", "rolle"),
    [("postgresql://app%2D1@a/d", "app-1"), ("postgresql:///d?user=app", "app"), ("postgresql:///d", None)],
)
def test_the_role_that_signs_in(url: str, rolle: str | None) -> None:
    assert rollen(les_url(url, "X")) == rolle


def _les(**miljo: str) -> Config:
    return les_config({"KOORDINERING_MILJOE": "demo", **miljo})


def test_the_owners_address_is_for_the_schema_alone() -> None:
    config = _les(
        KOORDINERING_DATABASE_URL="postgresql://app@a/d", KOORDINERING_DATABASE_EIER_URL="postgresql://eier@a/d"
    )
    assert rollen(config.database_url) == rollen(config.noekkellager_url) == "app"
    assert rollen(config.som_eier.database_url) == rollen(config.som_eier.noekkellager_url) == "eier"
    alene = _les(KOORDINERING_DATABASE_URL="postgresql://app@a/d")
    assert alene.som_eier.database_url == alene.database_url


def test_a_key_store_on_a_server_of_its_own_has_an_owner_of_its_own() -> None:
    felles = {
        "KOORDINERING_DATABASE_URL": "postgresql://app@a/d",
        "KOORDINERING_DATABASE_EIER_URL": "postgresql://eier@a/d",
    }
    lager = {"KOORDINERING_NOEKKELLAGER_URL": "postgresql://app@b/n"}
    assert rollen(_les(**felles, **lager).som_eier.noekkellager_url) == "app"
    eier = {"KOORDINERING_NOEKKELLAGER_EIER_URL": "postgresql://vokter@b/n"}
    assert rollen(_les(**felles, **lager, **eier).som_eier.noekkellager_url) == "vokter"
    with pytest.raises(ConfigError, match="KOORDINERING_NOEKKELLAGER_URL"):
        _les(**felles, **eier)


@pytest.mark.parametrize(
    "miljo",
    [
        {"KOORDINERING_DATABASE_EIER_URL": "postgresql://eier@a/d"},
        {"KOORDINERING_DATABASE_URL": "postgresql://a/d", "KOORDINERING_DATABASE_EIER_URL": "sqlite:////x"},
        {"KOORDINERING_DATABASE_FORBINDELSER": "1"},
        {"KOORDINERING_DATABASE_VENT": "0"},
    ],
)
def test_what_cannot_be_is_refused(miljo: dict[str, str]) -> None:
    with pytest.raises(ConfigError):
        _les(**miljo)


def test_the_pool_is_as_large_as_told_and_no_larger() -> None:
    valg = les_databasevalg({"KOORDINERING_DATABASE_FORBINDELSER": "7", "KOORDINERING_DATABASE_VENT": "2"}, PG, None)
    engine = create_engine(les_url(PG, "X"), **valg.pool("postgresql+psycopg://"))
    assert isinstance(engine.pool, QueuePool)
    assert (engine.pool.size(), engine.pool._max_overflow, engine.pool._timeout) == (7, 0, 2)
    assert valg.pool("sqlite:////x") == {"pool_use_lifo": True}, "SQLite counts for itself"


_BORTE = OperationalError("", {}, Exception())
_LESER_BARE = InternalError("", {}, Exception())
_MIDT_I_SVARET = DatabaseError("", {}, Exception(), connection_invalidated=True)


@pytest.mark.bare_sqlite
@pytest.mark.parametrize(
    ("feil", "metode", "ord_"),
    [
        (IngenLedige(), "GET", "Mange bruker Koordinering"),
        (IngenLedige(), "POST", "er ikke lagret"),
        (_BORTE, "GET", "Databasen er opptatt eller borte"),
        (_BORTE, "POST", "se om det du sendte, kom med"),
        (_LESER_BARE, "POST", "se om det du sendte, kom med"),
        (_MIDT_I_SVARET, "POST", "se om det du sendte, kom med"),
        (PendingRollbackError(), "GET", "Databasen er opptatt eller borte"),
    ],
)
def test_no_connection_is_a_page_that_says_what_to_do(app: Flask, feil: Exception, metode: str, ord_: str) -> None:
    with app.test_request_context("/helse/lever", method=metode, base_url="http://localhost"):
        svar = app.make_response(app.handle_user_exception(feil))
    assert (svar.status_code, svar.headers["Retry-After"]) == (503, "5")
    assert ord_ in svar.get_data(as_text=True)


def test_a_statement_that_is_wrong_is_no_database_that_is_away() -> None:
    assert not is_away(ProgrammingError("", {}, Exception()))
    assert is_away(ProgrammingError("", {}, Exception(), connection_invalidated=True))
    assert is_away(DatabaseError("", {}, Exception()))
    assert not is_away(ValueError())


def test_what_the_database_says_of_a_wrong_statement_is_told_as_our_own_fault(app: Flask) -> None:
    """SQLite calls it operational, and PostgreSQL calls what comes after it internal, as they call a full disk and a
    standby that takes no writes."""
    sagt: list[DBAPIError] = []
    with db.engine.connect() as forbindelse:
        for setning in ("SELECT ingen_slik FROM user_konto", "SELECT 1"):
            try:
                forbindelse.exec_driver_sql(setning)
            except DBAPIError as feil:
                sagt.append(feil)
    pg = db.engine.dialect.name == "postgresql"
    assert [type(en) for en in sagt] == ([ProgrammingError, InternalError] if pg else [OperationalError])
    for en in sagt:
        assert not is_away(en)
        with app.test_request_context("/helse/lever", base_url="http://localhost"):
            assert app.make_response(app.handle_user_exception(en)).status_code == 500


@pytest.mark.bare_sqlite
def test_a_page_that_is_made_is_sent_though_the_database_goes_away_before_the_request_ends(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    svar: list[Exception] = [_BORTE]

    def slipp() -> None:
        if svar:
            raise svar.pop()

    monkeypatch.setattr(db.session, "remove", slipp)
    klient = app.test_client()
    assert contextvars.Context().run(lambda: klient.get("/helse/lever", base_url="http://localhost")).status_code == 200
    assert svar == []


class _Driver:
    """A driver whose database comes back at the n-th try."""

    OperationalError = ConnectionError

    def __init__(self, etter: int) -> None:
        self.forsoek, self._etter = 0, etter

    def connect(self, *_: object, **__: object) -> object:
        """One try."""
        self.forsoek += 1
        if self.forsoek <= self._etter:
            raise ConnectionError
        return SimpleNamespace()


def _koble(engine: Engine, driver: _Driver) -> object:
    dialekt: Any = SimpleNamespace(connect=driver.connect, loaded_dbapi=driver)
    (lytter,) = engine.dialect.dispatch.do_connect
    return lytter(dialekt, None, (), {})


def test_a_database_that_has_just_gone_is_waited_for_and_one_that_stays_away_is_not() -> None:
    engine = create_engine("postgresql+psycopg:///x")
    wait_for_it(engine, 0.5)
    tilbake = _Driver(2)
    assert _koble(engine, tilbake) is not None
    assert tilbake.forsoek == 3
    borte = _Driver(1000)
    with pytest.raises(ConnectionError):
        _koble(engine, borte)
    foer, startet = borte.forsoek, time.monotonic()
    with pytest.raises(ConnectionError):
        _koble(engine, borte)
    assert borte.forsoek == foer + 1, "all are told at once from then on"
    assert time.monotonic() - startet < 0.2
    assert _koble(engine, _Driver(0)) is not None, "and it is found as soon as it is there"


def test_whoever_asks_whether_it_is_there_is_told_at_once() -> None:
    engine = create_engine("postgresql+psycopg:///x")
    wait_for_it(engine, 30)
    borte = _Driver(1000)
    with impatient(), pytest.raises(ConnectionError):
        _koble(engine, borte)
    assert borte.forsoek == 1


@pytest.mark.bare_postgresql
def test_a_connection_that_was_cut_where_it_lay_is_not_lent(app: Flask) -> None:
    tre = [db.engine.connect() for _ in range(3)]
    cutt = tre[0].connection.driver_connection
    assert cutt is not None
    for en in reversed(tre):
        en.close()
    with psycopg.connect(cutt.info.dsn, password=cutt.info.password, autocommit=True) as annen:
        annen.execute("SELECT pg_terminate_backend(%s, 5000)", [cutt.info.backend_pid])
    tre = [db.engine.connect() for _ in range(3)]
    assert [en.scalar(text("SELECT 1")) for en in tre] == [1, 1, 1]
    for en in tre:
        en.close()


@pytest.mark.parametrize(
    ("svar", "dom", "ord_"),
    [
        ([(False, True), (True, False)], Dom.OK, "venter på reserven"),
        ([(False, False), (True, False)], Dom.ADVARSEL, "det siste kan gå tapt"),
        ([(False, False), None], Dom.ADVARSEL, "10.0.0.2:5433 svarer ikke."),
        ([(False, True), None], Dom.FEIL, "10.0.0.1:5432 venter på reserven: ingen kan lagre noe"),
        ([(True, False), (True, False)], Dom.FEIL, "Ingen av tjenerne"),
        ([(False, True), (False, False)], Dom.FEIL, "Både 10.0.0.1:5432 og 10.0.0.2:5433"),
    ],
)
def test_the_check_tells_of_two_that_take_writes_and_of_a_standby_that_is_away(
    monkeypatch: pytest.MonkeyPatch, svar: list[tuple[bool, bool] | None], dom: Dom, ord_: str
) -> None:
    rekke = iter(svar)
    monkeypatch.setattr(basen, "_tilstand", lambda _: (s := next(rekke)) and basen._Tilstand(*s))
    config = _les(KOORDINERING_DATABASE_URL=PG)
    paa = basen.Basen(config, create_engine(config.database_url), create_engine(config.database_url))
    assert basen.tjenere(paa).dom is dom
    rekke = iter(svar)
    assert ord_ in basen.tjenere(paa).funnet


@pytest.mark.bare_postgresql
def test_an_upgrade_by_the_owner_opens_the_tables_to_the_services_role(app: Flask, config: Config) -> None:
    rolle = "koordinering_tjenesten"
    tjenesten = replace(config, database_url=config.database_url.replace("://postgres:@", f"://{rolle}@"))
    with closing(psycopg.connect(config.database_url.replace("+psycopg", ""), autocommit=True)) as eier:
        eier.execute(f"CREATE ROLE {rolle} LOGIN".encode())
        try:
            visninger = eier.execute("SELECT viewname FROM pg_views WHERE schemaname = 'public'").fetchall()
            assert {navn for (navn,) in visninger} == set(VISNINGER)
            assert kjoer(tjenesten, "db", "kontroll")[0] == 1, "closed to it"
            kode, ut = kjoer(tjenesten, "db", "upgrade", KOORDINERING_DATABASE_EIER_URL=config.database_url)
            assert (kode, f"Rollen {rolle} har rettighetene den skal ha." in ut) == (0, True), ut
            assert kjoer(tjenesten, "db", "kontroll")[0] == 0
            assert "kan bare legge til" in kjoer(tjenesten, "sjekk")[1]
            med_eier = kjoer(tjenesten, "sjekk", KOORDINERING_DATABASE_EIER_URL=config.database_url)[1]
            assert "eierens adresse er i miljøet" in med_eier
        finally:
            eier.execute(f"DROP OWNED BY {rolle}; DROP ROLE {rolle}".encode())
