"""A proxy for the short tests that does what drift/proxy/nginx-flere.conf asks of nginx, and tells what it did.

A host that is gone is passed by for a moment. What only reads is asked of the next; what may have been written is
never sent twice.
"""

import http.client
import socket
import threading
import time
from collections import Counter
from collections.abc import Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

_HVIL_S = 2.0
_EGNE = frozenset({"connection", "keep-alive", "transfer-encoding", "date", "server"})
Sted = tuple[str, int]


class Proxy(ThreadingHTTPServer):
    """Listens on this machine, and asks each of the hosts in turn."""

    daemon_threads = True

    def __init__(self, verter: Sequence[Sted]) -> None:
        super().__init__(("127.0.0.1", 0), _Besvarer)
        self._verter, self._tur, self._laas = list(verter), 0, threading.Lock()
        self._hviler: dict[Sted, float] = {}
        self.svarte: Counter[Sted] = Counter()
        """How many requests each host has answered."""
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    @property
    def adresse(self) -> str:
        """What people write."""
        return f"http://127.0.0.1:{self.server_address[1]}"

    def rekke(self) -> list[Sted]:
        """Whom to ask now: the next in turn first, those that were gone a moment ago last."""
        with self._laas:
            self._tur += 1
            alle = [self._verter[(self._tur + nr) % len(self._verter)] for nr in range(len(self._verter))]
            naa = time.monotonic()
            return sorted(alle, key=lambda sted: self._hviler.get(sted, 0) > naa)

    def borte(self, sted: Sted) -> None:
        """It did not answer."""
        self._hviler[sted] = time.monotonic() + _HVIL_S


class _Besvarer(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Proxy

    def log_message(self, *_: Any) -> None:
        """Nothing."""

    def do_GET(self) -> None:
        """Ask the first that answers."""
        self._send_videre(b"")

    def do_POST(self) -> None:
        """Ask the first that can be reached."""
        self._send_videre(self.rfile.read(int(self.headers.get("Content-Length") or 0)))

    def _send_videre(self, data: bytes) -> None:
        for sted in self.server.rekke():
            forbindelse, naadd = http.client.HTTPConnection(*sted, timeout=60), False
            try:
                forbindelse.connect()
                naadd = True
                forbindelse.request(self.command, self.path, data or None, dict(self.headers))
                svar = forbindelse.getresponse()
                innhold = svar.read()
            except (OSError, http.client.HTTPException):
                self.server.borte(sted)
                if naadd and self.command != "GET":
                    break  # it may have been written
                continue
            finally:
                forbindelse.close()
            self.server.svarte[sted] += 1
            self._svar(svar.status, svar.getheaders(), innhold)
            return
        self._svar(502, [("Retry-After", "2")], b"Koordinering svarer ikke akkurat naa.")

    def _svar(self, status: int, hoder: Sequence[tuple[str, str]], innhold: bytes) -> None:
        self.send_response_only(status)
        for navn, verdi in hoder:
            if navn.lower() not in _EGNE | {"content-length"}:
                self.send_header(navn, verdi)
        self.send_header("Content-Length", str(len(innhold)))
        self.end_headers()
        self.wfile.write(innhold)


def vent_paa(sted: Sted) -> None:
    """Until somebody listens there."""
    frist = time.monotonic() + 60
    while True:
        with socket.socket() as sokkel:
            if sokkel.connect_ex(sted) == 0:
                return
        assert time.monotonic() < frist, sted
        time.sleep(0.05)
