"""What holds the report whatever the code does: the database's wall, and the types that figures pass through."""

import ast
from pathlib import Path
from typing import Any, get_type_hints

import pytest
from flask import Flask
from sqlalchemy import delete, update
from sqlalchemy.exc import DatabaseError

import koordinering
from koordinering.db import db, transaction
from koordinering.plan.rapport.models import Planrapport
from koordinering.plan.rapport.rules.innhold import sjekksum
from koordinering.plan.rapport.services import Skadet, innhold
from koordinering.statistikk.aapne.services import AapenTabell
from koordinering.statistikk.disclosure import SafeTable
from koordinering.statistikk.services import Aarstabell

KODEN = Path(koordinering.__file__).parent
RAA = {"RawCounts", "Raatall", "measures", "Bildetabell", "raatall", "Barn", "Sak", "Henvisning"}
"""Names of what may not be counted, shown or handed out."""


def test_a_frozen_report_is_neither_changed_nor_deleted(app: Flask, folk: Any) -> None:
    with transaction():
        rad = Planrapport(aar=2025, nr=1, innhold="{}", sha256=sjekksum("{}"), laget_av_id=folk.koordinator1.id)
        db.session.add(rad)
    for setning in (update(Planrapport).values(innhold="x"), update(Planrapport).values(nr=2), delete(Planrapport)):
        with pytest.raises(DatabaseError), transaction():
            db.session.execute(setning)
    with pytest.raises(Skadet):
        innhold(Planrapport(innhold="{ }", sha256=sjekksum("{}")))


def test_figures_come_as_protected_tables_by_type() -> None:
    assert get_type_hints(AapenTabell)["tabell"] is SafeTable
    assert get_type_hints(Aarstabell)["tabell"] is SafeTable
    filer = [*(KODEN / "plan").rglob("*.py"), *(KODEN / "statistikk" / "aapne").rglob("*.py")]
    brukt = {
        (fil.name, alias.name.rpartition(".")[2])
        for fil in filer
        for node in ast.walk(ast.parse(fil.read_text(encoding="utf-8")))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }
    assert len(filer) > 30
    assert not {navn for navn in brukt if navn[1] in RAA}
