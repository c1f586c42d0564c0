"""The operator's day in a browser: by a scanner, which types and presses Enter, without the product's script."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import expect

from tests import fabrikk
from tests.reiser.conftest import Reise

pytestmark = [pytest.mark.nettleser, pytest.mark.bare_sqlite]  # test_registrere.py goes to both databases


def skann(r: Reise, kode: str) -> None:
    """What a scanner does: it types into whatever has the focus, which must be the scan field."""
    expect(r.page.locator("[name=kode]")).to_be_focused()
    with r.page.expect_navigation():
        r.page.keyboard.type(kode)
        r.page.keyboard.press("Enter")


def test_a_day_by_scanner(app: Flask, folk: Any, reise: Callable[..., Reise]) -> None:
    """Without the product's script: the focus is where the page puts it. The crawl sees the same pages with it."""
    fabrikk.utstyr(folk.fretex1, antall=2, deler=("ski", "staver"))
    fabrikk.utstyr(folk.fretex1, navn="Akebrett")
    r = reise(skript=False)
    r.logg_inn("fretex1")
    laan_ut(r)
    ta_imot(r)


def laan_ut(r: Reise) -> None:
    """Two items, a code that nothing has, the number, Enter."""
    skann(r, "U000001")
    expect(r.page.get_by_role("heading", name="Lån ut")).to_be_visible()
    skann(r, "3")
    skann(r, "U000099")
    expect(r.page.get_by_text("Ingen enhet har denne strekkoden")).to_be_visible()
    expect(r.page.get_by_text("Skal lånes ut (2)")).to_be_visible()
    r.sjekk()
    r.skriv(r.page.get_by_label("Telefonnummer"), "41234567")
    with r.page.expect_navigation():
        r.page.keyboard.press("Enter")
    expect(r.page.get_by_text("2 enheter er lånt ut")).to_be_visible()


def ta_imot(r: Reise) -> None:
    """One comes without its staves; the other is whole."""
    skann(r, "U000001")
    expect(r.page.get_by_role("heading", name="Ta imot")).to_be_visible()
    skann(r, "U000003")
    r.page.get_by_label("staver").check()
    r.sjekk()
    r.page.get_by_label("Skann eller skriv nummer").focus()
    skann(r, "")
    expect(r.page.get_by_text("1 enhet er levert.")).to_be_visible()
    expect(r.page.get_by_text("1 enhet mangler deler og står fortsatt som utlånt.")).to_be_visible()
    expect(r.page.locator("[name=kode]")).to_be_focused()
