"""The pages of releases cost the same however many there are and however much is in them."""

from contextlib import AbstractContextManager
from typing import Any

import pytest
from flask import Flask

from koordinering.statistikk import services
from tests.nettleser import Nettleser
from tests.statistikk.test_tall_sider import spoerringer
from tests.statistikk.utgivelse import bilde, kontrollert, publisert

MAKS = 18
"""Statements of one page, with the session, the rights and the log."""


def _kostnad(nettleser: Nettleser, sti: str) -> int:
    nettleser.se(sti)
    teller: AbstractContextManager[list[str]] = spoerringer()
    with teller as setninger:
        assert nettleser.se(sti).status_code == 200
    assert not any("raatall" in setning for setning in setninger), sti
    return len(setninger)


@pytest.mark.bare_sqlite  # the statements are the same
def test_a_page_of_releases_costs_the_same(app: Flask, folk: Any, nettleser: Nettleser) -> None:
    alle = [kode for kode, _ in services.katalog()]
    nav, koordinator = nettleser.som(folk.nav1), nettleser.som(folk.koordinator1)
    bilde(folk)
    liten = publisert(folk, koder=["tjeneste"])
    smaa = {
        "liste": _kostnad(nav, "/publiseringer"),
        "publisering": _kostnad(nav, f"/publiseringer/{liten}"),
        "tabell": _kostnad(nav, f"/publiseringer/{liten}/tjeneste"),
        "ny": _kostnad(koordinator, "/publiseringer/ny"),
        "trekk": _kostnad(koordinator, f"/publiseringer/{liten}/trekk"),
    }
    stor = publisert(folk, koder=alle)
    utkast = kontrollert(folk, koder=["alder"])
    store = {
        "liste": _kostnad(nav, "/publiseringer"),
        "publisering": _kostnad(nav, f"/publiseringer/{stor}"),
        "tabell": _kostnad(nav, f"/publiseringer/{stor}/tiltak"),
        "ny": _kostnad(koordinator, "/publiseringer/ny"),
        "trekk": _kostnad(koordinator, f"/publiseringer/{stor}/trekk"),
    }
    assert store == smaa
    assert max([*store.values(), _kostnad(koordinator, f"/publiseringer/{utkast}")]) <= MAKS
