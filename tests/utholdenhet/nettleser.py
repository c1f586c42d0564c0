"""One person's browser in the soak: it signs in again when the session has ended, as people do."""

import re
import threading
from collections import Counter
from collections.abc import Collection, Mapping
from typing import Any

import requests

from tests.conftest import PASSORD

_TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')

FORSOEK = 5
"""Times that somebody tries before it is a fault."""


class Nettleser:
    """A browser of its own for each user name; one thing at a time."""

    def __init__(self, adresse: str, brukernavn: str) -> None:
        self.adresse, self.brukernavn = adresse, brukernavn
        self.svar: Counter[int] = Counter()
        """Answers by status; a 503 said that the database was busy for longer than anybody waits."""
        self._laas = threading.Lock()
        self._okt = requests.Session()
        self._okt.trust_env = False
        # As behind a proxy: kept, a connection is one worker's, and so is all that this person does in a day.
        self._okt.headers["Connection"] = "close"
        self._token = ""

    def se(self, sti: str, venter: Collection[int] = (200,)) -> str:
        """Open a page. Where the answer may lead somewhere else (303 in `venter`), the text is empty."""
        svar = self._gjoer("GET", sti, None, venter)
        return svar.text if svar.status_code == 200 else ""

    def send(self, sti: str, felt: Mapping[str, Any], venter: Collection[int] = (303,)) -> requests.Response:
        """Send a form. Raises AssertionError for an answer that is not among those waited for."""
        return self._gjoer("POST", sti, felt, venter)

    def logg_ut(self) -> None:
        """Leave; the next errand signs in anew."""
        self.send("/logg-ut", {})
        self._token = ""

    def _gjoer(
        self, metode: str, sti: str, felt: Mapping[str, Any] | None, venter: Collection[int]
    ) -> requests.Response:
        with self._laas:
            if not self._token:
                self._logg_inn()
            svar = self._spoer(metode, sti, felt)
            if svar.status_code in {302, 303} and "/logg-inn" in svar.headers["Location"]:
                self._logg_inn()
                svar = self._spoer(metode, sti, felt)
        if svar.status_code not in venter:
            raise AssertionError(f"{self.brukernavn}: {metode} {sti} answered {svar.status_code}")
        return svar

    def _logg_inn(self) -> None:
        for _ in range(FORSOEK):
            side = self._spoer("GET", "/logg-inn", None)
            self._token = next(iter(_TOKEN.findall(side.text)), "")
            self._spoer("POST", "/logg-inn", {"brukernavn": self.brukernavn, "passord": PASSORD})
            min_side = self._spoer("GET", "/konto", None)
            if min_side.status_code == 200:
                self._token = _TOKEN.findall(min_side.text)[-1]
                return
        raise AssertionError(f"{self.brukernavn} does not get in")

    def _spoer(self, metode: str, sti: str, felt: Mapping[str, Any] | None) -> requests.Response:
        svar = self._en_gang(metode, sti, felt)
        for _ in range(FORSOEK):
            if svar.status_code != 503:
                break
            svar = self._en_gang(metode, sti, felt)
        return svar

    def _en_gang(self, metode: str, sti: str, felt: Mapping[str, Any] | None) -> requests.Response:
        data = None if felt is None else {"csrf_token": self._token, **felt}
        svar = self._okt.request(metode, self.adresse + sti, data=data, timeout=120, allow_redirects=False)
        self.svar[svar.status_code] += 1
        return svar
