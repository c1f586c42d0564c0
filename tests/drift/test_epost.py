"""`koordinering epost test`: one e-mail through the relay, or in words why not."""

import os
import socketserver
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest import mock

import pytest

from koordinering import epost
from koordinering.cli.hoved import main
from tests.test_sjekk import _sertifikat

pytestmark = pytest.mark.bare_sqlite


TAUS = "taus"
"""No answer."""


class _Relay(socketserver.StreamRequestHandler):
    """As little of SMTP as a client asks for."""

    svar: dict[str, str]
    fikk: list[str]

    def handle(self) -> None:
        if self.svar.get("") == TAUS:
            self.rfile.readline()
            return
        self._si(self.svar.get("", "220 relay"))
        while linje := self.rfile.readline().decode().strip():
            ord_ = linje.split()[0].upper()
            if self.svar.get(ord_) == TAUS:
                self.rfile.readline()
                return
            self._si(self.svar.get(ord_, "354 kom" if ord_ == "DATA" else "250 ok"))
            if ord_ == "DATA" and "DATA" not in self.svar:
                self.fikk.append("".join(iter(lambda: self.rfile.readline().decode(), ".\r\n")))
                self._si("250 tatt imot")
            if ord_ == "QUIT":
                return

    def _si(self, linje: str) -> None:
        self.wfile.write(f"{linje}\r\n".encode())


@contextmanager
def _relay(
    svar: dict[str, str] | None = None, kontekst: ssl.SSLContext | None = None
) -> Iterator[tuple[int, list[str]]]:
    fikk: list[str] = []
    slag = type("Slag", (_Relay,), {"svar": svar or {}, "fikk": fikk})
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), slag) as tjener:
        if kontekst is not None:
            tjener.socket = kontekst.wrap_socket(tjener.socket, server_side=True)
        tjener.handle_error = lambda *_: None  # type: ignore[method-assign]  # a client that hangs up is what we test
        threading.Thread(target=tjener.serve_forever, daemon=True).start()
        try:
            yield tjener.server_address[1], fikk
        finally:
            tjener.shutdown()


def _test(
    capsys: pytest.CaptureFixture[str], port: int, til: str = "drift@kommunen.example", **ekstra: str
) -> tuple[int, str]:
    miljo = {
        "KOORDINERING_MILJOE": "demo",
        "KOORDINERING_EPOST_VERT": "127.0.0.1",
        "KOORDINERING_EPOST_PORT": str(port),
        "KOORDINERING_EPOST_TLS": "ingen",
        "KOORDINERING_EPOST_AVSENDER": "ikke-svar@kommunen.example",
        "KOORDINERING_ADRESSE": "https://koordinering.kommunen.example",
        **ekstra,
    }
    with mock.patch.dict(os.environ, miljo, clear=True), pytest.raises(SystemExit) as slutt:
        main(["epost", "test", til])
    ut = capsys.readouterr()
    assert isinstance(slutt.value.code, int)
    return slutt.value.code, ut.out + ut.err


def test_one_goes_out_and_the_answer_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    with _relay() as (port, fikk):
        kode, sagt = _test(capsys, port)
    assert (kode, "tok imot prøven fra ikke-svar@kommunen.example" in sagt) == (0, True), sagt
    (melding,) = fikk
    assert "To: drift@kommunen.example" in melding
    assert "Auto-Submitted: auto-generated" in melding


@pytest.mark.parametrize(
    ("svar", "ekstra", "sagt"),
    [
        ({"RCPT": "550 ola.nordmann er ukjent"}, {}, "ikke til denne adressen (kode 550)"),
        ({"RCPT": "451 senere"}, {}, "Den vil ikke akkurat nå (kode 451). Prøv igjen"),
        ({"MAIL": "553 nei"}, {}, "kode 553"),
        ({"MAIL": "530 ola.nordmann må logge inn"}, {}, "krever innlogging (kode 530). Sett KOORDINERING_EPOST_BRUKER"),
        ({"": TAUS}, {}, "Den svarte ikke på 20 sekunder. "),
        ({"DATA": TAUS}, {}, "Den svarte ikke på 20 sekunder. "),
        ({}, {"KOORDINERING_EPOST_TLS": "starttls"}, "kan ikke STARTTLS"),
        ({}, {"KOORDINERING_EPOST_TLS": "tls"}, "TLS ble ikke til"),
        ({"": "HTTP/1.1 200 OK"}, {}, "Se på navnet og porten"),
    ],
)
def test_why_not(
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    svar: dict[str, str],
    ekstra: dict[str, str],
    sagt: str,
) -> None:
    monkeypatch.setattr(epost, "FRIST_S", 0.3)
    with _relay(svar) as (port, fikk):
        kode, linjen = _test(capsys, port, **ekstra)
    assert (kode, fikk) == (1, [])
    assert sagt in linjen
    assert "ola.nordmann" not in linjen


@pytest.mark.parametrize(
    ("vert", "stoler", "sagt"),
    [
        ("localhost", False, "Maskinen må stole på den som har utstedt det"),
        ("127.0.0.1", True, "Navnet i KOORDINERING_EPOST_VERT må være det i sertifikatet."),
    ],
)
def test_a_certificate_that_is_not_accepted(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, vert: str, sagt: str, *, stoler: bool
) -> None:
    kjede, noekkel = _sertifikat(tmp_path, 90)
    kontekst = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    kontekst.load_cert_chain(kjede, noekkel)
    ekstra = {"KOORDINERING_EPOST_VERT": vert, "KOORDINERING_EPOST_TLS": "tls"}
    with _relay(kontekst=kontekst) as (port, _):
        kode, linjen = _test(capsys, port, **ekstra, **({"SSL_CERT_FILE": kjede} if stoler else {}))
    assert (kode, sagt in linjen) == (1, True), linjen


def test_nobody_there_no_relay_and_no_address(capsys: pytest.CaptureFixture[str]) -> None:
    with _relay() as (port, _):
        pass
    assert "Ingen forbindelse: ingen lytter på porten" in _test(capsys, port)[1]
    assert _test(capsys, port, KOORDINERING_EPOST_VERT="") == (
        1,
        "KOORDINERING_EPOST_VERT er ikke satt, så ingen e-post sendes.\n",
    )
    kode, linjen = _test(capsys, port, til="drift kommunen")
    assert (kode, "ADRESSE må være en e-postadresse." in linjen) == (2, True)
