"""The headers of every answer: pages, refusals, files and what was never asked for in a decent way."""

import re
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask, request

from koordinering.app import create_app
from koordinering.config import Config
from tests.conftest import PASSORD, inne_i
from tests.nettleser import Nettleser

pytestmark = pytest.mark.bare_sqlite

TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')

ALLE = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}


def _retning(csp: str) -> dict[str, str]:
    return {navn: resten for navn, _, resten in (del_.strip().partition(" ") for del_ in csp.split(";"))}


def test_every_answer_has_them_whatever_was_asked(app: Flask, folk: Any, nettleser: Nettleser) -> None:
    nav = nettleser.som(folk.nav1)
    svarene = [
        nettleser.se("/logg-inn"),
        nettleser.se("/"),
        nettleser.se("/finnes-ikke"),
        nettleser.se("/helse"),
        nettleser.klient.post("/logg-inn", data={"brukernavn": "x"}),
        nav.se("/saker"),
        nav.se("/brukere"),
        nav.send("/saker", {}),
        nav.send("/saker/finn", {"fnr": "9" * 3_000_000}),
        app.test_client().get("/", headers={"Host": "et-annet-sted.example"}),
    ]
    assert {svar.status_code for svar in svarene} >= {200, 303, 400, 404, 405, 413}
    for svar in svarene:
        assert {navn: svar.headers.get(navn) for navn in ALLE} == ALLE, (svar.request.path, svar.status_code)
        csp = _retning(svar.headers["Content-Security-Policy"])
        assert (csp["default-src"], csp["script-src"], csp["style-src"]) == ("'none'", "'self'", "'self'")
        assert (csp["require-trusted-types-for"], csp["trusted-types"]) == ("'script'", "'none'")
        assert (csp["frame-ancestors"], csp["base-uri"], csp["form-action"]) == ("'none'", "'none'", "'self'")
        assert csp["object-src"] == "'none'"
        assert "unsafe" not in svar.headers["Content-Security-Policy"]
        assert "Content-Security-Policy-Report-Only" not in svar.headers
        assert "camera=()" in svar.headers["Permissions-Policy"]
        assert "Strict-Transport-Security" not in svar.headers, "the demo is not served over TLS"
        assert "Access-Control-Allow-Origin" not in svar.headers


@pytest.mark.egen_app
def test_over_tls_also_a_static_file_says_so(config: Config, folk: Any) -> None:
    with inne_i(create_app(replace(config, https=True))) as app:
        klient = app.test_client()
        side = klient.get("/logg-inn", base_url="https://localhost")
        adresse = side.get_data(as_text=True).split('src="/static/')[1].split('"')[0]
        fil = klient.get(f"/static/{adresse}", base_url="https://localhost")
        fil.close()
        assert (side.status_code, fil.status_code) == (200, 200)
        for svar in (side, fil):
            assert svar.headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"
            assert svar.headers["X-Content-Type-Options"] == "nosniff"
            assert svar.headers["Cross-Origin-Resource-Policy"] == "same-origin"
            assert svar.headers["Referrer-Policy"] == "same-origin"
            assert _retning(svar.headers["Content-Security-Policy"])["frame-ancestors"] == "'none'"
            assert "; charset=" in (svar.content_type or "")
        data = {"brukernavn": "nav1", "passord": PASSORD, "csrf_token": TOKEN.findall(side.text)[0]}
        inne = klient.post(
            "/logg-inn", base_url="https://localhost", data=data, headers={"Referer": "https://localhost/"}
        )
        kaker = inne.headers.getlist("Set-Cookie")
        assert (inne.status_code, len(kaker)) == (303, 2)
        for kake in (*kaker, side.headers["Set-Cookie"]):
            deler = kake.split("; ")
            assert deler[0].startswith("__Host-"), kake
            assert {"Secure", "HttpOnly", "Path=/"} <= set(deler), kake
            assert {"SameSite=Lax", "SameSite=Strict"} & set(deler), kake
            assert len(deler[0]) < 4096
        mapper = [
            klient.get(f"/static/{sti}", base_url="https://localhost") for sti in ("", adresse.split("/")[0] + "/")
        ]
        assert [svar.status_code for svar in mapper] == [404, 404], "no folder is listed"
        assert "immutable" in fil.headers["Cache-Control"] or "max-age=31536000" in fil.headers["Cache-Control"]


@pytest.mark.egen_app
@pytest.mark.parametrize(
    ("proxyer", "sett"),
    [(0, ("127.0.0.1", "http")), (1, ("203.0.113.9", "https")), (2, ("198.51.100.4", "https"))],
)
def test_where_somebody_comes_from_is_the_proxys_word_and_never_her_own(
    config: Config, proxyer: int, sett: tuple[str, str]
) -> None:
    with inne_i(create_app(replace(config, proxyer=proxyer))) as app:
        hvor: list[tuple[str | None, str]] = []
        app.before_request(lambda: hvor.append((request.remote_addr, request.scheme)))
        hoder = {
            "X-Forwarded-For": "10.0.0.1, 198.51.100.4, 203.0.113.9",  # the first is what she wrote herself
            "X-Forwarded-Proto": "https, https",
            "X-Forwarded-Host": "et-annet-sted.example",
            "X-Forwarded-Prefix": "/ond",
            "X-Real-IP": "10.0.0.2",
            "Forwarded": "for=10.0.0.3",
        }
        assert app.test_client().get("/logg-inn", headers=hoder).status_code == 200
    assert hvor == [sett]
