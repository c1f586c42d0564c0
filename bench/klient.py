"""A signed-in person at a browser, against an application in this process."""

import contextvars
import re
from collections.abc import Mapping

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from koordinering.demo.brukere import demobrukere
from koordinering.konto import services as konto

_TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')


def start_okt(brukernavn: str) -> str:
    """A session of the demo's user of this name: the token of its cookie."""
    return konto.start_okt(next(u.id for u in demobrukere() if u.brukernavn == brukernavn), enhetstype="bench")


class Klient:
    """Each request runs in a context of its own, as real ones do. `app` is the product or the floor: they share
    sessions."""

    def __init__(self, app: Flask, token: str, foerste: str = "/konto") -> None:
        self._klient: FlaskClient = app.test_client()
        with self._klient.session_transaction(base_url="http://localhost") as okt:
            okt["okt"] = token
        funnet = _TOKEN.search(self.se(foerste).get_data(as_text=True))
        if funnet is None:
            raise RuntimeError("the client is not signed in")
        self._token = funnet[1]

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
