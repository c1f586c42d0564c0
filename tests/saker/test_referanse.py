"""References: their form, their check character, and what a person may type."""

import itertools
import random
import re

from hypothesis import given
from hypothesis import strategies as st

from koordinering.saker.rules.kodetegn import ALFABET, kontrolltegn
from koordinering.saker.rules.referanse import normaliser, ny

KROPP = st.text(ALFABET, min_size=5, max_size=5)


def med_kontroll(kropp: str) -> str:
    tegn = kropp + kontrolltegn(kropp)
    return f"F-{tegn[:4]}-{tegn[4:]}"


@given(st.randoms())
def test_a_new_reference_has_the_form_and_is_its_own_normal_form(rng: random.Random) -> None:
    referanse = ny(rng)
    assert re.fullmatch(r"F-[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{2}", referanse)
    assert normaliser(referanse) == referanse


def test_references_are_drawn_evenly_without_a_seed() -> None:
    trukket = {ny() for _ in range(1000)}
    assert len(trukket) > 990
    for plass in (2, 3, 4, 5, 7):  # each place draws from all 32
        assert {referanse[plass] for referanse in trukket} == set(ALFABET)


def test_the_example_in_the_documents_is_a_valid_reference() -> None:
    assert normaliser("F-7K3M-Q2") == "F-7K3M-Q2"


@given(KROPP)
def test_every_single_substitution_is_caught(kropp: str) -> None:
    tegn = kropp + kontrolltegn(kropp)
    for plass, nytt in itertools.product(range(6), ALFABET):
        if nytt != tegn[plass]:
            assert normaliser(f"F{tegn[:plass]}{nytt}{tegn[plass + 1 :]}") is None


@given(KROPP)
def test_every_adjacent_transposition_is_caught(kropp: str) -> None:
    tegn = kropp + kontrolltegn(kropp)
    for plass in range(5):
        en, to = tegn[plass], tegn[plass + 1]
        if en != to:
            assert normaliser(f"F{tegn[:plass]}{to}{en}{tegn[plass + 2 :]}") is None


@given(KROPP)
def test_what_a_person_types_is_read(kropp: str) -> None:
    referanse = med_kontroll(kropp)
    for skrevet in (
        referanse.lower(),
        referanse.replace("-", ""),
        referanse.replace("-", " "),
        referanse.replace("-", "\u2013"),
        referanse[2:],
        f"  {referanse}\n",
        referanse.replace("0", "o").replace("1", "l"),
        referanse.replace("0", "O").replace("1", "I"),
    ):
        assert normaliser(skrevet) == referanse


def test_what_cannot_be_a_reference_is_none() -> None:
    for skrevet in ("", "F", "F-7K3M", "F-7K3M-Q22", "G-7K3M-Q2", "F-7K3U-Q2", "F-7K3M-Q3", "F-7K3M-Æ2", "ﬀ7K3MQ"):
        assert normaliser(skrevet) is None


@given(st.text(max_size=12))
def test_any_text_gives_a_reference_or_nothing(tekst: str) -> None:
    svar = normaliser(tekst)
    assert svar is None or normaliser(svar) == svar
