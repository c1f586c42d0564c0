"""Databases that older programs made: stored as they wrote them, and put into SQLite or PostgreSQL again.

Each file in `baser/` is the whole content of a demo town that the program of that day made itself: its code was taken
out of the repository at `commit`, and its own `koordinering demo --familier 20 --aar 2025-2025` was run on SQLite, and
from 0019 its `koordinering audit forsegl`. Nothing was added or changed afterwards. None of these versions has been
given to a municipality; they are the schemas with which the product has been handed over so far. PostgreSQL gets the
same rows, put into a schema that the migrations have brought to the same version.
"""

import json
import lzma
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine, MetaData, Table, create_engine, text

from koordinering import migrering, noekkellager
from koordinering.config import Config
from koordinering.flytting import overfoer
from koordinering.flytting.former import enkle
from koordinering.flytting.maal import still_tellerne
from koordinering.flytting.steder import Aapnet
from koordinering.motor import prepare_engine

BASER = Path(__file__).parent / "baser"
VERSJONER = sorted(fil.name.split(".")[0] for fil in BASER.glob("*.json.xz"))


@dataclass(frozen=True)
class Gammel:
    """What an older program left."""

    versjon: str
    commit: str
    noekler: str
    baser: dict[str, str]
    """The database and, from 0011, the key store; as SQL."""


def les(versjon: str) -> Gammel:
    """From its file."""
    data = json.loads(lzma.decompress((BASER / f"{versjon}.json.xz").read_bytes()))
    return Gammel(versjon, data["commit"], data["noekler"], data["baser"])


def legg_paa_disk(gammel: Gammel, mappe: Path) -> None:
    """As the older program had it: SQLite's files and the key file."""
    for navn, sql in gammel.baser.items():
        with closing(sqlite3.connect(mappe / f"{navn}.sqlite3")) as base:
            base.executescript(sql)
    (mappe / "noekler.json").write_text(gammel.noekler)
    (mappe / "noekler.json").chmod(0o600)


def legg_i_postgresql(gammel: Gammel, mappe: Path, config: Config) -> None:
    """The same rows, in a schema of the same version."""
    engine, lager = create_engine(config.database_url), noekkellager.lag_engine(config.noekkellager_url)
    migrering.oppgrader(engine, gammel.versjon, lager=lager)
    fil = create_engine(f"sqlite:///{mappe / 'koordinering.sqlite3'}")
    fil_lager = noekkellager.lag_engine(f"sqlite:///{mappe / 'noekkellager.sqlite3'}")
    prepare_engine(fil)
    tabeller = _tabellene(engine)
    with fil.connect() as a, fil_lager.connect() as b, engine.connect() as c, lager.connect() as d:
        for connection in (c, d):
            connection.execute(text("SET session_replication_role = replica"))  # rows come before what they point at
            for tabell in tabeller:
                if (tabell.schema is None) == (connection is c):
                    connection.execute(tabell.delete())
            connection.commit()
        overfoer(Aapnet(a, b), Aapnet(c, d), tabeller, lambda *_: None)
        still_tellerne(c)
        c.commit()
    for en in (engine, lager, fil, fil_lager):
        en.dispose()


def _tabellene(engine: Engine) -> list[Table]:
    """As the database has them: the models know today's only."""
    metadata = MetaData()
    metadata.reflect(engine)
    if "noekkellager" in _skjemaene(engine):
        metadata.reflect(engine, schema="noekkellager")
    return enkle(t for t in metadata.sorted_tables if t.name != "alembic_version")


def _skjemaene(engine: Engine) -> list[str]:
    with engine.connect() as connection:
        return list(connection.scalars(text("SELECT schema_name FROM information_schema.schemata")))
