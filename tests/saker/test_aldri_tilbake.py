"""An identity number that is typed in the wrong field never stands on the page that comes back, and is not kept."""

from typing import Any

import pytest
from flask import Flask
from wtforms import DateField, DecimalField, StringField, TextAreaField

from koordinering.fritekst import har_identitetsnummer, uten_identitetsnummer
from koordinering.web.feil import feilside
from koordinering.web.skjema import BaseForm, Fritekstomraade, Kontonummerfelt, Tekstfelt
from koordinering.web.tallfelt import Heltallsfelt
from tests.nettleser import Nettleser
from tests.saker.skjema import AAR, utfylt

NUMRE = ("01831470298", "018314 70298", "018314_70298", "01 83 14 702 98", "41831480298", "41831480379")


def _er_paa(html: str, nummer: str) -> bool:
    sifre = "".join(tegn for tegn in nummer if tegn.isdigit())
    return nummer in html or sifre in html or har_identitetsnummer(nummer) and sifre[-5:] in html


def _numre() -> list[str]:
    return [nummer for nummer in NUMRE if har_identitetsnummer(nummer)]


@pytest.mark.parametrize("nummer", _numre())
def test_a_number_in_the_wrong_field_is_not_given_back(folk: Any, nettleser: Nettleser, nummer: str) -> None:
    side = nettleser.som(folk.nav1)
    svar = side.send("/saker/finn", {"referanse": nummer})
    html = svar.get_data(as_text=True)
    assert svar.status_code == 422
    assert "Teksten har et fødselsnummer" in html, "the field is empty, and says why"
    assert not _er_paa(html, nummer)
    for felt in ("egen_referanse", "barn-0-foedselsaar"):
        svar = side.send("/saker/ny", utfylt() | {felt: nummer})
        assert svar.status_code == 422
        assert not _er_paa(svar.get_data(as_text=True), nummer), felt


@pytest.mark.parametrize("aar", ["14", "1", "20140", str(AAR + 1), str(AAR - 25), "-2014"])
def test_a_year_that_is_none_is_told_at_the_field_with_all_else_that_is_wrong(
    folk: Any, nettleser: Nettleser, aar: str
) -> None:
    svar = nettleser.som(folk.nav1).send("/saker/ny", utfylt(i_maalgruppe="") | {"barn-0-foedselsaar": aar})
    html = svar.get_data(as_text=True)
    assert svar.status_code == 422
    assert "Velg om familien er i målgruppen." in html
    assert "Skriv fødselsåret med fire sifre. Barnet må fylle 24 år eller mindre i år." in html


def test_no_kind_of_field_gives_a_number_back(app: Flask) -> None:
    class Alle(BaseForm):
        tekst = Tekstfelt()
        linje = StringField()
        lang = TextAreaField()
        vernet = Fritekstomraade()
        tall = Heltallsfelt()
        desimal = DecimalField()
        dag = DateField()

    nummer = "01831470298"
    navn = ("tekst", "linje", "lang", "vernet", "tall", "desimal", "dag")
    with app.test_request_context("/", method="POST", data=dict.fromkeys(navn, nummer)):
        form = Alle()
        form.validate()
        assert [felt.name for felt in form if nummer in str(felt())] == []
        assert form.tekst.errors


def test_only_the_digits_go_and_an_account_number_stays(app: Flask) -> None:
    class Noen(BaseForm):
        lang = TextAreaField()
        kontonummer = Kontonummerfelt()

    sendt = {"lang": "Kom 12.8. med 018314 70298 til kl. 17", "kontonummer": "01831470298"}
    with app.test_request_context("/", method="POST", data=sendt):
        form = Noen()
        assert form.validate()
        assert "Kom 12.8. med  til kl. 17" in str(form.lang())
        assert "01831470298" in str(form.kontonummer())
    assert uten_identitetsnummer("Plass 7, 2014") == "Plass 7, 2014"
    assert not har_identitetsnummer(uten_identitetsnummer("018314 01831470298 70298"))


def test_what_is_sent_again_from_the_page_of_a_fault_has_no_number(app: Flask) -> None:
    sendt = {"barn-0-fnr": "01831470298", "barn-1-fnr": "", "barn-0-deltar": "nei"}
    with app.test_request_context("/saker/ny", method="POST", data=sendt):
        html, _ = feilside(503)
    assert "01831470298" not in html
    assert 'name="barn-0-deltar" value="nei"' in html
    assert "Skriv fødselsnummer eller D-nummer 1 på nytt" in html, "without it the child would stand unlinked"
    with app.test_request_context("/saker/ny", method="POST", data={**sendt, "egen_referanse": "018314 70298"}):
        html, _ = feilside(503)
    assert "70298" not in html
    assert "Send på nytt" not in html, "no form takes it"
