"""No raw count can leave: the pages of counts and releases, for every role, and the files of every table, the
commands, what is refused and each line of the log are read for a marked one. All other pages: test_alle_sider.
"""

import hashlib
import io
import json
import re
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonstat_validator
import openpyxl
import pytest
from flask import Flask
from sqlalchemy import select

from koordinering.audit import Innslag
from koordinering.cli.hoved import main
from koordinering.config import Config
from koordinering.db import db, i_dag, transaction
from koordinering.jobb.arbeider import arbeid
from koordinering.jobb.models import Jobb
from koordinering.statistikk import queries, services
from koordinering.statistikk.disclosure import Raatall
from koordinering.statistikk.models import Bildetabell
from koordinering.statistikk.services import moenster
from tests.nettleser import Nettleser
from tests.statistikk.utgivelse import AAR, KODER, bilde, kontrollert, publisert, slipp, utkast

MERKE = 918_273_645
"""A raw count that no page may show."""
SKREVET = re.compile(rb"918[ .,']?273[ .,']?645|918(\xc2\xa0|\xe2\x80\xaf|&nbsp;)273(\xc2\xa0|\xe2\x80\xaf|&nbsp;)645")


def merk() -> None:
    """Every raw count that is stored with a snapshot becomes the marked one."""
    with transaction():
        for rad in db.session.scalars(select(Bildetabell)):
            tall = json.loads(json.dumps(rad.raatall))
            for celle in tall["celler"]:
                celle[1] = [MERKE for _ in celle[1]]
            rad.raatall = tall


def pakket_ut(innhold: bytes) -> bytes:
    """What stands in a workbook or a zip, not how it is packed."""
    if not innhold.startswith(b"PK"):
        return innhold
    arkiv = zipfile.ZipFile(io.BytesIO(innhold))
    return b"\n".join(pakket_ut(arkiv.read(navn)) for navn in arkiv.namelist())


def arbeidstall(hun: Nettleser) -> Iterator[bytes]:
    """The pages and files of working figures, right and wrong addresses; every table, and a kind that is not."""
    for kode in (*(kode for kode, _ in services.katalog()), "finnes_ikke"):
        yield hun.se(f"/tall/{kode}/{AAR}").get_data()
        yield hun.se(f"/tall/{kode}/{AAR - 1}").get_data()
        for fmt in ("csv", "csv-excel", "jsonstat", "xlsx", "pdf"):
            yield hun.send(f"/tall/{kode}/{AAR}/eksport", {"format": fmt}).get_data()


def publiserte(hver: Nettleser, ny: int, kladd: int) -> Iterator[bytes]:
    """What everybody who signs in can ask for; some of it refused."""
    for sti in ("/", "/tall", "/tall/alder/2025", "/publiseringer", "/jobber"):
        yield hver.se(sti).get_data()
    for sti in ("", "/alder", "/trekk"):
        yield hver.se(f"/publiseringer/{ny}{sti}").get_data()
        yield hver.se(f"/publiseringer/{kladd}{sti}").get_data()


def filer(hver: Nettleser, ny: int) -> Iterator[bytes]:
    """The files of a release."""
    yield hver.send(f"/publiseringer/{ny}/pakke").get_data()
    for fmt in ("csv", "csv-excel", "jsonstat", "xlsx", "pdf"):
        yield hver.send(f"/publiseringer/{ny}/alder/eksport", {"format": fmt}).get_data()


def kommandoer(
    config: Config, mappe: Path, monkeypatch: pytest.MonkeyPatch, capsysbinary: pytest.CaptureFixture[bytes]
) -> Iterator[bytes]:
    """What the command line writes, to the terminal and to files."""
    for navn, verdi in (("MILJOE", "demo"), ("DATA", config.data), ("DATABASE_URL", config.database_url)):
        monkeypatch.setenv(f"KOORDINERING_{navn}", str(verdi))
    fil = mappe / "ut"
    for ord_ in (
        "tabeller",
        "publisering liste",
        f"publisering eksport 1 --ut {fil} --overskriv",
        "publisering eksport 7",
        *(
            f"eksport --tabell alder --aar {AAR} --ut {fil} --format {fmt} --overskriv"
            for fmt in ("csv", "xlsx", "jsonstat")
        ),
        f"eksport --tabell alder --aar {AAR - 1} --format csv",
    ):
        with pytest.raises(SystemExit):
            main(["statistikk", *ord_.split()])
        yield from capsysbinary.readouterr()
        yield fil.read_bytes() if fil.exists() else b""


def spor() -> Iterator[bytes]:
    """What is written about it all."""
    for rad in (*db.session.scalars(select(Innslag)), *db.session.scalars(select(Jobb))):
        yield str({kolonne.key: getattr(rad, kolonne.key) for kolonne in rad.__table__.columns}).encode()


@pytest.mark.bare_sqlite
def test_no_raw_count_can_leave(
    app: Flask,
    folk: Any,
    nettleser: Nettleser,
    config: Config,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    capsysbinary: pytest.CaptureFixture[bytes],
) -> None:
    bilde(folk)
    ny, kladd = kontrollert(folk), utkast(folk)
    merk()
    slipp(folk.koordinator2, ny)
    hun = nettleser.som(folk.koordinator1)
    hun.send(f"/publiseringer/{kladd}/kontroller")
    db.session.rollback()
    arbeid(en_runde=True)  # the counts are not what the tables say: the check fails
    sett = [*arbeidstall(hun), *filer(hun, ny), hun.se("/publiseringer?filter=til_kontroll").get_data()]
    for user in {user.roller: user for user in vars(folk).values()}.values():
        sett += publiserte(nettleser.som(user), ny, kladd)
    sett += kommandoer(config, tmp_path, monkeypatch, capsysbinary)
    db.session.rollback()
    sett += [*spor(), caplog.text.encode()]
    assert len(sett) > 350
    assert not [innhold for innhold in map(pakket_ut, sett) if SKREVET.search(innhold)]
    assert queries.publisering(folk.koordinator1, kladd).kontroll_ok is False


@pytest.mark.bare_sqlite
def test_a_count_that_fails_says_nothing_of_what_it_counted(
    app: Flask,
    folk: Any,
    nettleser: Nettleser,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    bilde(folk)

    def gaar_galt(raa: list[Any], *_: Any, **__: Any) -> None:
        raise RuntimeError(f"{raa} of {Raatall((MERKE,))}, {MERKE} in all")  # even where somebody writes it out

    monkeypatch.setattr(moenster, "beskytt", gaar_galt)
    with transaction():
        services.bestill_telling(i_dag().year, av=folk.koordinator1)
    arbeid(en_runde=True)
    db.session.rollback()
    side = nettleser.som(folk.koordinator1).se("/jobber").get_data()
    sett = [side, *spor(), caplog.text.encode()]
    assert not [innhold for innhold in sett if SKREVET.search(innhold)]
    assert "job telling failed: RuntimeError" in caplog.text


KONTROLL = """
import hashlib, json, sys, zipfile
arkiv = zipfile.ZipFile(sys.argv[1])
filer = {navn.split("/")[1]: arkiv.read(navn) for navn in arkiv.namelist()}
for linje in filer.pop("SHA256SUMS").decode().splitlines():
    sum_, navn = linje.split("  ")
    assert hashlib.sha256(filer.pop(navn)).hexdigest() == sum_, navn
assert not filer, filer
print(hashlib.sha256(arkiv.read(next(n for n in arkiv.namelist() if n.endswith("/tabeller.json")))).hexdigest())
"""
"""A stranger's script: it has the zip and nothing of the product."""


def test_the_zip_has_everything_and_a_stranger_can_check_it(
    app: Flask, folk: Any, nettleser: Nettleser, tmp_path: Path
) -> None:
    bilde(folk)
    ny = publisert(folk)
    svar = nettleser.som(folk.tiltak1).send(f"/publiseringer/{ny}/pakke")
    assert "publisering-1_2025_per-2026-01-15.zip" in svar.headers["Content-Disposition"]
    (zip_ := tmp_path / "ut.zip").write_bytes(svar.get_data())
    kjoert = subprocess.run(  # noqa: S603 - our own script
        [sys.executable, "-I", "-c", KONTROLL, str(zip_)], capture_output=True, text=True, check=True
    )
    assert kjoert.stdout.strip() == queries.publisering(folk.nav1, ny).sha256
    arkiv = zipfile.ZipFile(zip_)
    filer = {navn.split("/")[1]: arkiv.read(navn) for navn in arkiv.namelist()}
    assert len(filer) == 4 + 4 * len(KODER)
    assert [t["kode"] for t in json.loads(filer["tabeller.json"])] == KODER
    for kode in KODER:
        navn = f"publisering-1_{kode}_2025_per-2026-01-15"
        jsonstat_validator.validate_jsonstat(json.loads(filer[f"{navn}.json"]))
        assert {f"{navn}.csv", f"{navn}_excel.csv", f"{navn}.xlsx"} <= set(filer)
    _boken(filer["publisering-1_2025_per-2026-01-15.xlsx"])
    assert hashlib.sha256(filer["tabeller.json"]).hexdigest() in filer["forklaring.txt"].decode()


def _boken(innhold: bytes) -> None:
    """The workbook of a release, opened again."""
    bok = openpyxl.load_workbook(io.BytesIO(innhold))
    assert bok.sheetnames == [*(f"{kode} {AAR}" for kode in KODER), "Forklaring"]
    for ark in bok.worksheets[:-1]:
        assert ark.freeze_panes == "B2"
        assert not ark.merged_cells.ranges
        for rad in ark.iter_rows(min_row=2, min_col=2):
            assert {celle.value if celle.data_type == "s" else celle.data_type for celle in rad} <= {"n", ":", "."}
    forklart = {str(celle.value) for rad in bok["Forklaring"] for celle in rad}
    assert {"Publisering", "Kontrollsum (SHA-256)", "Grense for små tall", ":"} <= forklart


def test_a_year_that_is_not_counted_gives_no_file(app: Flask, folk: Any) -> None:
    with pytest.raises(services.IngenTelling):
        services.eksporter("alder", AAR, "csv", av=None)
