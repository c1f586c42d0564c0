"""People at browsers of their own, over HTTP against a served installation."""

import http.client
import re
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Mapping, Sequence
from http.cookiejar import CookieJar

from tests.conftest import PASSORD

_TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')

Felter = Mapping[str, str | Sequence[str]]
"""A form as it is sent: a field may stand several times."""

INGEN = 0
"""The status of a request that nobody answered."""


class _IkkeFoelg(urllib.request.HTTPRedirectHandler):
    """A redirect is an answer to look at."""

    def redirect_request(self, *args: object, **kw: object) -> None:
        return None


class Person:
    """One person's browser, signed in over HTTP."""

    def __init__(self, adresse: str, brukernavn: str) -> None:
        self.adresse = adresse
        self.aapner = urllib.request.build_opener(
            urllib.request.HTTPCookieProcessor(CookieJar()), _IkkeFoelg, urllib.request.ProxyHandler({})
        )
        svar = self.send("/logg-inn", {"brukernavn": brukernavn, "passord": PASSORD}, fra="/logg-inn")
        assert svar[0] in {302, 303}, svar
        self.token = self._token("/konto")

    def _token(self, sti: str) -> str:
        funnet = _TOKEN.search(self.hent(sti)[1])
        assert funnet
        return funnet[1]

    def hent(self, sti: str, data: bytes | None = None) -> tuple[int, str]:
        """Status and page; INGEN where the connection was refused or broken off."""
        try:
            try:
                svar = self.aapner.open(self.adresse + sti, data, timeout=60)
            except urllib.error.HTTPError as feil:
                svar = feil
            with svar:
                return svar.status, svar.read().decode()
        except (OSError, http.client.HTTPException):  # also in the middle of an answer
            return INGEN, ""

    def send(self, sti: str, felter: Felter, *, fra: str | None = None) -> tuple[int, str]:
        """Send a form."""
        token = self._token(fra) if fra else self.token
        return self.hent(sti, urllib.parse.urlencode({"csrf_token": token, **felter}, doseq=True).encode())
