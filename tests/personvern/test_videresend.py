"""The access log on its way to a SIEM: each line once, from where it stopped, and codes only."""

import json
import os
import re
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from koordinering import audit, signatur
from koordinering.audit import Hva, Innslag
from koordinering.config import Config
from koordinering.db import db, now, own_transaction
from koordinering.drift.rules import Dom
from koordinering.drift.services import driften
from koordinering.driftsvalg import Driftsvalg, Loggmottaker, Mottakerslag
from koordinering.personvern.segl import services as segl
from koordinering.personvern.segl.models import Loggsegl, Videresendt
from koordinering.personvern.segl.services import mottak, videresending
from koordinering.personvern.segl.services.mottak import syslog
from koordinering.personvern.segl.services.videresending import SendesAlt
from tests.test_sjekk import _sertifikat


@pytest.fixture
def nye(config: Config, app: Flask, tmp_path: Path) -> Callable[[int], None]:
    """Writes so many lines and seals them."""
    signatur.lag_noekkel(config.loggnoekkel)
    sted = segl.Loggsted(tmp_path / "hoder", config.loggnoekkel)

    def skriv(antall: int) -> None:
        for nr in range(antall):
            audit.record(Hva.NEKTET, av=None, detalj=f"saker.liste{nr}")
        segl.forsegl(sted)
        db.session.rollback()

    return skriv


def _forseglet() -> list[tuple[str, int]]:
    rader = db.session.execute(select(Loggsegl.dag, Loggsegl.nr).order_by(Loggsegl.dag, Loggsegl.nr)).all()
    db.session.rollback()
    return [(dag, nr) for dag, nr in rader]


def _i_filen(fil: Path) -> list[tuple[str, int]]:
    linjer = [json.loads(linje) for linje in fil.read_text().splitlines()]
    return [(en["dag"], en["nr"]) for en in linjer]


def test_each_line_is_in_the_file_once(nye: Callable[[int], None], tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setattr(videresending, "BLOKK", 3)
    fil = tmp_path / "innsyn.jsonl"
    til = Loggmottaker(Mottakerslag.FIL, fil=fil)
    nye(7)
    foerste = segl.videresend(til, av=None)
    assert foerste.antall == len(_forseglet())
    assert segl.videresend(til, av=None).antall == 0
    nye(2)  # and the line that tells of the sending
    assert segl.videresend(til, av=None).antall == 3
    assert _i_filen(fil) == _forseglet()
    assert fil.stat().st_mode & 0o077 == 0
    siste = json.loads(fil.read_text().splitlines()[-1])
    assert {"id", "tid", "hva", "user_id", "roller", "dag", "nr", "hash"} <= set(siste)
    sagt = select(func.count()).where(Innslag.hva == Hva.LOGG_EKSPORTERT, Innslag.detalj.startswith("videresendt:"))
    assert db.session.scalar(sagt) == len({dag for dag, _ in _forseglet()}), "told once a day, or it would never end"


def test_a_sender_that_dies_between_the_file_and_the_database(nye: Callable[[int], None], tmp_path: Path) -> None:
    fil = tmp_path / "innsyn.jsonl"
    til = Loggmottaker(Mottakerslag.FIL, fil=fil)
    nye(6)
    segl.videresend(til, av=None)
    skrevet = fil.read_bytes()
    with own_transaction() as session:  # as if the last of it had not been noted down
        session.execute(update(Videresendt).values(nr=2, sendt=None))
    with fil.open("ab") as ut:
        ut.write(b'{"dag": "2026-1')  # and it was writing the next line when it died
    nye(1)
    segl.videresend(til, av=None)
    assert fil.read_bytes().startswith(skrevet)
    assert _i_filen(fil) == _forseglet()


def test_two_senders_at_once(nye: Callable[[int], None], tmp_path: Path) -> None:
    til = Loggmottaker(Mottakerslag.FIL, fil=tmp_path / "innsyn.jsonl")
    nye(1)
    segl.videresend(til, av=None)
    nye(1)
    with own_transaction() as session:
        session.execute(update(Videresendt).values(holder="en annen", leie_til=now() + timedelta(minutes=1)))
    with pytest.raises(SendesAlt):
        segl.videresend(til, av=None)
    # it died, and its lease has run out; or was taken before the clock was set back a day
    for leie in (timedelta(seconds=-1), timedelta(days=1)):
        with own_transaction() as session:
            session.execute(update(Videresendt).values(holder="en annen", leie_til=now() + leie))
        nye(1)
        assert segl.videresend(til, av=None).antall >= 1
    assert _i_filen(tmp_path / "innsyn.jsonl") == _forseglet()


_OM_IGJEN = b"\x01\0\0\0\0\0\0\0"
"""SO_LINGER on, for no time at all: closing is a reset."""


class _Mottaker:
    """A syslog server that reads to the end and closes; or one that falls over after the first byte."""

    def __init__(self, sertifikat: tuple[str, str] | None, *, svarer: bool) -> None:
        self.lytter = socket.create_server(("127.0.0.1", 0))
        self.port: int = self.lytter.getsockname()[1]
        self.fikk: list[bytes] = []
        self._svarer = svarer
        self._tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER) if sertifikat else None
        if self._tls and sertifikat:
            self._tls.load_cert_chain(*sertifikat)

    def tjen(self) -> None:
        with suppress(OSError):
            while True:
                sokkel = self.lytter.accept()[0]
                with suppress(ssl.SSLError), sokkel:
                    self._les(self._tls.wrap_socket(sokkel, server_side=True) if self._tls else sokkel)

    def _les(self, sokkel: socket.socket) -> None:
        if not self._svarer:
            sokkel.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _OM_IGJEN)
            sokkel.recv(1)
            return
        with sokkel:
            alt = b""
            while stykke := sokkel.recv(65_536):
                alt += stykke
            self.fikk.append(alt)


@contextmanager
def _mottaker(sertifikat: tuple[str, str] | None = None, *, svarer: bool = True) -> Iterator[tuple[int, list[bytes]]]:
    """Serve until the block ends; gives the port and what was received."""
    mottaker = _Mottaker(sertifikat, svarer=svarer)
    traad = threading.Thread(target=mottaker.tjen, daemon=True)
    traad.start()
    try:
        yield mottaker.port, mottaker.fikk
    finally:
        mottaker.lytter.shutdown(socket.SHUT_RDWR)
        mottaker.lytter.close()
        traad.join(5)


def _meldinger(data: bytes) -> list[str]:
    ut = []
    while data:
        lengde, _, resten = data.partition(b" ")
        ut.append(resten[: int(lengde)].decode())
        data = resten[int(lengde) :]
    return ut


@pytest.mark.bare_sqlite
def test_over_tls_to_the_one_it_is_meant_for(nye: Callable[[int], None], tmp_path: Path) -> None:
    sertifikat = _sertifikat(tmp_path, 90)
    nye(3)
    ventet = _forseglet()
    with _mottaker(sertifikat) as (port, fikk):
        fremmed = Loggmottaker(Mottakerslag.TLS, "localhost", port)
        with pytest.raises(segl.IkkeMottatt, match=r"tok ikke imot \(sertifikatet godtas ikke\)"):
            segl.videresend(fremmed, av=None)
        assert fikk == [], "nothing is said to somebody who cannot show who he is"
        assert segl.videresend(replace(fremmed, ca=Path(sertifikat[0])), av=None).antall >= len(ventet)
    meldinger = _meldinger(b"".join(fikk))
    steder = [(m[1], int(m[2])) for en in meldinger if (m := re.search(r' dag="(.*?)" nr="(\d+)"', en))]
    assert steder[: len(ventet)] == ventet
    rfc5424 = re.compile(
        r"<1(09|10)>1 \d{4}-\d\d-\d\dT[\d:]{8}\.\d{6}Z \S+ koordinering - [a-z_]+"
        r' \[innsyn@32473( \w+="[^"]*")+\]'
    )
    assert all(rfc5424.fullmatch(en) for en in meldinger), meldinger[0]
    nektet = [en for en in meldinger if " - nektet [" in en]
    assert len(nektet) == 3
    assert all(en.startswith("<109>") for en in nektet), "a refusal is worth a notice"


@pytest.mark.bare_sqlite
def test_a_receiver_that_falls_over_gets_it_all_the_next_time(nye: Callable[[int], None]) -> None:
    nye(3)
    with _mottaker(svarer=False) as (port, _):
        til = Loggmottaker(Mottakerslag.TCP, "127.0.0.1", port)
        with pytest.raises(segl.IkkeMottatt):
            segl.videresend(til, av=None)
    with pytest.raises(segl.IkkeMottatt):
        segl.videresend(til, av=None)  # nobody answers
    assert db.session.scalar(select(func.max(Videresendt.nr))) == 0
    db.session.rollback()
    with _mottaker() as (port, fikk):
        nytt = Loggmottaker(Mottakerslag.TCP, "127.0.0.1", port)
        assert segl.videresend(nytt, av=None).antall == len(_forseglet())
    assert len(_meldinger(b"".join(fikk))) == len(_forseglet())


@pytest.mark.bare_sqlite
def test_what_has_waited_is_told(
    nye: Callable[[int], None], config: Config, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    til = Loggmottaker(Mottakerslag.FIL, fil=tmp_path / "innsyn.jsonl")
    med = replace(config, drift=Driftsvalg(mottaker=til))
    assert driften.videresendt(config).dom is Dom.OK
    nye(1)
    assert driften.videresendt(med).dom is Dom.OK
    monkeypatch.setattr(driften, "now", lambda: now() + timedelta(hours=2))
    assert driften.videresendt(med).dom is Dom.ADVARSEL
    db.session.rollback()
    segl.videresend(til, av=None)
    assert driften.videresendt(med).dom is Dom.OK


@pytest.mark.bare_sqlite
def test_a_line_cannot_be_made_to_look_like_two(tmp_path: Path) -> None:
    linje = dict.fromkeys(("id", "user_id", "roller", "enhet_id", "gjelder", "gjelder_id", "hash"), None)
    ond: dict[str, Any] = {
        **linje,
        "hva": 'x"] <1>1\n',
        "tid": "i går",
        "detalj": 'a"]\\ b',
        "dag": "2026-11-28",
        "nr": 1,
    }
    tekst = syslog(ond, "vert").decode()
    assert tekst.endswith('detalj="a\\"\\]\\\\ b" dag="2026-11-28" nr="1"]')
    assert ' - vert koordinering - x"]_<1>1_ [' in tekst
    fil = tmp_path / "f.jsonl"
    mottak.overlever(Loggmottaker(Mottakerslag.FIL, fil=fil), [ond])
    assert len(fil.read_bytes().splitlines()) == 1
    assert mottak.siste_i_fil(fil) == ("2026-11-28", 1)
    os.truncate(fil, 5)
    assert mottak.siste_i_fil(fil) is None
