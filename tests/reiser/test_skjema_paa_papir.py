"""Lists that are worked on in a form, on paper: what can be read on the screen stands there, and no button does."""

from collections.abc import Callable
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
