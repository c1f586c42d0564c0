"""Follow-up: begun, and closed with days and a result; and Plan B's own share as places beside its open door."""

import re
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from koordinering.db import db, i_dag
from koordinering.errors import UgyldigFelt
from koordinering.saker.models import Henvisning
from koordinering.saker.rules.behov import JaNeiVetIkke
from koordinering.saker.rules.overganger import Status
from koordinering.tildeling import services
from koordinering.tildeling.models import Oppfoelgingsperiode
from koordinering.tiltak.oppfoelging.rules import Deltakelse, Oppfoelgingsresultat, sjekk_deltakelse
from tests import fabrikk
from tests.nettleser import Nettleser
from tests.tildeling.gjoer import LeserPaaNytt, gjoer, status, ta_imot

GITT = date(2026, 3, 1)
DAGER = st.none() | st.integers(-5, 15).map(lambda n: GITT + timedelta(days=n))


@pytest.fixture
def nettleser(app: Flask) -> Nettleser:
    """A browser, and a test that sees what it has written."""
    return LeserPaaNytt(app)


@given(st.sampled_from(Oppfoelgingsresultat), DAGER, DAGER)
def test_days_are_told_when_somebody_took_part_and_only_then(
    resultat: Oppfoelgingsresultat, fra: date | None, til: date | None
) -> None:
    dag = GITT + timedelta(days=10)
    if resultat is Oppfoelgingsresultat.IKKE_DELTATT:
        lovlig = fra is None and til is None
    else:
        lovlig = fra is not None and til is not None and GITT <= fra <= til <= dag
    if lovlig:
        sjekk_deltakelse(Deltakelse(resultat, fra, til), gitt=GITT, dag=dag)
        return
    with pytest.raises(UgyldigFelt) as feil:
        sjekk_deltakelse(Deltakelse(resultat, fra, til), gitt=GITT, dag=dag)
    assert feil.value.felt in {"deltatt_fra", "deltatt_til"}


def _los(folk: Any) -> Henvisning:
    """A referral to los, received and granted."""
    henvisning = ta_imot(
        fabrikk.sak(folk.nav1, barna=[fabrikk.barn(i_dag().year - 15)], tiltak=[("2a-2", 0)]), folk.ungdomsbasen1
    )
    gjoer(services.gi, henvisning, av=folk.ungdomsbasen1)
    return henvisning


def _periode() -> Oppfoelgingsperiode:
    return db.session.scalars(select(Oppfoelgingsperiode)).one()


def test_a_follow_up_is_begun_and_closed_with_days_and_a_result(nettleser: Nettleser, folk: Any) -> None:
    henvisning = _los(folk)
    gjoer(services.bekreft_start, henvisning, av=folk.ungdomsbasen1)
    assert (_periode().fra, _periode().til) == (i_dag(), None)
    sti = f"/henvisninger/{henvisning.id}"
    side, idag = nettleser.som(folk.ungdomsbasen1), i_dag().strftime("%d.%m.%Y")
    html = side.se(f"{sti}/avslutt").get_data(as_text=True)
    assert re.findall(r'name="deltatt_(?:fra|til)"[^>]*value="([^"]*)"', html) == [idag, idag]
    skjema = {"grunn": "fullfoert", "deltar": "ja", "deltatt_fra": idag, "deltatt_til": idag}
    for galt, ord_ in (
        ({}, "Velg et resultat"),
        ({"resultat": "tull"}, "Velg noe fra listen"),
        ({"resultat": "naadd", "deltatt_til": ""}, "siste dag"),
        ({"resultat": "naadd", "deltatt_fra": "01.01.2020"}, "innvilget"),
        ({"resultat": "ikke_deltatt"}, "stå tomme"),
    ):
        svar = side.send(f"{sti}/avslutt", skjema | galt)
        assert svar.status_code == 422, galt
        assert ord_ in svar.get_data(as_text=True)
    assert side.send(f"{sti}/avslutt", skjema | {"resultat": "delvis"}).status_code == 303
    assert (_periode().til, _periode().resultat) == (i_dag(), Oppfoelgingsresultat.DELVIS)
    for leser in (side, nettleser.som(folk.nav1)):
        html = leser.se(sti).get_data(as_text=True)
        assert f"Deltok {idag}–{idag}. Målet er delvis nådd" in html


def test_who_never_came_has_not_taken_part(folk: Any) -> None:
    henvisning = _los(folk)
    gjoer(services.ikke_moett, henvisning, av=folk.ungdomsbasen1)
    assert (_periode().fra, _periode().resultat) == (None, Oppfoelgingsresultat.IKKE_DELTATT)


def test_closing_demands_a_result_of_a_follow_up_and_of_nothing_else(folk: Any) -> None:
    los = _los(folk)
    with pytest.raises(UgyldigFelt, match="resultat"):
        gjoer(services.avslutt, los, "fullfoert", JaNeiVetIkke.JA, av=folk.ungdomsbasen1)
    assert status(los) is Status.INNVILGET
    tilbud = fabrikk.tilbud(folk.inkludering1)
    plass = ta_imot(fabrikk.sak(folk.nav1), folk.inkludering1)
    gjoer(services.gi, plass, tilbud, av=folk.inkludering1)
    gjoer(services.avslutt, plass, "fullfoert", JaNeiVetIkke.JA, av=folk.inkludering1)
    assert status(plass) is Status.AVSLUTTET
    assert db.session.scalars(select(Oppfoelgingsperiode)).all() == []


def test_plan_bs_own_share_is_a_place_beside_the_open_door(nettleser: Nettleser, folk: Any) -> None:
    """The one who is referred gets a place that costs nothing; who only drops in is counted and not referred."""
    tilbud = fabrikk.tilbud(folk.inkludering1, tiltak_id="4b-5", alder_fra=13, alder_til=20, egenandel_oere=0)
    henvisning = ta_imot(
        fabrikk.sak(folk.nav1, barna=[fabrikk.barn(i_dag().year - 15)], tiltak=[("4b-5", 0)]), folk.inkludering1
    )
    gjoer(services.gi, henvisning, tilbud, av=folk.inkludering1)
    assert status(henvisning) is Status.INNVILGET
    lapp = nettleser.som(folk.nav1).se(f"/henvisninger/{henvisning.id}/lapp").get_data(as_text=True)
    assert "Dere betaler ingenting." in lapp
    html = nettleser.som(folk.moeteplass1).se("/besoek").get_data(as_text=True)
    assert "Plan B" in html
