"""The README and docs/ tell what is so: diagram, paths, links, commands, settings and labels."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from koordinering.cli.hoved import koordinering
from koordinering.saker.rules.overganger import diagram
from verktoy.katalog import trekk_ut

ROT = Path(__file__).parents[2]
README = ROT / "README.md"
SIDER = [README, *sorted((ROT / "docs").rglob("*.md"))]
VEILEDNINGER = sorted((ROT / "docs" / "veiledning").glob("*.md"))
LESER = ("config.py", "driftsvalg.py", "databasevalg.py")
"""Where settings are read."""
OVERSKRIFTER = ("Hva du gjør her", "Steg for steg", "Hva du ikke ser, og hvorfor", "Når noe går galt")

KODE = re.compile(r"`([^`\n]+)`")
BLOKK = re.compile(r"^```\w*\n(.*?)^```", re.MULTILINE | re.DOTALL)
LENKE = re.compile(r"\]\(([^)\s]+)\)")
STI = re.compile(r"\.?[\w-]+(?:/[\w.-]*)+|[\w.-]+\.(?:py|md|toml|yaml|json)")


def navn(side: Path) -> str:
    return side.relative_to(ROT).as_posix()


def kode(side: Path) -> Iterator[str]:
    """Every piece of code on the page: spans, and the lines of blocks."""
    tekst = side.read_text(encoding="utf-8")
    for blokk in BLOKK.findall(tekst):
        yield from blokk.splitlines()
    yield from KODE.findall(BLOKK.sub("", tekst))


@pytest.fixture(scope="module")
def tekster() -> frozenset[str]:
    """Every text of the pages."""
    return frozenset(str(melding.id) for melding in trekk_ut() if melding.id)


def kommandoer(side: Path) -> Iterator[list[str]]:
    """The words after `koordinering` in what is written as a command."""
    for linje in kode(side):
        treff = re.search(r"(?:^|\s|/)koordinering ((?:-{0,2}[a-z]).*)", linje)
        if treff:
            yield shlex.split(treff[1].split("#")[0])


def test_the_readme_is_short() -> None:
    assert len(README.read_text(encoding="utf-8").splitlines()) < 200


def test_the_life_of_a_referral_is_printed_from_the_table() -> None:
    tekst = README.read_text(encoding="utf-8")
    trykt = re.search(r"<!-- livsløpet -->\n```mermaid\n(.*?)```\n<!-- /livsløpet -->", tekst, re.DOTALL)
    assert trykt
    assert trykt[1] == diagram(), "print koordinering.saker.rules.overganger.diagram() between the marks"


def test_every_path_in_the_readmes_tables_exists() -> None:
    rader = [linje for linje in README.read_text(encoding="utf-8").splitlines() if linje.startswith("|")]
    stier = [sti for rad in rader for sti in KODE.findall(rad) if STI.fullmatch(sti)]
    assert len(stier) > 40
    assert [sti for sti in stier if not (ROT / sti).exists()] == []


def test_every_package_has_its_line_in_the_readme() -> None:
    husets = {p.name for p in (ROT / "koordinering").iterdir() if p.suffix == ".py" or (p / "__init__.py").exists()}
    tekst = README.read_text(encoding="utf-8")
    assert [n for n in sorted(husets - {"__init__.py"}) if f"`koordinering/{n}" not in tekst] == []


@pytest.mark.parametrize("side", SIDER, ids=navn)
def test_every_link_resolves(side: Path) -> None:
    lenker = [lenke.split("#")[0] for lenke in LENKE.findall(side.read_text(encoding="utf-8"))]
    egne = [lenke for lenke in lenker if lenke and "://" not in lenke]
    assert [lenke for lenke in egne if not (side.parent / lenke).exists()] == []


@pytest.mark.parametrize("side", SIDER, ids=navn)
def test_every_command_exists(side: Path) -> None:
    for ord_ in kommandoer(side):
        gjeldende: click.Command = koordinering
        while isinstance(gjeldende, click.Group) and ord_ and not ord_[0].startswith("-"):
            if ord_[0] not in gjeldende.commands and hasattr(gjeldende, "standard"):
                gjeldende = gjeldende.commands[gjeldende.standard]  # what the word is given to
                break
            assert ord_[0] in gjeldende.commands, f"{navn(side)}: koordinering {' '.join(ord_)}"
            gjeldende = gjeldende.commands[ord_.pop(0)]
        kjente = {"--help", *(valg for en in gjeldende.params for valg in en.opts)}
        brukt = {en.split("=")[0] for en in ord_ if en.startswith("--")}
        assert brukt <= kjente, f"{navn(side)}: {gjeldende.name} {brukt - kjente}"


def test_every_setting_stands_in_the_readme_and_no_other_is_named() -> None:
    def innstillinger(tekst: str) -> set[str]:
        return set(re.findall(r"(?<!_)KOORDINERING_[A-Z_]+", tekst))

    leses = innstillinger("".join((ROT / "koordinering" / fil).read_text(encoding="utf-8") for fil in LESER))
    assert innstillinger(README.read_text(encoding="utf-8")) == leses
    for side in SIDER:
        assert innstillinger(side.read_text(encoding="utf-8")) <= leses, navn(side)


@pytest.mark.parametrize("side", VEILEDNINGER, ids=navn)
def test_a_guide_uses_the_words_of_the_pages(side: Path, tekster: frozenset[str]) -> None:
    """What is set in bold in a guide stands on a page, letter by letter (a number stands for a value)."""
    tekst = side.read_text(encoding="utf-8")
    moenstre = [re.sub(r"%\\\(\w+\\\)[sd]", "[0-9]+", re.escape(en)) for en in tekster if "%(" in en]
    merker = set(re.findall(r"\*\*(.+?)\*\*", tekst))
    ukjente = {m for m in merker - tekster if not any(re.fullmatch(en, m) for en in moenstre)}
    assert merker
    assert ukjente == set()


@pytest.mark.parametrize("side", VEILEDNINGER, ids=navn)
def test_a_guide_answers_four_questions(side: Path) -> None:
    overskrifter = re.findall(r"^#{2,3} (.+)$", side.read_text(encoding="utf-8"), re.MULTILINE)
    assert [o for o in OVERSKRIFTER if o not in overskrifter] == []
