"""Single sign-on against a real issuer over HTTP: the way there and back, and those who wait for a role."""

import time
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from sqlalchemy import func, select

from koordinering import crypto
from koordinering.audit import Hva
from koordinering.cli import main
from koordinering.db import db, now, transaction
from koordinering.konto import services as konto
from koordinering.konto.models import Okt
from koordinering.konto.oidc.models import OidcForespoersel, OidcForsoek, OidcIdentitet, OidcOkt
from koordinering.konto.oidc.services.tilbyder import Tilbyder
from koordinering.users import User
from tests.konto.hos_andre import (
    FELT,
    doer,
    doeren,
    hele_veien,
    hos_utstederen,
    kjenn,
    nav,
    oekter,
    siste,
    til,
    ut,
    ventende,
)
from tests.konto.tilbyder import Doer, innhold, signert
from tests.nettleser import Nettleser

__all__ = ["doer", "doeren", "nav"]

pytestmark = pytest.mark.bare_sqlite  # test_oidc_database.py goes to both


def test_a_known_person_comes_in_where_she_was_going_and_leaves_at_both_ends(
    doer: Doer, nav: Tilbyder, folk: Any, nettleser: Nettleser
) -> None:
    kjenn(doer, folk.nav1)
    assert "Logg inn med Nav" in nettleser.se("/logg-inn").get_data(as_text=True)
    svar = hele_veien(nettleser, neste="/saker")
    assert (svar.status_code, svar.location) == (303, "/saker")
    assert nettleser.se("/saker").status_code == 200
    inn = siste(Hva.INN)
    assert inn is not None
    assert (inn.user_id, inn.detalj) == (folk.nav1.id, "oidc.nav")
    rad = db.session.scalars(select(OidcOkt)).one()
    assert b"eyJ" not in rad.id_token
    ut = nettleser.send("/logg-ut")
    adresse = ut.headers["Refresh"].removeprefix("0; url=")
    felt = parse_qs(urlsplit(adresse).query)
    assert adresse.startswith(doer.adresse + "/oauth2/end_session?")
    assert innhold(felt["id_token_hint"][0])["sub"] == "hege-hos-nav"
    assert felt["post_logout_redirect_uri"] == ["http://localhost/logg-inn"]
    assert nettleser.se("/saker").status_code == 303
    db.session.rollback()
    assert db.session.scalar(select(func.count()).select_from(OidcOkt)) == 0


def test_the_request_asks_for_code_pkce_and_nonce_and_holds_nothing_of_the_browsers_secret(
    nav: Tilbyder, nettleser: Nettleser
) -> None:
    felt = {k: v[0] for k, v in parse_qs(urlsplit(til(nettleser)).query).items()}
    assert (felt["response_type"], felt["code_challenge_method"], felt["scope"]) == ("code", "S256", "openid")
    assert len(felt["code_challenge"]) == len(felt["nonce"]) == len(felt["state"]) == 43
    assert felt["redirect_uri"] == "http://localhost/logg-inn/hos/nav/svar"
    rad = db.session.scalars(select(OidcForsoek)).one()
    assert rad.id == crypto.token_hash(felt["state"])


@pytest.mark.parametrize("fra", ["cross-site", "same-site"])
def test_another_site_cannot_begin_it_for_somebody(nav: Tilbyder, nettleser: Nettleser, fra: str) -> None:
    svar = nettleser.se("/logg-inn/hos/nav?neste=/saker", headers={"Sec-Fetch-Site": fra})
    assert (svar.status_code, svar.location) == (303, "/logg-inn?neste=/saker"), "she is asked first"
    assert db.session.scalar(select(func.count()).select_from(OidcForsoek)) == 0
    for selv in ("same-origin", "none"):
        svar = nettleser.se("/logg-inn/hos/nav", headers={"Sec-Fetch-Site": selv})
        assert svar.location.startswith(nav.utsteder.issuer), selv


def test_a_stranger_waits_with_a_reference_and_gets_in_when_given_a_role(
    doer: Doer, nav: Tilbyder, folk: Any, nettleser: Nettleser, app: Flask
) -> None:
    for _ in range(2):
        assert hele_veien(nettleser, "ny-person").location == "/logg-inn/venter"
    rad = ventende()
    assert rad.kode in nettleser.se("/logg-inn/venter").get_data(as_text=True)
    assert nettleser.se("/saker").status_code == 303
    system = Nettleser(app).som(folk.system1)
    assert rad.kode in system.se("/brukere/venter").get_data(as_text=True)
    assert system.send(f"/brukere/venter/{rad.id}/ny", FELT).status_code == 303
    assert system.send(f"/brukere/venter/{rad.id}/ny", FELT).status_code == 404, "a second click"
    db.session.rollback()
    ny = db.session.scalars(select(User).where(User.brukernavn == "ny.person")).one()
    assert (ny.passord_hash, ny.passord_midlertidig) == (None, False)
    assert hele_veien(nettleser, "ny-person", neste="/saker").location == "/saker"
    assert nettleser.se("/saker").status_code == 200
    koblet = siste(Hva.INNLOGGING_KOBLET)
    assert koblet is not None
    assert (koblet.user_id, koblet.gjelder_id) == (folk.system1.id, ny.id)


def test_what_is_wrong_with_a_new_account_is_told_at_its_field_and_nothing_is_lost(
    nav: Tilbyder, folk: Any, nettleser: Nettleser, app: Flask
) -> None:
    hele_veien(nettleser, "ny-person")
    system = Nettleser(app).som(folk.system1)
    adresse = f"/brukere/venter/{ventende().id}/ny"
    for endret, sier in (
        ({"brukernavn": "nav1"}, "Brukernavnet er i bruk"),
        ({"rolle": "tull"}, "Velg noe fra listen"),
        ({"enhet": ""}, "Velg en enhet"),
        ({"tittel": "x"}, "2 til 60 tegn"),
    ):
        svar = system.send(adresse, {**FELT, **endret})
        tekst = svar.get_data(as_text=True)
        assert (svar.status_code, sier in tekst) == (422, True), (endret, tekst)
        assert ('value="ny.person"' in tekst) == ("brukernavn" not in endret)
    assert ventende().kode


def test_a_stranger_is_refused_or_linked_and_a_link_is_undone(
    doer: Doer, nav: Tilbyder, folk: Any, nettleser: Nettleser, app: Flask
) -> None:
    hele_veien(nettleser, "fremmed")
    rad_id = ventende().id
    system = Nettleser(app).som(folk.system1)
    assert system.send(f"/brukere/venter/{rad_id}/avvis").status_code == 303
    hele_veien(nettleser, "fremmed")
    assert "sagt nei" in nettleser.se("/logg-inn/venter").get_data(as_text=True)
    for konto_, hvorfor in (("finnes-ikke", "finnes ikke"), ("system1", "din egen bruker"), ("", "Skriv brukernavnet")):
        svar = system.send(f"/brukere/venter/{rad_id}/koble", {"konto": konto_})
        assert svar.status_code == 422
        assert hvorfor in svar.get_data(as_text=True)
    gammel = Nettleser(app).som(folk.helse1)
    assert system.send(f"/brukere/venter/{rad_id}/koble", {"konto": "HELSE1"}).status_code == 303
    assert gammel.se("/saker").status_code == 303, "whoever sat there is asked who she is"
    assert hele_veien(nettleser, "fremmed").location == "/"
    assert "helse1" in system.se("/brukere/innlogginger").get_data(as_text=True)
    db.session.rollback()
    identitet = db.session.scalars(select(OidcIdentitet)).one()
    assert system.send(f"/brukere/innlogginger/{identitet.id}/koble-fra").status_code == 303
    assert nettleser.se("/saker").status_code == 303
    assert hele_veien(nettleser, "fremmed").location == "/logg-inn/venter"


def test_a_locked_account_does_not_open_by_the_issuer(
    doer: Doer, nav: Tilbyder, folk: Any, nettleser: Nettleser
) -> None:
    kjenn(doer, folk.nav1)
    with transaction():
        konto.laas(db.session.get_one(User, folk.nav1.id), av=db.session.get_one(User, folk.system1.id))
    svar = hele_veien(nettleser)
    assert svar.status_code == 403
    assert "låst" in svar.get_data(as_text=True)
    assert oekter(folk.nav1.id) == 0


def test_the_first_administrator_is_linked_at_the_machine_and_needs_no_temporary_password(
    nav: Tilbyder, folk: Any, nettleser: Nettleser, config: Any, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    hele_veien(nettleser, "drift")
    rad = ventende()
    with transaction():
        db.session.get_one(User, folk.system1.id).passord_midlertidig = True
    for variabel, verdi in (("MILJOE", "demo"), ("DATA", str(config.data)), ("DATABASE_URL", config.database_url)):
        monkeypatch.setenv(f"KOORDINERING_{variabel}", verdi)
    for kode, slutt in (("FEIL-KODE", 1), (rad.kode.lower(), 0)):
        with pytest.raises(SystemExit) as ferdig:
            main(["oidc", "link", kode, "system1"])
        assert ferdig.value.code == slutt, capsys.readouterr()
    assert hele_veien(nettleser, "drift").location == "/"
    assert nettleser.se("/brukere").status_code == 200


def test_a_hint_moved_to_another_session_does_not_open_and_signing_out_does_without(
    doer: Doer, nav: Tilbyder, folk: Any, nettleser: Nettleser, app: Flask
) -> None:
    kjenn(doer, folk.nav1)
    annen = Nettleser(app)
    for en in (nettleser, annen):
        hele_veien(en)
    with transaction() as session:
        foerste, andre = session.scalars(select(OidcOkt))
        foerste.id_token, andre.id_token = andre.id_token, foerste.id_token
    felt = parse_qs(urlsplit(ut(nettleser).headers["Refresh"]).query)
    assert "id_token_hint" not in felt
    assert felt["client_id"] == ["koord"]


def _bevis(doer: Doer, nettleser: Nettleser, *, sub: str = "hege-hos-nav", alder: float | None = 0) -> Any:
    """Go to the issuer to show that it is still her; the token says when she last did."""
    tid = {} if alder is None else {"auth_time": int(time.time() - alder)}
    doer.token = lambda krav: signert({k: v for k, v in krav.items() if k != "auth_time"} | tid)
    svar = nettleser.se("/logg-inn/hos/nav?bevis=1&neste=/konto/sikring")
    felt = parse_qs(urlsplit(svar.location).query)
    assert (felt["prompt"], felt["max_age"]) == (["login"], ["0"])
    return nettleser.se(hos_utstederen(svar.location, sub))


def test_whoever_signs_in_at_work_shows_there_that_it_is_still_her(
    doer: Doer, nav: Tilbyder, folk: Any, nettleser: Nettleser
) -> None:
    kjenn(doer, folk.nav1)
    doer.token = signert  # the door's key is in the set from the start
    hele_veien(nettleser)
    okt_id = db.session.scalars(select(OidcOkt.okt_id)).one()
    with transaction() as session:
        session.get_one(Okt, okt_id).bevist = now() - timedelta(hours=1)
    assert nettleser.send("/konto/sikring/app/start").location.startswith("/konto/bekreft")
    assert "Logg inn på nytt med Nav" in nettleser.se("/konto/bekreft").get_data(as_text=True)
    gale: tuple[tuple[dict[str, Any], str], ...] = (
        ({"alder": None}, "ikke_naa"),
        ({"alder": 900}, "ikke_naa"),
        ({"alder": -900}, "ikke_naa"),
        ({"sub": "en-annen"}, "en_annen"),
    )
    for gal, hvorfor in gale:
        assert _bevis(doer, nettleser, **gal).status_code == 403, gal
        nektet = siste(Hva.INN_NEKTET)
        assert nektet is not None
        assert nektet.detalj == f"oidc.{hvorfor}"
        assert nettleser.send("/konto/sikring/app/start").location.startswith("/konto/bekreft")
    db.session.rollback()
    assert db.session.scalar(select(func.count()).select_from(OidcForespoersel)) == 0, "a proof asks for no role"
    assert _bevis(doer, nettleser).location == "/konto/sikring"
    assert nettleser.send("/konto/sikring/app/start").location == "/konto/sikring/app"
    db.session.rollback()
    ny = db.session.scalars(select(OidcOkt.okt_id)).one()
    assert ny != okt_id
    adresse = nettleser.send("/logg-ut").headers["Refresh"].removeprefix("0; url=")
    assert innhold(parse_qs(urlsplit(adresse).query)["id_token_hint"][0])["sub"] == "hege-hos-nav"
