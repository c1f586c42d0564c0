"""What pages weigh on the wire, counted as a browser gets them: compressed, and with what it has kept left out."""

import gzip
import http.client
import re
from urllib.parse import urlencode, urlsplit

import pytest
from flask import Flask

from koordinering.config import Config
from tests.conftest import PASSORD, Mal, installasjon
from tests.tjener import servert
from verktoy import komprimer

FOERSTE_GANG, SENERE = 60_000, 15_000
"""Bytes with an empty cache, and of a page afterwards; status lines and headers counted."""

_LENKET = re.compile(r'<(?:link|script|img)[^>]+(?:href|src)="(/static/[^"]+)"')
_FRA_CSS = re.compile(r"url\(\"?([^)\"]+)")
_TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')

REISER = {
    "nav1": ("/", "/saker", "/saker/ny", "/saker?filter=avsluttede", "/saker/finn", "/plan", "/konto"),
    "inkludering1": ("/", "/innboks", "/fordel", "/forslag", "/tilbud", "/venteliste", "/midler"),
    "koordinator1": ("/", "/tall", "/publiseringer", "/plan/oversikt", "/plan/indikatorer", "/plan/versjoner"),
    "system1": ("/", "/drift", "/brukere", "/kommune", "/jobber"),
    "ombud1": ("/", "/innsynslogg", "/papirer", "/personvern"),
}
"""The main pages of each journey, in the order in which they are opened."""


class Leser:
    """A browser with an empty cache: it asks for all that a page links to, and keeps what it may."""

    def __init__(self, adresse: str) -> None:
        self._vert = urlsplit(adresse).netloc
        self._kaker: dict[str, str] = {}
        self._gjemt: set[str] = set()

    def se(self, sti: str, data: dict[str, str] | None = None) -> tuple[int, str]:
        """Bytes on the wire until the page is whole, and its text."""
        antall, side, hoder = self._spoer(sti, data)
        while "Location" in hoder:
            sti = hoder["Location"]
            mer, side, hoder = self._spoer(sti, None)
            antall += mer
        return antall + sum(self._fil(lenke) for lenke in dict.fromkeys(_LENKET.findall(side))), side

    def med_tomt_lager(self, sti: str) -> int:
        """Bytes of a page when nothing has been kept: somebody who is signed in comes back to it."""
        self._gjemt.clear()
        return self.se(sti)[0]

    def _fil(self, sti: str) -> int:
        if sti in self._gjemt:
            return 0
        antall, innhold, hoder = self._spoer(sti, None)
        assert "immutable" in hoder["Cache-Control"]
        self._gjemt.add(sti)
        if not sti.endswith(".css"):
            return antall
        assert hoder["Content-Encoding"] == "gzip"
        mappe = sti.rsplit("/", 1)[0]
        lenker = [en for en in _FRA_CSS.findall(innhold) if not en.startswith("data:")]
        return antall + sum(self._fil(_fra(mappe, en)) for en in lenker)

    def _spoer(self, sti: str, data: dict[str, str] | None) -> tuple[int, str, http.client.HTTPMessage]:
        linje = http.client.HTTPConnection(self._vert, timeout=60)
        hoder = {"Accept-Encoding": "gzip, deflate, br, zstd", "Sec-Fetch-Site": "same-origin"}
        hoder["Cookie"] = "; ".join(f"{navn}={verdi}" for navn, verdi in self._kaker.items())
        if data is not None:
            hoder["Content-Type"] = "application/x-www-form-urlencoded"
        linje.request("GET" if data is None else "POST", sti, urlencode(data) if data else None, hoder)
        svar = linje.getresponse()
        raatt = svar.read()
        linje.close()
        assert svar.status in {200, 303}, (sti, svar.status)
        for kake in svar.headers.get_all("Set-Cookie", []):
            navn, _, verdi = kake.split(";")[0].partition("=")
            self._kaker[navn] = verdi
        antall = len(f"HTTP/1.1 {svar.status} {svar.reason}\r\n{svar.headers}".encode()) + len(raatt)
        innhold = gzip.decompress(raatt) if svar.headers["Content-Encoding"] == "gzip" else raatt
        return antall, innhold.decode(errors="replace"), svar.headers

    def logg_inn(self, brukernavn: str) -> None:
        """Be signed in, from the page that stands open."""
        side = self.se("/logg-inn")[1]
        self.se("/logg-inn", {"csrf_token": _TOKEN.findall(side)[-1], "brukernavn": brukernavn, "passord": PASSORD})


def _fra(mappe: str, lenke: str) -> str:
    while lenke.startswith("../"):
        mappe, lenke = mappe.rsplit("/", 1)[0], lenke[3:]
    return f"{mappe}/{lenke}"


@pytest.mark.bare_sqlite
def test_pages_are_light_on_the_wire(mal: Mal, tmp_path_factory: pytest.TempPathFactory) -> None:
    config: Config = installasjon(mal, tmp_path_factory.mktemp("vekt") / "var")
    veier: dict[str, int] = {}
    foerst_her: list[int] = []
    with servert(config) as adresse:
        foerst = Leser(adresse).se("/logg-inn")[0]
        for brukernavn, sider in REISER.items():
            leser = Leser(adresse)
            leser.logg_inn(brukernavn)
            veier |= {f"{brukernavn} {sti}": leser.se(sti)[0] for sti in sider}
            foerst_her.append(leser.med_tomt_lager(max(sider, key=lambda sti: veier[f"{brukernavn} {sti}"])))
    assert max(foerst, *foerst_her) <= FOERSTE_GANG, (foerst, foerst_her)  # whichever page somebody opens first
    assert {hva: antall for hva, antall in veier.items() if antall > SENERE} == {}


def test_the_compressed_copies_are_of_the_files_beside_them() -> None:
    for fil in komprimer.filer():
        assert gzip.decompress(komprimer.kopi(fil).read_bytes()) == fil.read_bytes(), "run python -m verktoy.komprimer"


@pytest.mark.bare_sqlite
@pytest.mark.parametrize(
    ("hoder", "komprimert"),
    [
        ({"Accept-Encoding": "gzip", "Sec-Fetch-Site": "same-origin"}, True),
        ({"Accept-Encoding": "br, gzip;q=0.5", "Sec-Fetch-Site": "none"}, True),
        ({"Accept-Encoding": "gzip", "Sec-Fetch-Site": "cross-site"}, False),
        ({"Accept-Encoding": "gzip", "Sec-Fetch-Site": "same-site"}, False),
        ({"Accept-Encoding": "gzip"}, False),
        ({"Accept-Encoding": "gzip;q=0", "Sec-Fetch-Site": "same-origin"}, False),
        ({"Sec-Fetch-Site": "same-origin"}, False),
    ],
)
def test_nobody_elses_request_is_answered_with_a_length_that_tells(
    app: Flask, hoder: dict[str, str], komprimert: bool
) -> None:
    svar = app.test_client().get("/logg-inn?neste=/saker", base_url="http://localhost", headers=hoder)
    raatt = svar.get_data()
    assert (svar.headers.get("Content-Encoding") == "gzip") is komprimert
    assert b"<!doctype html>" in (gzip.decompress(raatt) if komprimert else raatt)
