"""The jobs that are timed: pages opened by a signed-in client through the WSGI application, and the yearly count."""

import contextvars
import random
import re
import time
from collections.abc import Callable, Collection, Iterator
from dataclasses import asdict, dataclass
from datetime import date
from functools import partial

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete, func, select
from werkzeug.test import TestResponse

from bench.anlegg import Anlegg
from koordinering.db import db, i_dag, transaction
from koordinering.demo.brukere import demobrukere
from koordinering.konto import services as konto
from koordinering.saker.models import Henvisning, Sak
from koordinering.saker.queries import Saksfilter
from koordinering.saker.rules.identitetsnummer import syntetisk
from koordinering.statistikk import measures
from koordinering.statistikk.models import Oeyeblikksbilde
from koordinering.statistikk.services import lag_bilde

_TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
_SIDE = re.compile(r'href="(/saker\?[^"]*side=[^"]+)"')
TRE_TABELLER = ("tjeneste_familier", "tjeneste", "alder", "tiltak")
"""Families and children by service are one table to a reader and two to the catalogue."""
_TALL = re.compile(r'href="(/tall/[^"/]+/\d+)"')


@dataclass(frozen=True)
class Maaling:
    """What one job cost, in milliseconds. CPU is this process's; PostgreSQL's own stands outside it."""

    job: str
    referrals: int
    database: str
    clients: int
    cpu_ms: float
    p50_ms: float
    p95_ms: float

    def som_json(self) -> dict[str, object]:
        """As it stands in var/bench.json."""
        return asdict(self)


class Klient:
    """One signed-in person at one browser; each request runs in a context of its own, as real ones do."""

    def __init__(self, app: Flask, brukernavn: str) -> None:
        self._klient: FlaskClient = app.test_client()
        user_id = next(user.id for user in demobrukere() if user.brukernavn == brukernavn)
        token = konto.start_okt(user_id, enhetstype="bench")
        with self._klient.session_transaction(base_url="http://localhost") as okt:
            okt["okt"] = token
        funnet = _TOKEN.search(self.se("/konto").get_data(as_text=True))
        if funnet is None:
            raise RuntimeError("the client is not signed in")
        self._token = funnet[1]

    def se(self, url: str) -> TestResponse:
        """Open a page; anything but 200 stops the bench."""
        return self._kjoer("GET", url, None, {200})

    def send(self, url: str, data: dict[str, object], svar: set[int]) -> TestResponse:
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


def mal(anlegg: Anlegg, runder: int) -> list[Maaling]:
    """Time every job, `runder` times each; the count itself three times."""
    antall = db.session.scalar(select(func.count(Henvisning.id))) or 0
    rng = random.Random(1)  # noqa: S311 - which cases are opened
    referanser = rng.sample(list(db.session.execute(select(Sak.id, Sak.referanse).where(Sak.enhet_id == "nav"))), 40)
    db.session.rollback()
    nav, fordeler, koordinator = (Klient(anlegg.app, navn) for navn in ("nav1", "inkludering1", "koordinator1"))
    tabeller = set(_TALL.findall(koordinator.se("/tall").get_data(as_text=True)))
    kjente: list[str] = []

    def registrer(_nr: int) -> None:
        kjente.append(syntetisk(rng, date(i_dag().year - 9, 1, 1 + rng.randrange(28))))
        nav.send("/saker/ny", _skjema(kjente[-1]), {303, 409})

    def finn(felt: str, verdi: Callable[[int], str]) -> Callable[[int], object]:
        return lambda nr: nav.send("/saker/finn", {felt: verdi(nr)}, {200, 303})

    jobber: list[tuple[str, int, Callable[[int], object]]] = [
        ("registrere", runder, registrer),
        *((navn, runder, partial(_aapne, nav, url)) for navn, url in _lister(nav)),
        ("søke, referanse", runder, finn("referanse", lambda nr: str(referanser[nr % len(referanser)][1]))),
        ("søke, nummer", runder, finn("fnr", lambda nr: kjente[nr % len(kjente)])),
        ("åpne sak", runder, lambda nr: nav.se(f"/saker/{referanser[nr % len(referanser)][0]}")),
        ("innboks", runder, lambda _: fordeler.se("/innboks")),
        ("fordele plasser", runder, lambda _: fordeler.se("/fordel")),
        *(
            (f"tabell {url.split('/')[2]}", runder, partial(_aapne, koordinator, url))
            for url in sorted(tabeller)
            if url.endswith(str(i_dag().year))
        ),
        ("telle året, de tre tabellene", 3, partial(_les_og_tell, TRE_TABELLER)),
        ("telle året, hele katalogen", 3, partial(_les_og_tell, None)),
        ("telle, beskytte og lagre", 3, _tell),
    ]
    return [_ta_tiden(navn, antall, anlegg.database, ganger, jobb) for navn, ganger, jobb in jobber]


def _ta_tiden(navn: str, antall: int, database: str, ganger: int, jobb: Callable[[int], object]) -> Maaling:
    jobb(0)  # the first one warms up
    tider = []
    cpu = time.process_time()
    for nr in range(ganger):
        start = time.perf_counter()
        jobb(nr)
        tider.append((time.perf_counter() - start) * 1000)
    cpu_ms = (time.process_time() - cpu) * 1000 / ganger
    tider.sort()
    p95 = tider[min(len(tider) - 1, int(len(tider) * 0.95))]
    return Maaling(navn, antall, database, 1, round(cpu_ms, 2), round(tider[len(tider) // 2], 2), round(p95, 2))


def _lister(klient: Klient) -> Iterator[tuple[str, str]]:
    """Name and address of the first, the next and the last page of each long list; one address where all fits."""
    for filter_ in (Saksfilter.ENHETEN, Saksfilter.AAPNE, Saksfilter.AVSLUTTEDE):
        foerste = f"/saker?filter={filter_}"
        lenker = [en.replace("&amp;", "&") for en in _SIDE.findall(klient.se(foerste).get_data(as_text=True))]
        if any(f"filter={filter_}" not in en for en in lenker):
            raise RuntimeError("the list has links to pages of another list")
        adresser = (foerste, *(lenker[:1] or [foerste]), *(lenker[-1:] or [foerste]))
        yield from zip(
            (f"liste {filter_}, {side} side" for side in ("første", "neste", "siste")), adresser, strict=True
        )


def _aapne(klient: Klient, url: str, _nr: int) -> None:
    klient.se(url)


def _skjema(nummer: str) -> dict[str, object]:
    return {
        "enhet": "nav",
        "egen_referanse": "NAV 2026/17",
        "barn-0-foedselsaar": str(i_dag().year - 9),
        "barn-0-fnr": nummer,
        "barn-0-deltar": "nei",
        "barn-0-spurt": "ja",
        "barn-0-oenske1": "fotball",
        "barn-0-tiltak": "4a-3",
        "i_maalgruppe": "ja",
        "behov": ["fritid", "opplevelse"],
        "tiltak": "4b-12",
        "grunnlag": "samtykke",
        "maate": "skriftlig",
        "fra": "foresatt",
        "opplysninger": ["behov", "oenske", "aldersgruppe", "referanse"],
    }


def _les_og_tell(koder: Collection[str] | None, _nr: int) -> None:
    measures.tell(i_dag().year, i_dag(), koder=koder)
    db.session.rollback()


def _tell(_nr: int) -> None:
    with transaction() as session:
        session.execute(delete(Oeyeblikksbilde))
    lag_bilde(i_dag().year, i_dag(), av=None)
