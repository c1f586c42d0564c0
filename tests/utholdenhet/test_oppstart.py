"""What a worker carries before anybody has asked for more than a page, and what it weighs."""

import json
import os
import platform
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


_HAUGER = """
import ctypes, threading, sys
from koordinering.cli.minne import still_haugene
still_haugene()
libc = ctypes.CDLL(None)
libc.malloc.restype = libc.fdopen.restype = ctypes.c_void_p
alle = threading.Barrier(6)
def gaa():
    alle.wait()
    libc.malloc(1000)
    alle.wait()
traader = [threading.Thread(target=gaa) for _ in range(6)]
for en in traader: en.start()
for en in traader: en.join()
libc.malloc_info(0, ctypes.c_void_p(libc.fdopen(1, b"w")))
libc.fflush(None)
"""


_MED_GLIBC = pytest.mark.skipif("glibc" not in platform.libc_ver(), reason="other C libraries know no such options")


def _for_seg(kode: str) -> bytes:
    """What this says in a process of its own, with nothing about memory in its environment."""
    miljoet = {navn: verdi for navn, verdi in os.environ.items() if not navn.startswith(("MALLOC_", "GLIBC_"))}
    return subprocess.run([sys.executable, "-c", kode], env=miljoet, capture_output=True, check=True).stdout  # noqa: S603 - ours


@_MED_GLIBC
def test_threads_share_two_heaps() -> None:
    assert _for_seg(_HAUGER).count(b"<heap nr=") == 2


_PASSORD = """
import os
from koordinering.cli.minne import still_haugene
from koordinering.crypto.passord import hash_passord
from bench.proc import minne
still_haugene()
foer = minne(os.getpid())["egen"]
for _ in range(3): hash_passord("et passord")
print(minne(os.getpid())["egen"] - foer)
"""


@_MED_GLIBC
def test_what_a_password_was_hashed_in_is_given_back() -> None:
    """Nineteen megabytes; the rest is what the library loads the first time."""
    assert float(_for_seg(_PASSORD)) < 10


_SAMLEREN = """
import gc
from koordinering.cli.minne import still_samleren
laget = [[] for _ in range(100_000)]
still_samleren()
runder = []
gc.callbacks.append(lambda naa, om: runder.append(om["generation"]) if naa == "start" else None)
nye = [[] for _ in range(30_500)]
print(len(runder), len(gc.get_objects()) < 40_000)
"""


def test_a_worker_that_serves_is_seldom_searched_for_garbage() -> None:
    svar = subprocess.run([sys.executable, "-c", _SAMLEREN], capture_output=True, check=True, text=True)  # noqa: S603 - ours
    assert svar.stdout.split() == ["3", "True"], "once for ten thousand new objects, and not what was there before"


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
