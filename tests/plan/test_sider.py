"""The plan's pages: everybody reads them, and no percentage stands across a break."""

import re
from typing import Any

import pytest

from koordinering.db import transaction
from koordinering.demo.brukere import demolisten
from koordinering.plan.services import last_plan
from tests.nettleser import Nettleser
from tests.plan.eksempel import ANNEN_KOMMUNE


def _tekst(side: Any) -> str:
    html = side.get_data(as_text=True)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


@pytest.mark.parametrize("adresse", ["/plan", "/plan/tiltak/4b-2", "/plan/indikatorer"])
def test_every_role_reads_the_plan(nettleser: Nettleser, folk: Any, adresse: str) -> None:
    for en in demolisten():
        assert nettleser.som(getattr(folk, en.brukernavn)).se(adresse).status_code == 200


def test_nobody_reads_it_without_signing_in(nettleser: Nettleser) -> None:
    assert nettleser.se("/plan").status_code in {302, 303}


def test_the_matrix_holds_the_whole_plan(nettleser: Nettleser, folk: Any) -> None:
    html = nettleser.som(folk.nav1).se("/plan").get_data(as_text=True)
    assert len(set(re.findall(r"/plan/tiltak/([0-9a-z-]+)", html))) == 40
    assert len(re.findall(r"<h2>Strategi ", html)) == 11
    assert all(f"Delmål {nr}" in html for nr in (1, 2, 3))


def test_the_matrix_is_narrowed_by_unit_and_strategy(nettleser: Nettleser, folk: Any) -> None:
    nav = nettleser.som(folk.nav1)

    def viste(adresse: str) -> set[str]:
        return set(re.findall(r"/plan/tiltak/([0-9a-z-]+)", nav.se(adresse).get_data(as_text=True)))

    assert viste("/plan?enhet=nav") == {"2b-4", "3a-1", "4b-2", "4b-12"}
    assert viste("/plan?enhet=nav&strategi=4b") == {"4b-2", "4b-12"}
    assert viste("/plan?enhet=nav&strategi=1a") == set()
    assert len(viste("/plan?enhet=finnes_ikke")) == 40
    assert "Ingen tiltak passer" in _tekst(nav.se("/plan?enhet=nav&strategi=1a"))


def test_a_measure_tells_what_the_plan_says(nettleser: Nettleser, folk: Any) -> None:
    tekst = _tekst(nettleser.som(folk.ombud1).se("/plan/tiltak/4b-12"))
    for bit in ("Helhetlig oppfølging", "NAV Lillehammer", "Jevnlig", "i løpet av 2016", "NAV-partnerskapet"):
        assert bit in tekst
    kort = _tekst(nettleser.som(folk.ombud1).se("/plan/tiltak/4b-2"))
    assert "Samarbeider NAV Lillehammer" in kort
    assert "Antall Opplevelseskort som deles ut" in kort


def test_an_uncertain_alignment_is_shown_with_its_note(nettleser: Nettleser, folk: Any) -> None:
    tekst = _tekst(nettleser.som(folk.nav1).se("/plan/tiltak/5a-3"))
    assert "Usikker plassering" in tekst
    assert "den andre blokken dekker trolig både 5a-2 og 5a-3" in tekst


def test_an_unknown_measure_is_not_found(nettleser: Nettleser, folk: Any) -> None:
    assert nettleser.som(folk.nav1).se("/plan/tiltak/9-9").status_code == 404


def test_indicators_have_sources_breaks_and_ended_series_and_no_percentage_across(
    nettleser: Nettleser, folk: Any
) -> None:
    koordinator = nettleser.som(folk.koordinator1)
    html = koordinator.se("/plan/indikatorer").get_data(as_text=True)
    lenker = dict.fromkeys(re.findall(r'href="(/plan/indikator/I[0-9]+)"', html))
    tekst = " ".join(_tekst(koordinator.se(lenke)) for lenke in lenker)
    for tall in ("62", "101", "146", "203", "60,5", "48–67", "8,6", "13,4", "over halvparten", "2011–2013", "40"):
        assert tall in tekst
    assert tekst.count("Brudd Kan ikke sammenlignes med tallet før") == 4
    assert tekst.count("særlig kategori av personopplysninger") == 2
    assert "Statistisk sentralbyrå" in tekst
    assert "%" not in tekst
    assert "63" not in tekst, "the growth from 62 to 101 is no number"


def test_a_measure_that_left_the_plan_says_so(nettleser: Nettleser, folk: Any) -> None:
    with transaction():
        last_plan(ANNEN_KOMMUNE, av=None)
    nav = nettleser.som(folk.nav1)
    assert "Utgått" in _tekst(nav.se("/plan/tiltak/4b-2"))
    matrise = nav.se("/plan").get_data(as_text=True)
    assert set(re.findall(r"/plan/tiltak/([0-9a-z-]+)", matrise)) == {"1-1", "1-2"}
    assert "Ingen indikatorer" not in _tekst(nav.se("/plan/indikatorer"))
