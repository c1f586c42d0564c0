"""Mutation testing: its table names what exists, and its page says what its data say (docs/mutanter.md)."""

import re
from collections import Counter
from pathlib import Path

from verktoy.mutant import blad
from verktoy.mutant.tabell import MODULER

ROT = Path(__file__).parents[1]


def test_the_table_names_modules_and_tests_that_exist() -> None:
    navn = {navn for modul, tester in MODULER.items() for navn in (modul, *tester)}
    assert {en for en in navn if not (ROT / en).is_file()} == set()
    assert all(MODULER.values())


def test_the_page_says_what_the_data_say() -> None:
    _hand, merke, resten = blad.SIDE.read_text(encoding="utf-8").partition(blad.MERKE)
    assert merke
    assert resten == blad.lag(), "run: .venv/bin/python -m verktoy.mutant --blad"


def test_every_survivor_of_the_figures_is_explained_once() -> None:
    merker = [merke for gruppe in blad.forklarte() for merke in gruppe.merker()]
    assert len(merker) == len(set(merker))
    assert all(gruppe.hvorfor for gruppe in blad.forklarte())
    antall = Counter(modul for modul, *_ in merker)
    assert {modul: en["overlevde"] for modul, en in blad.tall().items() if en["overlevde"]} == antall
    assert set(blad.tall()) <= set(MODULER)


def test_an_explained_fault_is_of_a_line_that_still_stands() -> None:
    for gruppe in blad.forklarte():
        kilde = " ".join(
            linje.split("  # ")[0].strip() for linje in (ROT / gruppe.modul).read_text(encoding="utf-8").splitlines()
        )
        assert [fra for _linje, fra, _til, _nr in gruppe.mutanter if re.sub(r"\s+", " ", fra) not in kilde] == []
