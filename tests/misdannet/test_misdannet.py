"""Thousands of malformed requests to every route and field: none breaks it, and nothing of them is told or kept.

1,250 in `make test`, 100,000 in `make lang`. One seed gives one sequence; a failure names the seed and the number.
"""

import contextvars
import json
import logging
import os
import resource
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.test import run_wsgi_app

from koordinering.audit import Innslag
from koordinering.db import db
from tests.arkitektur import test_ruter as ruter
from tests.fabrikk import ALLE_ROLLER, bruker
from tests.misdannet.generator import Foresporsel, Generator, Maal, maal_paa_siden, med_fil
from tests.misdannet.verdier import MERKE, filer
from tests.nettleser import Nettleser

LENGST_S = 20
"""Seconds that one request may take; on a machine that does other things as well."""
MEST_MINNE_KB = 300_000
"""How much more memory the process may have used at its height than before."""
SPOR = (b"Traceback (most recent", b'File "/', b"sqlalchemy.", b"werkzeug.", b"jinja2.", b"psycopg.", b"sqlite3.")
"""What an answer with a trace in it would hold."""
LEVENDE = (b"<script>alert(", b"<img src=x", b"<svg/onload")
"""What a page would hold that shows a text as markup."""


@dataclass
class Proeve:
    """One installation, people signed in, and what there is to send to."""

    app: Flask
    folk: dict[str | None, Nettleser] = field(default_factory=dict)
    maal: list[Maal] = field(default_factory=list)
    svar: Counter[int] = field(default_factory=Counter)
    arter: Counter[str] = field(default_factory=Counter)

    def nettleser(self, hvem: str | None) -> Nettleser:
        """Of this person, signed in; of a stranger."""
        if hvem not in self.folk:
            leser = Nettleser(self.app)
            if hvem is not None:
                leser = leser.som(bruker(hvem))
                db.session.rollback()
            self.folk[hvem] = leser
        return self.folk[hvem]

    def token(self, hvem: str | None) -> str:
        """The form token of this person."""
        leser = self.nettleser(hvem)
        if leser._token is None and hvem is None:
            leser._token = leser.se("/logg-inn").get_data(as_text=True).split('name="csrf_token"')[1].split('"')[3]
        try:
            return leser.token()
        except AssertionError as feil:
            if "no token" not in str(feil):
                raise
            # An earlier request has locked her account or ended her session: the door refuses what she sends now.
            self.folk.pop(hvem, None)
            return ""

    def send(self, en: Foresporsel) -> tuple[int, bytes]:
        """Send one, and look at what comes back."""
        leser = self.nettleser(en.hvem)
        miljo = en.miljo()
        if "HTTP_COOKIE" not in miljo:
            miljo["HTTP_COOKIE"] = "; ".join(f"{k.key}={k.value}" for k in leser.klient._cookies.values())  # type: ignore[union-attr]
        start = time.process_time()  # of this process alone, whatever else the machine does
        kropp, status, hoder = contextvars.Context().run(_kjoer, self.app, miljo)
        brukt = time.process_time() - start
        kode = int(status.split()[0])
        self.svar[kode] += 1
        self.arter[en.art] += 1
        assert kode < 500, status
        assert not [spor for spor in SPOR if spor in kropp], "a trace in the answer"
        html = (hoder.get("Content-Type") or "").startswith("text/html")
        assert not html or not [kode for kode in LEVENDE if kode in kropp], "what was sent is markup in the answer"
        assert brukt < LENGST_S, f"{brukt:.1f} s"
        assert hoder.get("X-Content-Type-Options") == "nosniff", hoder
        assert "default-src 'none'" in hoder["Content-Security-Policy"]
        assert not [navn for navn, verdi in hoder.items() if MERKE in navn.lower() or {"\r", "\n"} & set(verdi)]
        assert _er_vaart(hoder.get("Location") or "/"), hoder["Location"]
        if kode == 303 and "/logg-inn" in (hoder.get("Location") or ""):
            self.folk.pop(en.hvem, None)  # it ended the session; the next one has a new
        return kode, kropp


def _er_vaart(adresse: str) -> bool:
    """A redirect leads to this host. The router's own, which mends slashes, names it."""
    return adresse.startswith("http://localhost/") or (adresse[:1] == "/" and adresse[1:2] not in {"/", "\\"})


def _kjoer(app: Flask, miljo: dict[str, Any]) -> tuple[bytes, str, Any]:
    deler, status, hoder = run_wsgi_app(app, miljo, buffered=True)
    try:
        return b"".join(deler), status, hoder
    finally:
        lukk = getattr(deler, "close", None)
        if lukk is not None:
            lukk()


def _alle_maal(proeve: Proeve) -> Iterator[Maal]:
    """Every page that somebody may open, with what its forms hold; and every route that no form leads to."""
    ting = ruter._verden()["navs"]
    adresser = ruter._med_handlinger(ruter._adresser(proeve.app, ting), ting)
    for regel, url in adresser:
        hvem = _som_slipper_inn(proeve.app, regel, ting)
        if "GET" in (regel.methods or ()):
            svar = proeve.nettleser(hvem).se(url)
            yield Maal(hvem, "GET", url.partition("?")[0])
            if svar.mimetype == "text/html" and svar.status_code == 200:
                yield from maal_paa_siden(svar.get_data(as_text=True), hvem, url)
        if "POST" in (regel.methods or ()):
            yield Maal(hvem, "POST", url.partition("?")[0])
    yield from (Maal(None, "POST", "/logg-inn", (("brukernavn", "nav1"), ("passord", "x"), ("neste", "/"))),)


def _som_slipper_inn(app: Flask, regel: Any, ting: Any) -> str | None:
    for navn in ALLE_ROLLER:
        if ruter._skal_slippe_inn(app, bruker(navn), regel, ting):
            return navn
    return None


@pytest.fixture
def proeve(app: Flask) -> Proeve:
    """Everything there is to send to."""
    en = Proeve(app)
    en.maal = list(dict.fromkeys(_alle_maal(en)))
    db.session.rollback()
    return en


class _Lytter(logging.Handler):
    """Keeps what is logged, by whomever."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.linjer: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.linjer.append(self.format(record))


def _angrip(proeve: Proeve, antall: int, froe: int) -> None:
    lytter, rot = _Lytter(), logging.getLogger()
    rot.addHandler(lytter)
    filer()  # made before the memory is measured
    foer = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    nr = 0
    try:
        for en in Generator(proeve.maal, froe)(antall, proeve.token):
            nr += 1
            try:
                proeve.send(en)
            except Exception as feil:
                raise AssertionError(f"seed {froe}, number {nr}: {str(en)[:2_000]} gave {feil!r}") from feil
    finally:
        rot.removeHandler(lytter)
    assert not [linje for linje in lytter.linjer if MERKE in linje], "what was sent stands in a log"
    assert not [linje for linje in lytter.linjer if "unexpected" in linje], lytter.linjer
    db.session.rollback()
    felter = ("roller", "gjelder", "detalj")
    innslag = db.session.execute(select(*(getattr(Innslag, navn) for navn in felter))).all()
    assert innslag
    assert not [rad for rad in innslag if MERKE in json.dumps([str(v) for v in rad])], "what was sent stands in the log"
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - foer < MEST_MINNE_KB
    print(dict(sorted(proeve.svar.items())), dict(proeve.arter))  # noqa: T201 - shown where the test fails, and by -s


def _filer_som_skader(proeve: Proeve) -> None:
    """Each file to each form that takes one: told at its field, in little time and memory."""
    foer = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for nr, innhold in enumerate(filer()):
        for maal in [m for m in proeve.maal if m.filfelt]:
            kode, kropp = proeve.send(med_fil(maal, proeve.token(maal.hvem), ("liste.xlsx", innhold, "text/csv")))
            assert kode in {200, 422}, (nr, kode)
            assert b"root:" not in kropp, "a file of the server's is told"
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - foer < MEST_MINNE_KB


def test_malformed_requests_and_harmful_files_break_nothing(proeve: Proeve, database: str) -> None:
    naadd = {proeve.app.url_map.bind("localhost").match(m.sti, method=m.metode)[0] for m in proeve.maal if m.sti}
    alle = {regel.endpoint for regel in proeve.app.url_map.iter_rules()}
    assert alle <= naadd, f"never sent to: {sorted(alle - naadd)}"
    assert sum(bool(m.filfelt) for m in proeve.maal) >= 2
    if database == "postgresql":  # most are refused before there is anything to ask the database
        _angrip(proeve, 250, froe=8)
        return
    _filer_som_skader(proeve)
    _angrip(proeve, 1_000, froe=7)


@pytest.mark.lang
@pytest.mark.timeout(3_600)
@pytest.mark.parametrize("froe", range(int(os.environ.get("KOORDINERING_MISDANNET", "50"))))
def test_a_hundred_thousand_malformed_requests_break_nothing(proeve: Proeve, froe: int) -> None:
    _angrip(proeve, 1_000, froe=1_000 + froe)
