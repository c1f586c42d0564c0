"""The engine through its front door: what it hides, that nothing lighter is safe, and that it does so every time."""

from collections.abc import Sequence
from dataclasses import fields, replace
from itertools import combinations, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from koordinering.statistikk.disclosure import (
    TOTAL,
    Dimensjon,
    Kolonne,
    Noekkel,
    Raatall,
    RawCounts,
    Regler,
    SafeTable,
    Slag,
    Tegn,
    Tidligere,
    UgyldigTabell,
    beskytt,
    faa,
)
from koordinering.statistikk.disclosure.angrep import Angrep
from koordinering.statistikk.disclosure.gransking import Gransker, kjenner_uansett
from koordinering.statistikk.disclosure.modell import Bygger
from koordinering.statistikk.disclosure.revisjon import revider
from koordinering.statistikk.disclosure.tabell import lag
from tests.statistikk.tabeller import DAG, DEFINISJON, KOLONNER, dimensjon, former, raatabeller, tell


def tabell(dimensjoner: Sequence[Dimensjon], blader: dict[Noekkel, int], *, kode: str = "t") -> RawCounts:
    """A table of children from its leaves; a dimension has no hierarchy here."""
    alle = {}
    for noekkel in RawCounts(kode, "T", 2025, tuple(dimensjoner), KOLONNER[:1], {}, DEFINISJON, DAG).noekler:
        passer = [n for blad, n in blader.items() if all(k in (b, TOTAL) for k, b in zip(noekkel, blad, strict=True))]
        alle[noekkel] = Raatall((sum(passer),))
    return RawCounts(kode, "T", 2025, tuple(dimensjoner), KOLONNER[:1], alle, DEFINISJON, DAG)


def skjulte(vist: SafeTable) -> set[Noekkel]:
    """Where the table says «:»."""
    return {noekkel for noekkel, celler in vist.celler.items() if Tegn.SKJULT in celler}


RAD, KOL = dimensjon("rad", "a", "b", "c"), dimensjon("kol", "x", "y", "z")


def firkant(*tall: int, kode: str = "t") -> RawCounts:
    """Three by three, row by row."""
    blader = [(r, k) for r in "abc" for k in "xyz"]
    return tabell((RAD, KOL), dict(zip(blader, tall, strict=True)), kode=kode)


def test_nothing_is_hidden_when_nothing_is_small() -> None:
    svar = beskytt([firkant(10, 20, 30, 15, 25, 35, 40, 50, 60)])
    assert not svar.tabeller[0].noe_skjult
    assert svar.rapport.optimal
    assert svar.rapport.sekundaere == 0


def test_one_small_cell_takes_three_more_with_it() -> None:
    svar = beskytt([firkant(3, 20, 30, 15, 25, 35, 40, 50, 60)])
    assert len(skjulte(svar.tabeller[0])) == 4
    assert svar.tabeller[0].celler[TOTAL, TOTAL] == (278,)


def test_a_zero_is_hidden_like_a_small_number_unless_zeros_are_printed() -> None:
    raa = firkant(0, 20, 30, 15, 25, 35, 40, 50, 60)
    assert ("a", "x") in skjulte(beskytt([raa]).tabeller[0])
    assert not beskytt([raa], Regler(nuller_vises=True)).tabeller[0].noe_skjult


def test_printed_zeros_leave_the_attacker_one_as_the_lowest() -> None:
    """Two hidden cells that sum to two would both be one; here a third is hidden with them."""
    vist = beskytt([firkant(1, 1, 30, 0, 25, 35, 40, 50, 60)], Regler(nuller_vises=True)).tabeller[0]
    assert {("a", "x"), ("a", "y"), ("a", "z")} <= skjulte(vist) or ("a", TOTAL) in skjulte(vist)
    assert vist.celler["b", "x"] == (0,)


def test_children_of_few_families_are_hidden_too() -> None:
    mange, en = [(("a", "x"),)] * 30, [(("a", "y"),) * 6]
    rest = [((r, k),) for r in "abc" for k in "xyz" if (r, k) not in {("a", "x"), ("a", "y")} for _ in range(9)]
    raa = tell((RAD, KOL), [*mange, *en, *rest])
    assert raa.celler["a", "y"].tall == (6, 1)
    assert ("a", "y") in skjulte(beskytt([raa]).tabeller[0])


def test_two_lone_cells_never_protect_only_each_other() -> None:
    """Whoever is the one family in `a` would know `b` from the sum of the two (rule 5)."""
    tall: dict[Noekkel, int] = {("a",): 4, ("b",): 4, ("c",): 30, ("d",): 40}
    vist = beskytt([tabell((dimensjon("rad", "a", "b", "c", "d"),), tall)]).tabeller[0]
    assert skjulte(vist) == {("a",), ("b",), ("c",)}


def test_few_in_all_hides_all() -> None:
    raa = firkant(1, 1, 1, 1, 1, 1, 1, 1, 1)
    vist = beskytt([raa]).tabeller[0]
    assert faa(raa, 5)
    assert skjulte(vist) == set(raa.noekler)
    assert str(vist.forklaring[0]).startswith("Færre enn 10")


def test_the_plans_own_table_comes_out_whole() -> None:
    """62 and 101 families, 20/126 and 31/172 children (the plan): nothing small, nothing hidden."""
    aar, bakgrunn = dimensjon("aar", "2014", "2015"), dimensjon("bakgrunn", "norske", "andre")
    barn = tabell(
        (aar, bakgrunn),
        {("2014", "norske"): 20, ("2014", "andre"): 126, ("2015", "norske"): 31, ("2015", "andre"): 172},
        kode="barn",
    )
    familier = replace(
        tabell((aar,), {("2014",): 62, ("2015",): 101}, kode="familier"),
        kolonner=(Kolonne("familier", "Familier", "familier"),),
    )
    svar = beskytt([barn, familier])
    assert not any(t.noe_skjult for t in svar.tabeller)
    assert svar.tabeller[0].celler["2015", TOTAL] == (203,)


def test_a_sum_of_money_that_one_club_nearly_fills_is_hidden() -> None:
    kroner = Kolonne("kroner", "Kroner", "kroner", slag=Slag.BELOEP)
    tall = {"a": (90_000, 9, 80_000), "b": (50_000, 8, 9_000), "c": (70_000, 12, 8_000), "d": (60_000, 3, 21_000)}
    celler: dict[Noekkel, Raatall] = {(k,): Raatall((n,), bak, mest) for k, (n, bak, mest) in tall.items()}
    celler[TOTAL,] = Raatall((270_000,), 32, 80_000)
    raa = RawCounts(
        "m", "M", 2025, (dimensjon("rad", *"abcd"),), (kroner,), celler, DEFINISJON, DAG, eiere={}
    )  # fmt: skip
    assert {("a",), ("d",)} <= skjulte(beskytt([raa]).tabeller[0])


# --- Linked tables and time -------------------------------------------------------------------------------


def test_what_two_tables_share_is_hidden_in_both_or_in_none() -> None:
    to_veis = firkant(3, 20, 30, 15, 25, 35, 40, 50, 60, kode="to")
    en_veis = tabell((RAD,), {(r,): to_veis.celler[r, TOTAL].tall[0] for r in "abc"}, kode="en")
    to, en = beskytt([to_veis, en_veis]).tabeller
    assert {r for (r,) in skjulte(en)} == {r for r, k in skjulte(to) if k == TOTAL}


def test_tables_that_disagree_are_refused() -> None:
    to_veis = firkant(3, 20, 30, 15, 25, 35, 40, 50, 60, kode="to")
    en_veis = tabell((RAD,), {("a",): 54, ("b",): 75, ("c",): 150}, kode="en")
    with pytest.raises(UgyldigTabell, match="another table"):
        beskytt([to_veis, en_veis])


def test_the_same_numbers_again_hide_the_same_cells() -> None:
    raa = firkant(3, 20, 30, 15, 25, 35, 40, 50, 60)
    foerst = beskytt([raa]).tabeller[0]
    igjen = beskytt([raa], tidligere=[Tidligere(raa, foerst)]).tabeller[0]
    assert beskytt([raa]).tabeller[0] == foerst
    assert skjulte(igjen) == skjulte(foerst)


@pytest.mark.parametrize("endring", [2, -2])
def test_a_correction_smaller_than_the_threshold_is_not_shown(endring: int) -> None:
    foer, etter = firkant(33, 20, 30, 15, 25, 35, 40, 50, 60), firkant(33 + endring, 20, 30, 15, 25, 35, 40, 50, 60)
    vist = beskytt([foer]).tabeller[0]
    nytt = beskytt([etter], tidligere=[Tidligere(foer, vist)]).tabeller[0]
    assert not vist.noe_skjult
    assert {("a", "x"), ("a", TOTAL), (TOTAL, "x"), (TOTAL, TOTAL)} <= skjulte(nytt)


def test_a_large_correction_is_shown() -> None:
    foer, etter = firkant(33, 20, 30, 15, 25, 35, 40, 50, 60), firkant(53, 20, 30, 15, 25, 35, 40, 50, 60)
    vist = beskytt([foer]).tabeller[0]
    assert not beskytt([etter], tidligere=[Tidligere(foer, vist)]).tabeller[0].noe_skjult


def test_a_running_total_never_undoes_what_was_hidden_before() -> None:
    """The first quarter's `:` stays under the year's number: four children then, and no fewer now."""
    foer, etter = firkant(3, 20, 30, 15, 25, 35, 40, 50, 60), firkant(4, 60, 70, 55, 65, 75, 80, 90, 99)
    vist = beskytt([foer]).tabeller[0]
    nytt = beskytt([etter], tidligere=[Tidligere(foer, vist)]).tabeller[0]
    assert ("a", "x") in skjulte(nytt)


def test_what_last_year_hid_is_cheaper_to_hide_again() -> None:
    raa = firkant(3, 30, 30, 30, 30, 30, 30, 30, 30)
    valgt = skjulte(beskytt([raa]).tabeller[0])
    annet = {("a", "x"), ("a", "z"), ("c", "x"), ("c", "z")}
    fjor = beskytt([firkant(3, 90, 9, 90, 90, 90, 9, 90, 9)]).tabeller[0]
    assert skjulte(fjor) == annet
    assert valgt != annet
    assert skjulte(beskytt([raa], fjor=[fjor]).tabeller[0]) == annet


# --- Properties ---------------------------------------------------------------------------------------------

FAERRE = settings(max_examples=max(6, settings().max_examples // 4))
"""Each example of these asks the engine or the audit many times."""


@pytest.mark.begrenset
@FAERRE
@given(raatabeller())
def test_what_is_shown_is_true_and_a_cell_is_shown_or_hidden_whole(raa: RawCounts) -> None:
    svar = beskytt([raa])
    for noekkel in raa.noekler:
        celler = svar.tabeller[0].celler[noekkel]
        if noekkel in raa.strukturelle:
            assert set(celler) == {Tegn.IKKE_AKTUELT}
        else:
            assert celler == raa.celler[noekkel].tall or set(celler) == {Tegn.SKJULT}
    assert svar.rapport.skranke <= svar.rapport.vekt
    assert revider(svar.tabeller, [raa], Regler()).ok


@st.composite
def to_aapninger(draw: st.DrawFn) -> tuple[RawCounts, RawCounts]:
    """The same year counted twice: families come, and a few are taken away again."""
    dimensjoner = draw(former(hoeyst=2))
    blader = list(product(*([k.kode for k in d.kategorier if not d.deler(k.kode)] for d in dimensjoner)))
    familie = st.lists(st.sampled_from(blader), min_size=1, max_size=4).map(tuple)
    foerst = draw(st.lists(st.tuples(familie, st.sampled_from([1, 2, 7, 25])), min_size=3, max_size=10))
    siden = draw(st.lists(st.tuples(familie, st.sampled_from([1, 1, 2, 9])), max_size=4))
    foer, nye = ([f for f, antall in par for _ in range(antall)] for par in (foerst, siden))
    borte = draw(st.sampled_from([0, 0, 1, 3]))
    kjente = draw(st.booleans())
    return tell(dimensjoner, foer, kjente_eiere=kjente), tell(dimensjoner, foer[borte:] + nye, kjente_eiere=kjente)


def kroner(tilskudd: Sequence[tuple[str, int]]) -> RawCounts:
    """What so many children were given, in one dimension: class and kroner of each."""
    kolonner = (Kolonne("kroner", "Kroner", "kroner", slag=Slag.BELOEP),)
    celler: dict[Noekkel, Raatall] = {}
    for kode in RAD.koder:
        egne = [beloep for klasse, beloep in tilskudd if kode in (klasse, TOTAL)]
        celler[kode,] = Raatall((sum(egne),), bak=len(egne), stoerste=max(egne, default=0))
    return RawCounts("k", "K", 2025, (RAD,), kolonner, celler, DEFINISJON, DAG)


_TILSKUDD = st.lists(st.tuples(st.sampled_from("abc"), st.integers(500, 9000)), min_size=12, max_size=45)


def _avslorte(foer: RawCounts, foerst: SafeTable, etter: RawCounts, vist: SafeTable) -> list[tuple[Noekkel, int]]:
    """Changes that anybody can read off two tables, and that fewer than the threshold are behind."""
    svar = []
    for noekkel in etter.noekler:
        for nr in range(len(etter.kolonner)):
            da, naa = foerst.celler[noekkel][nr], vist.celler[noekkel][nr]
            gammel, ny = foer.celler[noekkel], etter.celler[noekkel]
            bak = [abs(n - g) for n, g in zip(ny.tall, gammel.tall, strict=True)] if ny.bak is None else []
            bak += [] if ny.bak is None or gammel.bak is None else [abs(ny.bak - gammel.bak)]
            if not isinstance(da, Tegn) and not isinstance(naa, Tegn) and da != naa and min(bak) < Regler().terskel:
                svar.append((noekkel, nr))
    return svar


@pytest.mark.begrenset
@FAERRE
@given(_TILSKUDD, st.lists(st.tuples(st.sampled_from("abc"), st.integers(500, 9000)), max_size=9), st.integers(0, 3))
def test_no_change_tells_what_a_few_were_given(
    foerste: list[tuple[str, int]], nye: list[tuple[str, int]], borte: int
) -> None:
    foer, etter = kroner(foerste), kroner(foerste[borte:] + nye)
    foerst = beskytt([foer]).tabeller[0]
    tidligere = [Tidligere(foer, foerst)]
    vist = beskytt([etter], tidligere=tidligere).tabeller
    assert _avslorte(foer, foerst, etter, vist[0]) == []
    assert revider(vist, [etter], Regler(), tidligere).ok


@pytest.mark.begrenset
@FAERRE
@given(to_aapninger())
def test_no_change_tells_of_a_few_families(par: tuple[RawCounts, RawCounts]) -> None:
    foer, etter = par
    foerst = beskytt([foer]).tabeller[0]
    vist = beskytt([etter], tidligere=[Tidligere(foer, foerst)]).tabeller[0]
    assert _avslorte(foer, foerst, etter, vist) == []


@pytest.mark.begrenset
@FAERRE
@given(to_aapninger())
def test_two_releases_together_give_no_more_away(par: tuple[RawCounts, RawCounts]) -> None:
    foer, etter = par
    tidligere = [Tidligere(foer, beskytt([foer]).tabeller[0])]
    vist = beskytt([etter], tidligere=tidligere).tabeller
    assert revider(vist, [etter], Regler(), tidligere).ok


@pytest.mark.begrenset
@FAERRE
@given(raatabeller(hoeyst=2, hierarki=False, familier=8))
def test_uncovering_any_one_cell_of_an_optimal_pattern_is_seen_by_the_audit(raa: RawCounts) -> None:
    vist = beskytt([raa]).tabeller[0]
    for noekkel in sorted(skjulte(vist)):
        celler = {**vist.celler, noekkel: raa.celler[noekkel].tall}
        felt = {f.name: getattr(vist, f.name) for f in fields(vist) if f.name != "celler"}
        assert not revider([lag(**felt, celler=celler)], [raa], Regler()).ok, noekkel


@pytest.mark.begrenset
@FAERRE
@given(raatabeller(hoeyst=2, hierarki=False, familier=8))
def test_nothing_lighter_is_safe(raa: RawCounts) -> None:
    """Against trying every choice of what to hide beside the small cells, from the lightest."""
    bygger = Bygger([raa], 5, nuller_vises=False)
    bygger.vei(())
    bygger.modell.innsidere = kjenner_uansett(bygger.modell, bygger.over())
    vekt, laast = np.array(bygger.modell.vekt), np.array([fast is True for fast in bygger.modell.laast])
    frie = np.flatnonzero(~laast).tolist()
    if faa(raa, 5) or len(frie) > 9:
        return
    gransker = Gransker(Angrep(bygger.modell))

    def trygt(valg: tuple[int, ...]) -> bool:
        skjult = laast.copy()
        skjult[list(valg)] = True
        return gransker.trygt(skjult)

    alle = (valg for antall in range(len(frie) + 1) for valg in combinations(frie, antall))
    lettest = next(valg for valg in sorted(alle, key=lambda valg: vekt[list(valg)].sum()) if trygt(valg))
    rapport = beskytt([raa]).rapport
    # A grand total is hidden only when nothing else helps, whatever it weighs.
    assert rapport.vekt == pytest.approx(vekt[list(lettest)].sum())
    assert rapport.optimal
