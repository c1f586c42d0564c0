"""Who works with every table has every table, in a process that has imported no more than its command needs."""

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import inspect

import koordinering
from koordinering import migrering, noekkellager
from koordinering.config import Config
from koordinering.db import db, metadata
from tests.tjener import miljo

PAKKEN = Path(koordinering.__file__).parent
_HELE = {"tabeller.py", "nye_rader.py"}
"""What may look at the whole metadata: the one that fills it, and one that asks only where its own tables stand."""


def _i_en_ny(kode: str, **miljoet: str) -> str:
    svar = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-c", kode], env={**os.environ, **miljoet}, capture_output=True, check=True, text=True
    )
    return svar.stdout


def test_a_process_that_has_imported_nothing_gets_every_table(app: Flask) -> None:
    alene = _i_en_ny("from koordinering import tabeller; print(*tabeller.alle().tables)").split()
    assert set(alene) == set(metadata.tables)
    egne = inspect(db.engine).get_table_names()
    lagerets = {"noekkel", "slettet", "lager"}
    assert set(egne) - {migrering.VERSJONSTABELL} - lagerets == set(alene)


def test_the_role_is_given_rights_in_every_table_though_the_command_has_imported_few() -> None:
    kode = (
        "from koordinering.cli import database; from koordinering.db import metadata; print(len(metadata.tables));"
        "from koordinering import rettigheter; print(*rettigheter.setninger('a'), sep='\\n')"
    )
    foer, *sagt = _i_en_ny(kode).splitlines()
    assert int(foer) < len(metadata.tables) / 2, "else this shows nothing"
    gitt = {linje.split(" ON ")[1].split()[0] for linje in sagt if linje.startswith("GRANT SELECT")}
    assert set(metadata.tables) <= gitt


def test_nobody_else_takes_the_metadata_for_all_there_is() -> None:
    funnet = set()
    for fil in PAKKEN.rglob("*.py"):
        for node in ast.walk(ast.parse(fil.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Attribute) or node.attr not in {"tables", "sorted_tables"}:
                continue
            if isinstance(node.value, ast.Name) and node.value.id == "metadata":
                funnet.add(fil.name)
    assert funnet <= _HELE


@pytest.mark.bare_sqlite
def test_an_installation_is_moved_whole_by_a_process_of_its_own(config: Config, app: Flask, tmp_path: Path) -> None:
    med_rader = {t.name for t in metadata.sorted_tables if db.session.execute(t.select().limit(1)).first()}
    db.session.remove()
    db.engine.dispose()
    noekkellager.lukk()
    maal = tmp_path / "maal" / "koordinering.sqlite3"
    kommando = [sys.executable, "-m", "koordinering.cli", "db", "move", config.database_url, str(maal)]
    svar = subprocess.run(kommando, env=miljo(config, 8000), capture_output=True, check=False, text=True)  # noqa: S603 - our own
    assert "sjekksum er like i alle tabellene" in svar.stdout, svar.stderr
    assert len(med_rader) > 10
    assert f" i {len(metadata.tables) + 3} tabeller" in svar.stdout
