"""An installation where who reads cases must have a second factor, somebody at its door, and a key made of software."""

import hashlib
import json
import os
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import cbor2
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from flask import Flask
from sqlalchemy import update
from werkzeug.test import TestResponse

from koordinering import crypto
from koordinering.config import Config, Faktorkrav
from koordinering.db import db, now, own_transaction
from koordinering.konto.models import Okt
from tests.conftest import PASSORD, Mal, fersk
from tests.nettleser import Nettleser

OPPHAV = "http://localhost"
_TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')


@pytest.fixture
def config(mal: Mal, mapper: Path) -> Config:
    """Settings of a fresh installation that asks for a second factor."""
    return replace(fersk(mal, mapper), faktor=Faktorkrav.SAKER)


class Doeren(Nettleser):
    """Somebody who signs in by the pages themselves; the form token is read off the page one is on."""

    siden = "/logg-inn"

    def token(self) -> str:
        """The token of the page that is open."""
        funnet = _TOKEN.search(self.se(self.siden).text)
        assert funnet, self.siden
        return funnet[1]

    def logg_inn(self, brukernavn: str, passord: str = PASSORD, neste: str = "") -> TestResponse:
        """User name and password."""
        self.siden = "/logg-inn"
        svar = self.send(
            "/logg-inn" + (f"?neste={neste}" if neste else ""), {"brukernavn": brukernavn, "passord": passord}
        )
        if svar.status_code == 303:
            self.siden = svar.location
        return svar

    def kode(self, kode: str) -> TestResponse:
        """A code, on the page that asks for it."""
        return self.send(self.siden, {"engangskode": kode})

    def cookie(self) -> dict[str, Any]:
        """What the browser keeps."""
        with self.klient.session_transaction() as okt:
            return dict(okt)

    def sett_opp_app(self) -> tuple[str, list[str]]:
        """Set up an app and give its secret, and the recovery codes that were shown."""
        assert self.send("/konto/sikring/app/start").status_code == 303
        side = self.se("/konto/sikring/app").text
        hemmelighet = re.findall(r'data-kopier="([A-Z2-7 ]+)"', side)[0].replace(" ", "")
        svar = self.send("/konto/sikring/app", {"engangskode": crypto.totp_kode(hemmelighet, now())})
        assert svar.status_code in {200, 303}, svar.text
        return hemmelighet, re.findall(r"<code>([a-z2-9-]+)</code>", svar.text)


@pytest.fixture
def doeren(app: Flask) -> Doeren:
    """A browser at the sign-in page."""
    return Doeren(app)


def eldes_bevis(hvor_mye: timedelta = timedelta(minutes=5)) -> None:
    """Let the last proof of everybody's be older."""
    with own_transaction() as session:
        session.execute(update(Okt).values(bevist=now() - hvor_mye))
    db.session.rollback()


@contextmanager
def senere(monkeypatch: pytest.MonkeyPatch, hvor_mye: timedelta) -> Iterator[None]:
    """The clock that codes are made and read by, moved."""
    with monkeypatch.context() as m:
        m.setattr("koordinering.konto.faktor.services.koder.now", lambda: now() + hvor_mye)
        yield


def _b64(data: bytes) -> str:
    return urlsafe_b64encode(data).decode().rstrip("=")


def _fra_b64(tekst: str) -> bytes:
    return urlsafe_b64decode(tekst + "=" * (-len(tekst) % 4))


@dataclass
class Noekkel:
    """What a telephone does: makes a key for a place, keeps whose it is, counts, and signs."""

    vert: str = "localhost"
    opphav: str = OPPHAV
    teller: int = 0
    verifisert: bool = True
    """The person showed a finger or a PIN."""
    id: bytes = field(default_factory=lambda: os.urandom(32))
    eier: bytes = b""
    privat: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    def _klient(self, slag: str, utfordring: str) -> bytes:
        return json.dumps({"type": slag, "challenge": utfordring, "origin": self.opphav}).encode()

    def _data(self, flagg: int, resten: bytes = b"") -> bytes:
        flagg |= 1 | (4 if self.verifisert else 0)
        return hashlib.sha256(self.vert.encode()).digest() + bytes([flagg]) + self.teller.to_bytes(4, "big") + resten

    def lag(self, spoersmaal: dict[str, Any]) -> str:
        """The answer to «make a key»."""
        self.eier = _fra_b64(spoersmaal["user"]["id"])
        tall = self.privat.public_key().public_numbers()
        cose = {1: 2, 3: -7, -1: 1, -2: tall.x.to_bytes(32, "big"), -3: tall.y.to_bytes(32, "big")}
        data = self._data(0x40, bytes(16) + len(self.id).to_bytes(2, "big") + self.id + cbor2.dumps(cose))
        svar = {
            "clientDataJSON": _b64(self._klient("webauthn.create", spoersmaal["challenge"])),
            "attestationObject": _b64(cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})),
        }
        return self._svar(svar)

    def bevis(self, spoersmaal: dict[str, Any], **annet: str) -> str:
        """The answer to «prove that you have it»."""
        self.teller += 1
        klient = self._klient("webauthn.get", spoersmaal["challenge"])
        data = self._data(0)
        signatur = self.privat.sign(data + hashlib.sha256(klient).digest(), ec.ECDSA(SHA256()))
        deler = {"clientDataJSON": klient, "authenticatorData": data, "signature": signatur, "userHandle": self.eier}
        return self._svar({navn: _b64(del_) for navn, del_ in deler.items()} | annet)

    def _svar(self, svar: dict[str, str]) -> str:
        return json.dumps({"id": _b64(self.id), "rawId": _b64(self.id), "type": "public-key", "response": svar})
