"""Families: the counting rule on hand-made cases, and against a slow version of itself."""

import itertools
import random
from collections.abc import Mapping

from hypothesis import given
from hypothesis import strategies as st

from koordinering.saker.rules.familier import familier

A, B, C, D, E, F = (bytes([n]) * 32 for n in range(6))


def grupper(saker: Mapping[int, set[bytes]], uten_lenke: Mapping[int, int] | None = None) -> list[set[int]]:
    return [set(familie) for familie in familier(saker, uten_lenke or {})]


def test_the_same_child_at_two_services_is_one_family() -> None:
    assert grupper({1: {A}, 2: {A}}) == [{1, 2}]


def test_a_sibling_left_out_at_one_service_changes_nothing() -> None:
    assert grupper({1: {A, B, C}, 2: {A}}) == [{1, 2}]


def test_exactly_half_is_not_more_than_half() -> None:
    assert grupper({1: {A, B}, 2: {B, C}}) == [{1}, {2}]
    assert grupper({1: {A, B, C, D}, 2: {C, D, E, F}}) == [{1}, {2}]


def test_half_siblings_who_share_one_of_two_are_two_families() -> None:
    mor_og_far, mor_og_ny = {A, B}, {B, C}
    assert grupper({1: mor_og_far, 2: mor_og_ny}) == [{1}, {2}]


def test_a_child_with_two_homes_joins_them_only_where_it_is_most_of_the_smaller() -> None:
    hos_mor, hos_far_alene, hos_far_med_soesken = {A, B, C}, {A}, {A, D, E}
    assert grupper({1: hos_mor, 2: hos_far_alene}) == [{1, 2}]
    assert grupper({1: hos_mor, 2: hos_far_med_soesken}) == [{1}, {2}]


def test_families_are_connected_groups_and_not_only_pairs() -> None:
    assert grupper({1: {A, B}, 2: {A, B, C, D}, 3: {C, D}}) == [{1, 2, 3}]


def test_children_without_a_link_make_the_case_larger_and_are_never_the_same() -> None:
    assert grupper({1: {A, B}, 2: {A}}, {2: 1}) == [{1}, {2}]
    assert grupper({1: {A, B}, 2: {A}}, {1: 5}) == [{1, 2}]
    assert grupper({1: set(), 2: set()}, {1: 2, 2: 2}) == [{1}, {2}]


def test_a_case_may_stand_only_among_the_unlinked() -> None:
    assert grupper({7: {A}}, {3: 1}) == [{3}, {7}]
    assert familier({7: [A]}) == [frozenset({7})]


def test_a_case_without_children_is_a_family_of_its_own() -> None:
    assert grupper({1: set(), 2: set()}) == [{1}, {2}]
    assert grupper({}) == []


def langsomt(saker: Mapping[int, set[bytes]], uten_lenke: Mapping[int, int]) -> set[frozenset[int]]:
    """The definition word for word: every pair, joined until nothing more joins."""
    antall = {sak: len(barn) + uten_lenke.get(sak, 0) for sak, barn in saker.items()}
    familier_ = [{sak} for sak in saker]
    for en, annen in itertools.combinations(saker, 2):
        if len(saker[en] & saker[annen]) > min(antall[en], antall[annen]) / 2:
            samlet = set().union(*(f for f in familier_ if en in f or annen in f))
            familier_ = [f for f in familier_ if not f & samlet] + [samlet]
    return {frozenset(f) for f in familier_}


BARN = st.sets(st.integers(0, 11).map(lambda n: bytes([n])), max_size=5)


@given(st.dictionaries(st.integers(1, 30), BARN, max_size=14), st.dictionaries(st.integers(1, 30), st.integers(0, 3)))
def test_the_fast_way_gives_what_the_definition_says(saker: dict[int, set[bytes]], uten: dict[int, int]) -> None:
    uten = {sak: antall for sak, antall in uten.items() if sak in saker}
    svar = familier(saker, uten)
    assert set(svar) == langsomt(saker, uten)
    assert sum(len(familie) for familie in svar) == len(saker)


@given(st.dictionaries(st.integers(1, 30), BARN, max_size=14), st.randoms())
def test_the_order_of_the_cases_does_not_matter(saker: dict[int, set[bytes]], rng: random.Random) -> None:
    stokket = list(saker.items())
    rng.shuffle(stokket)
    assert familier(dict(stokket)) == familier(saker)


def test_a_long_chain_does_not_run_out_of_stack() -> None:
    barn = [n.to_bytes(4, "big") for n in range(20_002)]
    kjede = {sak: {barn[sak], barn[sak + 1]} if sak % 2 else set(barn[sak : sak + 2]) for sak in range(1, 20_000)}
    assert len(familier(kjede)) == 19_999
    assert len(familier({sak: barn[sak : sak + 3] for sak in range(1, 20_000)})) == 1
