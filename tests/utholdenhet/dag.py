"""What a municipality's people do in a day, each as an errand over HTTP with a browser of their own.

HVER_DAG is a busy day in a town of 100,000: some 300 sign-ins, 250 families registered, and what follows. The errands
are spread evenly over the 24 hours and played as fast as the clock of `fort` runs (24 hours in ten minutes: each rate
144 times as high).
"""

import math
import os
import random
import re
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import requests

from tests.conftest import PASSORD

_TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
_SAK = re.compile(r'href="(/saker/\d+)"')
_NESTE = re.compile(r'href="(/saker\?[^"]*side=[^"]+)"')
_HENVISNING = re.compile(r'href="(/henvisninger/\d+)"')
_REFERANSE = re.compile(r"F-[0-9A-Z]{4}-[0-9A-Z]{2}")
_TALL = re.compile(r'href="(/tall/[^"/]+/\d+)"')
_I_KOEEN = re.compile(r'name="tilbud_id"[^>]*value="(\d+)"|<option value="(\d+)"')
_TILBUD = re.compile(r'name="tilbud"[^>]*value="(\d+)"')

VENTET = {200, 303, 302, 404, 409, 422, 429}
"""What an errand may be answered: a case that a colleague has closed meanwhile is 404, a place just taken 409, and
somebody who takes out too many files waits. A fault of ours is none of these."""

_FORSOEK = 5
"""Times that somebody tries before it is a fault."""


class Nettleser:
    """One person's browser. Signs in again when the session has ended, as people do."""

    def __init__(self, adresse: str, brukernavn: str) -> None:
        self.adresse, self.brukernavn = adresse, brukernavn
        self.ventet = 0
        """Times that a page said the database was busy."""
        self._laas = threading.Lock()
        self._okt = requests.Session()
        self._okt.trust_env = False
        self._token = ""

    def se(self, sti: str) -> str:
        """Open a page."""
        return self._gjoer("GET", sti, None).text

    def send(self, sti: str, felt: Mapping[str, Any]) -> requests.Response:
        """Send a form."""
        return self._gjoer("POST", sti, felt)

    def logg_ut(self) -> None:
        """Leave, with a new browser for the next time."""
        self.send("/logg-ut", {})
        self._token = ""

    def _gjoer(self, metode: str, sti: str, felt: Mapping[str, Any] | None) -> requests.Response:
        with self._laas:  # one thing at a time, as people do
            if not self._token:
                self._logg_inn()
            svar = self._spoer(metode, sti, felt)
            if svar.status_code in {302, 303} and "/logg-inn" in svar.headers["Location"]:
                self._logg_inn()
                svar = self._spoer(metode, sti, felt)
            return svar

    def _logg_inn(self) -> None:
        for _ in range(_FORSOEK):
            side = self._spoer("GET", "/logg-inn", None)
            self._token = next(iter(_TOKEN.findall(side.text)), "")
            self._spoer("POST", "/logg-inn", {"brukernavn": self.brukernavn, "passord": PASSORD})
            min_side = self._spoer("GET", "/konto", None)
            if min_side.status_code == 200:
                self._token = _TOKEN.findall(min_side.text)[-1]
                return
        raise AssertionError(f"{self.brukernavn} does not get in")

    def _spoer(self, metode: str, sti: str, felt: Mapping[str, Any] | None) -> requests.Response:
        data = None if felt is None else {"csrf_token": self._token, **felt}
        svar = self._en(metode, sti, data)
        for _ in range(_FORSOEK):
            if svar.status_code != 503:
                break
            self.ventet += 1  # the database was busy for longer than anybody waits: the page says so; try again
            svar = self._en(metode, sti, data)
        if svar.status_code not in VENTET:
            raise AssertionError(f"{metode} {sti} answered {svar.status_code}")
        return svar

    def _en(self, metode: str, sti: str, data: Mapping[str, Any] | None) -> requests.Response:
        return self._okt.request(metode, self.adresse + sti, data=data, timeout=120, allow_redirects=False)


@dataclass
class By:
    """Who is there, and what they have seen: cases, references and referrals to come back to."""

    adresse: str
    rng: random.Random
    metrikk_token: str
    aar: int
    folk: dict[str, Nettleser] = field(default_factory=dict)
    saker: list[tuple[str, str]] = field(default_factory=list)
    referanser: list[str] = field(default_factory=list)
    gjort: Counter[str] = field(default_factory=Counter)

    def som(self, *brukernavn: str) -> Nettleser:
        """One of these people."""
        navn = self.rng.choice(brukernavn)
        if navn not in self.folk:
            self.folk[navn] = Nettleser(self.adresse, navn)
        return self.folk[navn]


HENVISERE = ("nav1", "nav2", "helse1", "kultur1", "kulturskole1", "inkludering1")
ALLE = (
    *HENVISERE,
    "godkjenner1",
    "fretex1",
    "moeteplass1",
    "tiltak1",
    "koordinator1",
    "navleder1",
    "system1",
    "ombud1",
)


def _inn_og_ut(by: By) -> None:
    hvem = by.som(*ALLE)
    hvem.se("/")
    hvem.logg_ut()


def _liste(by: By) -> None:
    hvem = by.som("nav1", "nav2", "helse1")
    side = hvem.se(f"/saker?filter={by.rng.choice(('enheten', 'aapne', 'avsluttede', 'mine'))}")
    by.saker = (by.saker + [(hvem.brukernavn, sti) for sti in _SAK.findall(side)])[-500:]
    neste = _NESTE.findall(side)
    if neste:
        hvem.se(by.rng.choice(neste).replace("&amp;", "&"))


def _sak(by: By) -> None:
    if by.saker:
        navn, sti = by.rng.choice(by.saker)
        by.som(navn).se(sti)


def _registrer(by: By) -> None:
    hvem = by.som("nav1", "nav2")
    svar = hvem.send(
        "/saker/ny",
        {
            "enhet": "nav",
            "i_maalgruppe": "ja",
            "behov": ["fritid", "opplevelse"],
            "barn-0-foedselsaar": str(by.aar - by.rng.randrange(7, 12)),
            "barn-0-deltar": "nei",
            "barn-0-spurt": "ja",
            "barn-0-oenske1": "fotball",
            "barn-0-tiltak": "4a-3",
            "grunnlag": "samtykke",
            "maate": "skriftlig",
            "fra": "foresatt",
            "opplysninger": ["behov", "oenske", "aldersgruppe", "referanse"],
            "kodevalg": "uten",
        },
    )
    if svar.status_code != 303:
        raise AssertionError(f"nothing was registered: {svar.status_code}")
    by.referanser = (by.referanser + _REFERANSE.findall(hvem.se(urlsplit(svar.headers["Location"]).path)))[-200:]


def _finn(by: By) -> None:
    if by.referanser:
        by.som("nav1", "nav2").send("/saker/finn", {"referanse": by.rng.choice(by.referanser)})


def _innboks(by: By) -> None:
    by.som("inkludering1").se("/innboks")


def _gi(by: By) -> None:
    hvem = by.som("inkludering1")
    funnet = _HENVISNING.findall(hvem.se("/innboks"))
    if funnet:
        sti = by.rng.choice(funnet)
        hvem.se(sti)
        hvem.send(f"{sti}/ta_imot", {})
    koe = hvem.se("/fordel?tiltak=4a-3")
    ventende, tilbud = (
        _HENVISNING.findall(koe),
        re.findall(r'name="tilbud_id"[^>]*value="(\d+)"|<option value="(\d+)"', koe),
    )
    if ventende and tilbud:
        tilbud_id = next(filter(None, by.rng.choice(tilbud)))
        hvem.send("/fordel/gi", {"henvisning_id": ventende[0].rsplit("/", 1)[1], "tilbud_id": tilbud_id})


def _foreslaa(by: By) -> None:
    hvem = by.som("inkludering1")
    tilbud = _TILBUD.findall(hvem.se("/forslag/nytt?tiltak=4a-3"))
    if tilbud:
        hvem.send("/forslag/nytt?tiltak=4a-3", {"tilbud": tilbud, "maate": "gi", "frist_dager": "7"})


def _tall(by: By) -> None:
    hvem = by.som("koordinator1", "koordinator2")
    tabeller = _TALL.findall(hvem.se("/tall"))
    if tabeller:
        hvem.se(by.rng.choice(tabeller))


def _eksport(by: By) -> None:
    hvem = by.som("koordinator1", "koordinator2")
    tabeller = _TALL.findall(hvem.se("/tall"))
    if tabeller:
        hvem.send(f"{by.rng.choice(tabeller)}/eksport", {"format": by.rng.choice(("csv", "xlsx", "jsonstat"))})


def _telling(by: By) -> None:
    by.som("koordinator1").send("/tall/telling", {"aar": str(by.aar)})


def _rapport(by: By) -> None:
    slag = by.rng.choice(("pdf", "docx"))
    by.som("koordinator1").send(f"/plan/rapporter/utkast/{by.aar}/fil", {"format": slag})


def _plan(by: By) -> None:
    by.som(*ALLE).se(
        by.rng.choice(("/plan", "/plan/indikatorer", "/plan/versjoner", "/plan/evaluering", "/plan/aktiviteter"))
    )


def _logg(by: By) -> None:
    by.som("ombud1").se(by.rng.choice(("/innsynslogg", "/innsynslogg/moenstre", "/innsynslogg/aapninger")))


def _loggfil(by: By) -> None:
    by.som("ombud1").send("/innsynslogg/eksport", {"brukernavn": "nav1", "fil": by.rng.choice(("csv", "xlsx"))})


def _drift(by: By) -> None:
    by.som("system1").se(by.rng.choice(("/drift", "/jobber", "/brukere", "/kommune", "/rettigheter")))


def _bank(by: By) -> None:
    by.som("fretex1").se(by.rng.choice(("/utstyr", "/utstyr/enheter", "/utstyr/utlaan")))


def _vakt(by: By) -> None:
    _hent(
        by, by.rng.choice(("/helse/klar", "/helse/lever", "/metrics")), {"Authorization": f"Bearer {by.metrikk_token}"}
    )


def _ute(by: By) -> None:
    _hent(by, by.rng.choice(("/aapne-data", "/aapne-data/katalog.ttl", "/personvern", "/logg-inn", "/finnes-ikke")), {})


def _hent(by: By, sti: str, hoder: Mapping[str, str]) -> None:
    """Somebody without a session, on a connection that is closed again."""
    with requests.Session() as okt:
        okt.trust_env = False
        svar = okt.get(by.adresse + sti, headers=hoder, timeout=120, allow_redirects=False)
        if svar.status_code not in VENTET:
            raise AssertionError(f"GET {sti} answered {svar.status_code}")


def _sokkel(by: By) -> socket.socket:
    delt = urlsplit(by.adresse)
    return socket.create_connection((delt.hostname or "", delt.port or 0), timeout=120)


def _treg(by: By) -> None:
    """A line from the mountain: the request comes byte by byte, and the answer is read the same way."""
    with _sokkel(by) as sokkel:
        for tegn in b"GET /logg-inn HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n":
            sokkel.send(bytes([tegn]))
            time.sleep(0.03)
        while sokkel.recv(512):
            time.sleep(0.05)


def _brutt(by: By) -> None:
    """The cover of the laptop is shut: in the middle of the request, or before the answer is read."""
    forsoek = (
        b"GET /logg-inn HTTP/1.1\r\nHost: local",
        b"POST /logg-inn HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5000\r\n\r\nbrukernavn=nav1",
        b"GET /plan HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"GET /helse HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"",
    )
    with _sokkel(by) as sokkel:
        sokkel.sendall(by.rng.choice(forsoek))


HVER_DAG: Mapping[Callable[[By], None], int] = {
    _inn_og_ut: 300,
    _liste: 1_200,
    _sak: 900,
    _registrer: 250,
    _finn: 300,
    _innboks: 400,
    _gi: 150,
    _foreslaa: 12,
    _tall: 250,
    _eksport: 60,
    _telling: 8,
    _rapport: 10,
    _plan: 200,
    _logg: 100,
    _loggfil: 10,
    _drift: 100,
    _bank: 100,
    _vakt: 1_440,
    _ute: 300,
    _treg: 60,
    _brutt: 200,
}
"""How often each errand is run in a day; the watch asks each minute."""

DEL = float(os.environ.get("UTHOLDENHET_DEL", "1"))
"""How much of the day's errands is played, for a look on a machine that is busy with other things."""

SAMTIDIG = 4
"""Errands that are under way at one moment, at most."""


def spill(by: By, sekunder: float, stopp: threading.Event) -> None:
    """Play a day in so many seconds. Where the machine cannot keep up, the day becomes longer; none is left out."""
    plan = [aerend for aerend, ganger in HVER_DAG.items() for _ in range(math.ceil(ganger * DEL))]
    by.rng.shuffle(plan)
    feil: list[BaseException] = []
    neste = iter(enumerate(plan))
    laas, begynt = threading.Lock(), time.monotonic()

    def gaa() -> None:
        while not stopp.is_set() and not feil:
            with laas:
                nr, aerend = next(neste, (0, None))
            if aerend is None:
                return
            stopp.wait(max(0.0, begynt + nr * sekunder / len(plan) - time.monotonic()))
            try:
                aerend(by)
            except Exception as galt:
                feil.append(galt)  # told by the one who waits
            by.gjort[aerend.__name__] += 1

    gaaere = [threading.Thread(target=gaa) for _ in range(SAMTIDIG)]
    for en in gaaere:
        en.start()
    for en in gaaere:
        en.join()
    if feil:
        raise feil[0]
