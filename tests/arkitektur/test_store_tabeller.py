"""A migration does not lock a table of a million rows: the rule, what it finds, and that new migrations keep it.

Migrations up to 0022 were made before the rule, and before any municipality had more than a demo: what they do is
listed, so that the rule is seen to find it.
"""

import re
from collections import defaultdict
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import PrimaryKeyConstraint, Table, UniqueConstraint, create_engine, event

from koordinering import migrering, noekkellager
from koordinering.db import metadata
from koordinering.motor import prepare_engine
from tests.conftest import med_database


def _store() -> frozenset[str]:
    """Tables that grow with the referrals: cases, what hangs on them, and the log."""
    store = {"sak", "innsynslogg", "loggsegl"}
    while True:
        nye = {
            t.name for t in metadata.tables.values() if any(f.column.table.name in store for f in t.foreign_keys)
        } - store
        if not nye:
            return frozenset(store)
        store |= nye


STORE = _store()
_TABELL = r"(?:ONLY )?(?:public\.)?\"?(\w+)\"?"
REGLER: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("index without CONCURRENTLY", re.compile(rf"CREATE (?:UNIQUE )?INDEX (?!CONCURRENTLY)\S+ ON {_TABELL}", re.I)),
    ("index dropped without CONCURRENTLY", re.compile(r"DROP INDEX (?!CONCURRENTLY)(?:IF EXISTS )?ix_(\w+?)_", re.I)),
    ("SET NOT NULL", re.compile(rf"ALTER TABLE {_TABELL} ALTER COLUMN \S+ SET NOT NULL", re.I)),
    ("TYPE", re.compile(rf"ALTER TABLE {_TABELL} ALTER COLUMN \S+ (?:SET DATA )?TYPE", re.I)),
    (
        "constraint without NOT VALID",
        re.compile(rf"ALTER TABLE {_TABELL} ADD (?:CONSTRAINT \S+ )?(?:FOREIGN KEY|CHECK|UNIQUE)(?!.*NOT VALID)", re.I),
    ),
    ("every row in one statement", re.compile(rf"^\s*(?:UPDATE|DELETE FROM) {_TABELL}", re.I)),
    ("the table is copied", re.compile(r"CREATE TABLE _alembic_tmp_(\w+)", re.I)),
)
"""What holds a lock for as long as the table is long. The last is what a batch does on SQLite."""


def brudd(setninger: list[str]) -> set[tuple[str, str]]:
    """(what, table) for everything in one migration that would stop the service. New tables have no rows yet."""
    nye = {t for s in setninger for t in re.findall(r"^\s*CREATE TABLE (\w+)", s)}
    return {
        (navn, treff[1])
        for setning in setninger
        for navn, moenster in REGLER
        if (treff := moenster.search(re.sub(r"\s+", " ", setning))) and treff[1] in STORE - nye
    }


def test_whoever_deletes_a_row_does_not_read_a_whole_table_for_what_points_at_it() -> None:
    """Neither database has an index of a foreign key unless it is made; cases and all that is theirs are deleted."""
    uten = {
        f"{tabell.name}.{fk.parent.name}"
        for tabell in metadata.tables.values()
        for fk in tabell.foreign_keys
        if fk.column.table.name in STORE
        and fk.parent.name not in {next(iter(en.columns)).name for en in (*tabell.indexes, *_entydige(tabell))}
    }
    assert uten == set()


def _entydige(tabell: Table) -> list[UniqueConstraint | PrimaryKeyConstraint]:
    return [en for en in tabell.constraints if isinstance(en, (UniqueConstraint, PrimaryKeyConstraint))]


def test_the_rule_finds_what_locks_and_lets_the_rest_through() -> None:
    assert {"henvisning", "barn", "hendelse", "tildeling", "sak_behov"} <= STORE
    assert not {"kommune", "enhet", "tiltak", "user_konto", "okt"} & STORE
    for setning, hva in (
        ("CREATE INDEX ix_sak_x ON sak (x)", "index without CONCURRENTLY"),
        ("CREATE UNIQUE INDEX uq ON barn (x) WHERE y", "index without CONCURRENTLY"),
        ("ALTER TABLE henvisning ALTER COLUMN x SET NOT NULL", "SET NOT NULL"),
        ("ALTER TABLE henvisning ADD CONSTRAINT fk FOREIGN KEY(x) REFERENCES y (id)", "constraint without NOT VALID"),
        ("ALTER TABLE innsynslogg ALTER COLUMN x TYPE BIGINT", "TYPE"),
        ("UPDATE hendelse SET x = 1", "every row in one statement"),
        ("\nCREATE TABLE _alembic_tmp_barn (\n\tid INTEGER)", "the table is copied"),
    ):
        assert {navn for navn, _ in brudd([setning])} == {hva}, setning
    assert brudd(["CREATE TABLE barn (id INTEGER)", "CREATE INDEX ix_barn_x ON barn (x)"]) == set()
    assert (
        brudd(
            [
                "CREATE INDEX CONCURRENTLY ix_sak_x ON sak (x)",
                "ALTER TABLE sak ADD COLUMN x BOOLEAN DEFAULT false NOT NULL",  # PostgreSQL 11: no row is touched
                "ALTER TABLE sak ALTER COLUMN x DROP DEFAULT",
                "ALTER TABLE henvisning ADD CONSTRAINT c CHECK (x > 0) NOT VALID",
                "ALTER TABLE henvisning VALIDATE CONSTRAINT c",
                "CREATE INDEX ix_kommune_x ON kommune (x)",
                "UPDATE alembic_version SET version_num='0023'",
            ]
        )
        == set()
    )


_LITE = frozenset({"the table is copied", "every row in one statement"})
"""On SQLite an index is made in a second or two, and nothing but one writer is there to wait."""

KJENTE: dict[str, dict[str, set[str]]] = {
    "sqlite": {"0006": {"tildeling"}, "0007": {"henvisning"}},
    "postgresql": {"0006": {"tildeling"}, "0007": {"henvisning"}, "0012": {"innsynslogg"}, "0017": {"sak"}},
}


def test_migrations_since_the_rule_keep_it(database: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    funnet = {
        versjon: {(hva, tabell) for hva, tabell in brudd(setninger) if database == "postgresql" or hva in _LITE}
        for versjon, setninger in _setninger(database, tmp_path, request).items()
    }
    nye = {versjon: hva for versjon, hva in funnet.items() if versjon > "0022" and hva}
    assert nye == {}, "see «Store tabeller» in docs/drift.md: how it is done without stopping anybody"
    gamle = {versjon: {tabell for _, tabell in hva} for versjon, hva in funnet.items() if hva and versjon <= "0022"}
    assert gamle == KJENTE[database]


def _setninger(database: str, mappe: Path, request: pytest.FixtureRequest) -> dict[str, list[str]]:
    """What each migration says to an empty database."""
    url = lager_url = f"sqlite:///{mappe / 'a.sqlite3'}"
    if database == "postgresql":
        uri = request.getfixturevalue("pg_server")
        with psycopg.connect(uri, autocommit=True) as server:
            server.execute("CREATE DATABASE setninger")
        url = lager_url = med_database(uri, "setninger").replace("postgresql://", "postgresql+psycopg://")
    else:
        lager_url = f"sqlite:///{mappe / 'b.sqlite3'}"
    engine, lager = create_engine(url), noekkellager.lag_engine(lager_url)
    prepare_engine(engine)
    sagt: list[str] = []
    per_versjon: dict[str, list[str]] = defaultdict(list)

    @event.listens_for(engine, "before_cursor_execute")
    def _hoer(_c: Any, _k: Any, setning: str, *_resten: Any) -> None:
        sagt.append(setning)

    def ferdig(versjon: str) -> None:
        per_versjon[versjon], sagt[:] = list(sagt), []

    migrering.oppgrader(engine, lager=lager, fortell=ferdig)
    engine.dispose()
    lager.dispose()
    return per_versjon
