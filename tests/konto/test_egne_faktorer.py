"""One's own second factors: set up, changed and removed; the demo's, and the passwords that are refused."""

import hashlib
import json
from dataclasses import replace
from datetime import timedelta
from importlib import resources
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from koordinering import crypto
from koordinering.audit import Hva, Innslag
from koordinering.cli import oppsett
from koordinering.config import Config, Faktorkrav
from koordinering.crypto.vanlige import er_vanlig, listen
from koordinering.db import db, now, transaction
from koordinering.errors import DomainError
from koordinering.konto import services as konto
from koordinering.konto.faktor import services
from koordinering.konto.faktor.models import Gjenopprettingskode, Totp
from koordinering.konto.faktor.rules import krever_faktor
from koordinering.konto.rules import Metode
from koordinering.roles import Rolle
from koordinering.users import User
from tests.conftest import PASSORD
from tests.konto.sikret import Doeren, config, doeren, eldes_bevis
from tests.test_cli import Skall

__all__ = ["config", "doeren"]


def hendelser(hva: Hva) -> list[str | None]:
    db.session.rollback()
    return list(db.session.scalars(select(Innslag.detalj).where(Innslag.hva == hva).order_by(Innslag.id)))


@pytest.fixture
def hemmelighet(app: Flask, folk: Any) -> str:
    """nav1's app."""
    nav1 = folk.nav1
    svar = services.demohemmelighet(nav1, av=None)
    db.session.rollback()
    return svar


def _inne(app: Flask, user: User) -> Doeren:
    """Somebody who has an app, and has just signed in with it."""
    side = Doeren(app)
    side.logg_inn(user.brukernavn)
    side.siden = "/konto/sikring"
    side.sett_opp_app()
    return side


def test_changing_ones_sign_in_demands_a_fresh_proof_and_ends_the_other_sessions(
    app: Flask, folk: Any, doeren: Doeren
) -> None:
    side = _inne(app, folk.nav1)
    eldes_bevis()
    for sti in ("/konto/sikring/app/start", "/konto/sikring/koder", "/konto/sikring/app/fjern"):
        assert side.send(sti).location.startswith("/konto/bekreft?neste="), sti
    assert side.send("/konto/sikring/passkey/start").status_code == 403
    side.siden = "/konto/bekreft?neste=/konto/sikring"
    assert side.send(side.siden, {"passord_naa": "feil passord her"}).status_code == 422
    foer = side.cookie()
    assert side.send(side.siden, {"passord_naa": PASSORD}).location == "/konto/sikring"
    assert side.cookie()["okt"] != foer["okt"], "a new session id"
    assert side.cookie()["csrf_token"] == foer["csrf_token"], "forms in other tabs still hold"
    der = Doeren(app)
    token = konto.start_okt(folk.nav1.id, enhetstype="annen", metode=Metode.PASSORD_TOTP)
    with der.klient.session_transaction() as okt:
        okt["okt"] = token
    db.session.rollback()
    assert der.se("/saker").status_code == 200
    side.siden = "/konto/sikring"
    svar = side.send("/konto/sikring/koder")
    assert svar.text.count("<code>") == 10
    assert der.se("/saker").status_code == 303
    assert side.se("/saker").status_code == 200
    assert hendelser(Hva.FAKTOR_LAGT_TIL) == ["app", "koder", "koder"]


@pytest.mark.bare_sqlite
def test_the_last_factor_of_who_must_have_one_stays_and_anothers_goes_with_its_codes(
    app: Flask, folk: Any, doeren: Doeren
) -> None:
    side = _inne(app, folk.nav1)
    side.send("/konto/sikring/app/fjern")
    assert "Du må ha minst én passkey eller en app." in side.se("/konto/sikring").text
    assert "Fjern appen" not in side.se("/konto/sikring").text
    fri = Doeren(app)
    fri.logg_inn("koordinator1")
    fri.siden = "/konto/sikring"
    assert fri.send("/konto/sikring/koder").location == "/konto/sikring"
    assert "Legg til det først." in fri.se("/konto/sikring").text
    fri.sett_opp_app()
    fri.send("/konto/sikring/app/fjern")
    assert "Appen er fjernet." in fri.se("/konto/sikring").text
    assert hendelser(Hva.FAKTOR_FJERNET) == ["app"]
    assert (
        db.session.scalar(select(Gjenopprettingskode.id).where(Gjenopprettingskode.user_id == folk.koordinator1.id))
        is None
    )
    assert fri.send("/konto/sikring/app/fjern").location == "/konto/sikring", "the second click finds nothing"


def test_a_new_telephone_replaces_the_old_one_when_its_first_code_has_come(
    app: Flask, folk: Any, doeren: Doeren, hemmelighet: str
) -> None:
    doeren.logg_inn("nav1")
    doeren.kode(crypto.totp_kode(hemmelighet, now()))
    doeren.siden = "/konto/sikring"
    doeren.send("/konto/sikring/app/start")
    svar = doeren.send("/konto/sikring/app", {"engangskode": "000000"})
    assert svar.status_code == 422
    assert "<svg" in svar.text, "the picture is still there"
    ny, koder = doeren.sett_opp_app()
    assert ny != hemmelighet
    assert len(koder) == 10
    db.session.rollback()
    assert db.session.scalars(select(Totp.i_bruk)).all() == [True]
    eldes_bevis(timedelta(minutes=16))
    assert doeren.se("/konto/sikring/app").location.startswith("/konto/bekreft")


# --- Passwords -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "passord",
    ["password1234", "Passord2026!!", "P@ssw0rd1234", "Lillehammer2026", "123456789012", "dragon dragon dragon",
     "qwertyuiopåa1", "Sommer-2026-Sommer"],
)  # fmt: skip
def test_what_is_tried_first_is_refused_dressed_up_or_not(passord: str) -> None:
    assert er_vanlig(passord)


@pytest.mark.parametrize(
    "passord", ["et helt nytt passord", "hest batteri stift riktig", "Fjell og fjord 27", "k7-mq2x-vn4p-rr8s"]
)
def test_several_words_that_do_not_belong_together_are_taken(passord: str) -> None:
    assert not er_vanlig(passord)
    assert len(listen()) > 19_000


@pytest.mark.bare_sqlite
def test_the_lists_are_those_that_were_fetched_and_the_files_tell_where(app: Flask) -> None:
    mappe = resources.files("koordinering") / "data" / "passord"
    kilde = json.loads((mappe / "KILDE.json").read_text(encoding="utf-8"))
    for fil in kilde["files"]:
        raa = (mappe / fil["path"]).read_bytes()
        assert hashlib.sha256(raa).hexdigest() == fil.get("sha256", hashlib.sha256(raa).hexdigest())
        assert "licence_file" not in fil or (mappe / fil["licence_file"]).is_file()


@pytest.mark.bare_sqlite
def test_the_demo_prints_secrets_for_those_who_must_have_one_and_the_same_next_time(
    app: Flask, config: Config, folk: Any
) -> None:
    innstillinger = config
    koder = oppsett._demokoder(innstillinger)
    assert set(koder) == {u.brukernavn for u in vars(folk).values() if krever_faktor(u.roller, Faktorkrav.SAKER)}
    assert oppsett._demokoder(innstillinger) == koder
    assert koder["nav1"] in oppsett._innlogginger(innstillinger, "x", koder)
    assert oppsett._demokoder(replace(innstillinger, faktor=Faktorkrav.AV)) == koder, "they are asked for them still"
    with transaction():
        vanlig = konto.lag_bruker("vanlig", "Vanlig", "fire ord for seg selv", [(Rolle.HENVISER, "nav")], av=None)
    with pytest.raises(DomainError):
        services.demohemmelighet(vanlig, av=None)


@pytest.mark.bare_sqlite
def test_a_link_can_be_made_at_the_machine_for_the_only_administrator(app: Flask, config: Config, folk: Any) -> None:
    db.session.rollback()
    ut = Skall(config.data).ok("user", "link", "system1")
    token = ut.split("/ny-innlogging/")[1].split()[0]
    assert services.lenkens_eier(token, adresse=None).id == folk.system1.id
