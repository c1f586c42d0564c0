"""Moving between the databases: everything comes, both ways, also when stopped, and no half of it is served."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import psycopg
import pytest
from flask import Flask
from sqlalchemy import create_engine, text
from sqlalchemy.exc import DBAPIError

from koordinering import migrering, noekkellager, signatur
from koordinering.app import create_app
from koordinering.config import Config
from koordinering.db import db, metadata, transaction
from koordinering.errors import KoordineringError
from koordinering.flytting import Resultat, Sted, flytt
from koordinering.flytting.former import enkle, radsum
from koordinering.personvern.segl import services as segl
from koordinering.saker.models import Sak
from koordinering.saker.services import les_egen_referanse
from tests import fabrikk, penger
from tests.conftest import inne_i, med_database
from tests.kommando import kjoer
from tests.statistikk.utgivelse import bilde, publisert

pytestmark = pytest.mark.bare_sqlite  # each test goes to both by itself


def _taus(_hva: str, _gjort: int, _av_alt: int) -> None:
    """Tells nobody."""


@pytest.fixture
def pg(pg_server: str) -> Iterator[Sted]:
    """An empty PostgreSQL database."""
    with psycopg.connect(pg_server, autocommit=True) as server:
        server.execute("CREATE DATABASE flyttet")
        url = med_database(pg_server, "flyttet").replace("postgresql://", "postgresql+psycopg://")
        yield Sted(url, url)
        server.execute("DROP DATABASE flyttet WITH (FORCE)")


def _fyll(config: Config, folk: Any) -> Config:
    """A sealed field and a sealed log, and then nobody who uses it."""
    fabrikk.sak(folk.nav1, egen_referanse="NAV 1 æøå", barna=[fabrikk.barn(nummer=fabrikk.NUMRE[0])])
    signatur.lag_noekkel(config.loggnoekkel)
    segl.forsegl(segl.Loggsted(config.hodemappe, config.loggnoekkel))
    db.session.remove()
    noekkellager.lukk()
    return config


@pytest.fixture
def fylt(app: Flask, config: Config, folk: Any) -> Config:
    """An installation that can be moved."""
    return _fyll(config, folk)


@pytest.fixture
def publisert_by(app: Flask, config: Config, folk: Any) -> Config:
    """One with what is hardest to move: rows that point at each other, and tables that take no more rows."""
    penger.budsjett(folk.inkludering1)
    bilde(folk)
    publisert(folk)
    return _fyll(config, folk)


def _sted(config: Config) -> Sted:
    return Sted(config.database_url, config.noekkellager_url)


def _avbryt_etter(antall: int) -> Callable[[str, int, int], None]:
    sett = iter(range(antall))

    def fortell(_hva: str, _gjort: int, _av_alt: int) -> None:
        if next(sett, None) is None:
            raise KeyboardInterrupt

    return fortell


def _stopp_og_fortsett(fra: Sted, til: Sted) -> Resultat:
    """Stopped in the middle of a table; nobody serves what is there; the next one does the rest."""
    with pytest.raises(KeyboardInterrupt):
        flytt(fra, til, _avbryt_etter(12))
    engine, lager = create_engine(til.url), noekkellager.lag_engine(til.lager_url)
    try:
        assert not migrering.status(engine).gjeldende
        with pytest.raises(KoordineringError, match="ikke fullført"):
            migrering.oppgrader(engine, lager=lager)
    finally:
        engine.dispose()
        lager.dispose()
    return flytt(fra, til, _taus)


def test_everything_comes_both_ways_also_when_it_is_stopped(
    publisert_by: Config, pg: Sted, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("koordinering.flytting.overfoering.OM_GANGEN", 20)
    der = _stopp_og_fortsett(_sted(publisert_by), pg)
    fil = f"sqlite:///{tmp_path / 'ny' / 'koordinering.sqlite3'}"
    hjemme = Sted(fil, f"sqlite:///{tmp_path / 'ny' / 'noekkellager.sqlite3'}")
    tilbake = _stopp_og_fortsett(pg, hjemme)
    assert der.tabeller == tilbake.tabeller
    assert der.tabeller["innsynslogg"].antall > 0
    assert der.tabeller["noekkellager.noekkel"].antall > 0
    for sted in (pg, hjemme):
        _virker(replace(publisert_by, database_url=sted.url, lager_url=sted.lager_url))


def _virker(config: Config) -> None:
    """It opens with the same keys; locks, sequences and the chain of the log are as they were."""
    with inne_i(create_app(config)):
        sak = db.session.scalars(db.select(Sak).where(Sak.egen_referanse.is_not(None))).one()
        assert les_egen_referanse(sak) == "NAV 1 æøå"
        fabrikk.sak(fabrikk.bruker("nav1"))  # new rows get numbers of their own, and a line in the log
        for sql in ("UPDATE publisering SET sha256 = 'x'", "DELETE FROM innsynslogg", "DELETE FROM postering"):
            if "postering" in sql and not db.session.scalar(text("SELECT count(*) FROM postering")):
                continue
            with pytest.raises(DBAPIError), db.engine.begin() as connection:
                connection.execute(text(sql))
        with pytest.raises(DBAPIError), transaction() as session:
            session.execute(text("UPDATE barn SET sak_id = 17"))
        svar = segl.kontroller(db.session(), segl.Loggsted(config.hodemappe, config.loggnoekkel))
        assert svar.i_orden
        assert svar.antall > 0


def test_what_is_used_or_not_empty_or_of_another_version_is_refused(
    fylt: Config, pg: Sted, tmp_path: Path, folk: Any
) -> None:
    fra = _sted(fylt)
    til = Sted(f"sqlite:///{tmp_path / 'a.sqlite3'}", f"sqlite:///{tmp_path / 'n.sqlite3'}")
    db.session.execute(text("SELECT 1 FROM sak"))
    with pytest.raises(KoordineringError, match=r"i bruk\. Stopp tjenesten"):
        flytt(fra, til, _taus)
    db.session.remove()
    noekkellager.lukk()
    kode, tekst = kjoer(fylt, "db", "move", str(fra.fil), pg.url)
    assert (kode, "sjekksum er like i alle tabellene" in tekst, "Innsynsloggen er i orden" in tekst) == (0, True, True)
    assert pg.url not in tekst, "an address can hold a password"
    kode, tekst = kjoer(fylt, "db", "move", fra.url, pg.url)
    assert (kode, "Målet er ikke tomt" in tekst) == (1, True), tekst
    assert kjoer(fylt, "db", "move", fra.url, "mysql://x")[0] == 2
    with psycopg.connect(pg.url.replace("+psycopg", "")), pytest.raises(KoordineringError, match="i bruk"):
        flytt(pg, til, _taus)
    engine, lager = create_engine(pg.url), noekkellager.lag_engine(pg.lager_url)
    migrering.nedgrader(engine, "0021", lager=lager)
    for sted in ((fra, pg), (pg, til)):
        with pytest.raises(KoordineringError, match="skjema 0021"):
            flytt(*sted, _taus)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(KoordineringError, match="fra et nyere program"):
        migrering.oppgrader(engine, lager=lager)
    for en in (engine, lager):
        en.dispose()


def test_what_is_left_is_told_when_all_has_come_and_the_log_cannot_be_read(fylt: Config, pg: Sted) -> None:
    gjemt = fylt.loggnoekkel.rename(fylt.loggnoekkel.with_suffix(".gjemt"))
    kode, tekst = kjoer(fylt, "db", "move", fylt.database_url, pg.url)
    linjer = [linje for linje in tekst.splitlines() if not linje.endswith("…")]
    assert (kode, len(linjer)) == (1, 6), tekst
    assert linjer[1] == "Alt er kommet: antall rader og sjekksum er like i alle tabellene."
    assert "Flytt ikke på nytt" in linjer[2]
    assert "koordinering audit verify" in linjer[4]
    assert "loggnoekkel.json mangler" in linjer[5], "and then what is wrong"
    gjemt.rename(fylt.loggnoekkel)
    nytt = replace(fylt, database_url=pg.url, lager_url=pg.lager_url)
    assert kjoer(nytt, "audit", "verify")[0] == 0, "what it said is enough"


def test_a_row_that_differs_is_found(fylt: Config, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    til = Sted(f"sqlite:///{tmp_path / 'a.sqlite3'}", f"sqlite:///{tmp_path / 'n.sqlite3'}")
    with pytest.raises(KeyboardInterrupt):
        flytt(_sted(fylt), til, _avbryt_etter(len(metadata.tables)))
    engine = create_engine(til.url)
    with engine.begin() as connection:
        assert connection.execute(text("UPDATE enhet SET navn = navn || ' ' WHERE id = 'nav'")).rowcount == 1
    engine.dispose()
    with pytest.raises(KoordineringError, match="Tabellen enhet er ikke lik"):
        flytt(_sted(fylt), til, _taus)


def test_every_column_has_a_form_and_no_two_rows_look_alike() -> None:
    enkle(metadata.sorted_tables)
    like = [
        (None, "a"),
        ("-", "a"),
        ("", "a"),
        (b"", "a"),
        ("a", None),
        ("a", ""),
        (1, "a"),
        (1, "a,t1:b"),
        (1.5, True),
    ]
    assert len({radsum(rad) for rad in like}) == len(like)
    assert radsum((True,)) == radsum(("1",)) == radsum((1,))  # one database has a kind for it, and the other has not


def test_stopped_while_it_makes_the_tables_it_goes_on(
    fylt: Config, pg: Sted, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fra = _sted(fylt)
    paa_fil = Sted(f"sqlite:///{tmp_path / 'a.sqlite3'}", f"sqlite:///{tmp_path / 'n.sqlite3'}")
    oppgrader = migrering.oppgrader
    for til in (paa_fil, pg):
        with monkeypatch.context() as stans:
            # the process is killed when it has come so far
            stans.setattr(migrering, "oppgrader", lambda en, lager: (oppgrader(en, "0009", lager=lager), 1 / 0))
            with pytest.raises(ZeroDivisionError):
                flytt(fra, til, _taus)
        engine = create_engine(til.url)
        assert migrering.status(engine).naa == "0009"
        engine.dispose()
        assert flytt(fra, til, _taus).tabeller["sak"].antall == 1


def test_a_table_that_the_program_does_not_know_is_not_left_behind_without_a_word(
    fylt: Config, pg: Sted, tmp_path: Path
) -> None:
    fra = _sted(fylt)
    til = Sted(f"sqlite:///{tmp_path / 'a.sqlite3'}", f"sqlite:///{tmp_path / 'n.sqlite3'}")
    with closing(sqlite3.connect(fra.fil)) as basen:
        basen.execute("CREATE TABLE eget_regneark (id INTEGER PRIMARY KEY)")
    with pytest.raises(KoordineringError, match="ikke kjenner: eget_regneark"):
        flytt(fra, til, _taus)
    assert not til.fil.exists()
