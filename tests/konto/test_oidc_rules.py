"""Rules of single sign-on without a network: each claim alone decides, exactly at its limit."""

import base64
import hashlib
from datetime import timedelta
from typing import Any

import pytest

from koordinering.konto.oidc import rules
from koordinering.konto.oidc.rules import (
    Avvik,
    Subjekt,
    Utsteder,
    avledet,
    avtrykk_s256,
    avvik_i_token,
    kort_kode,
    logget_inn_naa,
    subjektet,
)

HOS = Utsteder("entra", "Entra", "https://hos.no/", "klient")
NAA = 1_000_000.0
GODT = {"iss": "https://hos.no/", "aud": "klient", "exp": NAA + 300, "iat": NAA - 1, "nonce": "n", "sub": "s"}
UTEN = object()


def avvik(utsteder: Utsteder = HOS, **krav: Any) -> Avvik | None:
    """What is wrong with a good token that says this instead; UTEN leaves a claim out."""
    alle = {navn: verdi for navn, verdi in (GODT | krav).items() if verdi is not UTEN}
    return avvik_i_token(alle, utsteder, nonce="n", naa=NAA)


@pytest.mark.parametrize(
    ("krav", "ventet"),
    [
        ({}, None),
        ({"iss": "https://hos.no"}, Avvik.UTSTEDER),
        ({"iss": UTEN}, Avvik.UTSTEDER),
        ({"aud": "en annen"}, Avvik.MOTTAKER),
        ({"aud": ["klient"]}, None),
        ({"aud": ["klient", "annen"]}, Avvik.MOTTAKER),
        ({"aud": ["klient", "annen"], "azp": "klient"}, None),
        ({"aud": ["annen"], "azp": "klient"}, Avvik.MOTTAKER),
        ({"aud": "klient", "azp": "annen"}, Avvik.MOTTAKER),
        ({"aud": UTEN}, Avvik.MOTTAKER),
        ({"exp": NAA - 60}, Avvik.GAMMELT),
        ({"exp": NAA - 59}, None),
        ({"exp": UTEN}, Avvik.GAMMELT),
        ({"exp": True}, Avvik.GAMMELT),
        ({"exp": "9999999999"}, Avvik.GAMMELT),
        ({"iat": NAA - 660}, None),
        ({"iat": NAA - 661}, Avvik.GAMMELT),
        ({"iat": NAA + 60}, None),
        ({"iat": NAA + 61}, Avvik.GAMMELT),
        ({"iat": UTEN}, Avvik.GAMMELT),
        ({"nbf": NAA + 60}, None),
        ({"nbf": NAA + 61}, Avvik.GAMMELT),
        ({"nbf": "nå"}, Avvik.GAMMELT),
        ({"nbf": True}, Avvik.GAMMELT),
        ({"nonce": "m"}, Avvik.NONCE),
        ({"nonce": UTEN}, Avvik.NONCE),
        ({"nonce": 7}, Avvik.NONCE),
        ({"sub": UTEN}, Avvik.SUBJEKT),
        ({"sub": ""}, Avvik.SUBJEKT),
        ({"sub": "s" * 255}, None),
        ({"sub": "s" * 256}, Avvik.SUBJEKT),
        ({"sub": "a\nb"}, Avvik.SUBJEKT),
        ({"sub": 7}, Avvik.SUBJEKT),
        ({"sub": "s", "nonce": "m"}, Avvik.NONCE),  # the first that is wrong
    ],
)
def test_each_claim_alone_lets_nobody_in(krav: dict[str, Any], ventet: Avvik | None) -> None:
    assert avvik(**krav) is ventet


def utsteder(**valg: Any) -> Utsteder:
    return Utsteder("entra", "Entra", "https://hos.no/", "klient", **valg)


@pytest.mark.parametrize(
    ("valg", "krav", "ventet"),
    [
        ({"tenant": "t"}, {"tid": "t"}, None),
        ({"tenant": "t"}, {"tid": "u"}, Avvik.TENANT),
        ({"tenant": "t"}, {}, Avvik.TENANT),
        ({"krev_acr": ("h", "s")}, {"acr": "s"}, None),
        ({"krev_acr": ("h", "s")}, {"acr": "l"}, Avvik.FAKTOR),
        ({"krev_acr": ("h",)}, {}, Avvik.FAKTOR),
        ({"krev_amr": ("mfa", "hwk")}, {"amr": ["hwk", "mfa", "pwd"]}, None),
        ({"krev_amr": ("mfa", "hwk")}, {"amr": ["mfa"]}, Avvik.FAKTOR),
        ({"krev_amr": ("mfa",)}, {"amr": "mfa"}, Avvik.FAKTOR),
        ({"krev_amr": ("mfa",)}, {"amr": ["mfa", 7]}, Avvik.FAKTOR),
        ({"krev_acr": ("h",), "krev_amr": ("mfa",)}, {"acr": "h"}, Avvik.FAKTOR),
        ({"krev_acr": ("h",), "krev_amr": ("mfa",)}, {"amr": ["mfa"]}, Avvik.FAKTOR),
        ({"subjekt": Subjekt.OID_TID}, {"oid": "o", "tid": "t"}, None),
        ({"subjekt": Subjekt.OID_TID}, {"oid": "o"}, Avvik.SUBJEKT),
        ({"subjekt": Subjekt.OID_TID}, {"tid": "t"}, Avvik.SUBJEKT),
    ],
)
def test_what_the_file_demands_is_demanded(valg: dict[str, Any], krav: dict[str, Any], ventet: Avvik | None) -> None:
    assert avvik(utsteder(**valg), **krav) is ventet


def test_who_the_person_is() -> None:
    assert subjektet({"sub": "s", "oid": "o", "tid": "t"}, HOS) == "s"
    assert subjektet({"sub": "s", "oid": "o", "tid": "t"}, utsteder(subjekt=Subjekt.OID_TID)) == "o+t"
    assert [en.value for en in Subjekt] == ["sub", "oid+tid"]


@pytest.mark.parametrize(
    ("for_siden", "naa"), [(0, True), (299, True), (300, False), (-60, True), (-61, False), (None, False)]
)
def test_the_person_showed_who_she_is_just_now(for_siden: int | None, naa: bool) -> None:
    krav = {} if for_siden is None else {"auth_time": NAA - for_siden}
    assert logget_inn_naa(krav, NAA, timedelta(minutes=5)) is naa


@pytest.mark.parametrize(
    ("issuer", "adresse", "trygg"),
    [
        ("https://hos.no", "https://andre.no/token", True),
        ("https://hos.no", "http://andre.no/token", False),
        ("http://localhost:9", "http://localhost:9/token", True),
        ("http://localhost:9", "https://hos.no/token", True),
        ("https://hos.no", "https:///token", False),
        ("https://hos.no", "ftp://hos.no/token", False),
        ("https://hos.no", None, False),
    ],
)
def test_which_addresses_of_an_issuer_are_used(issuer: str, adresse: object, trygg: bool) -> None:
    en = Utsteder("x", "X", issuer, "klient")
    assert en.trygg(adresse) is trygg
    assert en.oppdagelse == f"{issuer}/.well-known/openid-configuration"
    assert Utsteder("x", "X", f"{issuer}/", "klient").oppdagelse == en.oppdagelse
    assert Utsteder("x", "X", f"{issuer}/X/", "klient").oppdagelse == f"{issuer}/X/.well-known/openid-configuration"


def test_what_is_sent_is_bound_to_the_browser_and_the_attempt() -> None:
    """RFC 7636's own example for the challenge; the rest by hand."""
    assert avtrykk_s256("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk") == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
    verdier = {avledet(n, s, h) for n in ("a", "b") for s in ("a", "b") for h in ("nonce", "verifier")}
    assert len(verdier) == 8
    assert all(len(verdi) == 43 and "=" not in verdi for verdi in verdier)
    noekkel, tekst = b"nettleser", b"nonce\x1fstate"
    blokk = noekkel.ljust(64, b"\0")
    indre = hashlib.sha256(bytes(b ^ 0x36 for b in blokk) + tekst).digest()
    ytre = hashlib.sha256(bytes(b ^ 0x5C for b in blokk) + indre).digest()
    assert avledet("nettleser", "state", "nonce") == base64.urlsafe_b64encode(ytre).decode().rstrip("=")


@pytest.mark.parametrize(
    ("bytes_", "kode"),
    [
        (b"\0\0\0\0\0", "0000-0000"),
        (b"\xff\xff\xff\xff\xff", "ZZZZ-ZZZZ"),
        (b"\0\0\0\0\x01", "1000-0000"),
        (b"\x01\0\0\0\0", "0000-0040"),
        (b"\0\0\0\x04\x20\xff", "0110-0000"),  # five are enough
    ],
)
def test_a_reference_to_read_aloud(bytes_: bytes, kode: str) -> None:
    assert kort_kode(bytes_) == kode
    assert len(set(rules._KODETEGN)) == 32
    assert not set("ILOU") & set(rules._KODETEGN)


def test_limits_and_defaults_are_as_the_documentation_says() -> None:
    assert timedelta(minutes=10) == rules.FORSOEK_VARER
    assert timedelta(days=30) == rules.FORESPOERSEL_VARER
    asymmetriske = [f"{slag}{bit}" for slag in ("RS", "PS", "ES") for bit in (256, 384, 512)] + ["EdDSA"]
    assert list(rules.ALGORITMER) == asymmetriske
    assert all(kode.value == kode.name.lower() for kode in Avvik)
    assert (HOS.hemmelighet, HOS.privat_noekkel, HOS.noekkel_id, HOS.tenant) == (None, None, None, None)
    assert (HOS.noekkelalgoritme, HOS.noekkelmottaker, HOS.scope) == ("RS256", "issuer", "openid")
    assert HOS.algoritmer == ("RS256", "PS256", "ES256")
    assert "hemm" not in repr(utsteder(hemmelighet="hemm", privat_noekkel="hemm"))


def test_an_issuer_that_says_no_more_is_known_by_sub_and_demands_no_level() -> None:
    assert (HOS.subjekt, HOS.krev_acr, HOS.krev_amr) == (Subjekt.SUB, (), ())
