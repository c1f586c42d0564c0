"""The demo's accounts never come into production: not when it starts, and not at the door."""

import contextvars
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, func, select, update
from werkzeug.test import TestResponse

from koordinering import crypto, noekkellager
from koordinering.app import create_app
from koordinering.audit import Hva, Innslag
from koordinering.config import Config, Miljoe
from koordinering.db import db, own_transaction
from koordinering.errors import ConfigError
from koordinering.konto import services
from koordinering.noekkellager.kontroll import Noekkelkontroll
from koordinering.users import User
from tests.conftest import PASSORD

HER = "192.0.2.7"
_TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')


@pytest.fixture
def produksjon(config: Config, tmp_path: Path) -> Config:
    """Production, with production's keys, on the demo's database."""
    data = tmp_path / "produksjon"
    crypto.lag_noekler(data / "noekler.json", demo=False)
    lager = config.noekkellager_url
    return replace(config, miljoe=Miljoe.PRODUKSJON, data=data, https=True, lager_url=lager)


def _demo(verdi: bool, *navn: str) -> None:
    with own_transaction() as session:
        session.execute(delete(Noekkelkontroll))  # the template was made with other keys than production's
        setning = update(User).values(demo=verdi)
        session.execute(setning.where(User.brukernavn.in_(navn)) if navn else setning)


@pytest.fixture
def i_drift(app: Flask, produksjon: Config) -> Iterator[Flask]:
    """Production that started on an ordinary database, into which demo accounts came afterwards; helse1 is none."""
    _demo(False)
    startet = create_app(produksjon)
    _demo(True)
    _demo(False, "helse1")
    with startet.app_context():
        yield startet
        db.session.remove()
        noekkellager.lukk()


def test_production_does_not_start_with_demo_accounts(app: Flask, produksjon: Config) -> None:
    with pytest.raises(ConfigError, match="demobrukere"):
        create_app(produksjon)
    _demo(False)
    _demo(True, "nav1")
    with pytest.raises(ConfigError, match="demobrukere"):
        create_app(produksjon)  # one is enough
    _demo(False)
    startet = create_app(produksjon)
    with startet.app_context():
        noekkellager.lukk()


def test_a_locked_demo_account_stops_production_too(app: Flask, produksjon: Config) -> None:
    _demo(False)
    with own_transaction() as session:
        session.execute(update(User).where(User.brukernavn == "nav1").values(demo=True, laast=True))
    with pytest.raises(ConfigError, match="demobrukere"):
        create_app(produksjon)


def test_the_demo_starts_with_its_accounts(app: Flask) -> None:
    assert db.session.scalar(select(func.count()).where(User.demo)) == db.session.scalar(select(func.count(User.id)))


def test_the_demos_keys_do_not_start_production(config: Config) -> None:
    with pytest.raises(ConfigError, match="demo"):
        create_app(replace(config, miljoe=Miljoe.PRODUKSJON))


def _inn(navn: str, passord: str) -> tuple[User, str]:
    return services.logg_inn(navn, passord, adresse=HER, enhetstype="test")[:2]


def test_outside_the_demo_its_accounts_are_answered_as_a_wrong_password(i_drift: Flask) -> None:
    svar = []
    for navn, passord in (("nav1", PASSORD), ("nav1", "feil-passord-her"), ("finnes-ikke", PASSORD)):
        with pytest.raises(services.FeilInnlogging) as feil:
            _inn(navn, passord)
        svar.append((type(feil.value), str(feil.value), feil.value.felt))
    assert len(set(svar)) == 1
    db.session.rollback()
    assert db.session.scalar(select(func.count()).where(Innslag.hva == Hva.INN_NEKTET)) == 3
    assert db.session.scalar(select(func.count()).where(Innslag.hva == Hva.INN)) == 0
    user, token = _inn("helse1", PASSORD)  # an ordinary account
    assert user.brukernavn == "helse1"
    assert services.les_okt(token) is not None


def test_a_demo_account_costs_the_same_work_as_another(i_drift: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    hasher: list[str] = []
    ekte = crypto.passord_stemmer

    def telt(lagret: str, forsoekt: str) -> bool:
        hasher.append(forsoekt)
        return ekte(lagret, forsoekt)

    for sted in ("koordinering.crypto", "koordinering.crypto.passord"):
        monkeypatch.setattr(f"{sted}.passord_stemmer", telt)
    with pytest.raises(services.FeilInnlogging):
        _inn("nav1", PASSORD)
    assert hasher == [PASSORD]


def _send(app: Flask, navn: str, passord: str) -> TestResponse:
    """Sign in on the page, over TLS, in a browser of one's own."""
    klient = app.test_client()

    def svar() -> TestResponse:
        side = klient.get("/logg-inn", base_url="https://localhost").get_data(as_text=True)
        token = _TOKEN.search(side)
        assert token
        felter = {"csrf_token": token[1], "brukernavn": navn, "passord": passord}
        return klient.post("/logg-inn", data=felter, base_url="https://localhost")

    resultat: TestResponse = contextvars.Context().run(svar)
    return resultat


def _uten_det_tilfeldige(svar: TestResponse) -> str:
    return _TOKEN.sub("", re.sub(r'content="[^"]{20,}"', "", svar.get_data(as_text=True)))


def test_the_door_answers_a_demo_account_as_a_wrong_password(i_drift: Flask) -> None:
    riktig, feil = _send(i_drift, "nav1", PASSORD), _send(i_drift, "nav1", "feil-passord-her")
    assert riktig.status_code == feil.status_code >= 400
    assert _uten_det_tilfeldige(riktig) == _uten_det_tilfeldige(feil)
    assert _send(i_drift, "helse1", PASSORD).status_code in {302, 303}


def test_in_the_demo_they_sign_in(app: Flask, folk: Any) -> None:
    user, *_ = services.logg_inn("nav1", PASSORD, adresse=HER, enhetstype="test", demo=True)
    assert user.id == folk.nav1.id
