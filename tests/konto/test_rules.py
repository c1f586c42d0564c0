"""Rules of signing in, without a database."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from koordinering.errors import UgyldigFelt
from koordinering.konto.rules import (
    ADRESSETRAPP,
    KONTOTRAPP,
    Trapp,
    enhetstype,
    grov_adresse,
    kan_bevares,
    normaliser,
    sjekk_brukernavn,
    sjekk_passord,
)


@pytest.mark.parametrize("trapp", [KONTOTRAPP, ADRESSETRAPP])
def test_waits_begin_at_nothing_grow_and_stay_within_a_minute(trapp: Trapp) -> None:
    venter = [trapp.vent(n) for n in range(1, 200)]
    assert venter[: trapp.fri] == [0] * trapp.fri
    assert venter == sorted(venter)
    assert venter[trapp.fri] > 0
    assert venter[-1] <= 60


@pytest.mark.parametrize(
    ("adresse", "grov"),
    [
        ("192.0.2.17", "192.0.2.0/24"),
        ("::ffff:192.0.2.17", "192.0.2.0/24"),
        ("2001:db8:1:2::7", "2001:db8:1::/48"),
        ("", "ukjent"),
        (None, "ukjent"),
        ("noe rart", "ukjent"),
    ],
)
def test_an_address_is_reduced_to_its_network(adresse: str | None, grov: str) -> None:
    assert grov_adresse(adresse) == grov


@pytest.mark.parametrize(
    "passord", ["kort", "navkonto1234", "NAVKONTO1234", "aaaaaaaaaaaaaa", "x" * 201, "elleve tegn"]
)
def test_a_weak_password_is_refused_at_its_field(passord: str) -> None:
    with pytest.raises(UgyldigFelt) as feil:
        sjekk_passord(passord, brukernavn="navkonto1234", felt="passord_nytt")
    assert feil.value.felt == "passord_nytt"
    assert passord not in str(feil.value)


def test_a_long_sentence_is_a_good_password() -> None:
    sjekk_passord("fire ord i en setning", brukernavn="nav1", felt="passord")


@pytest.mark.parametrize("navn", ["", "a", "har mellomrom", "<b>", "-strek", "å" * 61])
def test_a_user_name_has_letters_digits_and_little_else(navn: str) -> None:
    with pytest.raises(UgyldigFelt):
        sjekk_brukernavn(navn)


@given(st.text())
def test_normalising_twice_changes_nothing_more_than_once(navn: str) -> None:
    assert "\x00" not in normaliser(navn)
    assert normaliser(normaliser(navn)) == normaliser(navn) or not navn.isascii()


def test_user_names_are_the_same_in_large_and_small_letters() -> None:
    assert sjekk_brukernavn(" NAV1 ") == "nav1"


def test_secrets_and_identity_numbers_are_never_kept() -> None:
    felter = [
        ("csrf_token", "x"),
        ("passord_nytt", "x"),
        ("barn-0-fnr", "01819912345"),
        ("FNR", "x"),
        ("soek", "018199 12345"),
        ("soek", "nummer 01819912345 her"),
        ("egen", "018199\u00a012345"),
        ("egen", "018199\u201312345"),
        ("egen", "018199/12345"),
        ("egen", "018199  12345"),
        ("tilbud", "1234567890123456789"),
        ("behov", "b1"),
        ("behov", "b2"),
    ]
    assert kan_bevares(felter) == [("tilbud", "1234567890123456789"), ("behov", "b1"), ("behov", "b2")]


@pytest.mark.parametrize(
    ("agent", "vist"),
    [
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0", "Edge på Windows"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox på Linux"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/605.1", "Safari på iPhone"),
        ("<script>", "Nettleser"),
    ],
)
def test_a_session_shows_the_kind_of_browser_and_nothing_of_what_it_sent(agent: str, vist: str) -> None:
    assert enhetstype(agent) == vist
