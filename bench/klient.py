"""A signed-in person at a browser, against an application in this process."""

import contextvars
import re
from collections.abc import Mapping

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from koordinering.demo.brukere import demobrukere
from koordinering.konto import services as konto

_ELEMENT = re.compile(r"<input[^>]*>")
_ATTR = re.compile(r'([a-z-]+)="([^"]*)"')
_TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')


def start_okt(brukernavn: str) -> str:
    """A session of the demo's user of this name: the token of its cookie."""
    return konto.start_okt(next(u.id for u in demobrukere() if u.brukernavn == brukernavn), enhetstype="bench")


def lest_skjema(side: str) -> dict[str, object]:
    """Ticked boxes and filled lines of a page, by name."""
    ut: dict[str, list[str]] = {}
    for element in _ELEMENT.findall(side):
        attr = dict(_ATTR.findall(element))
        kryss = attr.get("type") in ("checkbox", "radio")
        if "name" in attr and attr["name"] != "csrf_token" and ("checked" in element or not kryss):
            ut.setdefault(attr["name"], []).append(attr.get("value", ""))
    return dict(ut)


class Klient:
    """Each request runs in a context of its own, as real ones do. `app` is the product or the floor: they share
    sessions."""

    def __init__(self, app: Flask, token: str, foerste: str = "/konto") -> None:
        self._klient: FlaskClient = app.test_client()
        with self._klient.session_transaction(base_url="http://localhost") as okt:
            okt["okt"] = token
        self._finn_token(foerste)

    @classmethod
    def utenfor(cls, app: Flask, kjent: str | None = None) -> "Klient":
        """Somebody who is not signed in, at the sign-in page; `kjent` is what the browser was given at the last."""
        ny = cls.__new__(cls)
        ny._klient = app.test_client()
        if kjent is not None:
            ny._klient.set_cookie("kjent", kjent)
        ny._finn_token("/logg-inn")
        return ny

    @property
    def app(self) -> Flask:
        """The product, or the floor."""
        return self._klient.application

    def _finn_token(self, url: str) -> None:
        funnet = _TOKEN.search(self.se(url).get_data(as_text=True))
        if funnet is None:
            raise RuntimeError("the client is not signed in")
        self._token = funnet[1]

    @property
    def kake(self) -> str:
        """The session's cookie, for a browser of another process."""
        return f"koordinering={self.kaker['koordinering']}"

    @property
    def kaker(self) -> dict[str, str]:
        """Every cookie that it has been given."""
        return {en.key: en.value for en in (self._klient._cookies or {}).values()}

    def skjemaet(self, url: str) -> dict[str, object]:
        """What a page's form would send as it stands: what is ticked, chosen and filled in."""
        return lest_skjema(self.se(url).get_data(as_text=True))

    def se(self, url: str) -> TestResponse:
        """Open a page; anything but 200 stops the bench."""
        return self._kjoer("GET", url, None, {200})

    def send(self, url: str, data: Mapping[str, object], svar: set[int]) -> TestResponse:
        """Send a form; another answer than expected stops the bench."""
        return self._kjoer("POST", url, {"csrf_token": self._token, **data}, svar)

    def _kjoer(self, metode: str, url: str, data: dict[str, object] | None, svar: set[int]) -> TestResponse:
        def gjoer() -> TestResponse:
            return self._klient.open(url, method=metode, data=data, base_url="http://localhost")

        resultat: TestResponse = contextvars.Context().run(gjoer)
        resultat.get_data()
        if resultat.status_code not in svar:
            raise RuntimeError(f"{metode} {url.split('?')[0]} answered {resultat.status_code}")
        return resultat
