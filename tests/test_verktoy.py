"""The tools around the product: pins without hosts, and one set of versions for running and testing."""

import hashlib
import json
import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest

from koordinering.roles import Rolle
from verktoy import stykkliste

ROT = Path(__file__).parents[1]
LAAS = (
    "requirements.txt",
    "requirements-postgresql.txt",
    "requirements-dev.txt",
    "verktoy/bygg.txt",
    "verktoy/mutant.txt",
)


def pins(fil: str) -> dict[str, str]:
    return dict(re.findall(r"^([a-z0-9-]+)==(\S+)", (ROT / fil).read_text(), re.MULTILINE))


@pytest.mark.parametrize("fil", LAAS)
def test_a_lock_file_names_no_host_and_every_pin_has_a_hash(fil: str) -> None:
    text = (ROT / fil).read_text()
    assert "://" not in text
    assert "index-url" not in text
    entries = re.split(r"\n(?=\S)", text.strip())
    assert all("--hash=sha256:" in entry for entry in entries)


def test_what_is_tested_is_what_is_run() -> None:
    assert pins("requirements.txt").items() <= pins("requirements-postgresql.txt").items()
    assert pins("requirements-postgresql.txt").items() <= pins("requirements-dev.txt").items()


def test_every_dependency_is_pinned_at_or_above_its_bound() -> None:
    project = tomllib.loads((ROT / "pyproject.toml").read_text())["project"]
    pinned = pins("requirements.txt")
    for dependency in project["dependencies"]:
        name, bound = dependency.lower().split(">=")
        assert [int(n) for n in pinned[name].split(".")] >= [int(n) for n in bound.split(".")], name


def test_every_vendored_file_is_the_one_that_was_looked_at() -> None:
    vendor = ROT / "koordinering/static/vendor"
    pakker = json.loads((vendor / "VENDOR.json").read_text())["packages"]
    ventet = {fil["path"]: fil["sha256"] for pakke in pakker for fil in pakke["files"]}
    funnet = {
        fil.relative_to(vendor).as_posix(): hashlib.sha256(fil.read_bytes()).hexdigest()
        for fil in vendor.rglob("*")
        if fil.is_file()
        and fil.name != "VENDOR.json"
        and not fil.name.endswith(".gz")  # ours, compared with the file beside it by tests/utholdenhet/test_vekt.py
    }
    assert funnet == ventet
    assert all((vendor / pakke["licence_file"]).exists() and pakke["version"] for pakke in pakker)


def test_the_bill_of_materials_holds_every_pin_and_every_vendored_file() -> None:
    liste = stykkliste.stykkliste()
    assert (liste["bomFormat"], liste["specVersion"]) == ("CycloneDX", "1.6")
    assert liste == stykkliste.stykkliste(), "the same tree gives the same list"
    komponenter = {en["purl"]: en for en in liste["components"]}
    assert len(komponenter) == len(liste["components"])
    laast = re.findall(r"^([a-z0-9-]+)==([^\s;]+)", (ROT / "requirements.txt").read_text(), re.MULTILINE)
    assert {f"pkg:pypi/{navn}@{versjon}" for navn, versjon in laast} == {p for p in komponenter if p[4:8] == "pypi"}
    for purl in (p for p in komponenter if p[4:8] == "pypi"):
        (referanse,) = komponenter[purl]["externalReferences"]
        assert all(re.fullmatch("[0-9a-f]{64}", en["content"]) for en in referanse["hashes"])
        assert referanse["hashes"]
    uten = [purl for purl, en in komponenter.items() if not en.get("licenses") and not en.get("properties")]
    assert uten == [], "every licence is known, but for what another machine installs"
    vendor = json.loads((ROT / "koordinering/static/vendor/VENDOR.json").read_text())["packages"]
    filer = {fil["name"] for en in liste["components"] for fil in en.get("components", ())}
    assert filer == {fil["path"] for pakke in vendor for fil in pakke["files"]}
    kjente = set(komponenter) | {"koordinering"}
    assert {en["ref"] for en in liste["dependencies"]} == kjente
    assert {til for en in liste["dependencies"] for til in en.get("dependsOn", ())} == set(komponenter), "none is loose"


def test_what_is_installed_is_installed_by_hash() -> None:
    linjer = [linje.strip() for linje in (ROT / "verktoy/miljoe.sh").read_text().splitlines()]
    henter = [linje for linje in linjer if "pip install" in linje and "--no-deps -e ." not in linje]
    assert henter
    assert all("--require-hashes" in linje for linje in henter)
    drift = (ROT / "docs/drift.md").read_text()
    assert "pip install --require-hashes -r requirements.txt" in drift


def test_a_linked_environment_is_never_emptied(tmp_path: Path) -> None:
    """`venv --clear` empties what the link leads to: the packages of a checkout that is in use."""
    (tmp_path / "verktoy").mkdir()
    shutil.copy(ROT / "verktoy/miljoe.sh", tmp_path / "verktoy")
    andres = tmp_path / "andres"
    andres.mkdir()
    (andres / "pakke").touch()
    (tmp_path / ".venv").symlink_to(andres)
    svar = subprocess.run(  # noqa: S603 - our own script
        ["/bin/bash", str(tmp_path / "verktoy/miljoe.sh"), "run"], capture_output=True, text=True, check=False
    )
    assert (svar.returncode, "is a link to" in svar.stderr) == (1, True)
    assert (andres / "pakke").exists()


def test_the_vendored_checker_is_the_one_its_page_names() -> None:
    vendor = ROT / "tests/vendor"
    version = re.search(r"axe v([\d.]+)", (vendor / "axe.min.js").read_text()[:40])
    assert version
    assert version[1] in (vendor / "README.md").read_text()


@pytest.mark.parametrize("rolle", Rolle)
def test_the_readme_shows_the_start_page_of_every_role(rolle: Rolle) -> None:
    bilde = f"docs/bilder/start-{rolle.value}.png"
    assert f"]({bilde})" in (ROT / "README.md").read_text()
    assert (ROT / bilde).read_bytes().startswith(b"\x89PNG")
    assert (ROT / bilde).stat().st_size <= 60_000
