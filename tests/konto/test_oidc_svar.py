"""Every wrong answer that an issuer can give, over HTTP, and an issuer that is down."""

import base64
import hmac
import socket
import time
from collections.abc import Callable
from datetime import timedelta
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from joserfc import jwt
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from koordinering.audit import Hva
from koordinering.db import db, now, own_transaction
from koordinering.konto.oidc import services
from koordinering.konto.oidc.models import OidcForespoersel, OidcForsoek
from koordinering.konto.oidc.rules import Avvik
from koordinering.konto.oidc.services import noekler, samtale
from koordinering.konto.oidc.services import tilbyder as hos
from koordinering.konto.oidc.services.tilbyder import Tilbyder
from tests.konto.hos_andre import (
    doer,
    doeren,
    hele_veien,
    hos_utstederen,
    kjenn,
    nav,
    oekter,
    siste,
    til,
    ut,
    utstederen,
)
from tests.konto.tilbyder import EGEN, FREMMED, Doer, innhold, signert, usignert
from tests.nettleser import Nettleser

__all__ = ["doer", "doeren", "nav"]

pytestmark = pytest.mark.bare_sqlite  # test_oidc_database.py goes to both


# --- Every wrong answer -------------------------------------------------------------------------------------

Lag = Callable[[dict[str, Any]], str]


def med(**endret: Any) -> Lag:
    """The right token with these claims instead, signed with a key of the issuer's."""
    return lambda krav: signert({**krav, **endret})


def uten(navn: str) -> Lag:
    """The right token without a claim."""
    return lambda krav: signert({k: v for k, v in krav.items() if k != navn})


def _hmac(krav: dict[str, Any]) -> str:
    # Signed with the public key as if it were a shared secret: what an RSA verifier must never believe.
    hode = usignert({"alg": "HS256", "kid": "egen"}).split(".")[1]
    midten = signert(krav).split(".")[1]
    sum_ = hmac.digest(EGEN.as_pem(private=False), f"{hode}.{midten}".encode(), "sha256")
    return f"{hode}.{midten}.{base64.urlsafe_b64encode(sum_).decode().rstrip('=')}"


def _endret_etterpaa(krav: dict[str, Any]) -> str:
    hode, _, signatur = signert(krav).split(".")
    return ".".join((hode, signert({**krav, "sub": "en-annen"}).split(".")[1], signatur))


def _om(sekunder: float) -> int:
    return int(time.time() + sekunder)


@pytest.mark.parametrize(
    ("token", "avvik"),
    [
        pytest.param(_endret_etterpaa, Avvik.SIGNATUR, id="bad signature"),
        pytest.param(lambda krav: signert(krav, FREMMED, kid="egen"), Avvik.SIGNATUR, id="another's key, our name"),
        pytest.param(usignert, Avvik.SIGNATUR, id="alg none"),
        pytest.param(_hmac, Avvik.SIGNATUR, id="signed with the public key"),
        pytest.param(lambda _: "ikke.et.token", Avvik.SIGNATUR, id="no token"),
        pytest.param(lambda krav: signert(krav, FREMMED), Avvik.NOEKKEL, id="unknown key"),
        pytest.param(med(iss="https://en-annen.example"), Avvik.UTSTEDER, id="wrong issuer"),
        pytest.param(uten("iss"), Avvik.UTSTEDER, id="no issuer"),
        pytest.param(med(aud="en-annen"), Avvik.MOTTAKER, id="wrong audience"),
        pytest.param(med(aud=["koord", "en-annen"]), Avvik.MOTTAKER, id="several audiences, asked for by nobody"),
        pytest.param(med(azp="en-annen"), Avvik.MOTTAKER, id="asked for by another"),
        pytest.param(med(exp=_om(-3600), iat=_om(-7200)), Avvik.GAMMELT, id="out of date"),
        pytest.param(med(iat=_om(-7200)), Avvik.GAMMELT, id="made long ago"),
        pytest.param(med(iat=_om(3600)), Avvik.GAMMELT, id="made in the future"),
        pytest.param(med(nbf=_om(3600)), Avvik.GAMMELT, id="not yet"),
        pytest.param(uten("exp"), Avvik.GAMMELT, id="never ends"),
        pytest.param(uten("nonce"), Avvik.NONCE, id="missing nonce"),
        pytest.param(med(nonce="x" * 43), Avvik.NONCE, id="wrong nonce"),
        pytest.param(uten("sub"), Avvik.SUBJEKT, id="nobody"),
        pytest.param(med(sub=["hege"]), Avvik.SUBJEKT, id="several"),
    ],
)
def test_a_token_with_a_fault_lets_nobody_in(
    doer: Doer, nav: Tilbyder, folk: Any, nettleser: Nettleser, token: Lag, avvik: Avvik
) -> None:
    kjenn(doer, folk.nav1)
    doer.token = token
    svar = hele_veien(nettleser)
    assert svar.status_code == 403
    assert avvik.tekst in svar.get_data(as_text=True)
    linje = siste(Hva.INN_NEKTET)
    assert linje is not None
    assert linje.detalj == f"oidc.{avvik.value}"
    assert oekter(folk.nav1.id) == 0
    assert db.session.scalar(select(func.count()).select_from(OidcForespoersel)) == 0


def test_the_changed_token_would_have_opened_with_nothing_changed(
    doer: Doer, nav: Tilbyder, folk: Any, nettleser: Nettleser
) -> None:
    """What makes the tests above tests: the door's own signature is believed, and so are two audiences with azp."""
    kjenn(doer, folk.nav1)
    doer.token = med(aud=["koord", "en-annen"], azp="koord")
    assert hele_veien(nettleser).location == "/"
    assert oekter(folk.nav1.id) == 1


def test_an_answer_is_used_once_in_the_browser_that_asked_and_in_time(
    doer: Doer, nav: Tilbyder, folk: Any, nettleser: Nettleser, app: Flask
) -> None:
    kjenn(doer, folk.nav1)
    angrep = hos_utstederen(til(Nettleser(app)))
    assert nettleser.se(angrep).status_code == 403, "somebody else's answer signs nobody in here"
    nettleser.se("/logg-inn/hos/nav")
    assert nettleser.se(angrep).status_code == 403, "not in a browser with an attempt of its own either"
    tilbake = hos_utstederen(til(nettleser))
    assert nettleser.se(tilbake + "x" * 5).status_code == 403  # the state is another
    assert nettleser.se(tilbake).location == "/"
    assert nettleser.se(tilbake).status_code == 403, "played again"
    sen = Nettleser(app)
    tilbake = hos_utstederen(til(sen))
    with own_transaction() as session:
        for rad in session.scalars(select(OidcForsoek)):
            rad.utloeper = now() - timedelta(seconds=1)
    assert sen.se(tilbake).status_code == 403
    services.rydd_innlogginger()
    db.session.rollback()
    assert db.session.scalar(select(func.count()).select_from(OidcForsoek)) == 0


def test_a_code_is_used_once_at_the_issuer_and_needs_the_verifier(
    doer: Doer, nav: Tilbyder, nettleser: Nettleser
) -> None:
    adresse = til(nettleser)
    code = parse_qs(urlsplit(hos_utstederen(adresse)).query)["code"][0]
    andre = parse_qs(urlsplit(hos_utstederen(til(nettleser))).query)["state"][0]
    svar = nettleser.se(f"/logg-inn/hos/nav/svar?code={code}&state={andre}")  # another attempt's code
    assert (svar.status_code, Avvik.KODE.tekst in svar.get_data(as_text=True)) == (403, True)


@pytest.mark.parametrize(
    ("sporsmaal", "avvik"),
    [
        ("error=access_denied", Avvik.AVBRUTT),
        ("error=server_error&error_description=%3Cscript%3E", Avvik.TILBYDER),
        ("code=", Avvik.TILBYDER),
        ("code=x&iss=https://en-annen.example", Avvik.UTSTEDER),
    ],
)
def test_the_issuer_says_no_or_somebody_else_answers(
    nav: Tilbyder, nettleser: Nettleser, sporsmaal: str, avvik: Avvik
) -> None:
    state = parse_qs(urlsplit(til(nettleser)).query)["state"][0]
    svar = nettleser.se(f"/logg-inn/hos/nav/svar?{sporsmaal}&state={state}")
    assert (svar.status_code, avvik.tekst in svar.get_data(as_text=True)) == (403, True)
    assert "<script>" not in svar.get_data(as_text=True)


def test_an_issuer_that_promises_its_name_in_each_answer_is_held_to_it(
    doer: Doer, nav: Tilbyder, nettleser: Nettleser
) -> None:
    doer.beskrivelse = {"authorization_response_iss_parameter_supported": True}
    svar = hele_veien(nettleser)
    assert Avvik.UTSTEDER.tekst in svar.get_data(as_text=True)


# --- Keys, and an issuer that is down -----------------------------------------------------------------------


def test_a_new_key_is_fetched_when_it_is_first_seen_but_not_for_every_unknown_one(
    doer: Doer, nav: Tilbyder, folk: Any, nettleser: Nettleser, monkeypatch: pytest.MonkeyPatch
) -> None:
    kjenn(doer, folk.nav1)
    doer.noekler = [EGEN.as_dict(private=False)]
    doer.token = signert
    assert hele_veien(nettleser).location == "/"
    ut(nettleser)
    doer.noekler = [FREMMED.as_dict(private=False)]
    doer.token = lambda krav: signert(krav, FREMMED)
    doer.kall.clear()
    assert hele_veien(nettleser).status_code == 403
    assert hele_veien(nettleser).status_code == 403
    assert doer.kall.count("/jwks") == 0, "asked for again so soon"
    monkeypatch.setattr(hos, "_NY_NOEKKEL", 0)
    assert hele_veien(nettleser).location == "/"
    assert doer.kall.count("/jwks") == 1
    ut(nettleser)
    doer.token = signert
    assert hele_veien(nettleser).status_code == 403, "a key that is taken back is not believed"


@pytest.mark.parametrize("sti", ["/.well-known/openid-configuration", "/jwks", "/oauth2/token"])
def test_an_issuer_that_is_down_gives_a_calm_page_and_the_password_is_there(
    doer: Doer, nav: Tilbyder, nettleser: Nettleser, sti: str
) -> None:
    doer.sier = {sti: 503}
    nettleser._kjoer = _uten_grense(nettleser)  # type: ignore[method-assign]
    foerst = nettleser.se("/logg-inn/hos/nav")
    svar = foerst if foerst.status_code == 503 else nettleser.se(hos_utstederen(foerst.location))
    assert svar.status_code == 503
    assert Avvik.NEDE.tekst in svar.get_data(as_text=True)
    assert svar.headers["Retry-After"] == "30"
    assert 'href="/logg-inn"' in svar.get_data(as_text=True)


def _uten_grense(nettleser: Nettleser) -> Callable[..., TestResponse]:
    """The test browser takes an answer above 500 for a crash; here one is meant."""
    return lambda metode, url, **kw: nettleser.klient.open(url, method=metode, base_url="http://localhost", **kw)


def test_nobody_waits_long_for_a_slow_issuer_and_the_next_does_not_wait_at_all(
    doer: Doer, nav: Tilbyder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(samtale, "TIDSGRENSE", (0.2, 0.2))
    doer.treg = 0.6
    foer = 0.0
    for _ in range(2):
        foer = time.monotonic()
        with pytest.raises(services.SsoFeil) as feil:
            nav.beskrivelse()
        assert feil.value.avvik is Avvik.NEDE
    assert time.monotonic() - foer < 0.1
    assert len(doer.kall) <= 1


@pytest.mark.parametrize(
    "svar",
    [
        pytest.param(b'Content-Length: 100\r\n\r\n{"a":', id="cut off"),
        pytest.param(b"Content-Encoding: gzip\r\nContent-Length: 5\r\n\r\nabcde", id="not what it is packed as"),
        pytest.param(b"Transfer-Encoding: chunked\r\n\r\nzz\r\nabc", id="a part without a length"),
    ],
)
def test_an_answer_that_breaks_off_is_told_as_an_issuer_that_is_down(svar: bytes) -> None:
    """urllib3 has errors of its own for them, which are neither requests' nor the system's."""
    with socket.socket() as sokkel:
        sokkel.bind(("127.0.0.1", 0))
        sokkel.listen()

        def svare() -> None:
            samtalen, _ = sokkel.accept()
            with samtalen:
                samtalen.recv(4096)
                samtalen.sendall(b"HTTP/1.1 200 OK\r\n" + svar)

        traad = Thread(target=svare)
        traad.start()
        with pytest.raises(samtale.SvarerIkke):
            samtale.hent(f"http://127.0.0.1:{sokkel.getsockname()[1]}/")
        traad.join()


def test_a_large_answer_and_a_description_of_another_are_refused(doer: Doer, nav: Tilbyder) -> None:
    doer.beskrivelse = {"x": "y" * 600_000}
    with pytest.raises(services.SsoFeil) as feil:
        nav.beskrivelse()
    assert feil.value.avvik is Avvik.NEDE
    doer.beskrivelse = {"issuer": "https://en-annen.example"}
    with pytest.raises(services.SsoFeil) as feil:
        Tilbyder(nav.utsteder).beskrivelse()
    assert feil.value.avvik is Avvik.UTSTEDER
    doer.beskrivelse = {"token_endpoint": "ftp://her"}
    with pytest.raises(services.SsoFeil) as feil:
        Tilbyder(nav.utsteder).beskrivelse()
    assert feil.value.avvik is Avvik.OPPSETT


@pytest.mark.parametrize("sti", ["/.well-known/openid-configuration", "/jwks", "/oauth2/token"])
def test_an_issuer_that_sends_us_on_is_not_followed(
    doer: Doer, nav: Tilbyder, folk: Any, nettleser: Nettleser, sti: str
) -> None:
    kjenn(doer, folk.nav1)
    tilbake = hos_utstederen(til(nettleser))
    nav._beskrivelse.hentet = nav._noekler.hentet = float("-inf")
    doer.sier = {sti: 307}
    nettleser._kjoer = _uten_grense(nettleser)  # type: ignore[method-assign]
    assert nettleser.se(tilbake).status_code in {403, 503}
    assert sti in doer.kall
    assert "/et-annet-sted" not in doer.kall
    assert oekter(folk.nav1.id) == 0


def test_a_key_that_is_too_short_checks_nothing() -> None:
    egen = EGEN.as_dict(private=False)
    assert len(noekler.brukbare({"keys": [egen]})) == 1
    kort = {**egen, "n": egen["n"][: 1024 * 4 // 3 // 8 + 1]}
    assert noekler.brukbare({"keys": [kort, {**egen, "kty": "oct", "k": "c2hhcmVk"}, "tull"]}) == []


def test_signing_out_works_when_the_issuer_is_down(doer: Doer, nav: Tilbyder, folk: Any, nettleser: Nettleser) -> None:
    kjenn(doer, folk.nav1)
    hele_veien(nettleser)
    nettleser.token()
    nav._beskrivelse.hentet = float("-inf")
    doer.sier = {"/.well-known/openid-configuration": 503}
    svar = nettleser.send("/logg-ut")
    assert svar.status_code == 200
    assert "Refresh" not in svar.headers
    assert "fremdeles være logget inn hos Nav" in svar.get_data(as_text=True)


def test_a_client_with_a_key_of_its_own_signs_anew_each_time(doer: Doer, folk: Any) -> None:
    privat = FREMMED.as_pem(private=True).decode()
    en = Tilbyder(utstederen(doer, hemmelighet=None, privat_noekkel=privat, noekkel_id="k1"))
    for _ in range(2):
        with pytest.raises(services.SsoFeil):
            en.veksle("oppdiktet", verifier="v" * 43, retur="http://localhost/")
    foerste, andre = doer.paastander
    krav = jwt.decode(foerste, FREMMED).claims
    assert (krav["iss"], krav["sub"], krav["aud"]) == ("koord", "koord", doer.adresse)
    assert krav["exp"] - krav["iat"] <= 120
    assert innhold(foerste)["jti"] != innhold(andre)["jti"]


@pytest.mark.parametrize(("sti", "status", "ord_"), [("/oauth2/token", 401, "oppsett"), ("/oauth2/token", 503, "nede")])
def test_what_stops_everybody_is_told_to_whoever_runs_the_installation(
    doer: Doer, nav: Tilbyder, folk: Any, nettleser: Nettleser, caplog: Any, sti: str, status: int, ord_: str
) -> None:
    kjenn(doer, folk.nav1)
    tilbake = hos_utstederen(til(nettleser))
    doer.sier = {sti: status}
    nettleser._kjoer = _uten_grense(nettleser)  # type: ignore[method-assign]
    assert nettleser.se(tilbake).status_code in {403, 503}
    assert f"signing in at the issuer nav failed: {ord_}" in caplog.messages
    caplog.clear()
    assert nettleser.se(tilbake).status_code == 403
    assert caplog.messages == [], "an attempt that is used is her own"
