"""Every page that can be opened, for those who read counts: no raw count stands on it, stored or live."""

import re
from typing import Any

import pytest
from flask import Flask

from koordinering.access import can
from koordinering.db import db, now, transaction
from koordinering.roles import Rettighet
from koordinering.statistikk import services
from tests.arkitektur.test_ruter import UTENOM, _adresser, _verden
from tests.nettleser import Nettleser
from tests.statistikk.byen import HELSE, KORT, NAV, By
from tests.statistikk.test_raatall import SKREVET, merk, pakket_ut

TOKEN = re.compile(
    rb'((?:csrf[-_]token|name="noekkel)"[^>]*(?:value|content)=")[^"]*|nonce="[^"]*"|nonce-[\w+/=-]+'
)
KLOKKE = re.compile(rb"\d\d[.:]\d\d|DTSTAMP:\w+")
"""Minutes pass while the pages are opened."""


def _adressene(app: Flask) -> list[str]:
    """Every page of the walking test, and every table of the year beside the one that it names."""
    ting = _verden()["navs"]
    regler = ((regel, url) for regel, url in _adresser(app, ting) if regel.endpoint not in UTENOM)
    sider = [url for regel, url in regler if "GET" in (regel.methods or ())]
    aar, (publisering_id, _) = int(ting["aar"][0]), ting["publisering_id"]
    hver = [f"/tall/{kode}/{aar}" for kode, _ in services.katalog()]
    return [*sider, *hver, f"/tall/tjeneste/{aar - 1}", f"/publiseringer/{publisering_id}/alder", "/finnes/ikke"]


def _sider(hver: Nettleser, adresser: list[str]) -> dict[str, bytes]:
    return {url: KLOKKE.sub(b"", TOKEN.sub(b"", pakket_ut(hver.se(url).get_data()))) for url in adresser}


def _lesere(folk: Any) -> list[Any]:
    """One of each role that reads counts, and the service that reads most cases."""
    return [folk.koordinator1, folk.nav1]


def test_only_the_coordinator_reads_working_figures(app: Flask, folk: Any) -> None:
    lesere = {navn for navn, user in vars(folk).items() if can(user, Rettighet.STATISTIKK_LES)}
    assert lesere == {"koordinator1", "koordinator2"}


@pytest.mark.bare_sqlite
def test_no_page_shows_a_stored_raw_count(app: Flask, folk: Any, nettleser: Nettleser) -> None:
    adresser = _adressene(app)
    merk()
    assert len(adresser) > 120
    for user in _lesere(folk):
        sett = _sider(nettleser.som(user), adresser)
        assert not [url for url, innhold in sett.items() if SKREVET.search(innhold)]


@pytest.mark.bare_sqlite
def test_no_page_of_the_coordinator_follows_the_cases(
    app: Flask, folk: Any, nettleser: Nettleser, monkeypatch: pytest.MonkeyPatch
) -> None:
    """More families come after the day's count, and every page stays as it was: none of them counts cases itself."""
    adresser = _adressene(app)
    hun, nav = nettleser.som(folk.koordinator1), nettleser.som(folk.nav1)
    saker = nav.se("/saker").get_data()
    _sider(hun, adresser)  # the first look at a page may say so on another one
    foer = _sider(hun, adresser)
    by = By(folk.nav1.id)
    with transaction():
        for enhet, mange in ((NAV, 3), (HELSE, 2), (NAV, 4)):
            for nr in range(mange):
                henvisning = by.henvis(by.sak(enhet, (f"{enhet}{mange}{nr}", now().year - 10)), KORT, naar=now())
                if mange == 4:
                    by.gi(henvisning, now(), aar=now().year)
    db.session.rollback()
    etter = _sider(hun, adresser)
    assert [url for url in adresser if foer[url] != etter[url]] == []
    assert nav.se("/saker").get_data() != saker, "the service sees its new cases, as it should"
