"""Several clients against real server processes on 127.0.0.1: two Granian workers, as `koordinering serve` starts.

The clients run in the bench's own process, on the same two cores: their CPU is not counted, but the clocks see it.
"""

import http.client
import json
import os
import random
import re
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from statistics import median
from urllib.parse import urlencode

from bench.baser.steder import Anlegg
from bench.maaling import Maaling
from bench.prosesser import basetid, brukt, stoerste
from bench.skjema import FILTRE, saker_til_visning
from bench.tjener import DATA, FOEDT, URL

ARBEIDERE, TRAADER, OMGANGER = 2, 4, 6
_VENT = 60
_TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
Slag = Callable[["Nettleser", int], None]
Basetid = Callable[[], float]


class Tjener:
    """One server, its processes, and what CPU they have used."""

    def __init__(self, anlegg: Anlegg, hva: str) -> None:
        with socket.socket() as ledig:
            ledig.bind(("127.0.0.1", 0))
            self.port = ledig.getsockname()[1]
        kommando = [sys.executable, "-m", "granian", "--interface", "wsgi", "--factory", "--no-ws", "--workers",
                    str(ARBEIDERE), "--blocking-threads", str(TRAADER), "--host", "127.0.0.1", "--port",
                    str(self.port), "--log-level", "error", hva]  # fmt: skip
        miljoe = {**os.environ, DATA: str(anlegg.config.data), URL: anlegg.config.database_url}
        self._prosess = subprocess.Popen(kommando, env=miljoe, stdout=subprocess.DEVNULL)  # noqa: S603 - our own
        slutt = time.monotonic() + _VENT
        while not self._svarer():
            if self._prosess.poll() is not None or time.monotonic() > slutt:
                raise RuntimeError("the server never answered")
            time.sleep(0.1)

    def _svarer(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), 1):
                return True
        except OSError:
            return False

    def cpu(self) -> float:
        """Milliseconds so far."""
        return brukt(self._prosess.pid)

    def minne(self) -> float:
        """MiB of the largest process."""
        return stoerste(self._prosess.pid)

    def stopp(self) -> None:
        """End it."""
        self._prosess.terminate()
        self._prosess.wait(30)


class Nettleser:
    """A client with a connection and a session of its own."""

    def __init__(self, port: int, kake: str) -> None:
        self._til = http.client.HTTPConnection("localhost", port, timeout=60)
        self._til._create_connection = lambda _adresse, *om, **flere: socket.create_connection(  # type: ignore[attr-defined]
            ("127.0.0.1", port), *om, **flere
        )
        self._kake = kake
        self._token = ""

    def se(self, url: str) -> bytes:
        """Open a page."""
        return self._kjoer("GET", url, None, {200})

    def send(self, url: str, data: Mapping[str, object], svar: set[int]) -> bytes:
        """Send a form, with a token from a page seen once."""
        if not self._token:
            funnet = _TOKEN.search(self.se(f"/saker?filter={FILTRE[0]}").decode())
            self._token = funnet[1] if funnet else ""
        return self._kjoer("POST", url, urlencode({"csrf_token": self._token, **data}, doseq=True), svar)

    def _kjoer(self, metode: str, url: str, kropp: str | None, svar: set[int]) -> bytes:
        hoder = {"Cookie": self._kake, "Host": "localhost"}
        if kropp is not None:
            hoder["Content-Type"] = "application/x-www-form-urlencoded"
        self._til.request(metode, url, kropp, hoder)
        resultat = self._til.getresponse()
        innhold = resultat.read()
        for navn, verdi in resultat.getheaders():
            if navn.lower() == "set-cookie":
                self._kake = verdi.partition(";")[0]
        if resultat.status not in svar:
            raise RuntimeError(f"{metode} {url.split('?')[0]} answered {resultat.status}")
        return innhold


def maal_mange(
    anlegg: Anlegg,
    klienter: int,
    runder: int,
    kaker: Sequence[str],
    rydd: Callable[[], None],
    ny_familie: Callable[[], Mapping[str, object]],
) -> Iterator[Maaling]:
    """Registering, list, search and case from so many clients at once, product and floor by turns.

    `ny_familie` is what is sent to register one.
    """
    rng = random.Random(8)  # noqa: S311 - made-up numbers
    saker, basen = saker_til_visning(rng, 200), basetid(anlegg)
    slag: dict[str, Slag] = {
        "registrere": lambda k, _nr: _ok(k.send("/saker/ny", ny_familie(), {303})),
        "liste enheten, første side": lambda k, _nr: _ok(k.se(f"/saker?filter={FILTRE[0]}")),
        "søke, referanse": lambda k, nr: _ok(k.send("/saker/finn", {"referanse": saker[nr % len(saker)][1]}, {303})),
        "åpne sak": lambda k, nr: _ok(k.se(f"/saker/{saker[nr % len(saker)][0]}")),
    }
    with _tjenere(anlegg) as (produkt, gulv):
        folk = [[Nettleser(en.port, kaker[nr % len(kaker)]) for nr in range(klienter)] for en in (produkt, gulv)]
        for navn, jobb in slag.items():
            maalt = [_Sum(), _Sum()]
            for omgang in range(-1, OMGANGER):
                rydd()
                for sum_, tjener, nettlesere in zip(maalt, (produkt, gulv), folk, strict=True):
                    _byge(_Sum() if omgang < 0 else sum_, tjener, nettlesere, jobb, max(1, runder // OMGANGER), basen)
            yield _linje(navn, anlegg, klienter, *maalt)
        yield Maaling(
            "minne under last, største arbeider", anlegg.referrals, anlegg.database, klienter, 0.0, 0.0, 0.0,
            mib=round(produkt.minne(), 1),
        )  # fmt: skip


@contextmanager
def _tjenere(anlegg: Anlegg) -> Iterator[tuple[Tjener, Tjener]]:
    produkt = Tjener(anlegg, "bench.tjener:produkt")
    try:
        gulv = Tjener(anlegg, "bench.gulvtjener:gulv")
        try:
            yield produkt, gulv
        finally:
            gulv.stopp()
    finally:
        produkt.stopp()


class _Sum:
    """The server's CPU and each request's clock."""

    def __init__(self) -> None:
        self.cpu = self.database = 0.0
        self.klokker: list[float] = []

    def hver(self, ms: float) -> float:
        """So much for one request."""
        return round(ms / max(1, len(self.klokker)), 2)


def _byge(
    sum_: _Sum, tjener: Tjener, nettlesere: Sequence[Nettleser], jobb: Slag, hver: int, basen: Basetid | None
) -> None:
    """All of them at once, so many requests each."""
    feil: list[BaseException] = []

    def en(nr: int, nettleser: Nettleser) -> None:
        try:
            for gang in range(hver):
                start = time.perf_counter()
                jobb(nettleser, nr * hver + gang)
                sum_.klokker.append((time.perf_counter() - start) * 1000)
        except Exception as uventet:
            feil.append(uventet)

    foer, basen_foer = tjener.cpu(), basen() if basen else 0.0
    traader = [threading.Thread(target=en, args=(nr, nettleser)) for nr, nettleser in enumerate(nettlesere)]
    for traad in traader:
        traad.start()
    for traad in traader:
        traad.join()
    sum_.cpu += tjener.cpu() - foer
    sum_.database += basen() - basen_foer if basen else 0.0
    if feil:
        raise feil[0]


def _linje(navn: str, anlegg: Anlegg, klienter: int, produkt: _Sum, gulv: _Sum) -> Maaling:
    ordnet, cpu, gulvet = sorted(produkt.klokker), produkt.hver(produkt.cpu), gulv.hver(gulv.cpu)
    return Maaling(
        navn, anlegg.referrals, anlegg.database, klienter, cpu, round(median(ordnet), 2),
        round(ordnet[int(len(ordnet) * 0.95)], 2), floor_cpu_ms=gulvet, ratio=round(cpu / gulvet, 2),
        database_cpu_ms=produkt.hver(produkt.database) if produkt.database else None,
    )  # fmt: skip


def _ok(_svar: object) -> None:
    """The browser has looked at the answer."""


def maal_start(anlegg: Anlegg, ganger: int) -> Iterator[Maaling]:
    """A worker process from nothing to its first answer, and its memory then."""
    miljoe = {**os.environ, DATA: str(anlegg.config.data), URL: anlegg.config.database_url}
    miljoe.pop("PYTHONDONTWRITEBYTECODE", None)  # with compiled modules, as pip leaves them: the first run makes them
    alle = []
    for _ in range(ganger + 1):
        kommando = [sys.executable, "-m", "bench.tjener"]
        miljoe[FOEDT] = str(time.time())
        ut = subprocess.run(kommando, env=miljoe, check=True, capture_output=True, text=True)  # noqa: S603 - our own
        alle.append(json.loads(ut.stdout.splitlines()[-1]))
    del alle[0]
    klokker = sorted(en["klokke_ms"] for en in alle)
    yield Maaling(
        "oppstart av en arbeider", anlegg.referrals, anlegg.database, 1, round(median(en["cpu_ms"] for en in alle), 1),
        round(median(klokker), 1), round(klokker[-1], 1), mib=round(median(en["mib"] for en in alle), 1),
    )  # fmt: skip
