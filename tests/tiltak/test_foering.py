"""Counts that are written in and corrected: whose change stands, what needs a reason, what may not be written."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from koordinering.errors import Endret, UgyldigFelt
from koordinering.tiltak.foering.rules import (
    MAKS_BESOEK,
    Rettegrunn,
    flett,
    krev_grunn,
    sjekk_dager,
    sjekk_tall,
    sjekk_uten_person,
)
from koordinering.tiltak.moeteplass.rules import er_foert, fyll_ut

ETT = st.none() | st.integers(0, 3)
RAD = st.tuples(ETT, ETT, ETT)
SIDE = st.lists(RAD, max_size=4)


@given(SIDE)
def test_my_changes_stand_and_so_do_everybody_elses(rader: list[tuple[int | None, int | None, int | None]]) -> None:
    """The merge, said once more in words: per count, what the page showed, what stands now, and what I sent."""
    vist, naa, nye = ({nr: rad[i] for nr, rad in enumerate(rader)} for i in range(3))
    uenige = [rad for rad in rader if rad[2] != rad[0] and rad[1] != rad[0] and rad[1] != rad[2]]
    if uenige:
        with pytest.raises(Endret):
            flett(vist, naa, nye)
        return
    endringer = flett(vist, naa, nye)
    etterpaa = {nr: endringer[nr].til if nr in endringer else naa[nr] for nr in naa}
    for nr, (foer, staar, ny) in enumerate(rader):
        assert etterpaa[nr] == (staar if ny == foer else ny)
        assert nr not in endringer or (endringer[nr].fra, endringer[nr].til) == (staar, ny)
        assert nr not in endringer or staar != ny, "what is so already is not written again"
    assert flett(vist, etterpaa, nye) == {}, "the second click is nothing"
    trenger = any(endring.fra is not None for endring in endringer.values())
    krev_grunn(endringer, Rettegrunn.FEIL_TALL)
    if trenger:
        with pytest.raises(UgyldigFelt, match="hvorfor"):
            krev_grunn(endringer, None)
    else:
        krev_grunn(endringer, None)


@given(st.lists(st.tuples(ETT, ETT), min_size=1, max_size=4))
def test_nobody_came_is_zero_and_not_written_in_is_empty(rader: list[tuple[int | None, int | None]]) -> None:
    nye, naa = ({nr: rad[i] for nr, rad in enumerate(rader)} for i in range(2))
    slettet = er_foert(naa) and any(ny is None and staar is not None for ny, staar in rader)
    if not er_foert(nye) or slettet:
        with pytest.raises(UgyldigFelt) as feil:
            fyll_ut(nye, naa)
        assert feil.value.felt.startswith("tall_")
        return
    fylt = fyll_ut(nye, naa)
    assert all(fylt[nr] == ny for nr, (ny, _) in enumerate(rader) if ny is not None)
    if not er_foert(naa):
        assert all(tall is not None for tall in fylt.values())


@pytest.mark.parametrize("tall", [-1, MAKS_BESOEK + 1])
def test_a_count_that_cannot_be_meant_is_told_at_its_field(tall: int) -> None:
    sjekk_tall({1: 0, 2: MAKS_BESOEK, 3: None})
    with pytest.raises(UgyldigFelt) as feil:
        sjekk_tall({1: 2, 7: tall})
    assert feil.value.felt == "tall_7"


@pytest.mark.parametrize("tekst", ["01911599968", "ring 912 34 567", "født 24.11.2014", "a@b.no", "2014-11-24"])
def test_what_can_point_at_a_person_is_refused_and_not_repeated(tekst: str) -> None:
    with pytest.raises(UgyldigFelt) as feil:
        sjekk_uten_person("merknad", tekst)
    assert tekst not in str(feil.value)


def test_a_plain_line_is_let_through() -> None:
    sjekk_uten_person("merknad", "Snakket med styret om 12 plasser fra 2027.")


@pytest.mark.parametrize(
    ("felt", "fra", "til"),
    [
        ("fra", date(1999, 12, 31), None),
        ("fra", date(2101, 1, 1), None),
        ("til", date(2026, 1, 2), date(2026, 1, 1)),
        ("til", date(2026, 1, 2), date(2101, 1, 1)),
    ],
)
def test_a_period_that_cannot_be(felt: str, fra: date, til: date | None) -> None:
    sjekk_dager(date(2026, 1, 1), date(2026, 1, 1))
    with pytest.raises(UgyldigFelt) as feil:
        sjekk_dager(fra, til)
    assert feil.value.felt == felt
