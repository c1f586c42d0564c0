"""Migrations: one head, the upgraded schema equals the models, and up, down, up with data."""

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from sqlalchemy import func, inspect, select

from koordinering import migrering
from koordinering.db import db, metadata
from koordinering.tiltak.models import Tiltak


def test_one_head_and_numbered() -> None:
    skript = ScriptDirectory.from_config(migrering.oppsett())
    assert len(skript.get_heads()) == 1
    revisjoner = [r.revision for r in skript.walk_revisions()][::-1]
    assert revisjoner[0] == "0001"
    assert revisjoner == sorted(set(revisjoner))  # a number may be skipped, never come twice or out of order


def test_upgraded_schema_equals_the_models(app: Flask) -> None:
    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []


def test_up_down_up_with_data(app: Flask) -> None:
    assert db.session.scalar(select(func.count()).select_from(Tiltak)) == 40
    db.session.remove()
    migrering.nedgrader(db.engine, "base")
    assert set(inspect(db.engine).get_table_names()) <= {"alembic_version"}
    assert not migrering.status(db.engine).gjeldende
    migrering.oppgrader(db.engine)
    assert migrering.status(db.engine).gjeldende
    assert set(inspect(db.engine).get_table_names()) == {*metadata.tables, "alembic_version"}
