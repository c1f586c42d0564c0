"""The number tiles of the start page: no word is broken in the middle, however wide the screen."""

from collections.abc import Callable

import pytest

from tests.reiser.conftest import Reise

pytestmark = [pytest.mark.nettleser, pytest.mark.bare_sqlite]

_BRUTT = """() => [...document.querySelectorAll('.noekkeltall-tekst')].flatMap(flis => {
    const tekst = flis.firstChild, brutt = [];
    for (const ord of tekst.data.matchAll(/\\S+/g)) {
        const sted = document.createRange();
        sted.setStart(tekst, ord.index);
        sted.setEnd(tekst, ord.index + ord[0].length);
        if (new Set([...sted.getClientRects()].map(linje => linje.top)).size > 1) brutt.push(ord[0]);
    }
    return brutt;
})"""


@pytest.mark.parametrize("brukernavn", ["nav1", "inkludering1", "navleder1", "koordinator1", "tiltak1"])
def test_no_word_of_a_tile_is_broken(reise: Callable[..., Reise], brukernavn: str) -> None:
    r = reise()
    r.logg_inn(brukernavn)
    r.aapne("/")
    assert r.page.locator(".noekkeltall-tekst").count() > 0
    for bredde in (1280, 1100, 900, 700, 420, 320):
        r.page.set_viewport_size({"width": bredde, "height": 900})
        assert r.page.evaluate(_BRUTT) == [], bredde
