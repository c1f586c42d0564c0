"""What malformed requests have found, each by itself."""

import re
from html import unescape
from typing import Any
from urllib.parse import parse_qsl, quote, urlsplit

import pytest
from flask import Flask

from koordinering.db import db
from koordinering.personvern.krav.export import Filslag, til_fil
from koordinering.personvern.krav.rules.dokument import Avsnitt, Del, Dokument
from tests import fabrikk, penger
from tests.nettleser import Nettleser

pytestmark = pytest.mark.bare_sqlite

_FLERDELT = "multipart/form-data; boundary=x"


def test_a_stranger_who_sends_too_much_is_told_so_on_every_page(app: Flask) -> None:
    for regel in app.url_map.iter_rules():
        if "POST" in (regel.methods or ()) and not regel.arguments:
            svar = Nettleser(app)._kjoer("POST", regel.rule, content_length=3_000_000)
            assert svar.status_code == 413, regel.rule


def test_a_part_without_a_name_is_no_form_of_ours(folk: Any, nettleser: Nettleser) -> None:
    kropp = b"--x\r\nContent-Disposition: form-data\r\n\r\nuten navn\r\n--x--"
    svar = nettleser.som(folk.nav1)._kjoer("POST", "/saker/finn", data=kropp, content_type=_FLERDELT)
    assert svar.status_code == 400


def test_json_is_no_form_of_ours(folk: Any, nettleser: Nettleser) -> None:
    nav = nettleser.som(folk.nav1)
    for kropp in (b"[1]", b'{"referanse": [{}]}', b"{"):
        hode = {"X-CSRFToken": nav.token()}
        svar = nav._kjoer("POST", "/saker/finn", data=kropp, content_type="application/json", headers=hode)
        assert svar.status_code == 422


def test_a_choice_of_blanks_is_no_choice(folk: Any, nettleser: Nettleser) -> None:
    system = nettleser.som(folk.system1)
    for blankt in ("%E2%80%83", "%C2%85%E2%80%A8", "+", "%0A"):
        assert system.se(f"/brukere?rolle={blankt}&enhet={blankt}&filter=alle").status_code == 200


def test_control_characters_go_when_a_text_is_pasted(folk: Any, nettleser: Nettleser) -> None:
    side = nettleser.som(folk.nav1).send("/saker/finn", {"referanse": "FE\x1bI\x0bL\x7f\x9f\ufffe-12"})
    assert 'value="FEIL-12"' in side.get_data(as_text=True)


def test_a_form_without_its_version_changes_nothing(folk: Any, nettleser: Nettleser) -> None:
    lag = penger.lag(folk.inkludering1)
    lag_id, orgnr = lag.id, lag.orgnr
    db.session.rollback()
    side = nettleser.som(folk.inkludering1)
    assert side.send(f"/lag/{lag_id}/endre", {"navn": "Et annet navn", "orgnr": orgnr}).status_code == 409


@pytest.mark.parametrize("navn", ["endpoint", "_method", "_scheme", "_external", "_anchor", "self", "&", "æ"])
def test_a_name_in_the_address_that_means_something_to_the_program_means_nothing(
    folk: Any, nettleser: Nettleser, navn: str
) -> None:
    for _ in range(26):
        fabrikk.sak(folk.nav1)
    sendt = f"filter=enheten&{quote(navn)}=x+%26&{quote(navn)}=y"
    nav = nettleser.som(folk.nav1)
    side = nav.se(f"/saker?{sendt}")
    assert side.status_code == 200
    (neste,) = re.findall(r'href="(/saker\?[^"]*)"[^>]*rel="next"', side.get_data(as_text=True))
    ventet = [("filter", "enheten"), (navn, "x &"), (navn, "y")]
    assert [par for par in parse_qsl(urlsplit(unescape(neste)).query) if par[0] != "side"] == ventet
    assert nav.se(unescape(neste)).status_code == 200


def test_text_that_no_font_has_is_still_an_answer(app: Flask) -> None:
    def dokument(tekst: str) -> Dokument:
        return Dokument(
            "Innsyn", ("Dette er svaret.",), (Del("Nav", (Avsnitt("Notat", "", ("Tekst",), ((tekst,),), ""),)),)
        )

    rare = dokument("\u12a4\u1230\u1270\u1230\u1260 \u4e2d\u6587 \u0600 \x1b \ufffe \\u{1b} 🤷🏽")
    with app.test_request_context():
        assert til_fil(rare, Filslag.PDF).startswith(b"%PDF")
        assert til_fil(dokument("vanlig"), Filslag.PDF).startswith(b"%PDF")
        assert "\u4e2d\u6587" in til_fil(rare, Filslag.JSON).decode(), "nothing is lost there"


@pytest.mark.parametrize(("felt", "tegn", "status"), [(1, 600_000, 413), (2_001, 1, 413), (1_990, 1, 422)])
def test_no_more_is_taken_than_a_form_of_ours_can_be(
    folk: Any, nettleser: Nettleser, felt: int, tegn: int, status: int
) -> None:
    nav = nettleser.som(folk.nav1)
    deler = [("csrf_token", nav.token()), *(("fritt", "x" * tegn) for _ in range(felt))]
    kropp = "".join(f'--x\r\nContent-Disposition: form-data; name="{navn}"\r\n\r\n{en}\r\n' for navn, en in deler)
    svar = nav._kjoer("POST", "/saker/finn", data=f"{kropp}--x--".encode(), content_type=_FLERDELT)
    assert svar.status_code == status
