"""What the tests of single sign-on share: an issuer, known to the installation, and the way there and back."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
from flask import Flask
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from koordinering.audit import Hva, Innslag
from koordinering.db import db, i_dag, transaction
from koordinering.konto.models import Okt
from koordinering.konto.oidc.models import OidcForespoersel, OidcIdentitet
from koordinering.konto.oidc.rules import Utsteder
from koordinering.konto.oidc.services.tilbyder import Tilbyder
from koordinering.users import User
from tests.konto.tilbyder import Doer, tilbyder
from tests.nettleser import Nettleser

NAV = "Nav"


@pytest.fixture(scope="module")
def doeren() -> Iterator[Doer]:
    """The issuer of this module's tests."""
    with tilbyder() as doer:
        yield doer


@pytest.fixture
def doer(doeren: Doer) -> Iterator[Doer]:
    """The issuer, telling the truth."""
    doeren.nullstill()
    yield doeren
    doeren.nullstill()


def utstederen(doer: Doer, **ekstra: Any) -> Utsteder:
    """The issuer as the municipality's file would tell of it."""
    felt = {"kode": "nav", "navn": NAV, "issuer": doer.adresse, "client_id": "koord", "hemmelighet": "h" * 20}
    return Utsteder(**{**felt, **ekstra})


@pytest.fixture
def nav(app: Flask, doer: Doer, monkeypatch: pytest.MonkeyPatch) -> Tilbyder:
    """The issuer, known to the installation."""
    kjent = Tilbyder(utstederen(doer))
    monkeypatch.setitem(app.extensions, "oidc", {"nav": kjent})
    return kjent


def til(nettleser: Nettleser, neste: str = "") -> str:
    """Press the button; where the browser is sent."""
    svar = nettleser.se("/logg-inn/hos/nav" + (f"?neste={neste}" if neste else ""))
    assert svar.status_code == 303
    return svar.location


def hos_utstederen(adresse: str, sub: str = "hege-hos-nav") -> str:
    """Sign in at the issuer; the path of ours that it sends the browser back to."""
    svar = requests.post(adresse, data={"sub": sub}, allow_redirects=False, timeout=10)
    assert svar.status_code == 302, svar.text
    tilbake = urlsplit(svar.headers["Location"])
    return f"{tilbake.path}?{tilbake.query}"


def hele_veien(nettleser: Nettleser, sub: str = "hege-hos-nav", neste: str = "") -> TestResponse:
    """There and back."""
    return nettleser.se(hos_utstederen(til(nettleser, neste), sub))


def ut(nettleser: Nettleser) -> TestResponse:
    """Sign out; the next session has a form token of its own."""
    nettleser._token = None
    return nettleser.send("/logg-ut")


def kjenn(doer: Doer, user: User, subjekt: str = "hege-hos-nav") -> None:
    """The person at the issuer is this account."""
    with transaction():
        db.session.add(OidcIdentitet(issuer=doer.adresse, subjekt=subjekt, user_id=user.id))


def oekter(user_id: int) -> int:
    """How many sessions the account has."""
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(Okt).where(Okt.user_id == user_id)) or 0


def siste(hva: Hva) -> Innslag | None:
    """The newest line of the log of this kind."""
    db.session.rollback()
    return db.session.scalars(select(Innslag).where(Innslag.hva == hva).order_by(Innslag.id.desc())).first()


FELT = {"brukernavn": "ny.person", "tittel": "Nav-veileder 9", "rolle": "henviser", "enhet": "nav"}
FELT["fra"] = i_dag().strftime("%d.%m.%Y")


def ventende() -> OidcForespoersel:
    """The one request there is."""
    db.session.rollback()
    return db.session.scalars(select(OidcForespoersel)).one()
