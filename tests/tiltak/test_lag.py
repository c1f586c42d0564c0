"""Clubs: numbers that check themselves, and keeping them."""

from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from stdnum.no import kontonr, orgnr

from koordinering.errors import Endret, IngenTilgang, UgyldigFelt
from koordinering.tiltak.lag import services
from koordinering.tiltak.lag.rules import i_grupper, sjekk_kontonummer, sjekk_lag, sjekk_orgnr
from tests import penger
from tests.nettleser import Nettleser
from tests.penger import gjoer, opplysninger


def _godtas(sjekk: Any, tekst: str) -> bool:
    try:
        sjekk("felt", tekst)
    except UgyldigFelt:
        return False
    return True


@given(st.integers(800_000_000, 999_999_999).map(str))
def test_organisation_numbers_are_those_that_another_checker_takes(nummer: str) -> None:
    assert _godtas(sjekk_orgnr, nummer) == orgnr.is_valid(nummer)


@given(st.integers(0, 99_999_999_999).map(lambda n: f"{n:011}").filter(lambda n: n[:4] != "0000" and n[4:6] != "00"))
def test_account_numbers_are_those_that_another_checker_takes(nummer: str) -> None:
    assert _godtas(sjekk_kontonummer, nummer) == kontonr.is_valid(nummer)


@pytest.mark.parametrize("tekst", ["", "12345678", "1234567890", "abcdefghi", "٩٧٤٧٦٠٦٧٣", "123456785"])
def test_what_is_no_organisation_number(tekst: str) -> None:
    assert not _godtas(sjekk_orgnr, tekst)


def test_numbers_may_be_written_in_groups_and_are_kept_as_digits() -> None:
    rent = sjekk_lag(opplysninger())
    skrevet = replace(opplysninger(), orgnr=i_grupper(rent.orgnr), kontonummer=i_grupper(rent.kontonummer or ""))
    assert sjekk_lag(skrevet) == rent


@pytest.mark.parametrize(
    ("felt", "verdi"),
    [("navn", ""), ("orgnr", "987654321"), ("kontonummer", "12345678901"), ("epost", "post"), ("telefon", "ring oss")],
)
def test_what_cannot_be_so_is_told_at_its_field(felt: str, verdi: str) -> None:
    with pytest.raises(UgyldigFelt) as feil:
        sjekk_lag(replace(opplysninger(), **{felt: verdi}))  # type: ignore[arg-type]
    assert feil.value.felt == felt


def test_a_club_is_here_once_and_a_stale_page_is_told(folk: Any) -> None:
    lag = penger.lag(folk.inkludering1)
    with pytest.raises(UgyldigFelt) as feil:
        penger.lag(folk.inkludering1, navn="Den samme")
    assert feil.value.felt == "orgnr"
    lest = lag.versjon
    ny = opplysninger(navn="Turngruppa nord")
    gjoer(services.endre_lag, lag, ny, versjon=lest, av=folk.inkludering1)
    assert (lag.navn, lag.konto_av) == ("Turngruppa nord", folk.inkludering1.id)
    with pytest.raises(Endret):
        gjoer(services.endre_lag, lag, ny, versjon=lest, av=folk.inkludering1)
    with pytest.raises(IngenTilgang):
        penger.lag(folk.godkjenner1, 2)


def test_the_pages_keep_what_was_typed(app: Flask, folk: Any) -> None:
    nettleser = Nettleser(app).som(folk.inkludering1)
    svar = nettleser.send("/lag/nytt", {"navn": "Klatregruppa", "orgnr": "123", "kontonummer": "4"})
    assert svar.status_code == 422
    assert 'value="Klatregruppa"' in svar.get_data(as_text=True)
    god = opplysninger()
    svar = nettleser.send("/lag/nytt", {"navn": god.navn, "orgnr": god.orgnr, "kontonummer": god.kontonummer})
    assert svar.status_code == 303
    assert i_grupper(god.orgnr) in nettleser.se(svar.location).get_data(as_text=True)
    assert god.navn in nettleser.se(f"/lag?q={god.orgnr}").get_data(as_text=True)
