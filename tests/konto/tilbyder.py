"""An issuer for the tests: oidc-provider-mock in a process of its own, behind a door that can give wrong answers."""

import base64
import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

import requests
from joserfc import jwk, jwt
from werkzeug.serving import WSGIRequestHandler, make_server
from werkzeug.wrappers import Request, Response

from koordinering.konto.oidc.rules import avtrykk_s256
from tests.tjener import ledig_port

EGEN = jwk.RSAKey.generate_key(2048, {"kid": "egen", "use": "sig"})
"""The key that the door signs with when it has changed a token; in the issuer's key set."""
FREMMED = jwk.RSAKey.generate_key(2048, {"kid": "fremmed", "use": "sig"})
"""A key that is not."""

Krav = dict[str, Any]


def innhold(token: str) -> Krav:
    """The claims of a token, unchecked."""
    midten = token.split(".")[1]
    lest: Krav = json.loads(base64.urlsafe_b64decode(midten + "=" * (-len(midten) % 4)))
    return lest


def signert(krav: Krav, noekkel: Any = EGEN, **hode: Any) -> str:
    """A token with these claims."""
    return jwt.encode({"alg": "RS256", "kid": noekkel.kid, **hode}, krav, noekkel)


def usignert(krav: Krav) -> str:
    """A token that says it needs no signature."""
    deler = (json.dumps(del_).encode() for del_ in ({"alg": "none"}, krav))
    return ".".join(base64.urlsafe_b64encode(del_).decode().rstrip("=") for del_ in deler) + "."


@dataclass
class Doer:
    """What stands between us and the issuer, and how it lies."""

    bak: str
    adresse: str = ""
    token: Callable[[Krav], str] | None = None
    """Makes the token that is handed out, of the claims of the right one."""
    beskrivelse: Krav = field(default_factory=dict)
    """What the description says instead."""
    noekler: list[Any] | None = None
    """The key set, instead of the issuer's, to which the door's own is added when it changes tokens."""
    sier: dict[str, int] = field(default_factory=dict)
    """An address that answers only this status."""
    treg: float = 0
    """Seconds before each answer."""
    klokke: float = 0
    """Seconds that the issuer's clock is ahead."""
    kall: list[str] = field(default_factory=list)
    """The addresses that were asked for."""
    paastander: list[str] = field(default_factory=list)
    """The client assertions that came."""
    _avtrykk: dict[str, str] = field(default_factory=dict)

    def nullstill(self) -> None:
        """Tell the truth again."""
        self.token, self.noekler, self.treg, self.klokke = None, None, 0, 0
        self.beskrivelse, self.sier, self.kall, self.paastander = {}, {}, [], []

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Answer as a WSGI application."""
        return self._svar(Request(environ))(environ, start_response)

    def _svar(self, request: Request) -> Response:
        """Pass on, and change what is to be changed."""
        self.kall.append(request.path)
        kropp = request.get_data()  # before the form is read, which uses it up
        time.sleep(self.treg)
        if request.path in self.sier:
            status = self.sier[request.path]
            return Response(
                "nei", status=status, headers={"Location": "/et-annet-sted"} if status // 100 == 3 else None
            )
        if request.path == "/oauth2/token" and not self._pkce_stemmer(request):
            return Response(json.dumps({"error": "invalid_grant"}), status=400, content_type="application/json")
        hoder = {k: v for k, v in request.headers if k in {"Authorization", "Content-Type", "Accept"}}
        svar = requests.request(
            request.method,
            self.bak + request.full_path,
            data=kropp,
            headers={**hoder, "Host": request.host},
            allow_redirects=False,
            timeout=20,
        )
        self._husk(request, svar)
        ut = Response(
            self._endret(request.path, svar), status=svar.status_code, content_type=svar.headers["Content-Type"]
        )
        if "Location" in svar.headers:
            ut.headers["Location"] = svar.headers["Location"]
        return ut

    def _husk(self, request: Request, svar: requests.Response) -> None:
        # The mock knows no PKCE: the door does its part of it.
        kode = parse_qs(urlsplit(svar.headers.get("Location", "")).query).get("code", [""])[0]
        if kode:
            self._avtrykk[kode] = request.args["code_challenge"]

    def _pkce_stemmer(self, request: Request) -> bool:
        self.paastander += request.form.getlist("client_assertion")
        ventet = self._avtrykk.get(request.form.get("code", ""))
        return ventet is not None and ventet == avtrykk_s256(request.form.get("code_verifier", ""))

    def _endret(self, sti: str, svar: requests.Response) -> bytes:
        if not svar.ok or not svar.headers["Content-Type"].startswith("application/json"):
            return svar.content
        data = svar.json()
        if sti.endswith("openid-configuration"):
            data |= {"code_challenge_methods_supported": ["S256"]} | self.beskrivelse
        elif sti == "/jwks":
            # The mock's tokens name no key, which is right for an issuer that has one.
            egne = [EGEN.as_dict(private=False)] if self.token is not None else []
            data["keys"] = [*data["keys"], *egne] if self.noekler is None else self.noekler
        elif sti == "/oauth2/token" and self.token is not None and "id_token" in data:
            data["id_token"] = self.token(innhold(data["id_token"]))
        return json.dumps(data).encode()


class _Stille(WSGIRequestHandler):
    def date_time_string(self, timestamp: float | None = None) -> str:
        """What time the issuer says it is."""
        doer: Any = self.server.app
        return super().date_time_string((timestamp or time.time()) + doer.klokke)

    def log(self, *args: Any, **kw: Any) -> None:
        """Say nothing."""


@contextmanager
def tilbyder() -> Iterator[Doer]:
    """Serve an issuer until the block ends."""
    port, bak = ledig_port(), ledig_port()
    prosess = subprocess.Popen(  # noqa: S603 - our own command
        [sys.executable, "-m", "oidc_provider_mock", "--port", str(bak)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    doer = Doer(f"http://127.0.0.1:{bak}", f"http://127.0.0.1:{port}")
    tjener = make_server("127.0.0.1", port, doer, threaded=True, request_handler=_Stille)
    traad = threading.Thread(target=tjener.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    traad.start()
    try:
        _vent(doer.bak)
        yield doer
    finally:
        tjener.shutdown()
        tjener.server_close()
        traad.join(5)
        prosess.kill()
        prosess.wait(10)


def _vent(adresse: str) -> None:
    for _ in range(300):
        try:
            requests.get(adresse + "/jwks", timeout=2)
        except requests.ConnectionError:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError("the issuer did not start")
