"""The master key is changed from the command line while two worker processes serve, and nobody notices."""

import re
import threading
import urllib.parse

from flask import Flask

from koordinering import crypto, noekkellager
from koordinering.config import Config
from koordinering.db import db
from tests.paa_nett import Person
from tests.saker.skjema import utfylt
from tests.test_cli import Skall


class Saksbehandler(threading.Thread):
    """Registers families with an own reference, and opens each of them, until told to stop."""

    def __init__(self, adresse: str, brukernavn: str) -> None:
        super().__init__()
        self._inne = Person(adresse, brukernavn)
        self.stopp = threading.Event()
        self.galt: list[object] = []
        self.antall = 0

    def run(self) -> None:
        """Keep what did not answer as it should."""
        while not self.stopp.is_set():
            referanse = f"{self.name} {self.antall}"
            skjema = {"csrf_token": self._inne.token, **utfylt(barn_0_fnr="", egen_referanse=referanse)}
            status, _ = self._inne.hent("/saker/ny", urllib.parse.urlencode(skjema, doseq=True).encode())
            _, liste = self._inne.hent("/saker?filter=mine")
            sider = [self._inne.hent(sti) for sti in sorted(set(re.findall(r'href="(/saker/\d+)"', liste)))[:3]]
            aapnet = [s for s, side in sider if s != 200 or not re.search(r"Thread-\d+ \d+", side)]
            if status != 303 or not sider or aapnet:
                self.galt.append((status, len(sider), aapnet))
            self.antall += 1


def test_the_master_key_is_changed_while_people_work(app: Flask, config: Config, adresse: str) -> None:
    folk = [Saksbehandler(adresse, navn) for navn in ("nav1", "nav2")]
    for nr, en in enumerate(folk):
        en.name = f"Thread-{nr}"
        en.start()
    skall = Skall(config.data)
    skall.miljoe["KOORDINERING_DATABASE_URL"] = config.database_url
    hittil = 0
    try:
        for ord_ in (["rotate"], ["rewrap"], ["rewrap", "--fjern-gammel"]):
            hittil = _vent_paa(folk, hittil + 3)
            skall.ok("keys", *ord_)
        _vent_paa(folk, hittil + 6)
    finally:
        for en in folk:
            en.stopp.set()
            en.join(60)
    assert [en.galt for en in folk] == [[], []], (config.data / "server.log").read_text()[-3000:]
    crypto.ta_i_bruk(config.kilde.les(), config.kilde)
    assert set(crypto.gjeldende().hoved) == {2}
    with app.app_context():
        assert noekkellager.noekler_per_hovednoekkel() == {2: sum(en.antall for en in folk)}
        db.session.remove()
        noekkellager.lukk()


def _vent_paa(folk: list[Saksbehandler], antall: int) -> int:
    """Until they have registered so many families together; how many it came to."""
    for _ in range(600):
        if sum(en.antall for en in folk) >= antall:
            break
        folk[0].stopp.wait(0.1)
    naa = sum(en.antall for en in folk)
    assert naa >= antall, "a minute went by"
    return naa
