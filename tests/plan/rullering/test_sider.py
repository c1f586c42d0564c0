"""The pages of the plan's versions: from a draft to a decision by hand, and what is said when something is wrong."""

import re
from typing import Any

import pytest
from flask import Flask

from koordinering.db import db, transaction
from koordinering.plan.rullering.rules import Plandel
from koordinering.plan.rullering.services import rediger
from koordinering.plan.services import last_plan
from tests.fabrikk import bruker
from tests.nettleser import Nettleser
from tests.plan.rullering.hjelp import GJELDENDE, UTKAST, endre, planen, start
from tests.plan.rullering.nabokommunen import NABOENS_PLAN
from tests.statistikk.test_tall_sider import spoerringer


def _tekst(svar: Any) -> str:
    html = svar.get_data(as_text=True)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def _verdi(svar: Any, navn: str) -> str:
    treff = re.search(rf'name="{navn}"[^>]*value="([^"]*)"', svar.get_data(as_text=True))
    assert treff, navn
    return treff[1]


NYTT = {
    "id": "4b-20", "strategi": "4b", "navn": "Sommerklubb for alle", "kortnavn": "Sommerklubb",
    "hovedansvar": "to_kultur_fritid", "samarbeid": ["nav", "to_helsestasjon"], "evalueres": "Årlig",
    "kadens": "aarlig", "mekanikker": ["MOETEPLASS"], "mottaker": "",
}  # fmt: skip


def test_a_coordinator_takes_the_plan_through_a_rullering(nettleser: Nettleser, folk: Any) -> None:
    hun = nettleser.som(folk.koordinator1)
    assert hun.send("/plan/utkast/start").status_code == 303
    assert "Det er et utkast fra før" in _tekst(hun.se(hun.send("/plan/utkast/start").location))
    feil = hun.send("/plan/utkast/ny/tiltak", {**NYTT, "id": "4b-2", "mekanikker": ["KORT"]})
    assert feil.status_code == 422
    assert "Nummeret er brukt i planen fra før" in _tekst(feil)
    assert "Sommerklubb for alle" in feil.get_data(as_text=True), "what was typed is still there"
    assert hun.send("/plan/utkast/ny/tiltak", NYTT).location.endswith("/plan/rediger/utkast/tiltak/4b-20")
    side = hun.se("/plan/rediger/utkast/evaluering/4b-2")
    felter = {"avtrykk": _verdi(side, "avtrykk"), "evalueres": "Hvert tredje år", "kadens": "hvert_tredje_aar",
              "frist": "", "rapporteres_til": "kommunestyret", "grunn": "Kortet er fast"}  # fmt: skip
    assert hun.send("/plan/rediger/utkast/evaluering/4b-2", felter).status_code == 303
    assert hun.send("/plan/utkast/tiltak/4b-5/fjern", {"grunn": ""}).status_code == 422
    assert hun.send("/plan/utkast/tiltak/4b-5/fjern", {"grunn": "Dekkes av 4b-20"}).status_code == 303
    assert hun.send("/plan/utkast/enhet/nav/fjern", {"grunn": "x"}).status_code == 409
    oversikt = _tekst(hun.se("/plan/rediger/utkast"))
    assert "38 videreføres, 1 endres, 1 avsluttes, 1 nytt." in oversikt
    assert "Dekkes av 4b-20" in oversikt
    _vedta(hun)
    _alle_leser(nettleser.som(folk.nav1))


def _vedta(hun: Nettleser) -> None:
    side = hun.se("/plan/utkast/vedta")
    tom = hun.send("/plan/utkast/vedta", {"sett": _verdi(side, "sett"), "organ": "", "dato": "i går"})
    assert tom.status_code == 422
    vedtak = {"sett": _verdi(side, "sett"), "organ": "Kommunestyret", "dato": "26.03.2026", "sak": "K-sak 23/26"}
    assert hun.send("/plan/utkast/vedta", {**vedtak, "sett": "eldre"}).status_code == 409
    assert hun.send("/plan/utkast/vedta", vedtak).location == "/plan"
    assert hun.send("/plan/utkast/vedta", vedtak).location == "/plan/versjoner", "a second click does nothing"


def _alle_leser(alle: Nettleser) -> None:
    assert "Kommunestyret 26.03.2026, sak K-sak 23/26" in _tekst(alle.se("/plan"))
    endringer = _tekst(alle.se("/plan/endringer?fra=1&til=2"))
    for ord_ in ("Avsluttes 4b-5", "Nytt 4b-20 Sommerklubb", "Hvorfor: Kortet er fast", "Rapporteres til Ikke oppgitt"):
        assert ord_ in endringer, ord_
    assert "4b-5" in _tekst(alle.se("/plan/versjoner/1"))
    assert "4b-5" not in _tekst(alle.se("/plan/versjoner/2"))
    assert alle.se("/plan/versjoner/1/tiltak/4b-5").status_code == 200
    assert "Rullering til versjon 2" in _tekst(alle.se("/plan/historikk?slag=tiltak&id=4b-2"))


def test_two_who_edit_the_same_lose_nothing(nettleser: Nettleser, folk: Any) -> None:
    start()
    hun = nettleser.som(folk.koordinator1)
    sti = "/plan/rediger/utkast/navn/4b-2"
    felter = {"avtrykk": _verdi(hun.se(sti), "avtrykk"), "strategi": "4b", "navn": "Mitt navn", "kortnavn": "Kortet"}
    endre(UTKAST, Plandel.TILTAK, "4b-2", navn="Hennes navn")
    db.session.rollback()
    svar = hun.send(sti, felter)
    assert svar.status_code == 409
    assert "Hennes navn" in _tekst(svar)
    assert "Mitt navn" in svar.get_data(as_text=True)
    assert hun.send(sti, {**felter, "avtrykk": _verdi(svar, "avtrykk")}).status_code == 303
    assert next(en for en in planen(UTKAST).tiltak if en.id == "4b-2").navn == "Mitt navn"


def test_an_uncertain_measure_is_shown_so_until_somebody_confirms_it(nettleser: Nettleser, folk: Any) -> None:
    hun, hver = nettleser.som(folk.koordinator1), Nettleser(nettleser.app).som(folk.nav1)
    assert "Bekreft plasseringen" not in _tekst(hver.se("/plan/tiltak/2b-1"))
    assert "Bekreft plasseringen" in _tekst(hun.se("/plan/tiltak/2b-1"))
    hun.send("/plan/tiltak/2b-1/plassering", {"sikker": "ja"})
    assert "Den ble bekreftet" in _tekst(hver.se("/plan/tiltak/2b-1"))
    hun.send("/plan/tiltak/2b-1/plassering", {"sikker": "nei"})
    assert "Usikker plassering i planen" in _tekst(hver.se("/plan/tiltak/2b-1"))


@pytest.mark.bare_sqlite
def test_every_form_of_the_plan_in_force_and_of_the_draft(app: Flask, nettleser: Nettleser, folk: Any) -> None:
    start()
    indikator = planen().indikatorer[0].id
    hun = nettleser.som(folk.koordinator1)
    skjemaer = {"planen": "planen", "delmaal": "D1", "strategi": "4b", "navn": "4b-2", "ansvar": "4b-2",
                "evaluering": "4b-2", "maate": "4b-2", "indikator": indikator, "enhet": "nav"}  # fmt: skip
    for skjema, del_id in skjemaer.items():
        for hvor in ("utkast", "gjeldende"):
            sti = f"/plan/rediger/{hvor}/{skjema}/{del_id}"
            ventet = 404 if (skjema, hvor) == ("maate", "gjeldende") else 200
            assert hun.se(sti).status_code == ventet, sti
            if ventet == 200:
                assert hun.send(sti).status_code in {409, 422}, sti
    for ny in ("delmaal", "strategi", "tiltak", "indikator", "enhet"):
        assert hun.se(f"/plan/utkast/ny/{ny}").status_code == 200
        assert hun.send(f"/plan/utkast/ny/{ny}").status_code == 422
    for ny, felt in (
        ("enhet", {"navn": "Ny enhet på Ærø", "kortnavn": "Ærø"}),
        ("delmaal", {"navn": "Delmål 4", "tekst": "Alle med"}),
        ("strategi", {"id": "7", "hovedstrategi": "7", "tekst": "Ny strategi"}),
        ("indikator", {"navn": "Ny", "enhet": "barn", "slag_": "tall"}),
    ):
        assert hun.send(f"/plan/utkast/ny/{ny}", felt).status_code == 303, ny
    assert {en.id for en in planen(UTKAST).enheter} >= {"aeroe"}
    assert [en.id for en in planen(UTKAST).delmaal] == ["D1", "D2", "D3", "D4"]
    assert "Strategien har ingen tiltak." in _tekst(hun.se("/plan/utkast/vedta"))
    assert hun.send("/plan/utkast/delmaal/D4/flytt", {"vei": "opp"}).status_code == 303
    assert hun.send("/plan/utkast/strategi/4b/tilbake").status_code == 303


@pytest.mark.bare_sqlite
def test_a_figure_is_corrected_with_its_reason_and_its_break(nettleser: Nettleser, folk: Any) -> None:
    hun, indikator = nettleser.som(folk.koordinator1), planen().indikatorer[0].id
    sti = f"/plan/rediger/gjeldende/indikator/{indikator}"
    felter = {"avtrykk": _verdi(hun.se(sti), "avtrykk"), "navn": "Barn", "verdi": "1 250,5", "enhet": "barn",
              "aar": "2026", "slag_": "tall", "tiltak": ["4b-2"]}  # fmt: skip
    for feil, melding in (
        ({"grunn": ""}, "Skriv kort hvorfor du retter"),
        ({"grunn": "Nytt", "brudd": "y"}, "Skriv hvorfor tallet ikke kan sammenlignes"),
        ({"grunn": "Nytt", "verdi": "mange"}, "Skriv et tall"),
        ({"grunn": "Nytt", "aar": "26"}, "Skriv et år"),
    ):
        svar = hun.send(sti, {**felter, **feil})
        assert svar.status_code == 422
        assert melding in _tekst(svar)
    assert hun.send(sti, {**felter, "grunn": "Nytt tall"}).status_code == 303
    tallet = next(en for en in planen(GJELDENDE).indikatorer if en.id == indikator)
    assert (tallet.verdi, tallet.tiltak) == (1250.5, ("4b-2",))


KOSTNAD = {
    "/plan/versjoner": 2, "/plan/versjoner/1": 2, "/plan/versjoner/1/tiltak/4b-2": 2,
    "/plan/endringer?fra=1&til=2": 4, "/plan/historikk": 2, "/plan/rediger/utkast": 2, "/plan/rediger/gjeldende": 2,
    "/plan/rediger/utkast/tiltak/4b-2": 2, "/plan/rediger/utkast/navn/4b-2": 3, "/plan/utkast/vedta": 3,
    "/plan/utkast/ny/tiltak": 3, "/plan/utkast/tiltak/4b-2/fjern": 3,
}  # fmt: skip
"""Queries of each page besides those of every page, whatever the plan's size."""


@pytest.mark.bare_sqlite  # the statements are the same
def test_a_page_costs_what_it_says(nettleser: Nettleser, folk: Any) -> None:
    start()
    endre(UTKAST, Plandel.TILTAK, "4b-2", frist="2027")
    db.session.rollback()
    hun = nettleser.som(folk.koordinator1)

    def kostnad(sti: str) -> int:
        hun.se(sti)
        with spoerringer() as setninger:
            hun.se(sti)
        return len(setninger)

    felles = kostnad("/plan/utkast/ny/finnes-ikke")
    assert {sti: kostnad(sti) - felles for sti in KOSTNAD} == KOSTNAD


@pytest.mark.bare_sqlite
def test_a_draft_that_is_gone_leads_to_the_versions(nettleser: Nettleser, folk: Any) -> None:
    hun = nettleser.som(folk.koordinator1)
    for sti in ("/plan/rediger/utkast", "/plan/rediger/utkast/navn/4b-2", "/plan/utkast/vedta"):
        assert hun.se(sti).location == "/plan/versjoner", sti
    for sti in ("/plan/rediger/tull", "/plan/rediger/gjeldende/tull/4b-2", "/plan/rediger/gjeldende/navn/9-9"):
        assert hun.se(sti).status_code == 404, sti
    for sti in ("/plan/endringer?fra=7&til=x", "/plan/endringer", "/plan/historikk", "/plan/versjoner"):
        assert hun.se(sti).status_code == 200, sti
    assert hun.se("/plan/historikk?slag=tull").status_code == 404


def test_another_municipalitys_plan_reads_and_is_edited_without_a_change_of_code(
    nettleser: Nettleser, folk: Any
) -> None:
    with transaction():
        last_plan(NABOENS_PLAN, av=None)
    hver = nettleser.som(folk.nav1)
    matrisen = _tekst(hver.se("/plan"))
    for ord_ in ("Oppvekstplan for Fjordvik", "Strategi A", "B-3 Ferie for alle", "Oppvekst og læring"):
        assert ord_ in matrisen, ord_
    for tiltak in planen().tiltak:
        assert tiltak.kortnavn in _tekst(hver.se(f"/plan/tiltak/{tiltak.id}"))
        assert hver.se(f"/plan/versjoner/2/tiltak/{tiltak.id}").status_code == 200
    assert hver.se("/plan/indikatorer").status_code == 200
    assert hver.se("/plan?strategi=B&enhet=barnevern").status_code == 200
    endringer = _tekst(hver.se("/plan/endringer"))
    assert "Avsluttes 4b-2 Opplevelseskortet" in endringer
    with transaction():
        rediger.plasser("A-2", sikker=True, av=bruker("koordinator1"))
    hun = nettleser.som(folk.koordinator1)
    hun.send("/plan/utkast/start")
    for sti in ("/plan/rediger/utkast", "/plan/rediger/utkast/ansvar/B-1", "/plan/rediger/gjeldende/strategi/A"):
        assert hun.se(sti).status_code == 200, sti
