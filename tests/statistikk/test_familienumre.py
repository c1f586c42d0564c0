"""Families found in arrays are those that the rule finds one by one."""

from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from koordinering.saker.rules.familier import familier
from koordinering.statistikk.measures.familienumre import familier_av

_SAKER: Any = st.lists(st.sets(st.integers(0, 7), min_size=1, max_size=4), max_size=9)


@given(_SAKER)
def test_families_in_arrays_are_those_of_the_rule(barn: list[set[int]]) -> None:
    saker = dict(enumerate(barn))
    i_sak = [(sak, person) for sak, personer in saker.items() for person in sorted(personer)]
    sak, person = np.array(i_sak, dtype=np.int64).reshape(-1, 2).T
    funnet = familier_av(sak, person, len(saker)).tolist()
    assert sorted(set(funnet)) == list(range(len(set(funnet))))
    grupper = {frozenset(s for s in saker if funnet[s] == nr) for nr in funnet}
    assert grupper == set(familier(saker))
