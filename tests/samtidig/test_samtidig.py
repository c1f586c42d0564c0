"""Many at one moment, over HTTP against a served database with two worker processes, and too little to give."""

import re
import threading
import urllib.parse
import urllib.request
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from http.cookiejar import CookieJar
from itertools import cycle

import pytest
from flask import Flask
from sqlalchemy import func, select

from koordinering.db import db, transaction
from koordinering.saker.models import Henvisning
from koordinering.saker.rules.overganger import Status
from koordinering.tildeling import services as tildeling
from koordinering.tildeling.models import Tildeling
from koordinering.tiltak.models import Plass
from koordinering.tiltak.rules import Plasstilstand
from tests import fabrikk
from tests.conftest import PASSORD

_TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')

SAMTIDIGE = 8


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
        """Status and page."""
        try:
            with self.aapner.open(self.adresse + sti, data, timeout=60) as svar:
                return svar.status, svar.read().decode()
        except urllib.error.HTTPError as feil:
            return feil.code, feil.read().decode()

    def send(self, sti: str, felter: dict[str, str], *, fra: str | None = None) -> tuple[int, str]:
        """Send a form."""
        token = self._token(fra) if fra else self.token
        return self.hent(sti, urllib.parse.urlencode({"csrf_token": token, **felter}).encode())


def _samtidig(
    adresse: str, brukernavn: str, forespoersler: Sequence[tuple[str, dict[str, str]]], personer: int | None = None
) -> list[int]:
    """All at one barrier; signed in as many times as told, else once for each request."""
    inne = [Person(adresse, brukernavn) for _ in range(personer or len(forespoersler))]
    start = threading.Barrier(len(forespoersler))

    def en(par: tuple[Person, tuple[str, dict[str, str]]]) -> int:
        person, (sti, felter) = par
        start.wait()
        return person.send(sti, felter)[0]

    with ThreadPoolExecutor(len(forespoersler)) as kjoerere:
        return list(kjoerere.map(en, zip(cycle(inne), forespoersler, strict=False)))


def _klare(tiltak_id: str, avsender: str, mottaker: str, antall: int = SAMTIDIGE) -> list[int]:
    """So many families with a referral each that its receiver has taken up."""
    barn = 0 if tiltak_id != "4b-2" else None
    ider = []
    for _ in range(antall):
        sak = fabrikk.sak(fabrikk.bruker(avsender), tiltak=[(tiltak_id, barn)])
        with transaction():
            henvisning = db.session.scalars(select(Henvisning).where(Henvisning.sak_id == sak.id)).one()
            tildeling.ta_imot(henvisning, av=fabrikk.bruker(mottaker))
            ider.append(henvisning.id)
    return ider


def _utfall(ider: Sequence[int], svar: Sequence[int], beholdning_id: int, antall: int = 1) -> None:
    db.session.rollback()
    assert Counter(svar) == {303: antall, 409: len(ider) - antall}
    innvilget = select(func.count()).where(Henvisning.id.in_(ider), Henvisning.status == Status.INNVILGET)
    assert db.session.scalar(innvilget) == antall
    assert db.session.scalar(select(func.count()).select_from(Tildeling)) == antall
    ledige = select(func.count()).where(Plass.beholdning_id == beholdning_id, Plass.tilstand == Plasstilstand.LEDIG)
    assert db.session.scalar(ledige) == 0


@pytest.mark.parametrize("runde", range(2))
def test_eight_and_one_card(app: Flask, adresse: str, runde: int) -> None:
    kortaar = fabrikk.kortaar(1)
    ider = _klare("4b-2", "helse1", "nav1")
    beholdning = kortaar.beholdning_id
    db.session.rollback()
    svar = _samtidig(adresse, "nav1", [(f"/henvisninger/{i}/gi", {}) for i in ider])
    _utfall(ider, svar, beholdning)


@pytest.mark.parametrize("runde", range(2))
def test_eight_and_one_place(app: Flask, adresse: str, runde: int) -> None:
    tilbud = fabrikk.tilbud(fabrikk.bruker("inkludering1"), antall=1)
    ider = _klare("4a-3", "nav1", "inkludering1")
    tilbud_id, beholdning = tilbud.id, tilbud.beholdning_id
    db.session.rollback()
    felter = [("/fordel/gi", {"henvisning_id": str(i), "tilbud_id": str(tilbud_id)}) for i in ider]
    svar = _samtidig(adresse, "inkludering1", felter)
    _utfall(ider, svar, beholdning)


def _mange_om_faa(adresse: str, forsoek: int, igjen: int) -> None:
    """So many attempts at the last few of the year's cards."""
    kortaar = fabrikk.kortaar(igjen)
    ider = _klare("4b-2", "helse1", "nav1", forsoek)
    beholdning = kortaar.beholdning_id
    db.session.rollback()
    svar = _samtidig(adresse, "nav1", [(f"/henvisninger/{i}/gi", {}) for i in ider], personer=4)
    _utfall(ider, svar, beholdning, igjen)


def test_sixty_and_the_last_eight_cards(app: Flask, adresse: str) -> None:
    _mange_om_faa(adresse, 60, 8)


@pytest.mark.lang
@pytest.mark.timeout(1_800)
def test_a_thousand_and_the_last_forty_cards(app: Flask, adresse: str) -> None:
    _mange_om_faa(adresse, 1_000, 40)
