"""Where the proof is not finished: what is shown is safe all the same, says how far from the best it may be, and is
the same every time."""

from time import monotonic

import numpy as np
import pytest
from hypothesis import given, settings

from bench.stor import tabell
from koordinering.statistikk.disclosure import RawCounts, Regler, beskytt, faa
from koordinering.statistikk.disclosure.angrep import Angrep, er_hel
from koordinering.statistikk.disclosure.arbeid import Arbeid, Stopp
from koordinering.statistikk.disclosure.flytting import Flytter
from koordinering.statistikk.disclosure.gransking import Gransker, kjenner_uansett
from koordinering.statistikk.disclosure.modell import Bygger, Modell
from koordinering.statistikk.disclosure.optimering import Soek
from koordinering.statistikk.disclosure.revisjon import revider
from tests.statistikk.tabeller import raatabeller
from tests.statistikk.test_motor import skjulte

FAERRE = settings(max_examples=max(6, settings().max_examples // 4))


@pytest.fixture
def intet_arbeid(monkeypatch: pytest.MonkeyPatch) -> None:
    """No work at all may be spent on the proof."""
    monkeypatch.setattr("koordinering.statistikk.disclosure.optimering.ARBEID_1000", 0.0)


def modell_av(raa: RawCounts) -> Modell:
    bygger = Bygger([raa], 5, nuller_vises=False)
    bygger.vei(())
    bygger.modell.innsidere = kjenner_uansett(bygger.modell, bygger.over())
    return bygger.modell


@pytest.mark.begrenset
@pytest.mark.usefixtures("intet_arbeid")
@FAERRE
@given(raatabeller())
def test_without_work_for_the_proof_the_pattern_is_safe_the_same_and_its_gap_is_told(raa: RawCounts) -> None:
    svar, igjen = beskytt([raa]), beskytt([raa])
    assert svar.tabeller == igjen.tabeller
    assert revider(svar.tabeller, [raa], Regler()).ok
    assert not svar.rapport.tiden_ute
    assert 0 <= svar.rapport.skranke <= svar.rapport.vekt
    assert svar.rapport.optimal == (svar.rapport.vekt == 0)


@pytest.mark.begrenset
@FAERRE
@given(raatabeller())
def test_when_the_time_is_up_at_once_what_is_shown_is_safe_and_says_so(raa: RawCounts) -> None:
    svar = beskytt([raa], Regler(sekunder=-1.0))
    assert revider(svar.tabeller, [raa], Regler()).ok
    assert svar.rapport.tiden_ute or svar.rapport.optimal


@pytest.mark.begrenset
@FAERRE
@given(raatabeller(hoeyst=2, familier=8))
def test_a_filled_pattern_is_thinned_until_each_of_its_cells_is_needed(raa: RawCounts) -> None:
    soek = Soek(modell_av(raa), monotonic() + 600)
    fylt = soek.graadig.fyll(soek.sist)
    if faa(raa, 5) or fylt is None:
        return
    tynnet = soek.graadig.tynn(fylt)
    gransker = Gransker(Angrep(soek.angrep.modell))
    assert gransker.trygt(tynnet)
    for gruppe in np.flatnonzero(tynnet & ~soek.graadig.maa):
        uten = tynnet.copy()
        uten[gruppe] = False
        assert not gransker.trygt(uten)


@pytest.mark.begrenset
@FAERRE
@given(raatabeller(minst=3))
def test_a_coarse_filling_is_safe_too(raa: RawCounts) -> None:
    soek = Soek(modell_av(raa), monotonic() + 600)
    moenster = soek.sist.copy()
    soek.graadig._grovt(moenster, 0.1)
    assert moenster.sum() > soek.sist.sum() or moenster.all()
    fylt = soek.graadig.fyll(moenster)
    assert fylt is None or Gransker(Angrep(soek.angrep.modell)).trygt(fylt)


@pytest.mark.begrenset
@FAERRE
@given(raatabeller(minst=3))
def test_a_whole_way_keeps_every_sum_and_moves_as_far_as_it_should(raa: RawCounts) -> None:
    angrep = Angrep(modell_av(raa))
    gransker = Gransker(angrep)
    angrep.sett(angrep.kjent(np.ones(len(angrep.modell.vekt), np.bool_)))
    for v, _ in gransker.krav[:5]:
        avvik = gransker.helt.flytt(angrep.flytter, (v, 1, 3.0), pris=gransker.enere)
        if avvik is None:
            continue
        assert er_hel(avvik)
        assert avvik[v] == 3
        assert all(tall >= 0 for tall in np.rint(angrep.verdi + avvik))
        for rad in angrep.modell.rader:
            nytt = sum(c * (angrep.verdi[k] + avvik[k]) for k, c in zip(rad.kolonner, rad.koeffisienter, strict=True))
            assert abs(nytt) < 1e-6 if rad.likhet else nytt < 1e-6


@pytest.mark.begrenset
@FAERRE
@given(raatabeller(minst=3))
def test_rows_left_out_until_something_breaks_them_are_kept_all_the_same(raa: RawCounts) -> None:
    angrep = Angrep(modell_av(raa))
    fri = ~angrep.kjent(np.ones(len(angrep.modell.vekt), np.bool_))
    lengder: list[list[float | None]] = []
    for rom in (1.0, float("inf")):
        with pytest.MonkeyPatch.context() as mp:
            mp.setattr("koordinering.statistikk.disclosure.flytting.ROM", rom)
            flytter = Flytter(angrep.likn, angrep.ned, angrep.opp, fri, Arbeid())
            veier = [flytter.flytt(v, 1, 3.0) for v, _ in angrep.modell.krav[:20]]
        ulikheter = ~angrep.likn.likhet
        assert all(angrep.likn.utover(vei)[ulikheter].max(initial=0.0) < 1e-6 for vei in veier if vei is not None)
        lengder.append([None if vei is None else round(float(np.abs(vei).sum()), 4) for vei in veier])
    assert lengder[0] == lengder[1]


def test_work_ends_where_it_is_told_to() -> None:
    arbeid, naadd = Arbeid(), []
    with arbeid.innen(1.0):
        arbeid.gjort = 2.0
        arbeid.sjekk()
        naadd.append("past the work")
    arbeid.sjekk()
    assert not naadd
    assert not arbeid.klokka_stoppet


def test_it_is_remembered_that_the_clock_ended_something() -> None:
    arbeid = Arbeid(monotonic() - 1)
    with pytest.raises(Stopp):
        arbeid.sjekk()
    assert arbeid.klokka_stoppet


def test_tables_of_the_same_counts_are_hidden_alike_however_much_time_there_is() -> None:
    raa = tabell("3d-200")
    kort, lang = (beskytt([raa], Regler(sekunder=s)).tabeller[0] for s in (120, 600))
    assert skjulte(kort) == skjulte(lang)
