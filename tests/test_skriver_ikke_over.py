"""Commands that write to a file that somebody names: what is there stays, unless it is said that it may go."""

import zipfile
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from koordinering.audit import Innslag
from koordinering.config import Config
from koordinering.db import db, i_dag
from tests import penger
from tests.kommando import kjoer
from tests.statistikk.utgivelse import bilde, publisert

pytestmark = pytest.mark.bare_sqlite

FRA_FOER = "noe annet"
DAG = f"{i_dag():%Y-%m-%d}"
ORD = {
    "audit export": ("audit", "export", "--fra", DAG, "--ut", "{}/fil"),
    "statistikk eksport": (
        "statistikk", "eksport", "--tabell", "alder", "--aar", "2025", "--format", "csv", "--ut", "{}/fil",
    ),
    "statistikk beskytt": ("statistikk", "beskytt", "{}/inn.csv", "--ut", "{}/fil"),
    "publisering eksport": ("statistikk", "publisering", "eksport", "1", "--ut", "{}/fil"),
    "papirer": ("papirer", "--format", "md", "--ut", "{}"),
    "plan rapport": ("plan", "rapport", "--aar", str(i_dag().year - 1), "--ut", "{}/fil.pdf"),
}  # fmt: skip


@pytest.fixture
def mappe(tmp_path: Path) -> Path:
    """A folder where everything that the commands would write is there."""
    for navn in ("fil", "fil.pdf", "protokoll.md"):
        (tmp_path / navn).write_text(FRA_FOER)
    (tmp_path / "inn.csv").write_text("sted,barn\nnord,40\nsoer,50\nTotal,90\n")
    return tmp_path


def _filer(mappe: Path) -> dict[str, str]:
    return {fil.name: fil.read_text("utf-8", "replace") for fil in mappe.iterdir() if fil.is_file()}


def _innslag() -> int:
    db.session.rollback()
    return db.session.query(Innslag).count()


@pytest.mark.parametrize("hva", ORD)
def test_what_is_there_stays(app: Flask, config: Config, mappe: Path, hva: str) -> None:
    foer, logget = _filer(mappe), _innslag()
    kode, tekst = kjoer(config, *(ord_.format(mappe) for ord_ in ORD[hva]))
    assert (kode, "finnes fra før" in tekst, "--overskriv" in tekst) == (1, True, True), tekst
    assert _filer(mappe) == foer, "nor is anything else written"
    assert _innslag() == logget, "nothing was taken out"


@pytest.mark.parametrize("hva", ["audit export", "statistikk beskytt", "papirer", "plan rapport"])
def test_it_goes_when_it_is_said(app: Flask, config: Config, mappe: Path, hva: str) -> None:
    kode, tekst = kjoer(config, *(ord_.format(mappe) for ord_ in ORD[hva]), "--overskriv")
    assert kode == 0, tekst
    fil = {"papirer": "protokoll.md", "plan rapport": "fil.pdf"}.get(hva, "fil")
    assert _filer(mappe)[fil] != FRA_FOER


def test_a_pipe_is_there_to_be_written_to(app: Flask, config: Config, mappe: Path) -> None:
    kode, tekst = kjoer(config, "statistikk", "beskytt", str(mappe / "inn.csv"), "--ut", "/dev/null")
    assert kode == 0, tekst


def test_a_release_is_not_written_over_the_file_of_its_own_name(
    app: Flask, config: Config, folk: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    penger.budsjett(folk.inkludering1)
    bilde(folk)
    publisert(folk)
    db.session.remove()
    monkeypatch.chdir(tmp_path)
    eksport = ("statistikk", "publisering", "eksport", "1")
    assert kjoer(config, *eksport)[0] == 0
    (fil,) = tmp_path.glob("*.zip")
    fil.write_text(FRA_FOER)
    kode, tekst = kjoer(config, *eksport)
    assert (kode, fil.name in tekst, fil.read_text()) == (1, True, FRA_FOER), tekst
    assert kjoer(config, *eksport, "--overskriv")[0] == 0
    assert zipfile.is_zipfile(fil)
