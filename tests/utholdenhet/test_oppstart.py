"""What a worker carries before anybody has asked for more than a page, and what it weighs."""

import json
import subprocess
import sys
from pathlib import Path
from unittest import mock

import pytest
from alembic.script import ScriptDirectory
from flask import Flask, url_for
from werkzeug.routing import Rule

from koordinering import migrering
from koordinering.web.regel import SenRegel
from tests.conftest import Mal, installasjon
from tests.tjener import miljo

TUNGE = frozenset(
    {
        "alembic",
        "authlib",
        "docx",
        "highspy",
        "joserfc",
        "lxml",
        "mako",
        "numpy",
        "openpyxl",
        "requests",
        "segno",
        "typst",
        "urllib3",
        "webauthn",
        "xlsxwriter",
        "koordinering.demo",
        "koordinering.flytting",
    }
)
"""What a few errands a year need, a second and seventy megabytes together: loaded by whoever runs the errand."""

I_RO_MIB = 120
"""What a worker may hold at rest. It holds 115 in an interpreter of its own, as here, and about 60 where it is forked
from the server and shares most of it. Nothing of it depends on the machine's speed or on what else it does."""


@pytest.mark.bare_sqlite
def test_a_worker_at_rest_carries_nothing_that_is_seldom_used(mal: Mal, tmp_path: Path) -> None:
    config = installasjon(mal, tmp_path / "var")
    svar = subprocess.run(
        [sys.executable, "-m", "bench.arbeider"],
        env=miljo(config, 8000, PYTHONPATH=str(Path(__file__).parents[2])),
        capture_output=True,
        text=True,
        check=True,
    )
    funnet = json.loads(svar.stdout)
    assert not TUNGE & set(funnet["moduler"])
    assert funnet["minne_i_ro"]["rss"] < I_RO_MIB


def test_the_code_behind_a_link_is_made_with_the_first_one() -> None:
    with mock.patch.object(Rule, "_compile_builder", autospec=True, side_effect=Rule._compile_builder) as lag:
        app = Flask("prøve", static_folder=None)
        app.url_rule_class = SenRegel
        app.add_url_rule("/saker/<int:nr>", "sak", lambda nr: "")
        assert lag.call_count == 0
        with app.test_request_context():
            assert [url_for("sak", nr=nr) for nr in (1, 2)] == ["/saker/1", "/saker/2"]
            assert url_for("sak", nr=3, side="æ b") == url_for("sak", nr=3, side="æ b") == "/saker/3?side=%C3%A6+b"
        assert lag.call_count <= 2


def test_the_schemas_versions_are_read_as_alembic_reads_them() -> None:
    skript = ScriptDirectory.from_config(migrering.oppsett())
    assert migrering.nyeste() == skript.get_current_head()
    assert all(migrering.kjenner(en.revision) for en in skript.walk_revisions())
    assert not migrering.kjenner("9999")
