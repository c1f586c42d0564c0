"""Deadlines and answers of requests, day for day (GDPR art. 12(3) and (4))."""

from datetime import date, timedelta

import pytest

from koordinering.errors import UgyldigFelt
from koordinering.personvern.krav.rules import frist as regler
from koordinering.personvern.krav.rules.frist import (
    Kravgrunn,
    Kravslag,
    Rettet,
    Utfall,
    frist,
    kan_gjenaapnes,
    sjekk_mottatt,
    sjekk_svar,
)

DAG = date(2026, 3, 10)
ALLE = frozenset(Rettet)


def test_limits_and_codes() -> None:
    dager = (regler.FRIST, regler.UTSATT_FRIST, regler.SVARFRIST, regler.ELDSTE_KRAV)
    assert [en.days for en in dager] == [30, 90, 14, 365]
    lister = (
        Kravslag,
        Utfall,
        Kravgrunn,
        Rettet,
        regler.Utsettelsesgrunn,
        regler.Sjekk,
        regler.Delsvar,
        regler.Delgrunn,
    )
    assert all(en.value == en.name.lower() for liste in lister for en in liste)
    feil = (
        regler.AlleredeFerdig,
        regler.AnnetSlag,
        regler.KravVenter,
        regler.IkkeBegrenset,
        regler.KanIkkeGjenaapnes,
        regler.NyttKravAapent,
        regler.IkkeUtpekt,
        regler.FristenErUte,
    )
    assert [en.status for en in feil] == [409] * 8
    assert set(regler.OM_EN_SAK) == set(Kravslag) - {Kravslag.SAMLET}


def test_an_answer_is_due_within_a_month_or_three() -> None:
    assert frist(DAG) == frist(DAG, utsatt=False) == DAG + timedelta(days=30)
    assert frist(DAG, utsatt=True) == DAG + timedelta(days=90)


@pytest.mark.parametrize(("dager", "godt"), [(0, True), (1, False), (-365, True), (-366, False)])
def test_a_request_was_received_within_the_last_year(dager: int, godt: bool) -> None:
    if godt:
        sjekk_mottatt("mottatt", DAG + timedelta(days=dager), DAG)
        return
    with pytest.raises(UgyldigFelt) as feil:
        sjekk_mottatt("mottatt", DAG + timedelta(days=dager), DAG)
    assert feil.value.felt == "mottatt"


@pytest.mark.parametrize("slag", Kravslag)
def test_an_answer_that_did_something_is_not_taken_back(slag: Kravslag) -> None:
    """Deleting and locking are answers that nobody chooses; of a joint answer nothing is left to give."""
    if slag is Kravslag.SAMLET:
        igjen: set[Utfall] = set()
    elif slag in {Kravslag.SLETTING, Kravslag.BEGRENSNING}:
        igjen = {Utfall.AVSLAATT, Utfall.TRUKKET}
    else:
        igjen = set(Utfall)
    assert {utfall for utfall in Utfall if kan_gjenaapnes(slag, utfall)} == igjen
    assert not kan_gjenaapnes(slag, None), "it is open"


VALGES = {slag: set(Utfall) for slag in Kravslag} | {
    slag: {Utfall.AVSLAATT, Utfall.TRUKKET} for slag in (Kravslag.SLETTING, Kravslag.BEGRENSNING)
}


@pytest.mark.parametrize("slag", Kravslag)
@pytest.mark.parametrize("utfall", Utfall)
def test_each_answer_to_each_kind_of_request(slag: Kravslag, utfall: Utfall) -> None:
    def svar(grunn: Kravgrunn | None, rettet: frozenset[Rettet]) -> str | None:
        try:
            sjekk_svar(slag, utfall, grunn, rettet)
        except UgyldigFelt as feil:
            return feil.felt
        return None

    if utfall not in VALGES[slag]:
        assert svar(Kravgrunn.ANDRE, ALLE) == "utfall"
        return
    uten_grunn = utfall in {Utfall.DELVIS, Utfall.AVSLAATT}
    uten_rettet = slag is Kravslag.RETTING and utfall in {Utfall.IMOETEKOMMET, Utfall.DELVIS}
    assert svar(Kravgrunn.ANDRE, ALLE) is None
    assert svar(None, ALLE) == ("grunn" if uten_grunn else None)
    assert svar(Kravgrunn.ANDRE, frozenset()) == ("rettet" if uten_rettet else None)
