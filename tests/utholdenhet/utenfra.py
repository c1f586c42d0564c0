"""Errands of whoever is not signed in: what watches the service, readers outside, and lines that are bad."""

import socket
import time
from collections.abc import Mapping
from urllib.parse import urlsplit

import requests

from tests.utholdenhet.aerend import By

_SIDER: Mapping[str, int] = {
    "/aapne-data": 200,
    "/aapne-data/katalog.ttl": 200,
    "/personvern": 200,
    "/logg-inn": 200,
    "/finnes-ikke": 404,
}


def vakt(by: By) -> None:
    """What watches the service asks how it is."""
    sti = by.rng.choice(("/helse/klar", "/helse/lever", "/metrics"))
    _hent(by, sti, 200, {"Authorization": f"Bearer {by.metrikk_token}"})


def ute(by: By) -> None:
    """Somebody outside reads what is open to all."""
    sti = by.rng.choice(tuple(_SIDER))
    _hent(by, sti, _SIDER[sti], {})


def _hent(by: By, sti: str, venter: int, hoder: Mapping[str, str]) -> None:
    """Somebody without a session, on a connection that is closed again."""
    with requests.Session() as okt:
        okt.trust_env = False
        svar = okt.get(by.adresse + sti, headers=hoder, timeout=120, allow_redirects=False)
        if svar.status_code != venter:
            raise AssertionError(f"GET {sti} answered {svar.status_code}")


def _sokkel(by: By) -> socket.socket:
    delt = urlsplit(by.adresse)
    return socket.create_connection((delt.hostname or "", delt.port or 0), timeout=120)


def treg(by: By) -> None:
    """A line from the mountain: the request comes byte by byte, and the answer is read the same way."""
    with _sokkel(by) as sokkel:
        for tegn in b"GET /logg-inn HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n":
            sokkel.send(bytes([tegn]))
            time.sleep(0.03)
        while sokkel.recv(512):
            time.sleep(0.05)


def brutt(by: By) -> None:
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
