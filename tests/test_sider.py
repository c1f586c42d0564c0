"""Keys of a page come from the address: whatever stands there, the answer is a page."""

import base64
import json
import re
from html import unescape
from typing import Any, cast
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from flask import Flask, url_for
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import delete

from koordinering.db import db, transaction
from koordinering.saker import queries as saker
from koordinering.saker.forms.felter import valg
from koordinering.saker.queries import Saksfilter
from koordinering.tekst import Kode
from koordinering.tiltak.lag.models import Lag
from koordinering.web.gate import Noekkel
from koordinering.web.side import adressemal, tekst
from tests import fabrikk
from tests.nettleser import Nettleser

STYGGE: tuple[Any, ...] = (
    ["etter", {"t": "2025-01-01T00:00:00"}, 1],
    ["etter", {"t": "0001-01-01T00:00:00+00:00"}, 1],
    ["foer", {"t": "9999-12-31T23:59:59+00:00"}, 1],
    ["etter", "tekst", 1],
    ["etter", 5, 5],
    ["etter", {"d": "2025-01-01"}, 2],
    ["etter", {"t": "2025-01-01T00:00:00+00:00"}, True],
    ["etter", {"t": "2025-01-01T00:00:00+00:00"}, 2**63],
    ["etter", "\ud800", 1],
    ["slutt", 1],
    {"t": 1},
    [],
    7,
    None,
)


def _noekkel(verdi: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(verdi).encode()).decode().rstrip("=")


@pytest.mark.parametrize("verdi", STYGGE, ids=str)
def test_an_odd_key_gives_the_first_page(app: Flask, folk: Any, nettleser: Nettleser, verdi: Any) -> None:
    fabrikk.sak(folk.nav1)
    fabrikk.tilbud(folk.inkludering1)
    for hvem, sti in ((folk.nav1, "/saker"), (folk.inkludering1, "/innboks"), (folk.nav1, "/tilbud")):
        svar = nettleser.som(hvem).se(f"{sti}?side={_noekkel(verdi)}")
        assert svar.status_code == 200


def test_any_key_gives_a_page(app: Flask, folk: Any, nettleser: Nettleser) -> None:
    som = nettleser.som(folk.ombud1)

    @given(st.text(alphabet=st.characters(codec="ascii", min_codepoint=1), max_size=60))
    def proev(noekkel: str) -> None:
        assert som.se("/innsynslogg", query_string={"side": noekkel}).status_code == 200

    proev()


def _lenker(html: str) -> dict[str, str]:
    lenker = re.findall(r'<a class="ds-(?:button|link)"[^>]*href="([^"]+)"[^>]*>(.*?)</a>', html, re.DOTALL)
    return {" ".join(re.sub(r"<[^>]+>", "", tekst).split()): unescape(href) for href, tekst in lenker}


def _rader(html: str) -> list[str]:
    return re.findall(r"Prøvelag \d\d\d", html)


def test_the_page_size_is_chosen_and_kept_while_paging_and_filtering(folk: Any, nettleser: Nettleser) -> None:
    with transaction():
        db.session.execute(delete(Lag))
        db.session.add_all(
            Lag(navn=f"Prøvelag {nr:03}", orgnr=f"{nr:09}", aktiv=True)
            for nr in range(60)
        )
    side = nettleser.som(folk.inkludering1)
    foerste = side.se("/lag").get_data(as_text=True)
    assert len(_rader(foerste)) == 25
    femti = side.se(_lenker(foerste)["50 per side"]).get_data(as_text=True)
    assert len(_rader(femti)) == 50
    resten = side.se(_lenker(femti)["Neste"]).get_data(as_text=True)
    assert _rader(resten) == [f"Prøvelag {nr:03}" for nr in range(50, 60)]
    assert _rader(side.se(_lenker(resten)["Forrige"]).get_data(as_text=True)) == _rader(femti)
    assert _rader(side.se(_lenker(resten)["Første"]).get_data(as_text=True)) == _rader(femti)
    assert 'name="side" value="50."' in resten  # the search form carries it, and so do links back to the list
    assert parse_qs(urlsplit(_lenker(resten)["Nullstill"]).query) == {"side": ["50."]}
    assert len(_rader(side.se(_lenker(resten)["100 per side"]).get_data(as_text=True))) == 60
    for ukjent in ("5000.", "7.", "50", "-1."):  # read as nothing, or as what it says
        assert len(_rader(side.se(f"/lag?side={ukjent}").get_data(as_text=True))) in {25, 50}


def test_the_search_knows_norwegian_letters(app: Flask, folk: Any, nettleser: Nettleser) -> None:
    fabrikk.tilbud(folk.inkludering1, navn="Ålesund Ørn")
    for q in ("Ålesund", "ålesund", "ØRN"):
        assert "Ålesund Ørn" in nettleser.som(folk.nav1).se("/tilbud", query_string={"q": q}).get_data(as_text=True)


@pytest.mark.bare_sqlite
def test_a_list_in_order_of_time_is_leafed_through(app: Flask, folk: Any) -> None:
    """A key with a moment in it is read as one: the next page is another than the first."""
    ider = [fabrikk.sak(folk.nav1, tiltak=[], utkast=True).id for _ in range(27)][::-1]
    foerste = saker.side(folk.nav1, Saksfilter.MINE)
    neste = saker.side(folk.nav1, Saksfilter.MINE, foerste.neste or "")
    assert [sak.id for sak in [*foerste.rader, *neste.rader]] == ider
    assert [sak.id for sak in saker.side(folk.nav1, Saksfilter.MINE, neste.forrige or "").rader] == ider[:25]


def test_the_menu_keeps_the_size_on_the_lists_own_page_and_on_no_other(folk: Any, nettleser: Nettleser) -> None:
    nav = nettleser.som(folk.nav1)
    lenke = re.compile(r'<li><a href="(/saker(?:\?[^"]*)?)"( aria-current="page")?>Mine saker')
    for sti, ventet in (
        ("/saker?side=50.", ("/saker?side=50.", ' aria-current="page"')),
        ("/saker/finn?side=50.", ("/saker", "")),
        ("/saker?side=100.", ("/saker?side=100.", ' aria-current="page"')),
        ("/saker", ("/saker", ' aria-current="page"')),
    ):
        funnet = lenke.search(unescape(nav.se(sti).get_data(as_text=True)))
        assert funnet is not None
        assert funnet.groups(default="") == ventet


@pytest.mark.bare_sqlite
@pytest.mark.parametrize("rot", ["", "/region nord%"])
def test_an_address_with_a_number_to_put_in_is_as_flask_makes_it(app: Flask, rot: str) -> None:
    ett_tall = [
        (regel.endpoint, navn)
        for regel in app.url_map.iter_rules()
        for navn in regel.arguments
        if len(regel.arguments) == 1 and "GET" in (regel.methods or ()) and isinstance(regel._converters[navn], Noekkel)
    ]
    assert len(ett_tall) > 40
    with app.test_request_context("/", base_url="http://localhost" + quote(rot)):
        for endpoint, navn in ett_tall:
            mal, verdier = adressemal(endpoint, navn), [{navn: nr} for nr in (1, 2**63 - 1)]
            assert [mal % verdi[navn] for verdi in verdier] == [
                url_for(endpoint, **cast(dict[str, Any], verdi)) for verdi in verdier
            ]


class _Vaer(Kode):
    NEI = "nei", "Ikke i dag"


class _Svar(Kode):
    NEI = "nei", "Nei takk"


@pytest.mark.bare_sqlite
def test_codes_that_are_stored_alike_keep_their_own_labels(app: Flask) -> None:
    for _ in range(2):  # the second time from what was kept
        assert [tekst(kode) for kode in (_Vaer.NEI, _Svar.NEI, None)] == ["Ikke i dag", "Nei takk", ""]
        for klasse, ventet in ((_Vaer, "Ikke i dag"), (_Svar, "Nei takk")):
            assert valg(klasse) == valg((klasse.NEI,)) == (("nei", ventet),)
