"""Migrations: one head, the upgraded schema equals the models, and up, down, up with data."""

from datetime import date
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from sqlalchemy import func, inspect, select, text
from sqlalchemy.exc import DBAPIError

from koordinering import migrering
from koordinering.db import db, metadata, transaction
from koordinering.saker.rules.hjemler import Hjemmelopplysninger
from koordinering.saker.services import opprett_hjemmel
from koordinering.tiltak.klubbesoek.models import Klubbesoek
from koordinering.tiltak.klubbesoek.rules import Besoekstema
from koordinering.tiltak.models import Tiltak
from tests import fabrikk, penger
from tests.statistikk.utgivelse import bilde, publisert


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


def test_a_release_from_before_its_rules_were_kept_is_as_locked_as_the_others(app: Flask, folk: Any) -> None:
    bilde(folk)
    publisert(folk)
    db.session.remove()
    laast = "UPDATE publisering SET sha256 = 'x'", "UPDATE publisering SET regler = '{}'", "DELETE FROM publisering"
    migrering.nedgrader(db.engine, "0009")
    for sql in (laast[0], laast[2]):
        with pytest.raises(DBAPIError, match="never changes"), db.engine.begin() as connection:
            connection.execute(text(sql))
    migrering.oppgrader(db.engine, "0010")
    assert _raatt("SELECT nummer, regler FROM publisering") == [(1, None)]
    assert _raatt("SELECT sekunder FROM kommune") == [(300,)]
    for sql in laast:
        with pytest.raises(DBAPIError, match="never changes"), db.engine.begin() as connection:
            connection.execute(text(sql))
    migrering.oppgrader(db.engine)


def test_what_was_changed_of_an_authority_goes_with_its_table_and_the_list_stays(app: Flask, folk: Any) -> None:
    with transaction():
        ny = opprett_hjemmel(Hjemmelopplysninger("Prøve", date(2026, 1, 1), None), av=folk.system1)
        kode = ny.id
    db.session.remove()
    sql = f"SELECT tekst FROM hjemmel WHERE id = '{kode}'"  # noqa: S608 - a key of our own
    migrering.nedgrader(db.engine, "0010")
    assert "hjemmelendring" not in inspect(db.engine).get_table_names()
    assert _raatt(sql) == [("Prøve",)]
    migrering.oppgrader(db.engine)
    assert _raatt(sql) == [("Prøve",)]
    assert _raatt("SELECT count(*) FROM hjemmelendring") == [(0,)]


_TEKSTER = (
    ("Fotballgruppa nord", "Fotballgruppa nord"),
    ("  skØyteklubben  ØST", "Skøyteklubben øst"),
    ("Korpset", None),  # two clubs have the name: which of them is meant, nobody knows
    ("Kulturskolen", None),
)
"""What stood as text, and the club that it is linked to."""


def _med_tekst(folk: Any) -> None:
    """An offer and a visit for each of the texts, and then the clubs."""
    for nr, (tekst, _) in enumerate(_TEKSTER):
        fabrikk.tilbud(folk.inkludering1, navn=f"Nr. {nr}", arrangoertekst=tekst)
        felt = {"enhet_id": "inkluderingskonsulent", "tema": Besoekstema.ANNET, "foert_av": folk.inkludering1.id}
        with transaction():
            db.session.add(Klubbesoek(id=70 + nr, dag=date(2026, 1, 5), lagtekst=tekst, **felt))
    for nr, navn in enumerate(("Fotballgruppa nord", "Skøyteklubben øst", "Korpset", "KORPSET"), 1):
        penger.lag(folk.inkludering1, nr, navn=navn)
    db.session.remove()


def _raatt(sql: str) -> list[tuple[Any, ...]]:
    with db.engine.connect() as connection:
        return [tuple(rad) for rad in connection.execute(text(sql))]


def test_text_that_is_a_clubs_name_becomes_the_club_and_text_again(app: Flask, folk: Any) -> None:
    _med_tekst(folk)
    foer = ("SELECT navn, arrangoer FROM tilbud ORDER BY navn", "SELECT id, lag FROM klubbesoek ORDER BY id")
    migrering.nedgrader(db.engine, "0008")
    assert [[tekst for _, tekst in _raatt(sql)] for sql in foer] == [[tekst for tekst, _ in _TEKSTER]] * 2
    migrering.oppgrader(db.engine, "0009")
    for tabell, kolonne, orden in (("tilbud", "arrangoer", "navn"), ("klubbesoek", "lag", "id")):
        sql = f"SELECT t.{kolonne}, lag.navn FROM {tabell} t LEFT JOIN lag ON lag.id = t.lag_id ORDER BY t.{orden}"  # noqa: S608 - names of this test
        assert _raatt(sql) == [(None if navn else tekst, navn) for tekst, navn in _TEKSTER], tabell
    migrering.nedgrader(db.engine, "0008")
    assert [[tekst for _, tekst in _raatt(sql)] for sql in foer] == [[navn or tekst for tekst, navn in _TEKSTER]] * 2
    migrering.oppgrader(db.engine)
