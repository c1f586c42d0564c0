"""A password that somebody else has seen: nothing opens before the user has chosen her own."""

import re
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from koordinering.audit import Hva, Innslag
from koordinering.db import db, now, transaction
from koordinering.konto import services
from koordinering.roles import Rolle
from koordinering.users import User
from koordinering.web.gate import Krav, demand
from tests.conftest import PASSORD
from tests.nettleser import Nettleser

FIKK, VALGTE = "delt-ut-av-en-annen", "et helt nytt passord"
SIDEN = "/konto/nytt-passord"


@pytest.fixture
def ny(app: Flask) -> User:
    """A caseworker on her first day."""
    with transaction():
        return services.lag_bruker("ny.bruker", "Ny bruker", FIKK, [(Rolle.HENVISER, "nav")], av=None)


class _Foerstedag(Nettleser):
    """Reads the form token off the only page there is."""

    def token(self) -> str:
        funnet = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', self.se(SIDEN).get_data(as_text=True))
        assert funnet
        return funnet[1]

    def bytt(self, naa: str = FIKK, nytt: str = VALGTE, gjenta: str = VALGTE, neste: str = "") -> TestResponse:
        felter = {"passord_naa": naa, "passord_nytt": nytt, "passord_gjenta": gjenta}
        return self.send(f"{SIDEN}?neste={neste}" if neste else SIDEN, felter)


def test_nothing_but_the_change_and_the_way_out_is_open(app: Flask, ny: User) -> None:
    ute = {"konto.nytt_passord", "konto.logg_ut", "konto.forleng"}
    assert {r.endpoint for r in app.url_map.iter_rules() if Krav.MIDLERTIDIG in demand(app, r.endpoint)} == ute
    side = _Foerstedag(app, ny.id)
    for sti in ("/", "/saker", "/saker/ny", "/konto", "/tall", "/plan"):
        svar = side.se(sti)
        assert (svar.status_code, svar.location.split("?")[0]) == (303, SIDEN), sti
    svar = side.send("/saker/ny", {"enhet": "nav"})
    assert (svar.status_code, svar.location) == (303, f"{SIDEN}?neste=/saker/ny")
    html = side.se(SIDEN).get_data(as_text=True)
    assert 'class="meny"' not in html
    assert "Logg ut" in html


def test_a_password_of_her_own_opens_the_page_she_came_for_and_ends_the_other_sessions(app: Flask, ny: User) -> None:
    her, der = _Foerstedag(app, ny.id), _Foerstedag(app, ny.id)
    svar = her.bytt(neste="/saker/ny")
    assert (svar.status_code, svar.location) == (303, "/saker/ny")
    assert "Andre økter er avsluttet." in her.se("/saker/ny").get_data(as_text=True)
    assert der.se("/saker/ny").location.startswith("/logg-inn")
    db.session.rollback()
    assert services.logg_inn("ny.bruker", VALGTE, adresse=None, enhetstype="test")[0].passord_midlertidig is False
    igjen = her.se(SIDEN)
    assert (igjen.status_code, igjen.location) == (303, "/"), "done once; the page is gone"


@pytest.mark.parametrize(
    ("felter", "felt"),
    [
        ({"naa": "noe annet enn det"}, "passord_naa"),
        ({"nytt": FIKK, "gjenta": FIKK}, "passord_nytt"),
        ({"nytt": "kort", "gjenta": "kort"}, "passord_nytt"),
        ({"gjenta": "et annet passord"}, "passord_gjenta"),
        ({"naa": ""}, "passord_naa"),
    ],
)
def test_what_is_wrong_is_told_at_its_field_and_nothing_opens(
    app: Flask, ny: User, felter: dict[str, str], felt: str
) -> None:
    side = _Foerstedag(app, ny.id)
    svar = side.bytt(**felter)
    html = svar.get_data(as_text=True)
    assert svar.status_code == 422
    assert f'id="{felt}-feil"' in html
    assert f'href="#{felt}"' in html
    assert FIKK not in html
    assert side.se("/saker").location.startswith(SIDEN)


def test_it_opens_nothing_after_a_fortnight_and_only_who_knows_it_is_told(
    app: Flask, folk: Any, ny: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def om(dager: int, navn: str, passord: str) -> str:
        monkeypatch.setattr("koordinering.konto.services.innlogging.now", lambda: now() + timedelta(days=dager))
        db.session.rollback()
        try:
            return services.logg_inn(navn, passord, adresse=None, enhetstype="test", demo=True).token
        except services.FeilInnlogging as feil:
            return str(feil)

    for_gammelt = "Det midlertidige passordet er for gammelt."
    assert len(om(13, "ny.bruker", FIKK)) == 43
    assert om(15, "ny.bruker", FIKK).startswith(for_gammelt)
    assert om(15, "ny.bruker", "feil passord her") == om(15, "finnes-ikke", FIKK)
    assert not om(15, "ny.bruker", "feil passord her").startswith(for_gammelt)
    assert len(om(400, "nav1", PASSORD)) == 43, "one's own has no end"
    db.session.rollback()
    linjer = db.session.scalars(select(Innslag.detalj).where(Innslag.hva == Hva.INN_NEKTET)).all()
    assert linjer.count("utloept") == 1
    with transaction():
        services.sett_passord(db.session.get_one(User, ny.id), "et-nytt-fra-en-annen", av=None)
    db.session.rollback()
    siste = db.session.scalars(select(Innslag.hva).where(Innslag.gjelder_id == ny.id).order_by(Innslag.id)).all()[-1]
    assert siste is Hva.PASSORD_ENDRET, "what the next fortnight is counted from"


def test_she_can_sign_out_instead(app: Flask, ny: User) -> None:
    side = _Foerstedag(app, ny.id)
    assert side.send("/logg-ut").location == "/logg-inn"
    assert side.se("/saker").location.startswith("/logg-inn")


def test_a_password_given_anew_is_temporary_again(app: Flask, ny: User) -> None:
    _Foerstedag(app, ny.id).bytt()
    db.session.rollback()
    with transaction():
        services.sett_passord(db.session.get_one(User, ny.id), FIKK, av=None)
    assert db.session.get_one(User, ny.id).passord_midlertidig


def test_the_demos_users_keep_the_password_that_was_printed(app: Flask, folk: Any) -> None:
    with transaction():
        services.sett_passord(db.session.get_one(User, folk.nav1.id), PASSORD, av=None)
    assert not any(user.passord_midlertidig for user in db.session.scalars(select(User)))
