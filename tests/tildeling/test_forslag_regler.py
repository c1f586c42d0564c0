"""The proposal's rules: the optimum against every distribution, causes that can be removed, nobody favoured."""

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import replace

import highspy
import pytest
from hypothesis import given
from hypothesis import strategies as st

from koordinering.tildeling.rules.forslag import (
    UTEN_OENSKE,
    Enhet,
    Maal,
    Runde,
    Soeker,
    Tak,
    enheter,
    foerst_til_moella,
    hver_for_seg,
    innenfor,
    tell,
)
from koordinering.tildeling.rules.loeser import loes
from koordinering.tildeling.rules.loeserstatus import stans
from koordinering.tildeling.rules.stans import IkkeLoest, Stans


@st.composite
def runder(trekk: st.DrawFn, *, soesken: bool = True) -> Runde:
    """Up to six referrals and three offers: siblings together, two referrals of one child, ceilings, nobody locked."""
    tilbud = list(range(trekk(st.integers(1, 3))))
    plasser = {t: trekk(st.integers(0, 3)) for t in tilbud}
    soekere: list[Soeker] = []
    for nr in range(trekk(st.integers(1, 6))):
        valg = trekk(st.dictionaries(st.sampled_from(tilbud), st.sampled_from([1, 2, 3, UTEN_OENSKE]), max_size=3))
        barn = trekk(st.sampled_from([nr, nr, nr, max(0, nr - 1)]))
        sammen = trekk(st.sampled_from([None, None, nr // 2])) if soesken else None
        soekere.append(Soeker(nr, barn, valg, sammen))
    # Siblings together are different children.
    soekere = [replace(s, sammen=None) if sum(a.barn == s.barn for a in soekere) > 1 else s for s in soekere]
    return Runde(tuple(soekere), plasser, tuple(_ett_barn_en_plass(soekere, tilbud)))


def _ett_barn_en_plass(soekere: list[Soeker], tilbud: list[int]) -> Iterator[Tak]:
    for barn in {s.barn for s in soekere}:
        egne = [s.id for s in soekere if s.barn == barn]
        if len(egne) > 1:
            yield from (Tak(frozenset((id_, t) for id_ in egne), 1) for t in tilbud)


def alle_fordelinger(runde: Runde) -> Iterator[dict[int, int]]:
    """Every distribution that keeps the rules."""
    for valg in itertools.product(*([None, *e.valg] for e in enheter(runde))):
        plass = {m.id: t for e, t in zip(enheter(runde), valg, strict=True) if t is not None for m in e.medlemmer}
        fullt = any(list(plass.values()).count(t) > n for t, n in runde.plasser.items())
        if not fullt and innenfor(runde.tak, plass):
            yield plass


def _verdi(runde: Runde, plass: Mapping[int, int]) -> tuple[object, ...]:
    """The goals in their order, as something that Python compares."""
    barn = list(dict.fromkeys(s.barn for s in runde.soekere))
    betjent = {s.barn for s in runde.soekere if s.id in plass}
    ranger = [s.valg[plass[s.id]] for s in runde.soekere if s.id in plass]
    beste = tuple(_nytte(e, plass) for e in enheter(runde))
    return len(betjent), [b in betjent for b in barn], *(ranger.count(r) for r in (1, 2, 3)), beste


def _nytte(enhet: Enhet, plass: Mapping[int, int]) -> int:
    fikk = plass.get(enhet.medlemmer[0].id)
    return 0 if fikk is None else UTEN_OENSKE + 1 - enhet.rang(fikk)


@given(runder())
def test_the_proposal_is_the_best_there_is(runde: Runde) -> None:
    fordeling = loes(runde)
    assert fordeling.plass in list(alle_fordelinger(runde))
    assert _verdi(runde, fordeling.plass) == max(_verdi(runde, plass) for plass in alle_fordelinger(runde))
    assert fordeling.optimal
    assert loes(runde) == fordeling


@given(runder(), st.data())
def test_what_is_locked_stands_and_the_rest_is_solved_again(runde: Runde, data: st.DataObject) -> None:
    mulige = [s for s in runde.soekere if any(runde.plasser[t] for t in s.valg)]
    if not mulige:
        return
    valgt = data.draw(st.sampled_from(mulige))
    tilbud = data.draw(st.sampled_from([t for t in valgt.valg if runde.plasser[t]]))
    laast = replace(runde, soekere=tuple(replace(s, laast=tilbud) if s.id == valgt.id else s for s in runde.soekere))
    fordeling = loes(laast)
    assert fordeling.plass[valgt.id] == tilbud
    lovlige = [p for p in alle_fordelinger(laast) if p.get(valgt.id) == tilbud]
    assert _verdi(laast, fordeling.plass) == max(_verdi(laast, p) for p in lovlige)


def test_more_locked_than_there_is_room_for_is_told() -> None:
    to = tuple(Soeker(nr, nr, {0: 1}, laast=0) for nr in range(2))
    with pytest.raises(IkkeLoest) as feil:
        loes(Runde(to, {0: 1}))
    assert feil.value.hvorfor is Stans.LAAST


@pytest.mark.parametrize("status", list(highspy.HighsModelStatus.__members__.values()))
def test_locks_are_blamed_only_where_they_are_the_cause(status: highspy.HighsModelStatus) -> None:
    umulig = status in {highspy.HighsModelStatus.kInfeasible, highspy.HighsModelStatus.kUnboundedOrInfeasible}
    assert (stans(status, laast=True) is Stans.LAAST) == umulig
    assert stans(status, laast=False) is not Stans.LAAST
    stanset = status in {highspy.HighsModelStatus.kTimeLimit, highspy.HighsModelStatus.kInterrupt}
    assert not stanset or stans(status, laast=True) is Stans.STANSET


@given(runder())
def test_first_come_first_served_never_serves_more_children(runde: Runde) -> None:
    moella = foerst_til_moella(runde)
    assert moella in list(alle_fordelinger(runde))
    assert tell(runde, moella).plass <= tell(runde, loes(runde).plass).plass


@given(runder())
def test_no_club_and_no_referrer_is_favoured(runde: Runde) -> None:
    """Keys are all that tells clubs, referrers and children apart here: new keys give the same distribution."""
    ny_id = {s.id: 1000 - 7 * s.id for s in runde.soekere}
    nytt_tilbud = {t: 500 - 3 * t for t in runde.plasser}
    omdoept = Runde(
        tuple(
            replace(s, id=ny_id[s.id], barn=900 - s.barn, valg={nytt_tilbud[t]: r for t, r in s.valg.items()})
            for s in runde.soekere
        ),
        {nytt_tilbud[t]: n for t, n in runde.plasser.items()},
        tuple(Tak(frozenset((ny_id[i], nytt_tilbud[t]) for i, t in tak.par), tak.hoeyst) for tak in runde.tak),
    )
    ventet = {ny_id[s]: nytt_tilbud[t] for s, t in loes(runde).plass.items()}
    assert loes(omdoept).plass == ventet


def test_the_set_that_stands_earliest_goes_before_more_first_wishes() -> None:
    # One place, the first in the queue has it as a third wish, the second as a first.
    runde = Runde((Soeker(1, 1, {0: 3}), Soeker(2, 2, {0: 1})), {0: 1})
    fordeling = loes(runde)
    assert fordeling.plass == {1: 0}
    assert {steg.maal for steg in fordeling.bevis} >= {Maal.FLEST, Maal.LENGST}


def test_siblings_get_places_in_the_same_offer_or_none() -> None:
    to = tuple(Soeker(nr, nr, {0: 1, 1: 2}, sammen=7) for nr in (1, 2))
    assert loes(Runde(to, {0: 1, 1: 2})).plass == {1: 1, 2: 1}
    assert loes(Runde(to, {0: 1, 1: 1})).plass == {}
    assert len(loes(hver_for_seg(Runde(to, {0: 1, 1: 1}), 7)).plass) == 2
