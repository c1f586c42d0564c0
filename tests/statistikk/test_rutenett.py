"""Cells counted in arrays are those that are counted one unit and one person at a time."""

import random
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from koordinering.db import OSLO
from koordinering.statistikk.disclosure import FAMILIER, TOTAL, Dimensjon, Kategori, Noekkel
from koordinering.statistikk.measures.kolonner import hvert_par, kvartaler, norske_dager, rekke, ulike_rader
from koordinering.statistikk.measures.rutenett import Enheter, Inndeling, Personer, Rutenett

_FAA = tuple(Kategori(f"f{nr}", "") for nr in range(3))
_TRE = (Kategori("a", ""), Kategori("a1", "", "a"), Kategori("a2", "", "a"), Kategori("b", ""))
_INNERST = (1, 2, 3)
"""Places in _TRE without any below."""
_MANGE = tuple(Kategori(f"m{nr}", "") for nr in range(20))


def _celler(kategorier: tuple[Kategori, ...], plass: int) -> set[str]:
    kode: str | None = kategorier[plass].kode
    koder = {TOTAL}
    while kode is not None:
        koder.add(kode)
        kode = next(k.forelder for k in kategorier if k.kode == kode)
    return koder


def _fra_null(tall: list[int]) -> list[int]:
    brukt = sorted(set(tall))
    return [brukt.index(nr) for nr in tall]


@pytest.fixture(params=(62, 2))
def ord_paa(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine word that holds all classes, and one that holds so few that several are put together."""
    monkeypatch.setattr("koordinering.statistikk.measures.rutenett._ORD", request.param)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, 2**32), st.integers(0, 25), st.integers(0, 40), st.sampled_from((_FAA, _MANGE)))
def test_every_cell_is_as_counted_by_hand(
    ord_paa: None, froe: int, antall: int, antall_par: int, andre: tuple[Kategori, ...]
) -> None:
    trekk = random.Random(froe)  # noqa: S311 - no secret
    art = _fra_null([trekk.randrange(9) for _ in range(antall)])
    klasser = [(trekk.choice(_INNERST), trekk.randrange(len(andre))) for _ in set(art)]
    par = [(trekk.randrange(antall), trekk.randrange(12)) for _ in range(antall_par) if antall]
    i_celle = [
        {(en, annen) for en in _celler(_TRE, klasser[nr][0]) for annen in _celler(andre, klasser[nr][1])} for nr in art
    ]

    nett = Rutenett(
        Enheter(rekke(art), {FAMILIER: Personer(rekke([e for e, _ in par]), rekke([p for _, p in par]))}),
        [
            Inndeling(Dimensjon("en", "", _TRE), rekke([en for en, _ in klasser])),
            Inndeling(Dimensjon("annen", "", andre), rekke([annen for _, annen in klasser])),
        ],
    )

    bak: dict[Noekkel, set[int]] = {n: {p for e, p in par if n in i_celle[e]} for n in nett.noekler}
    assert nett.antall().tolist() == [sum(n in celler for celler in i_celle) for n in nett.noekler]
    assert nett.ulike(FAMILIER).tolist() == [len(bak[n]) for n in nett.noekler]
    assert set(nett.alene(FAMILIER)) == {(next(iter(hvem)), n) for n, hvem in bak.items() if len(hvem) == 1}


@given(st.lists(st.integers(0, 4 * 366 * 24 * 60)))
def test_the_day_and_the_quarter_of_a_moment_are_those_of_the_norwegian_calendar(minutter: list[int]) -> None:
    naar = [datetime(2023, 12, 20, tzinfo=UTC) + timedelta(minutes=nr) for nr in minutter]
    dager = norske_dager(np.array([n.replace(tzinfo=None) for n in naar], dtype="datetime64[us]"))
    norsk = [n.astimezone(OSLO).date() for n in naar]
    assert dager.tolist() == norsk
    assert kvartaler(dager).tolist() == [(dag.month - 1) // 3 for dag in norsk]


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(0, 2000), st.integers(0, 30))))
@pytest.mark.parametrize("rom", [1, 100, 1 << 20])
def test_each_combination_has_one_number(rom: int, rader: list[tuple[int, ...]]) -> None:
    with pytest.MonkeyPatch.context() as mp:
        mp.setattr("koordinering.statistikk.measures.kolonner._ROM", rom)
        nr, kolonner = ulike_rader(list(np.array(rader, dtype=np.int64).reshape(-1, 3).T))
    funnet = list(zip(*(k.tolist() for k in kolonner), strict=True))
    assert [funnet[n] for n in nr] == rader
    assert len(funnet) == len(set(rader))


@given(st.lists(st.tuples(st.integers(0, 5) | st.just(2**31 - 1), st.integers(0, 5) | st.just(2**31 - 1))))
def test_each_pair_is_there_once_and_in_order(par: list[tuple[int, int]]) -> None:
    en, annen = hvert_par(*(rekke(side) for side in (zip(*par, strict=True) if par else ((), ()))))
    assert list(zip(en.tolist(), annen.tolist(), strict=True)) == sorted(set(par))
