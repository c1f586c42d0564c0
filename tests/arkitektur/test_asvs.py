"""docs/asvs.md has every requirement of levels 1 and 2 once, and names tests and files that are there."""

import ast
import hashlib
import re
from collections import Counter
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

ROT = Path(__file__).parents[2]
SIDE = ROT / "docs" / "asvs.md"
KRAV = ROT / "tests" / "vendor" / "asvs-5.0.0.txt"
STATUSER = ("met", "partly", "not met", "operator", "n/a")
LEST, INGEN = "by reading", "–"

_KODE = re.compile(r"`([^`]+)`")
_STI = re.compile(r"(?:koordinering|templates|tests|verktoy|docs|migrations)/[\w./-]+")
_TEST = re.compile(r"(tests/[\w/]+\.py)::(test_\w+)")


class Rad(NamedTuple):
    """One requirement, as the page has it."""

    id: str
    nivaa: str
    kort: str
    status: str
    av: str
    vist: str


def _rader(tekst: str) -> list[Rad]:
    linjer = [linje for linje in tekst.splitlines() if re.match(r"\| V\d", linje)]
    return [Rad(*(celle.strip() for celle in linje.strip().strip("|").split("|"))) for linje in linjer]


@cache
def _testene(fil: str) -> frozenset[str]:
    """The tests of a file, read and not run."""
    if not (ROT / fil).is_file():
        return frozenset()
    tre = ast.parse((ROT / fil).read_text(encoding="utf-8"))
    return frozenset(en.name for en in tre.body if isinstance(en, ast.FunctionDef) and en.name.startswith("test_"))


def borte(rader: list[Rad]) -> list[str]:
    """What the rows name and is not there: tests and files."""
    mangler = []
    for rad in rader:
        for kode in _KODE.findall(rad.vist):
            treff = _TEST.fullmatch(kode)
            if treff is None or treff[2] not in _testene(treff[1]):
                mangler.append(f"{rad.id}: {kode}")
        for kode in _KODE.findall(rad.av):
            if _STI.fullmatch(kode) and not (ROT / kode).exists():
                mangler.append(f"{rad.id}: {kode}")
    return mangler


@pytest.fixture(scope="module")
def rader() -> list[Rad]:
    return _rader(SIDE.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def krav() -> dict[str, str]:
    linjer = KRAV.read_text(encoding="utf-8").splitlines()
    return dict(linje.split(" ") for linje in linjer if not linje.startswith("#"))


def test_the_identifiers_are_those_of_the_standard(krav: dict[str, str]) -> None:
    assert Counter(krav.values()) == {"1": 70, "2": 183, "3": 92}
    assert hashlib.sha256(KRAV.read_bytes()).hexdigest() in (KRAV.parent / "README.md").read_text(encoding="utf-8")


def test_every_requirement_of_two_levels_stands_once_in_order(rader: list[Rad], krav: dict[str, str]) -> None:
    assert [(rad.id, rad.nivaa) for rad in rader] == [(id_, nivaa) for id_, nivaa in krav.items() if nivaa in "12"]
    kapitler = re.findall(r"^## (V\d+) ", SIDE.read_text(encoding="utf-8"), re.MULTILINE)
    assert kapitler == list(dict.fromkeys(rad.id.split(".")[0] for rad in rader))


def test_every_test_and_file_that_is_named_is_there(rader: list[Rad]) -> None:
    assert borte(rader) == []
    assert sum("::" in rad.vist for rad in rader) > 150


def test_a_test_that_is_renamed_and_a_file_that_is_moved_are_missed() -> None:
    her = "tests/arkitektur/test_asvs.py"
    rad = Rad(
        "V1.1.1",
        "2",
        "",
        "met",
        f"`{her}`",
        f"`{her}::test_a_test_that_is_renamed_and_a_file_that_is_moved_are_missed`",
    )
    assert borte([rad]) == []
    assert borte([rad._replace(vist=f"`{her}::test_that_was_renamed`")]) == [f"V1.1.1: {her}::test_that_was_renamed"]
    assert borte([rad._replace(vist="`tests/borte.py::test_noe`")]) == ["V1.1.1: tests/borte.py::test_noe"]
    assert borte([rad._replace(vist="`tests/konto`")]) == ["V1.1.1: tests/konto"]
    assert borte([rad._replace(av="`koordinering/finnes_ikke.py`")]) == ["V1.1.1: koordinering/finnes_ikke.py"]


def test_a_row_says_what_its_status_demands(rader: list[Rad]) -> None:
    for rad in rader:
        assert rad.status in STATUSER, rad.id
        assert rad.kort, rad.id
        assert rad.av, rad.id
        assert ("Needed: " in rad.av) == (rad.status in {"partly", "not met"}), rad.id
        assert rad.vist in {LEST, INGEN} or "::" in rad.vist, rad.id
        if rad.status in {"met", "partly"}:
            assert rad.vist != INGEN, f"{rad.id}: shown by what?"
        if rad.status == "operator":
            assert "(drift.md)" in rad.av, rad.id
        if rad.status == "n/a":
            assert rad.vist == INGEN, rad.id


def test_the_counts_at_the_top_are_right(rader: list[Rad]) -> None:
    tekst = SIDE.read_text(encoding="utf-8")
    talt = Counter((rad.status, rad.nivaa) for rad in rader)
    for status in STATUSER:
        en, to = talt[status, "1"], talt[status, "2"]
        assert f"\n| {status} | {en} | {to} | {en + to} |" in tekst, status
    assert (
        f"\n| in all | {sum(r.nivaa == '1' for r in rader)} | {sum(r.nivaa == '2' for r in rader)} | {len(rader)} |"
        in tekst
    )
