"""The audit sees every pattern that gives something away, and passes those that do not."""

import json

import pytest
from hypothesis import given, settings

from koordinering.statistikk.disclosure import RawCounts, Regler, Tidligere, beskytt
from koordinering.statistikk.disclosure.revisjon import Revisjon, revider, slutninger
from tests.statistikk.moenstre import BARE_HELE, TRYGGE, UTRYGGE, Moenster
from tests.statistikk.tabeller import raatabeller
from tests.statistikk.tegnet import tegn


def provd(moenster: Moenster) -> Revisjon:
    return revider(
        [vist for _, vist in moenster.tabeller],
        [raw for raw, _ in moenster.tabeller],
        moenster.regler,
        [Tidligere(raw, vist) for raw, vist in moenster.tidligere],
    )


@pytest.mark.parametrize("moenster", UTRYGGE, ids=lambda m: m.navn)
def test_the_audit_sees(moenster: Moenster) -> None:
    revisjon = provd(moenster)
    funn = revisjon.for_smaa_endringer or sum(getattr(t, moenster.funn, 0) for t in revisjon.tabeller)
    assert funn, revisjon
    assert not revisjon.ok
    assert not revisjon.motstrid
    assert not any(t.usanne for t in revisjon.tabeller)


@pytest.mark.parametrize("moenster", TRYGGE, ids=lambda m: m.navn)
def test_the_audit_passes(moenster: Moenster) -> None:
    assert (revisjon := provd(moenster)).ok, revisjon


def test_families_that_overlap_have_a_lowest_number_too() -> None:
    raw, vist = tegn("| antall\na 9/4*\nb 9/8\nc 9/9\nTotal +/20")
    spenn = slutninger([vist])
    # At least what the others leave of the total, at most the children of the cell.
    assert spenn == {(0, ("a",), "barn"): (9, 9), (0, ("a",), "familier"): (3, 9)}
    assert raw.celler[("a",)].tall == (9, 4)


def test_in_three_dimensions_whole_numbers_give_away_what_linear_ones_do_not() -> None:
    _, vist = tegn(BARE_HELE.format("2"))
    lineaert, helt = slutninger([vist]), slutninger([vist], hele=True)
    for sted in ((0, ("a0", "b0", "c1"), "barn"), (0, ("a0", "b1", "c1"), "barn")):
        assert lineaert[sted][1] - lineaert[sted][0] >= 1
        assert helt[sted][0] == helt[sted][1] == vist_tall(BARE_HELE, sted[1])


def vist_tall(tekst: str, noekkel: tuple[str, ...]) -> int:
    raw, _ = tegn(tekst.format("2"))
    return raw.celler[noekkel].tall[0]


def test_tables_that_contradict_each_other_are_not_passed() -> None:
    en, annen = tegn("| antall\na 20\nb 30\nTotal +"), tegn("| antall\na 21\nb 29\nTotal +", kode="u")
    revisjon = revider([en[1], annen[1]], [en[0], annen[0]], Regler())
    assert revisjon.motstrid
    assert not revisjon.ok


def test_a_printed_number_that_is_not_the_count_is_found() -> None:
    raw, _ = tegn("| antall\na 20\nb 30\nTotal +")
    _, vist = tegn("| antall\na 21\nb 29\nTotal +")
    revisjon = revider([vist], [raw], Regler())
    assert revisjon.tabeller[0].usanne == 2
    assert not revisjon.ok


def test_the_result_is_kept_as_json_for_the_owner() -> None:
    raw, vist = UTRYGGE[7].tabeller[0]
    lagret = json.loads(revider([vist], [raw], Regler()).til_json())
    assert lagret["ok"] is False
    assert lagret["tabeller"][0]["kjent_noeyaktig"] == 1
    assert lagret["lineaere"] + lagret["heltall"] >= 0


@pytest.mark.begrenset
@settings(max_examples=15)
@given(raatabeller())
def test_what_the_engine_protects_the_audit_passes(raw: RawCounts) -> None:
    vist = beskytt([raw]).tabeller
    assert (revisjon := revider(vist, [raw], Regler())).ok, revisjon
