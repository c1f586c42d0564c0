"""The life of a referral: every pair of statuses for every part, reasons, and walks at random."""

import itertools
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from koordinering.errors import UgyldigFelt, UgyldigOvergang
from koordinering.saker.rules.overganger import (
    AAPNE,
    GRUNNER,
    LUKKEDE,
    OVERGANGER,
    Avslagsgrunn,
    Gjenaapningsgrunn,
    Part,
    Status,
    diagram,
    er_gjenaapning,
    krever_grunn,
    lovlige,
    mulige,
    sjekk,
)

# The table of DESIGN.md section 4, written once more as it stands there; and that a complaint can be withdrawn,
# without which one would be left where nobody sees it when the consent ends; and that what was given is undone within
# ten minutes, which leads back to where the referral was.
DESIGN = """
utkast: venter_samtykke S, sendt H, vist_til H
venter_samtykke: sendt H, trukket H
sendt: mottatt M, trukket H
mottatt: under_behandling M, videresendt M, trukket H
under_behandling: paa_vent M, venteliste M, innvilget M, avslaatt M, videresendt M, trukket H
paa_vent: under_behandling MS, avslaatt M, trukket H
venteliste: innvilget M, under_behandling M, avslaatt M, trukket H
innvilget: i_gang M, avsluttet M, trukket H, venteliste M, under_behandling M
i_gang: avsluttet M, venteliste M, under_behandling M
avslaatt: paaklaget H, under_behandling M
paaklaget: under_behandling M, avslaatt M, trukket H
trukket: under_behandling M
avsluttet: under_behandling M
videresendt:
vist_til:
"""
BOKSTAV = {"H": Part.HENVISER, "M": Part.MOTTAKER, "S": Part.SYSTEM}


def fra_design() -> dict[tuple[Status, Status], frozenset[Part]]:
    tabell = {}
    for linje in DESIGN.split("\n")[1:-1]:
        fra, maal = linje.split(":")
        for til, parter in re.findall(r"(\w+) ([HMS]+)", maal):
            tabell[Status(fra), Status(til)] = frozenset(BOKSTAV[b] for b in parter)
    return tabell


def gyldig_grunn(fra: Status, til: Status) -> str | None:
    return next(iter(GRUNNER[til])) if krever_grunn(fra, til) else None


def gaar(fra: Status, til: Status, part: Part, enkeltvedtak: bool, startet: bool) -> bool:
    try:
        sjekk(fra, til, part, enkeltvedtak=enkeltvedtak, startet=startet, grunn=gyldig_grunn(fra, til))
    except UgyldigOvergang:
        return False
    return True


def test_the_table_is_the_one_in_the_design() -> None:
    assert dict(OVERGANGER) == fra_design()


@pytest.mark.parametrize(("fra", "til"), list(itertools.product(Status, Status)))
def test_every_pair_for_every_part(fra: Status, til: Status) -> None:
    for part, enkeltvedtak, startet in itertools.product(Part, (False, True), (False, True)):
        ventet = part in fra_design().get((fra, til), ())
        if til is Status.PAAKLAGET and not enkeltvedtak:
            ventet = False
        if (fra, til) == (Status.INNVILGET, Status.TRUKKET) and startet:
            ventet = False
        assert gaar(fra, til, part, enkeltvedtak, startet) is ventet
        assert (til in lovlige(fra, part, enkeltvedtak=enkeltvedtak, startet=startet)) is ventet


def test_open_are_all_but_the_five_closed() -> None:
    assert {Status.AVSLAATT, Status.TRUKKET, Status.AVSLUTTET, Status.VIDERESENDT, Status.VIST_TIL} == LUKKEDE
    assert set(Status) == LUKKEDE | AAPNE
    assert not LUKKEDE & AAPNE


def test_what_is_given_is_withdrawn_only_until_it_starts() -> None:
    assert Status.TRUKKET in lovlige(Status.INNVILGET, Part.HENVISER, enkeltvedtak=False, startet=False)
    assert lovlige(Status.INNVILGET, Part.HENVISER, enkeltvedtak=False, startet=True) == frozenset()


def test_only_an_enkeltvedtak_can_be_appealed() -> None:
    assert lovlige(Status.AVSLAATT, Part.HENVISER, enkeltvedtak=False, startet=False) == frozenset()
    assert lovlige(Status.AVSLAATT, Part.HENVISER, enkeltvedtak=True, startet=False) == {Status.PAAKLAGET}


def test_reasons_are_asked_for_when_closing_holding_and_reopening() -> None:
    uten = {steg for steg in OVERGANGER if not krever_grunn(*steg)}
    assert {til for _, til in OVERGANGER.keys() - uten} == set(GRUNNER)
    for fra, til in OVERGANGER:
        ventet = til in LUKKEDE - {Status.VIST_TIL} or til is Status.PAA_VENT or er_gjenaapning(fra, til)
        assert krever_grunn(fra, til) is ventet
    assert not krever_grunn(Status.PAAKLAGET, Status.UNDER_BEHANDLING)


@pytest.mark.parametrize("grunn", [None, "", "tull", Gjenaapningsgrunn.KLAGE])
def test_a_missing_or_foreign_reason_is_told_at_its_field(grunn: str | None) -> None:
    with pytest.raises(UgyldigFelt) as feil:
        sjekk(
            Status.UNDER_BEHANDLING,
            Status.AVSLAATT,
            Part.MOTTAKER,
            enkeltvedtak=False,
            startet=False,
            grunn=grunn,
        )
    assert feil.value.felt == "grunn"


def test_a_reason_where_none_is_asked_for_is_refused() -> None:
    with pytest.raises(UgyldigFelt):
        sjekk(Status.SENDT, Status.MOTTATT, Part.MOTTAKER, enkeltvedtak=False, startet=False, grunn=Avslagsgrunn.ANNET)


@pytest.mark.parametrize("til", list(GRUNNER))
def test_every_reason_of_a_list_is_taken(til: Status) -> None:
    fra, part = next((f, next(iter(p))) for (f, t), p in OVERGANGER.items() if t is til and krever_grunn(f, t))
    for grunn in GRUNNER[til]:
        assert grunn.tekst != grunn.value
        sjekk(fra, til, part, enkeltvedtak=True, startet=False, grunn=grunn.value)


def test_a_wrong_step_is_told_before_a_wrong_reason() -> None:
    with pytest.raises(UgyldigOvergang):
        sjekk(Status.VIST_TIL, Status.AVSLAATT, Part.MOTTAKER, enkeltvedtak=True, startet=False, grunn="tull")


def test_the_design_names_the_complaint_of_the_plan() -> None:
    assert Avslagsgrunn.ANSVAR_UAVKLART in GRUNNER[Status.AVSLAATT]


@given(st.data(), st.booleans(), st.booleans())
def test_any_walk_stays_in_the_table_and_can_end(data: st.DataObject, enkeltvedtak: bool, startet: bool) -> None:
    status = Status.UTKAST
    for _ in range(data.draw(st.integers(0, 25))):
        steg = sorted(
            (til, part) for part in Part for til in lovlige(status, part, enkeltvedtak=enkeltvedtak, startet=startet)
        )
        if not steg:
            assert status in {Status.VIDERESENDT, Status.VIST_TIL}
            return
        til, part = data.draw(st.sampled_from(steg))
        sjekk(status, til, part, enkeltvedtak=enkeltvedtak, startet=startet, grunn=gyldig_grunn(status, til))
        assert part in OVERGANGER[status, til]
        if status in LUKKEDE:
            assert er_gjenaapning(status, til) or til is Status.PAAKLAGET
        status = til
    assert naar_lukket(status, enkeltvedtak, startet)


def naar_lukket(status: Status, enkeltvedtak: bool, startet: bool) -> bool:
    sett, koe = {status}, [status]
    for fra in koe:
        for part in Part:
            nye = lovlige(fra, part, enkeltvedtak=enkeltvedtak, startet=startet) - sett
            sett |= nye
            koe.extend(sorted(nye))
    return bool(sett & LUKKEDE)


def test_the_diagram_holds_every_step_and_every_label() -> None:
    linjer = diagram().splitlines()
    assert linjer[0] == "stateDiagram-v2"
    assert sum(" --> " in linje and "[*]" not in linje for linje in linjer) == len(OVERGANGER)
    assert "    paa_vent --> under_behandling : mottaker, system" in linjer
    assert "    paa_vent : På vent" in linjer
    assert [linje for linje in linjer if linje.endswith("[*]")] == [
        "    videresendt --> [*]",
        "    vist_til --> [*]",
    ]


@pytest.mark.parametrize("enkeltvedtak", [False, True])
def test_where_a_sent_referral_can_stand_is_where_steps_lead(enkeltvedtak: bool) -> None:
    naadd, nye = {Status.SENDT}, {Status.SENDT}
    while nye:
        steg = (lovlige(s, p, enkeltvedtak=enkeltvedtak, startet=False) for s in nye for p in Part)
        nye = set().union(*steg) - naadd
        naadd |= nye
    assert mulige(har_mottaker=True, enkeltvedtak=enkeltvedtak) == naadd
    assert mulige(har_mottaker=False, enkeltvedtak=enkeltvedtak) == {Status.VIST_TIL}
