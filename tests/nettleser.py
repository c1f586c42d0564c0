"""A test browser without a screen: it signs in as one of the cast and checks every page it opens."""

import contextvars
import re
from collections import Counter
from html.parser import HTMLParser
from typing import Any

import html5lib
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from koordinering.db import db
from koordinering.konto import services as konto
from koordinering.users import User

_TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')


class _Sjekk(HTMLParser):
    """Collects what the rules about every page need."""

    def __init__(self) -> None:
        super().__init__()
        self.ider: Counter[str] = Counter()
        self.tagger: Counter[str] = Counter()
        self.forbudt: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tagger[tag] += 1
        for navn, verdi in attrs:
            if navn == "id" and verdi:
                self.ider[verdi] += 1
            if navn == "style" or navn.startswith("on"):
                self.forbudt.append(f"{tag} {navn}")
        if tag == "script" and "src" not in dict(attrs):
            self.forbudt.append("inline script")


_VERDI = re.compile(r'="[^"&<>\x00-\x08\x0b\x0e-\x1f\x7f-\x9f]*"')
_TEKST = re.compile(r">[^<&\x00-\x08\x0b\x0e-\x1f\x7f-\x9f]+<")
_gyldige: set[int] = set()
"""Pages that were valid, by what decides it: tags, attributes and entities. The strict parser is slow."""


def _sjekk_gyldig(html: str) -> None:
    byggverk = hash(_TEKST.sub("><", _VERDI.sub('=""', html)))
    if byggverk not in _gyldige:
        html5lib.HTMLParser(strict=True).parse(html)
        _gyldige.add(byggverk)


_FYLT = re.compile(r' value="[^"&<>\x00-\x08\x0b\x0e-\x1f\x7f-\x9f]*"')
_sett: set[int] = set()
"""Pages that were in order, by their tags and attributes: an error page comes a thousand times."""


def sjekk_side(html: str) -> None:
    """Valid HTML, one h1, one title, unique ids, nothing inline."""
    side = hash(_TEKST.sub("><", _FYLT.sub(' value=""', html)))
    if side not in _sett:
        _sjekk_innhold(html)
        _sett.add(side)


def _sjekk_innhold(html: str) -> None:
    _sjekk_gyldig(html)
    sjekk = _Sjekk()
    sjekk.feed(html)
    assert sjekk.tagger["h1"] == 1, f"{sjekk.tagger['h1']} h1 on the page"
    assert sjekk.tagger["main"] == 1
    assert not [i for i, n in sjekk.ider.items() if n > 1], f"repeated ids: {sjekk.ider.most_common(3)}"
    assert not sjekk.forbudt, sjekk.forbudt


class Nettleser:
    """One person at one browser. Requests run outside the test's own application context, as real ones do."""

    def __init__(self, app: Flask, user_id: int | None = None) -> None:
        self.app = app
        self.klient: FlaskClient = app.test_client()
        self._token: str | None = None
        if user_id is not None:
            self._logg_inn(user_id)

    def som(self, user: User) -> "Nettleser":
        """A new browser, signed in as this user."""
        return Nettleser(self.app, user.id)

    def _logg_inn(self, user_id: int) -> None:
        def start() -> str:
            with self.app.app_context():
                return konto.start_okt(user_id, enhetstype="test")

        token = contextvars.Context().run(start)
        with self.klient.session_transaction() as okt:
            okt["okt"] = token

    def _kjoer(self, metode: str, url: str, **kw: Any) -> TestResponse:
        def svar() -> TestResponse:
            return self.klient.open(url, method=metode, base_url="http://localhost", **kw)

        resultat: TestResponse = contextvars.Context().run(svar)
        assert not db.session.new, "uncommitted work"
        if resultat.mimetype == "text/html" and resultat.status_code not in {301, 302, 303}:
            sjekk_side(resultat.get_data(as_text=True))
        assert resultat.status_code < 500, f"{metode} {url} gave {resultat.status_code}"
        return resultat

    def se(self, url: str, **kw: Any) -> TestResponse:
        """Open a page."""
        return self._kjoer("GET", url, **kw)

    def token(self) -> str:
        """The form token of this session, read off the account page."""
        if self._token is None:
            funnet = _TOKEN.search(self.se("/konto").get_data(as_text=True))
            assert funnet, "no token on the page"
            self._token = funnet[1]
        return self._token

    def send(self, url: str, data: dict[str, Any] | None = None, *, foelg: bool = False, **kw: Any) -> TestResponse:
        """Send a form."""
        return self._kjoer(
            "POST", url, data={"csrf_token": self.token(), **(data or {})}, follow_redirects=foelg, **kw
        )
