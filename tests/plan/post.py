"""A relay for the tests: it speaks SMTP on the loopback address, keeps what it gets, and refuses when told."""

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import cast


class Postkasse(socketserver.ThreadingTCPServer):
    """What has come in, and how the next one is met."""

    daemon_threads = True

    def __init__(self) -> None:
        self.brev: list[EmailMessage] = []
        self.avvis = False
        self.bryt = False
        """Break the connection once the text has come."""
        self.farvel = False
        """End the conversation (421) before the first text."""
        self.samtaler = 0
        super().__init__(("127.0.0.1", 0), _Samtale)

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self.server_address[1])


class _Samtale(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        kasse = cast(Postkasse, self.server)
        kasse.samtaler += 1
        self._si("220 her")
        while linje := self.rfile.readline():
            ord_ = linje.split()[0].upper() if linje.split() else b""
            if ord_ == b"DATA":
                self._si("354 skriv")
                tekst = b"".join(iter(self.rfile.readline, b".\r\n"))
                kasse.brev.append(message_from_bytes(tekst, policy=policy.default))
                if kasse.bryt:
                    return
                self._si("250 tatt imot")
            elif ord_ == b"MAIL" and kasse.farvel:
                kasse.farvel = False
                self._si("421 nok for denne gangen")
                return
            elif ord_ == b"QUIT":
                self._si("221 ha det")
                return
            else:
                self._si("550 nei" if ord_ == b"RCPT" and kasse.avvis else "250 ja")

    def _si(self, svar: str) -> None:
        self.wfile.write(f"{svar}\r\n".encode())


@contextmanager
def postkasse() -> Iterator[Postkasse]:
    """One that listens."""
    with Postkasse() as kasse:
        traad = threading.Thread(target=kasse.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        traad.start()
        try:
            yield kasse
        finally:
            kasse.shutdown()
            traad.join()
