"""A link to a new sign-in: made by another who has just shown who she is, told of, and used once."""

import re
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from koordinering.audit import Hva, Innslag
from koordinering.db import db, now, own_transaction, transaction
from koordinering.errors import DomainError, FinnesIkke, IngenTilgang
from koordinering.konto import services as konto
from koordinering.konto.faktor import services
from koordinering.konto.faktor.models import Gjenopprettingskode, Gjenopprettingslenke, Passkey, Totp
from koordinering.konto.faktor.rules import IkkeFersk
from koordinering.konto.rules import Metode
from koordinering.users import User
from tests.conftest import PASSORD
from tests.konto.sikret import Doeren, config, doeren, eldes_bevis

__all__ = ["config", "doeren"]

NYTT = "fire ord uten sammenheng"
TIMER = timedelta(hours=24)


def lenke(user: User, av: User | None = None) -> str:
    """The path of a new link."""
    with transaction() as session:
        return "/ny-innlogging/" + services.lag_lenke(session.get_one(User, user.id), TIMER, av=av, bevist=now())


def forvalter(app: Flask, folk: Any) -> Doeren:
    """A system administrator who has just signed in."""
    side = Doeren(app)
    token = konto.start_okt(folk.system1.id, enhetstype="test", metode=Metode.PASSKEY)
    db.session.rollback()
    with side.klient.session_transaction() as okt:
        okt["okt"] = token
    return side


def test_the_link_is_shown_once_and_gives_a_new_sign_in_without_what_was_before(
    app: Flask, folk: Any, doeren: Doeren
) -> None:
    gammel = Doeren(app)
    gammel.logg_inn("nav1")
    gammel.siden = "/konto/sikring"
    gammel.sett_opp_app()
    side = forvalter(app, folk)
    side.siden = f"/brukere/{folk.nav1.id}/ny-innlogging"
    assert side.siden in side.se(f"/brukere/{folk.nav1.id}").text
    svar = side.send(side.siden)
    adresse = re.findall(r"http://localhost(/ny-innlogging/[\w-]+)", svar.text)[0]
    assert adresse not in side.se(side.siden).text
    assert gammel.se("/saker").status_code == 200, "nothing has happened before it is used"
    doeren.siden = adresse
    assert "nav1" in doeren.se(adresse).text
    assert doeren.send(adresse, {"passord_nytt": NYTT, "passord_gjenta": NYTT}).location == "/"
    assert doeren.se("/saker").location.startswith("/konto/sikring"), "a second factor anew, before anything else"
    assert gammel.se("/saker").location.startswith("/logg-inn")
    db.session.rollback()
    for tabell in (Totp, Passkey, Gjenopprettingskode, Gjenopprettingslenke):
        assert db.session.scalars(select(tabell)).all() == []
    assert doeren.se(adresse).status_code == 404
    igjen = Doeren(app)
    assert igjen.logg_inn("nav1", NYTT).location == "/"
    assert Doeren(app).logg_inn("nav1", PASSORD).status_code == 422
    linjer = db.session.execute(
        select(Innslag.hva, Innslag.user_id, Innslag.gjelder_id)
        .where(Innslag.hva.like("gjenoppretting%"))
        .order_by(Innslag.tid)
    ).all()
    assert [tuple(rad) for rad in linjer] == [
        (Hva.GJENOPPRETTING_LAGET, folk.system1.id, folk.nav1.id),
        (Hva.GJENOPPRETTING_BRUKT, folk.nav1.id, folk.nav1.id),
    ]


def test_only_its_hash_is_stored_and_a_new_one_replaces_it(folk: Any, doeren: Doeren) -> None:
    forste, andre = lenke(folk.nav1), lenke(folk.nav1)
    db.session.rollback()
    (rad,) = db.session.scalars(select(Gjenopprettingslenke)).all()
    assert andre.rsplit("/", 1)[1].encode() not in bytes(rad.id)
    db.session.rollback()
    assert doeren.se(forste).status_code == 404
    assert doeren.se(andre).status_code == 200


@pytest.mark.bare_sqlite
def test_nobody_makes_one_for_herself_for_a_locked_account_or_without_the_right(folk: Any) -> None:
    with pytest.raises(DomainError, match="deg selv"):
        lenke(folk.system1, folk.system1)
    with pytest.raises(IngenTilgang):
        lenke(folk.nav2, folk.nav1)
    with transaction():
        konto.laas(folk.nav1, av=folk.system1)
    with pytest.raises(DomainError, match="låst"):
        lenke(folk.nav1, folk.system1)
    with pytest.raises(IkkeFersk), transaction():
        services.lag_lenke(folk.nav2, TIMER, av=folk.system1, bevist=now() - timedelta(minutes=6))


@pytest.mark.bare_sqlite
def test_the_one_who_makes_it_shows_first_who_she_is(app: Flask, folk: Any) -> None:
    side = forvalter(app, folk)
    adresse = f"/brukere/{folk.nav1.id}/ny-innlogging"
    eldes_bevis()
    side.siden = "/konto/bekreft"
    assert side.se(adresse).location == f"/konto/bekreft?neste={adresse}"
    assert side.send(adresse).location == f"/konto/bekreft?neste={adresse}"
    assert side.send(f"/konto/bekreft?neste={adresse}", {"passord_naa": PASSORD}).location == adresse
    svar = side.send(f"/brukere/{folk.system1.id}/ny-innlogging")
    assert svar.status_code == 422
    assert "Du kan ikke lage en lenke til deg selv." in svar.text
    assert side.send("/brukere/4000000000000000001/ny-innlogging").status_code == 404


@pytest.mark.bare_sqlite
def test_an_old_link_a_used_one_and_a_guess_are_answered_alike_and_guessing_is_slowed(
    folk: Any, doeren: Doeren
) -> None:
    adresse = lenke(folk.nav1)
    with own_transaction() as session:
        session.execute(update(Gjenopprettingslenke).values(utloeper=now()))
    db.session.rollback()
    sider = {doeren.se(sti).text for sti in (adresse, "/ny-innlogging/x", "/ny-innlogging/" + "é" * 50)}
    assert len(sider) == 1
    for _ in range(48):
        doeren.se("/ny-innlogging/x")
    svar = doeren.se("/ny-innlogging/x")
    assert (svar.status_code, svar.headers["Retry-After"]) == (429, "1")
    assert doeren.se(lenke(folk.nav1)).status_code == 200, "the right one is not kept waiting"


def test_it_is_used_by_one_also_when_two_have_it(folk: Any) -> None:
    token = lenke(folk.nav1).rsplit("/", 1)[1]
    db.session.rollback()
    services.bruk_lenke(token, NYTT, adresse=None, enhetstype="test")
    db.session.rollback()
    with pytest.raises(FinnesIkke):
        services.bruk_lenke(token, NYTT, adresse=None, enhetstype="test")


@pytest.mark.bare_sqlite
@pytest.mark.parametrize(
    ("nytt", "gjenta", "felt"),
    [("kort", "kort", "passord_nytt"), (NYTT, "noe annet", "passord_gjenta"), ("", "", "passord_nytt"),
     ("Sommer2026!!!", "Sommer2026!!!", "passord_nytt")],
)  # fmt: skip
def test_what_is_wrong_is_told_at_its_field_and_the_link_still_works(
    folk: Any, doeren: Doeren, nytt: str, gjenta: str, felt: str
) -> None:
    doeren.siden = lenke(folk.nav1)
    svar = doeren.send(doeren.siden, {"passord_nytt": nytt, "passord_gjenta": gjenta})
    assert svar.status_code == 422
    assert f'id="{felt}-feil"' in svar.text
    assert doeren.se(doeren.siden).status_code == 200
