"""Tables on a telephone: each row is a card, and none of them is wider than the screen."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import expect

from tests import fabrikk
from tests.reiser.conftest import Reise

pytestmark = [pytest.mark.nettleser, pytest.mark.bare_sqlite]

_BREDERE = "flater => flater.filter(f => f.scrollWidth > f.clientWidth).map(f => f.getAttribute('aria-label'))"


@pytest.mark.parametrize(("sti", "felt"), [("/plan", "Ansvar"), ("/plan/indikatorer", "Siste tall")])
def test_the_tables_of_the_plan_stack_on_a_narrow_screen(
    app: Flask, folk: Any, reise: Callable[..., Reise], sti: str, felt: str
) -> None:
    r = reise(bredde=360)
    r.logg_inn("koordinator1")
    r.aapne(sti)
    flater = r.page.locator(".tabellflate:visible")
    assert flater.count() > 1
    assert flater.evaluate_all(_BREDERE) == []
    celle = flater.first.locator(f'td[data-felt="{felt}"]').first
    assert celle.evaluate("celle => getComputedStyle(celle, '::before').content").startswith(f'"{felt}')
    r.sjekk()
    r.page.set_viewport_size({"width": 1280, "height": 900})
    expect(flater.first.get_by_role("columnheader", name=felt)).to_be_visible()
    assert celle.evaluate("celle => getComputedStyle(celle, '::before').content") == "none"


def test_the_figures_of_a_series_stack_too(app: Flask, folk: Any, reise: Callable[..., Reise]) -> None:
    r = reise(bredde=360)
    r.logg_inn("koordinator1")
    r.aapne("/plan/indikatorer")
    r.page.locator(".tabellflate tbody th a").first.click()
    flater = r.page.locator(".tabellflate:visible")
    expect(flater.first).to_be_visible()
    assert flater.evaluate_all(_BREDERE) == []
    r.sjekk()


_FLATER = (
    ("fretex1", "/utstyr/tall"),
    ("koordinator1", "/plan/versjoner/1"),
    ("system1", "/hjemler"),
    ("system1", "/papirer/protokoll"),
    ("system1", "/papirer/rollematrise"),
    ("ombud1", "/innsynslogg"),
)


def test_no_table_of_rows_scrolls_sideways(app: Flask, folk: Any, reise: Callable[..., Reise]) -> None:
    """Tables of counts do, where both ways have a heading that a card cannot show."""
    fabrikk.utlaan(folk.fretex1, *fabrikk.utstyr(folk.fretex1))
    for hvem in dict.fromkeys(hvem for hvem, _ in _FLATER):
        r = reise(bredde=360)
        r.logg_inn(hvem)
        for sti in (sti for en, sti in _FLATER if en == hvem):
            r.aapne(sti)
            flater = r.page.locator(".tabellflate:visible")
            assert flater.count(), sti
            assert flater.evaluate_all(_BREDERE) == [], sti
            r.sjekk()
