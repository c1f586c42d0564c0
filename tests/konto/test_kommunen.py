"""The municipality's own choices, and what they demand."""

import re
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask

from koordinering.db import db, i_dag, transaction
from koordinering.errors import IngenTilgang, UgyldigFelt
from koordinering.konto.services import Valgene, endre_kommune
from koordinering.users import Koblingsmodus, kommune
from tests.nettleser import Nettleser


def _uten_vedtak() -> None:
    with transaction():
        rad = kommune()
        rad.koblingsmodus, rad.dpia_dato, rad.dpia_referanse = Koblingsmodus.INGEN, None, None


def test_linking_by_number_demands_the_decision(app: Flask) -> None:
    _uten_vedtak()
    for valgene in (Valgene(Koblingsmodus.NUMMER), Valgene(Koblingsmodus.NUMMER, dpia_dato=date(2026, 1, 5))):
        with pytest.raises(UgyldigFelt) as feil, transaction():
            endre_kommune(valgene, av=None)
        assert feil.value.felt == "kobling"
        assert kommune().koblingsmodus is Koblingsmodus.INGEN
    with transaction():
        endre_kommune(Valgene(Koblingsmodus.NUMMER, date(2026, 1, 5), "26/1234"), av=None)
    assert kommune().koblingsmodus is Koblingsmodus.NUMMER


def test_linking_by_a_code_uses_no_number_and_demands_no_decision(app: Flask, folk: Any, nettleser: Nettleser) -> None:
    _uten_vedtak()
    with transaction():
        endre_kommune(Valgene(Koblingsmodus.REFERANSE), av=None)
    assert kommune().koblingsmodus is Koblingsmodus.REFERANSE
    html = nettleser.som(folk.system1).se("/kommune").get_data(as_text=True)
    for tekst in ("vedtaket kreves ikke her", "Krever at vedtaket", "Hver sak telles for seg", "Gamle koblinger blir"):
        assert tekst in html


@pytest.mark.parametrize(
    "valgene",
    [
        Valgene(terskel=2),
        Valgene(terskel=11),
        Valgene(samtykkealder=11),
        Valgene(sak_maaneder=11),
        Valgene(sekunder=0),
        Valgene(sekunder=9),
        Valgene(sekunder=3601),
        Valgene(dpia_dato=i_dag() + timedelta(days=30)),
        Valgene(meldeplikt_lenke="javascript:alert(1)"),
        Valgene(personvern_epost="ombudet"),
        Valgene(personvern_telefon="spør i resepsjonen"),
    ],
)
def test_what_cannot_be_chosen(app: Flask, valgene: Valgene) -> None:
    with pytest.raises(UgyldigFelt), transaction():
        endre_kommune(valgene, av=None)


def test_only_the_system_administrator(app: Flask, folk: Any) -> None:
    with pytest.raises(IngenTilgang), transaction():
        endre_kommune(Valgene(terskel=7), av=folk.koordinator1)
    with transaction():
        endre_kommune(Valgene(terskel=7, sekunder=120, kjoenn=True), av=folk.system1)
    db.session.rollback()
    assert (kommune().terskel, kommune().sekunder, kommune().registrer_kjoenn) == (7, 120, True)


def test_the_page_shows_changes_and_loses_nothing(app: Flask, folk: Any, nettleser: Nettleser) -> None:
    assert nettleser.som(folk.koordinator1).se("/kommune").status_code == 404
    side = nettleser.som(folk.system1)
    html = side.se("/kommune").get_data(as_text=True)
    felter = {
        "vist": re.findall(r'name="vist"[^>]*value="(\w+)"', html)[0],
        "kobling": "nummer",
        "dpia_dato": "05.01.2026",
        "dpia_referanse": "26/1234",
        "kjoenn": "ja",
        "samtykkealder": "15",
        "sak_maaneder": "36",
        "meldeplikt_lenke": "https://www.eksempel.kommune.no/meldeplikt",
        "personvern_kontor": "Personvernombudet",
        "personvern_epost": " ombud@eksempel.kommune.no ",
        "personvern_telefon": "61 00 00 00",
        "terskel": "6",
        "sekunder": "120",
        "to_personer": "nei",
        "innsyn_enhet": "to_helsestasjon",
    }
    for galt, ord_ in (
        ({"terskel": "2"}, "fra 3 til 10"),
        ({"samtykkealder": "9"}, "fra 12 til 18"),
        ({"sak_maaneder": "121"}, "fra 12 til 120"),
        ({"meldeplikt_lenke": "http://usikker.no"}, "https://"),
        ({"meldeplikt_lenke": "https://kommunen"}, "hele adressen"),
        ({"meldeplikt_lenke": "https://bank@ond.no/x"}, "hele adressen"),
        ({"dpia_dato": "snart"}, "dd.mm.åååå"),
        ({"personvern_epost": "ombudet"}, "ikke riktig skrevet"),
        ({"personvern_telefon": "ring oss"}, "tall og mellomrom"),
        ({"innsyn_enhet": "finnes-ikke"}, "fra listen"),
    ):
        svar = side.send("/kommune", felter | galt)
        tekst = svar.get_data(as_text=True)
        assert (svar.status_code, ord_ in tekst, "26/1234" in tekst) == (422, True, True), galt
    assert side.send("/kommune", felter).status_code == 303
    db.session.rollback()
    rad = kommune()
    assert (rad.terskel, rad.samtykkealder, rad.registrer_kjoenn, rad.to_personer) == (6, 15, True, False)
    assert rad.sak_maaneder == 36
    assert (rad.personvern_kontor, rad.personvern_epost) == ("Personvernombudet", "ombud@eksempel.kommune.no")
    assert rad.innsyn_enhet_id == "to_helsestasjon"
    svar = side.send("/kommune", felter | {"terskel": "7", "kjoenn": "nei"})  # a page opened before that
    html = svar.get_data(as_text=True)
    assert (svar.status_code, 'value="7"' in html) == (409, True)
    staar = re.findall(r"</span>Nå står det: ([^<]*)\.</p>", html)
    assert sorted(staar) == ["6", "Ja"], "what the other chose, and nothing that is the same"
    db.session.rollback()
    assert kommune().terskel == 6


def test_all_that_is_wrong_is_told_at_once(app: Flask, folk: Any, nettleser: Nettleser) -> None:
    side = nettleser.som(folk.system1)
    vist = re.findall(r'name="vist"[^>]*value="(\w+)"', side.se("/kommune").get_data(as_text=True))[0]
    galt = {"terskel": "2", "sekunder": "5", "samtykkealder": "9", "sak_maaneder": "1", "personvern_epost": "ombudet"}
    ellers = {"kobling": "ingen", "kjoenn": "nei", "to_personer": "ja", "innsyn_enhet": ""}
    html = side.send("/kommune", ellers | galt | {"vist": vist}).get_data(as_text=True)
    assert all(f'id="{felt}-feil"' in html for felt in galt)


def test_an_emptied_field_of_the_decision_is_emptied_or_refused(app: Flask, folk: Any, nettleser: Nettleser) -> None:
    side = nettleser.som(folk.system1)
    html = side.se("/kommune").get_data(as_text=True)
    felter = {navn: re.findall(rf'name="{navn}"[^>]*value="([^"]*)"', html)[0] for navn in ("vist", "terskel")}
    felter |= {"samtykkealder": "16", "sak_maaneder": "24", "sekunder": "300", "kjoenn": "nei", "to_personer": "ja"}
    felter |= {"innsyn_enhet": "", "dpia_dato": "", "dpia_referanse": ""}
    svar = side.send("/kommune", felter | {"kobling": "nummer"})
    assert (svar.status_code, "krever dato og referanse" in svar.get_data(as_text=True)) == (422, True)
    assert side.send("/kommune", felter | {"kobling": "ingen"}).status_code == 303
    db.session.rollback()
    assert (kommune().dpia_dato, kommune().dpia_referanse) == (None, None)
