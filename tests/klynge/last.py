"""People at work through a proxy: each registers families, and takes places, until told to stop.

Whoever gets a page that asks to try again, waits as it says and sends the same form once more.
"""

import re
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from email.message import Message
from http.client import HTTPException
from http.cookiejar import CookieJar

from koordinering.db import i_dag
from tests.conftest import PASSORD

_FELT = '<input[^>]*name="{}"[^>]*value="([^"]+)"'
_SAK = re.compile(r"/saker/(\d+)/kvittering")


class _IkkeFoelg(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_args: object, **_kw: object) -> None:
        return None


class Person:
    """One person's browser."""

    def __init__(self, brukernavn: str) -> None:
        self._brukernavn = brukernavn
        self._kaker = CookieJar()
        self._aapner = urllib.request.build_opener(
            urllib.request.HTTPCookieProcessor(self._kaker), _IkkeFoelg, urllib.request.ProxyHandler({})
        )

    def inn(self, adresse: str, om_igjen: Callable[[], None] | None = None) -> None:
        """Sign in; where many do so as one person from one net at once, some are asked to wait.

        `om_igjen` is told of each page that asks to try again, as when a machine has died; without it there is none.
        """
        frist = time.monotonic() + 120
        while True:
            _, side, _ = self.hent(f"{adresse}/logg-inn")
            skjema = {"csrf_token": felt(side, "csrf_token"), "brukernavn": self._brukernavn, "passord": PASSORD}
            status, side, _ = self.hent(f"{adresse}/logg-inn", skjema)
            if status in {302, 303}:
                return
            if status == 503 and om_igjen is not None:
                om_igjen()
            else:
                assert status == 429, (status, side[-500:])
            assert time.monotonic() < frist
            time.sleep(1)

    def kake(self) -> str:
        """The cookies, to show at other addresses than theirs: behind a proxy there is one."""
        return "; ".join(f"{en.name}={en.value}" for en in self._kaker)

    def hent(
        self, url: str, skjema: dict[str, str] | None = None, *, kake: str | None = None
    ) -> tuple[int, str, Message]:
        """Status, page and heads; 0 where nobody answered."""
        data = urllib.parse.urlencode(skjema).encode() if skjema is not None else None
        hoder = {"Cookie": kake} if kake else {}
        try:
            spoersmaal = urllib.request.Request(url, data, hoder)  # noqa: S310 - addresses of this machine
            with self._aapner.open(spoersmaal, timeout=90) as svar:
                return svar.status, svar.read().decode(), svar.headers
        except urllib.error.HTTPError as feil:
            return feil.code, feil.read().decode(), feil.headers
        except (OSError, HTTPException):
            return 0, "", Message()


def felt(side: str, navn: str) -> str:
    """The value of a field that the page holds."""
    funnet = re.search(_FELT.format(navn), side) or re.search(f'<input[^>]*value="([^"]+)"[^>]*name="{navn}"', side)
    assert funnet, (navn, side[:300])
    return funnet[1]


@dataclass
class Regnskap:
    """What was sent and what was answered."""

    sendt: int = 0
    """Forms that somebody filled in; the same form sent again is not another."""
    saker: list[int] = field(default_factory=list)
    """Cases that somebody was told are registered."""
    gitt: list[int] = field(default_factory=list)
    """Referrals that somebody was told were given a place."""
    avslag: int = 0
    ventesider: int = 0
    """Pages that asked somebody to try again."""
    paa_rad: int = 0
    """The most of them that one person met with one form after one thing that died."""
    uten_grunn: int = 0
    """Those of them that came though nothing had died yet."""
    feil: list[str] = field(default_factory=list)


class Last:
    """So many people at once."""

    def __init__(self, adresse: str, personer: int, tilbud: int = 0, henvisninger: Sequence[int] = ()) -> None:
        self.adresse, self.regnskap, self.doede = adresse, Regnskap(), 0
        self._tilbud, self._henvisninger = tilbud, list(henvisninger)
        self._laas, self._slutt = threading.Lock(), threading.Event()
        self._traader = [threading.Thread(target=self._vakt, args=(self._registrerer,)) for _ in range(personer)]
        if henvisninger:
            self._traader.append(threading.Thread(target=self._vakt, args=(self._gir,)))

    def __enter__(self) -> "Last":
        for traad in self._traader:
            traad.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._slutt.set()
        for traad in self._traader:
            traad.join(180)
        assert not any(traad.is_alive() for traad in self._traader)

    def vent_til(self, antall: int, frist: float = 120) -> None:
        """So many more cases are acknowledged than now."""
        maal, slutt = len(self.regnskap.saker) + antall, time.monotonic() + frist
        while len(self.regnskap.saker) < maal:
            assert not self.regnskap.feil, self.regnskap
            assert time.monotonic() < slutt, self.regnskap
            time.sleep(0.02)

    def _vakt(self, arbeid: Callable[[], None]) -> None:
        try:
            arbeid()
        except Exception as feil:
            self.regnskap.feil.append(repr(feil))

    def _til_det_gaar(self, person: Person, sti: str, skjema: dict[str, str] | None = None) -> tuple[int, str, str]:
        """The same again until it is answered with anything else than a fault of ours."""
        etter: Counter[int] = Counter()
        for _ in range(20):
            status, side, hoder = person.hent(self.adresse + sti, skjema)
            if 0 < status < 500:
                return status, side, hoder.get("Location", "")
            if status == 500:
                self.regnskap.feil.append(f"500 {sti}")
            self._om_igjen(etter)
            time.sleep(int(hoder.get("Retry-After", "2")))
        raise AssertionError(f"{sti} never went well")

    def _om_igjen(self, etter: Counter[int]) -> None:
        """Somebody was asked to try again: how many times since the last thing that died, with this form."""
        with self._laas:
            self.regnskap.ventesider += 1
            self.regnskap.uten_grunn += self.doede == 0
            etter[self.doede] += 1
            self.regnskap.paa_rad = max(self.regnskap.paa_rad, *etter.values())

    def _inn(self, brukernavn: str) -> Person:
        person, etter = Person(brukernavn), Counter[int]()
        person.inn(self.adresse, lambda: self._om_igjen(etter))
        return person

    def _registrerer(self) -> None:
        person = self._inn("nav1")
        while not self._slutt.is_set():
            _, side, _ = self._til_det_gaar(person, "/saker/ny")
            skjema = _familie(side)
            with self._laas:
                self.regnskap.sendt += 1
            status, side, sted = self._til_det_gaar(person, "/saker/ny", skjema)
            assert status == 303, (status, re.findall(r'class="[^"]*feil[^"]*"[^>]*>([^<]+)', side)[:5])
            funnet = _SAK.search(sted)
            assert funnet, sted
            self.regnskap.saker.append(int(funnet[1]))

    def _gir(self) -> None:
        person = self._inn("inkludering1")
        _, side, _ = self._til_det_gaar(person, "/konto")
        token = felt(side, "csrf_token")
        for henvisning in self._henvisninger:
            skjema = {"csrf_token": token, "henvisning_id": str(henvisning), "tilbud_id": str(self._tilbud)}
            status, side, _ = self._til_det_gaar(person, "/fordel/gi", skjema)
            if status == 303:
                self.regnskap.gitt.append(henvisning)
            elif status == 409:
                self.regnskap.avslag += 1
            else:
                raise AssertionError((status, side[-300:]))
            self._slutt.wait(0.1)  # all of them are asked for, also after the others have gone home


def _familie(side: str) -> dict[str, str]:
    return {
        "csrf_token": felt(side, "csrf_token"),
        "innsending": felt(side, "innsending"),
        "enhet": "nav",
        "i_maalgruppe": "ja",
        "behov": "fritid",
        "barn-0-foedselsaar": str(i_dag().year - 10),
        "barn-0-deltar": "nei",
        "barn-0-spurt": "ja",
        "barn-0-tiltak": "4a-3",
        "grunnlag": "samtykke",
        "maate": "skriftlig",
        "fra": "foresatt",
        "egen_referanse": "K-1",
        "kodevalg": "uten",
    }
