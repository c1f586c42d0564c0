"""The data file of the made-up town is refused when something in it cannot be."""

import random
from collections import Counter
from datetime import date

import pytest

from koordinering.demo.fordelinger import FIL, FordelingFeil, Vekter, les
from koordinering.demo.kalender import Kalender, er_virkedag


@pytest.mark.parametrize(
    ("fra", "til", "sagt"),
    [
        ("barn_uten_nummer: 0.05", "barn_uten_nummer: 1.5", "familie.barn_uten_nummer skal være fra 0 til 1"),
        ("{1: 35, 2: 38", "{1: -35, 2: 38", "familie.antall_barn"),
        ("deltar: {ja: 24", "deltar: {kanskje: 24", "kanskje"),
        ("vekter: [11, 8,", "vekter: [11,", "tolv"),
        ("  mottatt: [0, 4]", "  mottatt: [4, 0]", "tider.mottatt"),
        ("  antall: 40\n", "  antall: mange\n", "kort.antall"),
        ("  medhold: 0.50\n", "", "mangler «medhold»"),
        ("  beskrivelse: Hvordan det går med barna som får plass.\n", "", "friplass: mangler en setning"),
        ("aktivitet: ridning", "aktivitet: fallskjerm", "fallskjerm"),
        ('sesong: ["09-28", "10-12"]', 'sesong: ["09-31", "10-12"]', "day"),
        ("plasser: 6", "plasser: 0", "plasser"),
        ("utkast: 4, venter", "borte: 4, venter", "borte"),
    ],
)
def test_what_cannot_be_is_refused(fra: str, til: str, sagt: str) -> None:
    tekst = FIL.read_text(encoding="utf-8")
    assert fra in tekst
    with pytest.raises(FordelingFeil, match=sagt):
        les(tekst.replace(fra, til, 1))


def test_an_empty_file_is_refused() -> None:
    with pytest.raises(FordelingFeil):
        les("")


def test_weights_are_drawn_as_often_as_they_say() -> None:
    vekter = Vekter(("a", "b", "c"), (1.0, 4.0, 4.0))
    rng = random.Random(1)  # noqa: S311 - a drawn sample
    trukket = Counter(vekter.trekk(rng) for _ in range(4000))
    assert set(trukket) == {"a", "b"}
    assert 0.70 < trukket["b"] / trukket.total() < 0.80


def test_moments_lie_in_the_working_day_and_go_forward() -> None:
    kalender, rng = Kalender(2025, 2026), random.Random(2)  # noqa: S311 - a drawn sample
    tid = kalender.tid(rng, date(2025, 12, 23))
    for _ in range(300):
        neste = kalender.etter(rng, tid, (0, 2))
        assert neste > tid
        assert er_virkedag(neste.date())
        tid = neste
