"""Causes that are true: each can be removed, the round solved again, and the child gets its place."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.forslag import runde as stor_runde
from koordinering.tildeling.rules import Hvorfor
from koordinering.tildeling.rules.forklaring import Aarsak, Bakgrunn, Fordi, Forklarer
from koordinering.tildeling.rules.forslag import UTEN_OENSKE, Runde, Soeker, Tak, enheter, hver_for_seg, med_plasser
from koordinering.tildeling.rules.loeser import loes
from tests.tildeling.test_forslag_regler import alle_fordelinger, runder


@st.composite
def laaste(trekk: st.DrawFn) -> Runde:
    """A round in which some are locked to what there is room for; not those with two referrals."""
    runde = trekk(runder())
    igjen, soekere = dict(runde.plasser), []
    for s in runde.soekere:
        kan = [t for t in s.valg if igjen[t] and sum(a.barn == s.barn for a in runde.soekere) == 1]
        laast = trekk(st.sampled_from([None, None, *kan]))
        if laast is not None:
            igjen[laast] -= 1
        soekere.append(replace(s, laast=laast))
    return replace(runde, soekere=tuple(soekere))


def _bakgrunn(soeker: Soeker) -> Bakgrunn:
    return Bakgrunn(oensker=max((r for r in soeker.valg.values() if r < UTEN_OENSKE), default=0))


def _forklar(runde: Runde, soeker: Soeker, bakgrunn: Bakgrunn | None = None) -> tuple[Fordi, ...]:
    return Forklarer(runde, loes(runde).plass).forklar(soeker, bakgrunn or _bakgrunn(soeker))


def _aarsaker(runde: Runde) -> Iterator[tuple[Soeker, Fordi]]:
    forklarer = Forklarer(runde, loes(runde).plass)
    for soeker in runde.soekere:
        yield from ((soeker, fordi) for fordi in forklarer.forklar(soeker, _bakgrunn(soeker)))


@given(laaste())
def test_a_removed_cause_gives_the_child_its_wish(runde: Runde) -> None:
    for soeker, fordi in _aarsaker(runde):
        uten = _uten(runde, soeker, fordi)
        if uten is None:
            continue
        fikk = loes(uten).plass
        assert soeker.id in fikk or any(s.barn == soeker.barn and s.id in fikk for s in uten.soekere), fordi
        (naa,) = (s for s in uten.soekere if s.id == soeker.id)
        alene = len(_enhet(uten, naa)) == 1 and sum(s.barn == soeker.barn for s in runde.soekere) == 1
        assert not alene or naa.valg[fikk[naa.id]] <= fordi.oenske, fordi


def test_five_hundred_children_and_three_hundred_places_are_solved_and_each_refusal_explained() -> None:
    """What it costs stands in `python -m bench.forslag`."""
    runde = stor_runde(500, 300, 0.1, 800)
    fordeling = loes(runde)
    forklarer = Forklarer(runde, fordeling.plass)
    uten = [soeker for soeker in runde.soekere if soeker.id not in fordeling.plass]
    assert all(forklarer.forklar(soeker, _bakgrunn(soeker)) for soeker in uten)
    assert fordeling.optimal
    assert len(fordeling.plass) == 300


def _uten(runde: Runde, soeker: Soeker, fordi: Fordi) -> Runde | None:
    """The round without this cause; None for those that rest on another referral of the same child."""
    mange, aarsak = len(runde.soekere), fordi.aarsak
    rom = med_plasser(runde, {t: mange for t, r in soeker.valg.items() if r == fordi.oenske})
    if aarsak in {Aarsak.FULLT, Aarsak.FLEST, Aarsak.HELHET, Aarsak.SOESKENPLASSER}:
        return rom
    if aarsak in {Aarsak.SOESKEN, Aarsak.SOESKENVALG} and soeker.sammen is not None:
        return hver_for_seg(rom, soeker.sammen)
    if aarsak is Aarsak.LAAST:
        return _byttet(rom, replace(soeker, laast=None, sammen=None))
    if aarsak in {Aarsak.INGEN_TILBUD, Aarsak.PASSER_IKKE}:
        alene = replace(soeker, valg={**soeker.valg, 99: fordi.oenske}, sammen=None, laast=None)
        return _byttet(replace(runde, plasser={**runde.plasser, 99: mange}), alene)
    return None


def _byttet(runde: Runde, soeker: Soeker) -> Runde:
    return replace(runde, soekere=tuple(soeker if s.id == soeker.id else s for s in runde.soekere))


def _enhet(runde: Runde, soeker: Soeker) -> set[int]:
    (enhet,) = (e for e in enheter(runde) if soeker in e.medlemmer)
    return {m.id for m in enhet.medlemmer}


@given(laaste())
def test_what_is_said_of_the_places_is_so(runde: Runde) -> None:
    plass = loes(runde).plass
    for soeker, fordi in _aarsaker(runde):
        egne = _enhet(runde, soeker)
        (enhet,) = (e for e in enheter(runde) if soeker in e.medlemmer)
        tilbud = [t for t in enhet.valg if soeker.valg[t] == fordi.oenske]
        andres = [fikk for id_, fikk in plass.items() if id_ not in egne]
        igjen = {t: runde.plasser[t] - andres.count(t) for t in tilbud}
        if fordi.aarsak is Aarsak.FULLT and not runde.tak:
            assert set(igjen.values()) == {0}
            assert fordi.plasser == sum(runde.plasser[t] for t in tilbud)
        if fordi.aarsak is Aarsak.SOESKENPLASSER:
            assert max(igjen.values()) <= fordi.igjen < fordi.trenger == len(egne)
        if fordi.aarsak is Aarsak.SOESKENVALG:
            assert max(igjen.values()) >= len(egne) > 1
        if fordi.aarsak is Aarsak.LAAST:
            assert soeker.laast == plass[soeker.id]
            assert soeker.valg[soeker.laast] > fordi.oenske
        if fordi.aarsak is Aarsak.FLEST:
            _flest_er_sant(runde, plass, soeker)


def _flest_er_sant(runde: Runde, plass: Mapping[int, int], soeker: Soeker) -> None:
    """With the child in, everybody in front served as they are and all locks kept, fewer children have a place."""
    rekkefoelge = list(dict.fromkeys(s.barn for s in runde.soekere))
    egne = {s.barn for s in runde.soekere if s.id in _enhet(runde, soeker)}
    foran = set(rekkefoelge[: min(rekkefoelge.index(barn) for barn in egne)])
    antall = {s.barn for s in runde.soekere if s.id in plass}
    for annen in alle_fordelinger(runde):
        betjent = {s.barn for s in runde.soekere if s.id in annen}
        if soeker.id in annen and foran & antall <= betjent and _holder_laasene(runde, annen):
            assert len(betjent) < len(antall)


def _holder_laasene(runde: Runde, plass: Mapping[int, int]) -> bool:
    return all(plass.get(s.id) == s.laast for s in runde.soekere if s.laast is not None)


def test_causes_are_told_wish_by_wish() -> None:
    foran, siste = Soeker(1, 1, {0: 1}), Soeker(2, 2, {0: 1})
    runde = Runde((foran, siste), {0: 1, 1: 5})
    full, ung, ingen = _forklar(runde, siste, Bakgrunn(3, {1: (2, (Hvorfor.FOR_UNG,))}))
    assert (full.aarsak, full.plasser, full.foran, full.laaste) == (Aarsak.FULLT, 1, 1, 0)
    assert (ung.aarsak, ung.grunner) == (Aarsak.PASSER_IKKE, (Hvorfor.FOR_UNG,))
    assert ingen.aarsak is Aarsak.INGEN_TILBUD
    assert _forklar(runde, foran, Bakgrunn(1)) == ()


def test_who_is_locked_to_a_worse_wish_is_told_so() -> None:
    laast = Soeker(1, 1, {0: 1, 1: 2}, laast=1)
    assert _forklar(Runde((laast,), {0: 3, 1: 1}), laast) == (Fordi(1, Aarsak.LAAST),)


def test_who_loses_to_a_lock_behind_is_told_so() -> None:
    foerst, laast = Soeker(1, 1, {0: 1}), Soeker(2, 2, {0: 1}, laast=0)
    assert _forklar(Runde((foerst, laast), {0: 1}), foerst) == (Fordi(1, Aarsak.FULLT, plasser=1, laaste=1),)


def test_siblings_are_told_how_many_places_they_lack() -> None:
    fire = tuple(Soeker(nr, nr, {0: 1}, sammen=nr // 2) for nr in range(4))
    for s in fire[2:]:
        assert _forklar(Runde(fire, {0: 3}), s) == (Fordi(1, Aarsak.SOESKENPLASSER, trenger=2, igjen=1),)


def test_siblings_who_wish_for_different_things_are_told_what_is_best_for_both() -> None:
    to = (Soeker(1, 1, {0: 1, 1: 2}, sammen=7), Soeker(2, 2, {0: 3, 1: 1}, sammen=7))
    runde = Runde(to, {0: 2, 1: 2})
    assert loes(runde).plass == {1: 1, 2: 1}
    assert _forklar(runde, to[0]) == (Fordi(1, Aarsak.SOESKENVALG),)


def test_who_stands_first_and_loses_to_siblings_is_told_of_the_first_goal() -> None:
    foerst, *soesken = (Soeker(nr, nr, {0: 1}, sammen=7 if nr else None) for nr in range(3))
    runde = Runde((foerst, *soesken), {0: 2})
    assert set(loes(runde).plass) == {1, 2}
    assert _forklar(runde, foerst) == (Fordi(1, Aarsak.FLEST),)


def test_who_gives_way_for_the_whole_is_told_so() -> None:
    begge, bare_en = Soeker(1, 1, {0: 1, 1: 2}), Soeker(2, 2, {0: 1})
    assert _forklar(Runde((begge, bare_en), {0: 1, 1: 1}), begge) == (Fordi(1, Aarsak.HELHET),)


def test_two_referrals_of_one_child_stand_in_each_others_way_and_not_in_a_queue() -> None:
    to = (Soeker(1, 1, {0: 1, 1: 2}), Soeker(2, 1, {0: 1, 1: 2}))
    runde = Runde(to, {0: 2, 1: 2}, tuple(Tak(frozenset({(1, t), (2, t)}), 1) for t in (0, 1)))
    assert [_forklar(runde, s) for s in to] == [(), (Fordi(1, Aarsak.ANNEN_HENVISNING),)]


@pytest.mark.parametrize("grunner", [(), (Hvorfor.FOR_UNG,)])
def test_a_lock_that_was_let_go_is_told_before_the_rest(grunner: tuple[Hvorfor, ...]) -> None:
    avvist = {5: (1, grunner)} if grunner else {}
    runde = Runde((Soeker(1, 1, {0: 1}),), {0: 1})
    (sluppet,) = _forklar(runde, runde.soekere[0], Bakgrunn(1, avvist, sluppet=5))
    assert (sluppet.aarsak, sluppet.grunner) == (Aarsak.SLUPPET, grunner)
