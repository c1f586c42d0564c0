"""hvorfor_ikke and the table of actions, without a database."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from koordinering.saker.rules.overganger import LUKKEDE, OVERGANGER, Part, Status, lovlige
from koordinering.tildeling.rules import (
    HANDLINGER,
    Aldersgruppe,
    Gitt,
    Gjenstand,
    Handling,
    Hvorfor,
    Kandidat,
    Stilling,
    aldersgruppe,
    hvorfor_ikke,
    lovlige_handlinger,
)
from koordinering.tiltak.rules import Kortenhet, Mekanikk

DAG = date(2026, 3, 1)
NAV, HELSE, KONSULENT = "nav", "to_helsestasjon", "inkluderingskonsulent"

KORT = Gjenstand(
    slag=Mekanikk.KORT, tiltak_id="4b-2", aar=2026, ledig=3, beholdning_id=1, per=Kortenhet.FAMILIE, tak=1
)
PLASS = Gjenstand(
    slag=Mekanikk.FRIPLASS,
    tiltak_id="4a-3",
    aar=2026,
    ledig=2,
    beholdning_id=2,
    sesong=(date(2026, 1, 10), date(2026, 6, 1)),
    alder=(6, 12),
)
FAMILIE = Kandidat(
    Status.UNDER_BEHANDLING, "4b-2", gjelder_barn=False, foedselsaar=None, grunnlag=True, sak_enhet_id=NAV
)
BARN = Kandidat(Status.VENTELISTE, "4a-3", gjelder_barn=True, foedselsaar=2016, grunnlag=True, sak_enhet_id=NAV)


def _gitt(enhet: str, sak: str, ting: Gjenstand = KORT, *, samme_barn: bool = False, aapen: bool = True) -> Gitt:
    return Gitt(enhet, sak, ting.tiltak_id, ting.aar, ting.beholdning_id, samme_barn, aapen)


def _spoer(
    kandidat: Kandidat, ting: Gjenstand, enhet: str = NAV, *, registrerer: bool = False
) -> tuple[Hvorfor, ...]:
    return hvorfor_ikke(kandidat, ting, enhet_id=enhet, registrerer=registrerer, dag=DAG)


def test_nothing_stands_in_the_way() -> None:
    assert _spoer(FAMILIE, KORT) == ()
    assert _spoer(BARN, PLASS) == ()


@pytest.mark.parametrize(
    ("kandidat", "ting", "grunn"),
    [
        (replace(BARN, status=Status.SENDT), PLASS, Hvorfor.FEIL_STATUS),
        (replace(BARN, status=Status.INNVILGET), PLASS, Hvorfor.FEIL_STATUS),
        (replace(BARN, tiltak_id="4b-11"), PLASS, Hvorfor.FEIL_TILTAK),
        (replace(BARN, grunnlag=False), PLASS, Hvorfor.MANGLER_SAMTYKKE),
        (replace(BARN, gjelder_barn=False, foedselsaar=None), PLASS, Hvorfor.GJELDER_FAMILIEN),
        (FAMILIE, replace(KORT, per=Kortenhet.BARN), Hvorfor.GJELDER_FAMILIEN),
        (replace(BARN, foedselsaar=2021), PLASS, Hvorfor.FOR_UNG),
        (replace(BARN, foedselsaar=2013), PLASS, Hvorfor.FOR_GAMMEL),
        (BARN, replace(PLASS, sesong=(date(2025, 8, 1), date(2025, 12, 1))), Hvorfor.UTENFOR_SESONG),
        (BARN, replace(PLASS, stengt=True), Hvorfor.TILBUD_TRUKKET),
        (FAMILIE, replace(KORT, stengt=True, ledig=0), Hvorfor.AAR_STENGT),
        (FAMILIE, replace(KORT, aar=2025), Hvorfor.AAR_STENGT),
        (FAMILIE, replace(KORT, ledig=0), Hvorfor.FULLT),
        (replace(FAMILIE, gitt=(_gitt(NAV, NAV),)), KORT, Hvorfor.HAR_ALT),
        (replace(BARN, gitt=(_gitt(KONSULENT, NAV, PLASS, samme_barn=True),)), PLASS, Hvorfor.KAN_IKKE_NAA),
    ],
)
def test_each_reason(kandidat: Kandidat, ting: Gjenstand, grunn: Hvorfor) -> None:
    assert _spoer(kandidat, ting, HELSE if grunn is Hvorfor.KAN_IKKE_NAA else NAV) == (grunn,)


def test_every_reason_is_told_at_once() -> None:
    kandidat = replace(BARN, status=Status.SENDT, foedselsaar=2024, grunnlag=False)
    assert _spoer(kandidat, replace(PLASS, ledig=0)) == (
        Hvorfor.FEIL_STATUS,
        Hvorfor.MANGLER_SAMTYKKE,
        Hvorfor.FOR_UNG,
        Hvorfor.FULLT,
    )


def test_ages_are_counted_from_the_year_the_season_starts() -> None:
    host = replace(PLASS, sesong=(date(2025, 8, 15), date(2026, 6, 1)))
    assert _spoer(replace(BARN, foedselsaar=2013), host) == ()
    assert _spoer(replace(BARN, foedselsaar=2012), host) == (Hvorfor.FOR_GAMMEL,)


def test_a_ceiling_on_anothers_case_is_told_only_to_the_unit_that_gave() -> None:
    kandidat = replace(FAMILIE, gitt=(_gitt(NAV, HELSE),))
    assert _spoer(kandidat, KORT, NAV) == (Hvorfor.HAR_ALT,)
    assert _spoer(kandidat, KORT, HELSE) == (Hvorfor.HAR_ALT,)  # its own case
    assert _spoer(kandidat, KORT, KONSULENT) == (Hvorfor.KAN_IKKE_NAA,)


def test_the_two_faces_stand_at_the_same_place() -> None:
    full = replace(KORT, ledig=0)
    kandidat = replace(FAMILIE, gitt=(_gitt(NAV, HELSE),))
    assert _spoer(kandidat, full, NAV) == (Hvorfor.HAR_ALT, Hvorfor.FULLT)
    assert _spoer(kandidat, full, KONSULENT) == (Hvorfor.KAN_IKKE_NAA, Hvorfor.FULLT)


def test_per_child_counts_the_child_and_per_family_the_family() -> None:
    soesken = replace(FAMILIE, gjelder_barn=True, foedselsaar=2016, gitt=(_gitt(NAV, NAV),))
    assert _spoer(soesken, KORT) == (Hvorfor.HAR_ALT,)
    assert _spoer(soesken, replace(KORT, per=Kortenhet.BARN)) == ()
    samme = replace(soesken, gitt=(_gitt(NAV, NAV, samme_barn=True),))
    assert _spoer(samme, replace(KORT, per=Kortenhet.BARN)) == (Hvorfor.HAR_ALT,)


@given(st.integers(0, 5), st.integers(1, 5), st.sampled_from([NAV, HELSE, KONSULENT]))
def test_a_ceiling_stops_exactly_when_it_is_reached(antall: int, tak: int, enhet: str) -> None:
    kandidat = replace(FAMILIE, gitt=(_gitt(NAV, HELSE),) * antall)
    assert bool(_spoer(kandidat, replace(KORT, tak=tak), enhet)) == (antall >= tak)


@st.composite
def _hatt(draw: st.DrawFn) -> Gitt:
    ting = draw(st.sampled_from([KORT, PLASS]))
    enheter = st.sampled_from([NAV, HELSE, KONSULENT])
    return _gitt(draw(enheter), draw(enheter), ting, samme_barn=draw(st.booleans()), aapen=draw(st.booleans()))


@given(
    st.lists(_hatt(), max_size=5),
    st.sampled_from([(FAMILIE, KORT), (BARN, PLASS), (BARN, replace(PLASS, tak=1))]),
    st.sampled_from([NAV, HELSE, KONSULENT]),
    st.integers(0, 2),
)
def test_to_whoever_registers_another_units_case_changes_nothing(
    gitt: list[Gitt], hva: tuple[Kandidat, Gjenstand], enhet: str, ledig: int
) -> None:
    kandidat, ting = replace(hva[0], gitt=tuple(gitt)), replace(hva[1], ledig=ledig)
    bare_egne = replace(kandidat, gitt=tuple(g for g in gitt if g.sak_enhet_id == kandidat.sak_enhet_id))
    assert _spoer(kandidat, ting, enhet, registrerer=True) == _spoer(bare_egne, ting, enhet, registrerer=True)
    assert _spoer(bare_egne, ting, enhet, registrerer=True) == _spoer(bare_egne, ting, enhet)


def test_last_years_card_does_not_count() -> None:
    assert _spoer(replace(FAMILIE, gitt=(replace(_gitt(NAV, NAV), aar=2025),)), KORT) == ()


def test_a_child_has_one_place_in_an_offer_at_a_time() -> None:
    har = replace(BARN, gitt=(_gitt(KONSULENT, NAV, PLASS, samme_barn=True),))
    hatt = replace(BARN, gitt=(_gitt(KONSULENT, NAV, PLASS, samme_barn=True, aapen=False),))
    assert _spoer(har, PLASS, KONSULENT) == (Hvorfor.HAR_ALT,)
    assert _spoer(hatt, PLASS, KONSULENT) == ()
    assert _spoer(har, replace(PLASS, beholdning_id=9), KONSULENT) == ()
    assert _spoer(har, replace(PLASS, beholdning_id=9, tak=1), KONSULENT) == (Hvorfor.HAR_ALT,)


@pytest.mark.parametrize(("alder", "gruppe"), [(0, "0-5"), (5, "0-5"), (6, "6-12"), (17, "13-17"), (18, "18-24")])
def test_age_groups(alder: int, gruppe: str) -> None:
    assert aldersgruppe(2026 - alder, 2026) is Aldersgruppe(gruppe)


@pytest.mark.parametrize("status", Status)
@pytest.mark.parametrize("gitt", [None, Mekanikk.KORT, Mekanikk.FRIPLASS, Mekanikk.OPPFOELGING])
@pytest.mark.parametrize("enkeltvedtak", [True, False])
@pytest.mark.parametrize("startet", [True, False])
def test_actions_agree_with_the_transitions(
    status: Status, gitt: Mekanikk | None, enkeltvedtak: bool, startet: bool
) -> None:
    tillatt = lovlige_handlinger(Stilling(status, enkeltvedtak, startet, gitt, kan_angres=True))
    for handling, regel in HANDLINGER.items():
        steg = lovlige(status, regel.part, enkeltvedtak=enkeltvedtak, startet=startet)
        if status is Status.SENDT and handling is Handling.TA_IMOT:
            assert handling in tillatt  # two steps: sendt, mottatt, under_behandling
            continue
        if handling in tillatt:
            assert regel.til in steg
        elif status in regel.fra and (regel.gitt is None or gitt in regel.gitt):
            assert regel.til not in steg


def test_every_receivers_step_has_an_action() -> None:
    for (fra, til), parter in OVERGANGER.items():
        if Part.MOTTAKER in parter and (fra, til) != (Status.SENDT, Status.MOTTATT):
            regler = [r for r in HANDLINGER.values() if r.part is Part.MOTTAKER and r.til is til]
            if til is Status.UNDER_BEHANDLING:
                regler.append(HANDLINGER[Handling.ANGRE])  # back to where it was, one of two places
            assert any(fra in r.fra for r in regler), (fra, til)


def test_what_is_closed_for_good_offers_nothing() -> None:
    for status in (Status.VIDERESENDT, Status.VIST_TIL):
        assert lovlige_handlinger(Stilling(status, True, False, None)) == ()
    for status in LUKKEDE - {Status.VIDERESENDT, Status.VIST_TIL}:
        assert lovlige_handlinger(Stilling(status, True, False, None)) == (Handling.GJENAAPNE,)
