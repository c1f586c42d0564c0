"""Templates: no |safe, no form outside the macro, no text outside the catalogue, nothing inline."""

import re
from pathlib import Path

import pytest
from jinja2 import Environment

MALER = Path(__file__).parents[2] / "templates"
ALLE = sorted(MALER.rglob("*.html"))
_TAGG = re.compile(r"<!--.*?-->|<[^>]*>", re.DOTALL)
_ENHET = re.compile(r"&[a-z#0-9]+;")
_BOKSTAV = re.compile(r"[A-Za-zÆØÅæøå]{2,}")


def _navn(fil: Path) -> str:
    return fil.relative_to(MALER).as_posix()


def bar_tekst(kilde: str) -> list[str]:
    """Words that stand in the template outside the catalogue: between tags, or in an attribute a person reads."""
    miljo = Environment(extensions=["jinja2.ext.i18n"], autoescape=True)
    ut: list[str] = []
    i_trans = 0
    # Expressions become a mark, so that a tag with an expression inside stays one tag.
    for _, slag, verdi in _med_trans(miljo, kilde):
        if slag == "trans":
            i_trans += int(verdi)
        elif slag == "data" and not i_trans:
            ut.append(verdi)
        elif slag == "variable_begin":
            ut.append("\x01")
    tekst = "".join(ut)
    utenfor = _ENHET.sub(" ", _TAGG.sub(" ", tekst))
    synlige = re.findall(r'(?:title|placeholder|aria-label|alt)="([^"\x01]*)"', tekst)
    return _BOKSTAV.findall(utenfor) + [ord_ for tekst_ in synlige for ord_ in _BOKSTAV.findall(tekst_)]


def _med_trans(miljo: Environment, kilde: str) -> list[tuple[int, str, str]]:
    ut: list[tuple[int, str, str]] = []
    forrige = ""
    for linje, slag, verdi in miljo.lex(kilde):
        if forrige == "block_begin" and slag == "name" and verdi in {"trans", "endtrans"}:
            ut.append((linje, "trans", "1" if verdi == "trans" else "-1"))
        if slag != "whitespace":
            forrige = slag
        ut.append((linje, slag, verdi))
    return ut


@pytest.mark.parametrize("fil", ALLE, ids=_navn)
def test_all_text_is_in_the_catalogue(fil: Path) -> None:
    assert bar_tekst(fil.read_text(encoding="utf-8")) == []


def test_the_check_finds_bare_text() -> None:
    assert bar_tekst("<p>Hei {{ _('du') }}</p>") == ["Hei"]
    assert bar_tekst('<input placeholder="Skriv her">') == ["Skriv", "her"]
    assert bar_tekst("<p class=\"x\">{{ _('Hei') }} &nbsp;</p>{% trans %}Hei{% endtrans %}") == []


@pytest.mark.parametrize("fil", ALLE, ids=_navn)
def test_no_dangerous_or_inline_things(fil: Path) -> None:
    kilde = fil.read_text(encoding="utf-8")
    assert "|safe" not in kilde.replace(" ", "")
    assert "autoescape false" not in kilde
    assert not re.search(r"\sstyle=|\son[a-z]+=|javascript:", kilde)
    assert not re.search(r"https?://", kilde.replace("http://www.w3.org/2000/svg", "")), "a third party"
    if _navn(fil) not in {"komponenter/skjema.html"}:
        assert "<form" not in kilde, "forms are written by one macro"


@pytest.mark.parametrize("fil", ALLE, ids=_navn)
def test_no_unused_imports(fil: Path) -> None:
    kilde = fil.read_text(encoding="utf-8")
    for setning in re.findall(r"\{%-?\s*from\s+'[^']+'\s+import\s+(.+?)\s*-?%\}", kilde, re.DOTALL):
        for navn in re.split(r"\s*,\s*", setning.strip()):
            kort = navn.split(" as ")[-1].strip()
            assert len(re.findall(rf"\b{kort}\b", kilde)) > 1, f"{kort} is imported and not used"
