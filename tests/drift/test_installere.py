"""What somebody installs: a wheel that is whole, and the files that go around it."""

import configparser
import os
import re
import shlex
import shutil
import subprocess
import sys
import sysconfig
import time
import urllib.request
import warnings
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
import yaml
from flask import Flask
from prometheus_client.parser import text_string_to_metric_families
from setuptools.dist import Distribution

from koordinering.cli.hoved import koordinering, main
from koordinering.drift.services import maalere
from koordinering.drift.services.tilstand import Tilstand, skriv
from koordinering.web.huset import NAVN
from tests.tjener import helse, ledig_port
from verktoy.pakking import MED

pytestmark = pytest.mark.bare_sqlite

ROT = Path(__file__).parents[2]
DRIFT = ROT / "drift"
ENHETER = sorted((DRIFT / "systemd").glob("*.service"))
TIMERE = sorted((DRIFT / "systemd").glob("*.timer"))
INNSTILLING = re.compile(r"KOORDINERING_[A-Z_]+")
TOKEN = "et-token-som-er-langt-nok-til-dette"
LOGG_INN = 'koordinering_http_request_duration_seconds_count{endpoint="konto.logg_inn",method="GET",status="200"} 10.0'


def _i_treet(mappe: str) -> set[str]:
    filer = (fil for fil in (ROT / mappe).rglob("*") if fil.is_file() and fil.suffix not in {".pyc", ".pyo"})
    return {fil.relative_to(ROT / mappe).as_posix() for fil in filer if "__pycache__" not in fil.parts}


def test_the_wheel_has_every_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(ROT)
    pakke = Distribution({"script_name": "setup.py"})
    pakke.parse_config_files(["pyproject.toml"])
    pakke.get_command_obj("egg_info").egg_base = str(tmp_path)
    bygg = pakke.get_command_obj("build_py")
    bygg.build_lib = str(tmp_path)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that folders of data could be imported
        bygg.ensure_finalized()
        filer = bygg.get_outputs(include_bytecode=False)
    i_hjulet = {Path(fil).relative_to(tmp_path).as_posix() for fil in filer}
    ventet = {f"koordinering/{fil}" for fil in _i_treet("koordinering")}
    ventet |= {f"{maal}/{fil}" for kilde, maal in MED.items() for fil in _i_treet(kilde)}
    assert ventet - i_hjulet == set(), "left out of the wheel"
    assert {fil.split("/")[0] for fil in i_hjulet} == {"koordinering"}, "no tests and no tools"


def _installert(mappe: Path, rent: dict[str, str]) -> Path:
    """A virtual environment with the built wheel in it."""
    kilde, venv = mappe / "kilde", mappe / "venv"
    kilde.mkdir()
    for navn in ("koordinering", "templates", "migrations", "drift", "verktoy"):
        shutil.copytree(ROT / navn, kilde / navn, ignore=shutil.ignore_patterns("__pycache__"))
    for navn in ("pyproject.toml", "MANIFEST.in", "README.md"):
        shutil.copy(ROT / navn, kilde)
    bygg = "from setuptools import build_meta as b; print(b.build_wheel('hjul'))"
    subprocess.run([sys.executable, "-c", bygg], cwd=kilde, check=True, capture_output=True)  # noqa: S603 - ours
    subprocess.run([sys.executable, "-m", "venv", str(venv)], check=True)  # noqa: S603 - the same
    pip = [str(venv / "bin" / "pip"), "install", "-q", "--no-index", "--no-deps"]
    subprocess.run([*pip, *map(str, (kilde / "hjul").glob("*.whl"))], env=rent, check=True)  # noqa: S603 - the same
    shutil.rmtree(kilde)
    (steder,) = (venv / "lib").glob("python*/site-packages")
    # A path named in a .pth file is not looked through for such files itself: the source stays out of sight.
    (steder / "biblioteker.pth").write_text(sysconfig.get_path("purelib"))
    return venv


@pytest.mark.lang
def test_a_wheel_alone_in_an_empty_place_serves(tmp_path: Path) -> None:
    """Its libraries are those of this machine; the product itself is found in the wheel and nowhere else."""
    rent = {"PATH": os.environ["PATH"]}  # nothing that leads to the source
    venv, tom = _installert(tmp_path, rent), tmp_path / "tom"
    tom.mkdir()
    port = ledig_port()
    miljo = {
        **rent,
        "KOORDINERING_MILJOE": "produksjon",
        "KOORDINERING_DATA": str(tom / "data"),
        "PORT": str(port),
        "KOORDINERING_METRIKK_TOKEN": TOKEN,
    }
    kommando = str(venv / "bin" / "koordinering")
    hvor = [str(venv / "bin" / "python"), "-c", "import koordinering; print(koordinering.__file__)"]
    funnet = subprocess.run(hvor, cwd=tom, env=miljo, check=True, capture_output=True, text=True)  # noqa: S603 - ours
    assert funnet.stdout.startswith(str(venv))
    subprocess.run([kommando, "init", "--brukernavn", "drift1"], cwd=tom, env=miljo, check=True)  # noqa: S603 - ours
    subprocess.run([kommando, "papirer", "--ut", "papirer"], cwd=tom, env=miljo, check=True)  # noqa: S603 - ours
    subprocess.run([kommando, "eksempler", "--ut", "eksempler"], cwd=tom, env=miljo, check=True)  # noqa: S603 - ours
    assert (tom / "eksempler" / "systemd" / "koordinering.service").exists()
    for side in _servert(kommando, tom, miljo, port):
        assert "Logg inn" in side


def _servert(kommando: str, tom: Path, miljo: dict[str, str], port: int) -> Iterator[str]:
    tjener = subprocess.Popen([kommando, "serve"], cwd=tom, env=miljo)  # noqa: S603 - our own command
    try:
        adresse = f"http://127.0.0.1:{port}"
        frist = time.monotonic() + 60
        while helse(adresse) != 200:
            assert tjener.poll() is None
            assert time.monotonic() < frist
            time.sleep(0.2)
        with urllib.request.urlopen(f"{adresse}/logg-inn", timeout=10) as svar:  # noqa: S310 - our own address
            side = svar.read().decode()
        for fil in re.findall(r'="(/static/[^"]+)"', side):
            with urllib.request.urlopen(f"{adresse}{fil}", timeout=10) as svar:  # noqa: S310 - our own address
                assert svar.status == 200
        for _ in range(9):
            urllib.request.urlopen(f"{adresse}/logg-inn", timeout=10).close()  # noqa: S310 - our own address
        spoersmaal = urllib.request.Request(f"{adresse}/metrics", headers={"Authorization": f"Bearer {TOKEN}"})  # noqa: S310
        with urllib.request.urlopen(spoersmaal, timeout=10) as svar:  # noqa: S310 - our own address
            assert LOGG_INN in svar.read().decode(), "ten, whichever of the two workers answered"
        yield side
    finally:
        tjener.terminate()
        tjener.wait(20)


def _deler(fil: Path) -> configparser.RawConfigParser:
    lest = configparser.RawConfigParser(strict=False, interpolation=None)
    lest.optionxform = str  # type: ignore[assignment,method-assign]  # as the library's own page tells
    lest.read(fil, encoding="utf-8")
    return lest


@pytest.mark.parametrize("fil", ENHETER, ids=lambda fil: fil.stem)
def test_a_unit_runs_a_command_that_exists_as_a_user_without_rights(fil: Path) -> None:
    deler = _deler(fil)
    ord_ = shlex.split(deler["Service"]["ExecStart"])
    if ord_[0] == "/usr/bin/logger":
        return
    assert ord_[0] == "/opt/koordinering/bin/koordinering"
    assert (deler["Service"]["User"], deler["Service"]["NoNewPrivileges"]) == ("koordinering", "yes")
    assert deler["Service"]["EnvironmentFile"] == "/etc/koordinering/miljo"
    _krev_kommando(ord_[1:])


def _krev_kommando(ord_: list[str]) -> None:
    her: click.Command = koordinering
    while isinstance(her, click.Group) and ord_:
        assert ord_[0] in her.commands or her is not koordinering, ord_[0]
        if ord_[0] not in her.commands:
            return  # a group that is a command as well takes its words itself
        her, ord_ = her.commands[ord_[0]], ord_[1:]
    kjente = {navn for valg in her.params for navn in valg.opts}
    assert {en for en in ord_ if en.startswith("--")} <= kjente, ord_


def test_every_nightly_unit_has_its_timer_and_says_when_it_fails() -> None:
    enkle = {fil.stem for fil in ENHETER if _deler(fil)["Service"]["Type"] == "oneshot" and "@" not in fil.stem}
    assert enkle == {fil.stem for fil in TIMERE}
    for fil in ENHETER:
        if fil.stem in enkle:
            assert _deler(fil)["Unit"]["OnFailure"] == "koordinering-varsel@%n.service"
    tider = {fil.stem: _deler(fil)["Timer"]["OnCalendar"].rpartition(" ")[2] for fil in TIMERE}
    assert tider["koordinering-sletting"] < tider["koordinering-kopi"] < tider["koordinering-loggkontroll"]


@pytest.mark.parametrize("fil", sorted(fil for fil in DRIFT.rglob("*") if fil.is_file()), ids=lambda f: f.name)
def test_a_file_names_no_setting_that_does_not_exist(fil: Path) -> None:
    kilder = ("config.py", "databasevalg.py", "driftsvalg.py")
    leses = set(INNSTILLING.findall("".join((ROT / "koordinering" / en).read_text() for en in kilder)))
    assert set(INNSTILLING.findall(fil.read_text(encoding="utf-8"))) <= leses


@pytest.mark.parametrize("fil", sorted((DRIFT / "proxy").iterdir()), ids=lambda fil: fil.name)
def test_a_proxy_keeps_our_headers_and_logs_no_address(fil: Path) -> None:
    tekst = "\n".join(linje.partition("#")[0] for linje in fil.read_text(encoding="utf-8").splitlines())
    assert "nginx" not in fil.name or re.search(r"^\s*gzip off;", tekst, re.MULTILINE)
    assert not re.search(r"^\s*encode\b", tekst, re.MULTILINE)
    assert not re.search(r"add_header|proxy_hide_header|header_down|^\s*header\b", tekst, re.MULTILINE)
    assert not re.search(r"^\s*log\b|access_log (?!off)", tekst, re.MULTILINE)
    assert "/metrics" in tekst
    assert "X-Request-ID" in tekst
    assert re.search(r"(127\.0\.0\.1|10\.20\.0\.1[1-3]):8000", tekst)
    assert re.search(r"max_(body_)?size 100m", tekst, re.IGNORECASE), "as much as is read before the page that says so"


def test_the_container_runs_as_nobody_from_pinned_libraries() -> None:
    linjer = (DRIFT / "container" / "Containerfile").read_text(encoding="utf-8")
    siste = linjer.rpartition("\nFROM ")[2]
    assert re.search(r"^USER 10001:10001$", siste, re.MULTILINE)
    assert "--require-hashes -r /bygg/requirements-postgresql.txt" in linjer
    assert "--no-deps --no-index" in linjer
    assert "HEALTHCHECK" in siste
    assert "/helse/klar" in siste


def test_the_alarms_rest_on_numbers_that_exist(app: Flask) -> None:
    regler = yaml.safe_load((DRIFT / "prometheus" / "koordinering.rules.yaml").read_text(encoding="utf-8"))
    alarmer = [regel for gruppe in regler["groups"] for regel in gruppe["rules"]]
    tekst = skriv(app.extensions[NAVN].config).decode()
    finnes = {familie.name for familie in text_string_to_metric_families(tekst)}
    finnes |= {f"koordinering_{navn}" for navn in NAAR}
    for alarm in alarmer:
        assert set(alarm) <= {"alert", "expr", "for", "labels", "annotations"}
        assert alarm["labels"]["severity"] in {"kritisk", "advarsel"}
        assert set(alarm["annotations"]) == {"summary", "gjoer"}, "every alarm says what to do"
        navn = re.findall(r"koordinering_\w+", alarm["expr"])
        assert {re.sub(r"_(count|bucket|total)$", "", en) for en in navn} <= finnes, alarm["alert"]
    drift = (ROT / "docs" / "drift.md").read_text(encoding="utf-8")
    assert all(f"`{alarm['alert']}`" in drift for alarm in alarmer), "and stands in the guide"


NAAR = ("backup_age_seconds", "log_unsent_age_seconds", "log_verified_ok", "log_verified_age_seconds")
"""Numbers that are there when somebody has said where backups lie, sends the log on, or has verified it."""


def test_the_numbers_that_come_by_choice_are_made_where_the_alarms_look() -> None:
    kilde = Path(Tilstand.collect.__code__.co_filename).read_text(encoding="utf-8")
    assert all(navn in kilde for navn in NAAR)
    assert maalere.merke("krav.begrens", "POST") == "krav"


def test_the_examples_are_written_out_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for kode, sagt in ((0, "proxy/nginx.conf"), (1, "finnes fra før")):
        with pytest.raises(SystemExit) as slutt:
            main(["eksempler", "--ut", str(tmp_path / "ut")])
        ut = capsys.readouterr()
        assert (slutt.value.code, sagt in ut.out + ut.err) == (kode, True)
