"""Lists that are worked on in a form, on paper: what can be read on the screen stands there, and no button does."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import expect

from koordinering.db import i_dag, transaction
from koordinering.tiltak.kort import services as kort
from koordinering.tiltak.midler import services
from tests import fabrikk, penger
from tests.penger import gjoer
from tests.reiser.conftest import Reise
from tests.tiltak.test_kortsteder import sted

pytestmark = [pytest.mark.nettleser, pytest.mark.bare_sqlite]


def test_payments_that_wait_stand_on_paper(app: Flask, folk: Any, reise: Callable[..., Reise]) -> None:
    penger.budsjett(folk.inkludering1, "inkludering", 3_000_000)
    tilskudd = penger.innvilget(folk.inkludering1, penger.lag(folk.inkludering1))
    rest = tilskudd.rest_oere
    gjoer(services.betal_tilskudd, tilskudd, rest, penger.i_morgen(), vist_oere=rest, av=folk.inkludering1)
    r = reise()
    r.logg_inn("godkjenner1")
    r.aapne("/utbetalinger")
    r.page.emulate_media(media="print")
    expect(r.page.get_by_text("Turngruppa 1")).to_be_visible()
    expect(r.page.get_by_role("checkbox")).to_be_hidden()
    expect(r.page.get_by_role("button", name="Godkjenn valgte")).to_be_hidden()
    expect(r.page.get_by_label("Grunn når noe sendes tilbake")).to_be_hidden()
    assert r.bredde() == []


def test_a_months_visits_with_the_card_stand_on_paper(app: Flask, folk: Any, reise: Callable[..., Reise]) -> None:
    navn, id_ = (en := sted()).navn, en.id
    with transaction():
        kort.foer_maaned(i_dag().year, 1, {id_: 17}, vist={}, av=fabrikk.bruker("inkludering1"))
    r = reise()
    r.logg_inn("inkludering1")
    r.aapne(f"/kort/besoek?aar={i_dag().year}&maaned=1")
    r.page.emulate_media(media="print")
    expect(r.page.get_by_label(navn)).to_be_visible()
    expect(r.page.get_by_label(navn)).to_have_value("17")
    expect(r.page.get_by_role("link", name="januar")).to_be_hidden()
    expect(r.page.get_by_role("button", name="Lagre")).to_be_hidden()
    assert r.bredde() == []


def test_what_stands_at_the_counter_is_on_paper_and_the_borrower_is_not(
    app: Flask, folk: Any, reise: Callable[..., Reise]
) -> None:
    skal_ut, er_ute = fabrikk.utstyr(folk.fretex1, antall=2, deler=("staver",))
    fabrikk.utlaan(folk.fretex1, er_ute)
    r = reise()
    r.logg_inn("fretex1")
    r.aapne(f"/utstyr/ut?enhet={skal_ut.id}")
    r.page.emulate_media(media="print")
    expect(r.page.get_by_role("rowheader", name=skal_ut.navn)).to_be_visible()
    expect(r.page.get_by_label("Telefon", exact=False)).to_be_hidden()
    expect(r.page.get_by_role("button", name="Fjern")).to_be_hidden()
    assert r.bredde() == []
    r.aapne(f"/utstyr/inn?enhet={er_ute.id}")
    expect(r.page.get_by_role("listitem").filter(has_text=er_ute.navn)).to_be_visible()
    expect(r.page.get_by_label("staver")).to_be_visible()
    expect(r.page.get_by_role("button", name="Legg til")).to_be_hidden()
    assert r.bredde() == []


def test_a_page_that_is_a_form_is_not_blank_and_has_no_identity_number(
    app: Flask, folk: Any, reise: Callable[..., Reise]
) -> None:
    r = reise()
    r.logg_inn("nav1")
    r.aapne("/saker/ny")
    r.page.get_by_label("Enhetens egen referanse").fill("NAV 2026/18")
    r.page.locator("#barn-0-fnr").fill(fabrikk.NUMRE[0])
    r.page.emulate_media(media="print")
    expect(r.page.get_by_label("Enhetens egen referanse")).to_be_visible()
    expect(r.page.get_by_role("group", name="Barn 1")).to_be_visible()
    expect(r.page.locator("#barn-0-fnr")).to_be_hidden()
    expect(r.page.get_by_role("button", name="Send")).to_be_hidden()
    assert r.bredde() == []


_SKJEMA = re.compile(r"{%-? call skjema\((?P<valg>.*?)\) -?%}")
_DEL = re.compile(r"{%-? (?:call\b|(?P<slutt>endcall))")
_LISTE = re.compile(r"call tabell\(|<(?:ul|ol|dl|table)\b|{{ rader\(\) }}|{{ liste\(\) }}")


def _med_liste(mal: str) -> Iterator[str]:
    """How each form of a template is asked for, where it has a list in it."""
    for skjema in _SKJEMA.finditer(mal):
        dybde = 1
        for del_ in _DEL.finditer(mal, skjema.end()):
            dybde += -1 if del_["slutt"] else 1
            if not dybde:
                if _LISTE.search(mal, skjema.end(), del_.start()):
                    yield skjema["valg"]
                break


def test_every_form_around_a_list_prints_it() -> None:
    mapper = Path(__file__).parents[2] / "templates"
    funnet = {
        f"{sti.relative_to(mapper)}: {valg}": "utskrift=True" in valg
        for sti in sorted(mapper.rglob("*.html"))
        for valg in _med_liste(sti.read_text(encoding="utf-8"))
    }
    assert len(funnet) >= 4
    assert [en for en, skrives in funnet.items() if not skrives] == []
