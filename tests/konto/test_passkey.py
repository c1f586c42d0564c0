"""Passkeys: made and used for this place alone, each challenge once, and a copied key is noticed."""

import json
import re
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from koordinering.audit import Hva, Innslag
from koordinering.crypto.passkey import Sted
from koordinering.db import db, now, own_transaction, transaction
from koordinering.konto import services as konto
from koordinering.konto.faktor import services
from koordinering.konto.faktor.models import Passkey, Utfordring
from koordinering.konto.faktor.rules import MAKS_PASSKEYS
from koordinering.konto.models import Okt
from koordinering.konto.rules import Metode
from tests.conftest import PASSORD
from tests.konto.sikret import OPPHAV, Doeren, Noekkel, config, doeren, eldes_bevis

__all__ = ["config", "doeren"]

HER = Sted("localhost", OPPHAV)


def nektet() -> list[str | None]:
    db.session.rollback()
    return list(db.session.scalars(select(Innslag.detalj).where(Innslag.hva == Hva.FAKTOR_NEKTET)))


def start(side: Doeren, sti: str) -> dict[str, Any]:
    svar = side.send(f"{sti}/start")
    assert svar.status_code == 200, svar.text
    return dict(svar.json or {})


def legg_til(side: Doeren, noekkel: Noekkel, navn: str = "Telefonen") -> Any:
    side.siden = "/konto/sikring"
    svar = noekkel.lag(start(side, "/konto/sikring/passkey"))
    return side.send("/konto/sikring/passkey", {"navn": navn, "passkey_svar": svar})


@pytest.fixture
def noekkel(app: Flask, folk: Any) -> Noekkel:
    """nav1's passkey."""
    side, ny = Doeren(app), Noekkel()
    side.logg_inn("nav1")
    assert legg_til(side, ny).status_code == 200
    return ny


def test_a_passkey_is_both_factors_and_needs_no_user_name(folk: Any, doeren: Doeren) -> None:
    doeren.logg_inn("nav1", neste="/saker")
    assert doeren.se("/saker").location == "/konto/sikring?neste=/saker"
    foer, ny = doeren.cookie()["okt"], Noekkel()
    svar = legg_til(doeren, ny)
    assert svar.text.count("<code>") == 10, "recovery codes, the first time"
    assert doeren.cookie()["okt"] != foer
    assert legg_til(doeren, Noekkel(), "PC på jobben").location == "/konto/sikring", "and not the second"
    side = doeren.se("/konto/sikring").text
    assert "Telefonen" in side
    assert "PC på jobben" in side
    annen = Doeren(doeren.app)
    bevis = ny.bevis(start(annen, "/logg-inn/passkey"))
    assert annen.send("/logg-inn/passkey?neste=/saker", {"passkey_svar": bevis}).location == "/saker"
    assert annen.se("/saker").status_code == 200
    db.session.rollback()
    brukt = db.session.scalars(select(Passkey).where(Passkey.noekkel_id == ny.id)).one()
    assert (brukt.teller, brukt.sist_brukt is not None) == (1, True)
    assert {p.eier for p in db.session.scalars(select(Passkey))} == {ny.eier}, "one handle for all of a user's"
    assert len(ny.eier) == 32, "random: it tells nothing of the user"


def test_an_answer_is_taken_once(folk: Any, noekkel: Noekkel, doeren: Doeren) -> None:
    bevis = noekkel.bevis(start(doeren, "/logg-inn/passkey"))
    assert doeren.send("/logg-inn/passkey", {"passkey_svar": bevis}).location == "/"
    annen = Doeren(doeren.app)
    with own_transaction() as session:
        session.execute(update(Passkey).values(teller=0))  # so that the count is not what stops it
    assert annen.send("/logg-inn/passkey", {"passkey_svar": bevis}).location == "/logg-inn"
    assert "Passkeyen ble ikke godtatt." in annen.se("/logg-inn").text
    assert "okt" not in annen.cookie()
    assert nektet() == ["passkey"]


def test_a_key_whose_count_stands_still_is_refused_and_told_of(folk: Any, noekkel: Noekkel, doeren: Doeren) -> None:
    doeren.send("/logg-inn/passkey", {"passkey_svar": noekkel.bevis(start(doeren, "/logg-inn/passkey"))})
    noekkel.teller = 0  # a copy that was made before
    annen = Doeren(doeren.app)
    svar = annen.send("/logg-inn/passkey", {"passkey_svar": noekkel.bevis(start(annen, "/logg-inn/passkey"))})
    assert svar.location == "/logg-inn"
    assert nektet() == ["teller"]


def _annet_sted(n: Noekkel) -> None:
    n.vert, n.opphav = "ond.example", "https://ond.example"


def _annet_opphav(n: Noekkel) -> None:
    n.opphav = "http://localhost:9999"


def _uten_person(n: Noekkel) -> None:
    n.verifisert = False


def _annen_noekkel(n: Noekkel) -> None:
    n.privat = Noekkel().privat


def _annens_haandtak(n: Noekkel) -> None:
    n.eier = b"en annen"


def _ukjent(n: Noekkel) -> None:
    n.id = b"ukjent"


@pytest.mark.bare_sqlite
@pytest.mark.parametrize("endre", [_annet_sted, _annet_opphav, _uten_person, _annen_noekkel, _annens_haandtak, _ukjent])
def test_what_does_not_hold_opens_nothing(folk: Any, noekkel: Noekkel, doeren: Doeren, endre: Any) -> None:
    endre(noekkel)
    bevis = noekkel.bevis(start(doeren, "/logg-inn/passkey"))
    assert doeren.send("/logg-inn/passkey", {"passkey_svar": bevis}).location == "/logg-inn"
    assert "okt" not in doeren.cookie()
    assert nektet() == ["passkey"]
    assert db.session.scalar(select(Utfordring.id)) is None, "the challenge is used up all the same"


@pytest.mark.bare_sqlite
@pytest.mark.parametrize(
    "svar",
    ["", "null", '{"response": 1}', "[" * 9_000, "x" * 30_000, '{"rawId": "é", "response": {}}'],
)
def test_nonsense_is_no_answer(folk: Any, noekkel: Noekkel, doeren: Doeren, svar: str) -> None:
    assert doeren.send("/logg-inn/passkey", {"passkey_svar": svar}).location == "/logg-inn"
    doeren.logg_inn("nav2")
    doeren.siden = "/konto/sikring"
    ny = doeren.send("/konto/sikring/passkey", {"navn": "x", "passkey_svar": svar})
    assert ny.status_code == 422
    assert "Passkeyen ble ikke godtatt." in ny.text


@pytest.mark.bare_sqlite
def test_an_answer_to_another_question_or_too_late_is_none(folk: Any, noekkel: Noekkel, doeren: Doeren) -> None:
    side = Doeren(doeren.app)
    side.send("/logg-inn/passkey", {"passkey_svar": noekkel.bevis(start(side, "/logg-inn/passkey"))})
    side.siden = "/konto/bekreft"
    eget = noekkel.bevis(start(side, "/konto/bekreft/passkey"))
    assert doeren.send("/logg-inn/passkey", {"passkey_svar": eget}).location == "/logg-inn"
    sent = noekkel.bevis(start(doeren, "/logg-inn/passkey"))
    with own_transaction() as session:
        session.execute(update(Utfordring).values(utloeper=now()))
    assert doeren.send("/logg-inn/passkey", {"passkey_svar": sent}).location == "/logg-inn"
    services.rydd_faktorer()


def test_a_locked_account_and_the_demos_outside_the_demo_stay_out(folk: Any, noekkel: Noekkel, doeren: Doeren) -> None:
    bevis = noekkel.bevis(start(doeren, "/logg-inn/passkey"))
    db.session.rollback()
    with pytest.raises(services.FeilPasskey):
        services.logg_inn_med_passkey(bevis, HER, adresse=None, enhetstype="test")
    bevis = noekkel.bevis(start(doeren, "/logg-inn/passkey"))
    db.session.rollback()
    with transaction():
        konto.laas(folk.nav1, av=folk.system1)
    with pytest.raises(services.FeilPasskey):
        services.logg_inn_med_passkey(bevis, HER, adresse=None, enhetstype="test", demo=True)


@pytest.mark.bare_sqlite
def test_after_the_password_the_passkey_is_the_second_factor(folk: Any, noekkel: Noekkel, doeren: Doeren) -> None:
    assert doeren.logg_inn("nav1").location == "/logg-inn/faktor"
    assert "Bruk passkey" in doeren.se("/logg-inn/faktor").text
    bevis = noekkel.bevis(start(doeren, "/logg-inn/passkey"))
    assert doeren.send("/logg-inn/passkey", {"passkey_svar": bevis}).location == "/"
    db.session.rollback()
    assert db.session.scalars(select(Okt.metode).where(Okt.avsluttet.is_(None))).all()[-1] is Metode.PASSKEY


@pytest.mark.bare_sqlite
def test_ones_own_passkey_is_a_fresh_proof_and_nobody_elses(app: Flask, folk: Any, noekkel: Noekkel) -> None:
    side = Doeren(app)
    side.send("/logg-inn/passkey", {"passkey_svar": noekkel.bevis(start(side, "/logg-inn/passkey"))})
    eldes_bevis()
    side.siden = "/konto/bekreft?neste=/konto/sikring"
    svar = side.send("/konto/sikring/passkey/start")
    assert (svar.status_code, svar.json) == (403, {"til": "/konto/bekreft?neste=/konto/sikring"})
    fremmed = Noekkel(eier=noekkel.eier)
    bevis = fremmed.bevis(start(side, "/konto/bekreft/passkey"))
    assert side.send("/konto/bekreft/passkey", {"passkey_svar": bevis}).location == "/konto/bekreft"
    foer = side.cookie()["okt"]
    bevis = noekkel.bevis(start(side, "/konto/bekreft/passkey"))
    svar = side.send("/konto/bekreft/passkey?neste=/konto/sikring", {"passkey_svar": bevis})
    assert svar.location == "/konto/sikring"
    assert side.cookie()["okt"] != foer
    assert legg_til(side, Noekkel(), "Den nye").status_code == 303


def test_one_of_two_can_be_removed_and_nobody_elses(app: Flask, folk: Any, noekkel: Noekkel) -> None:
    side, annen = Doeren(app), Doeren(app)
    side.send("/logg-inn/passkey", {"passkey_svar": noekkel.bevis(start(side, "/logg-inn/passkey"))})
    annen.logg_inn("nav2")
    legg_til(annen, Noekkel())
    db.session.rollback()
    rad_id = db.session.scalars(select(Passkey.id).where(Passkey.noekkel_id == noekkel.id)).one()
    db.session.rollback()
    assert annen.send(f"/konto/sikring/passkey/{rad_id}/fjern").status_code == 404
    side.siden = "/konto/sikring"
    side.send(f"/konto/sikring/passkey/{rad_id}/fjern")
    assert "Du må ha minst én" in side.se("/konto/sikring").text
    legg_til(side, Noekkel(), "Den nye")
    assert re.search(rf"/konto/sikring/passkey/{rad_id}/fjern", side.se("/konto/sikring").text)
    side.send(f"/konto/sikring/passkey/{rad_id}/fjern")
    assert "Passkeyen er fjernet." in side.se("/konto/sikring").text
    bevis = noekkel.bevis(start(Doeren(app), "/logg-inn/passkey"))
    assert Doeren(app).send("/logg-inn/passkey", {"passkey_svar": bevis}).location == "/logg-inn"


@pytest.mark.bare_sqlite
def test_a_name_is_demanded_and_there_is_an_end_to_how_many(app: Flask, folk: Any, doeren: Doeren) -> None:
    doeren.logg_inn("nav1")
    for navn in ("", " ", "x" * 61):
        svar = legg_til(doeren, Noekkel(), navn)
        assert (navn[:2], svar.status_code, 'id="navn-feil"' in svar.text) == (navn[:2], 422, True)
    felles = {"eier": b"e", "offentlig": b"", "teller": 0, "navn": "x"}
    with transaction() as session:
        session.add_all(
            Passkey(user_id=folk.nav1.id, noekkel_id=str(n).encode(), **felles) for n in range(MAKS_PASSKEYS)
        )
    doeren.siden = "/konto/sikring"
    svar = doeren.send("/konto/sikring/passkey/start")
    assert svar.status_code == 422
    assert "Fjern en først." in (svar.json or {})["melding"]


@pytest.mark.bare_sqlite
def test_asking_without_answering_is_slowed_for_the_network(folk: Any, doeren: Doeren) -> None:
    statuser = [doeren.send("/logg-inn/passkey/start").status_code for _ in range(53)]
    assert statuser[:50] == [200] * 50
    assert statuser[-1] == 429
    assert konto.logg_inn("nav1", PASSORD, adresse="127.0.0.1", enhetstype="test", demo=True)


@pytest.mark.bare_sqlite
def test_what_the_browser_is_asked_demands_the_person_and_a_key_that_knows_its_owner(
    app: Flask, folk: Any, doeren: Doeren
) -> None:
    doeren.logg_inn("nav1")
    doeren.siden = "/konto/sikring"
    ny = start(doeren, "/konto/sikring/passkey")
    assert ny["authenticatorSelection"]["residentKey"] == "required"
    assert ny["authenticatorSelection"]["userVerification"] == "required"
    assert (ny["rp"]["id"], ny["user"]["name"], ny["attestation"]) == ("localhost", "nav1", "none")
    inn = start(Doeren(app), "/logg-inn/passkey")
    assert inn["userVerification"] == "required"
    assert not inn.get("allowCredentials")
    assert "nav1" not in json.dumps(inn)
