"""The second factor at sign-in: nobody is in before it, each code opens once, and who must have one gets one first."""

import contextvars
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from koordinering import crypto
from koordinering.audit import Hva, Innslag
from koordinering.config import Faktorkrav, Miljoe, les_config
from koordinering.db import db, now, own_transaction, transaction
from koordinering.errors import ConfigError
from koordinering.konto import services as konto
from koordinering.konto.faktor import services
from koordinering.konto.faktor.models import Gjenopprettingskode, Totp
from koordinering.konto.faktor.rules import KONTOFORVALTERE, krever_faktor, les_kode, ny_kode
from koordinering.konto.models import Halvokt, Okt
from koordinering.konto.rules import Metode
from koordinering.roles import LESER_SAKER, Rolle
from koordinering.web.gate import Krav, demand
from tests.arkitektur import test_ruter as ruter
from tests.conftest import PASSORD
from tests.konto.sikret import Doeren, config, doeren
from tests.nettleser import Nettleser

__all__ = ["config", "doeren"]

STEG = timedelta(seconds=30)


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


# --- Who must have one -----------------------------------------------------------------------------------


@pytest.mark.bare_sqlite
def test_who_reads_cases_and_who_keeps_accounts_must_have_a_second_factor() -> None:
    maa = {rolle for rolle in Rolle if krever_faktor(frozenset({rolle}), Faktorkrav.SAKER)}
    assert maa == LESER_SAKER | {Rolle.SYSTEMFORVALTER}
    assert {Rolle.SYSTEMFORVALTER} == KONTOFORVALTERE
    assert all(krever_faktor(frozenset({rolle}), Faktorkrav.ALLE) for rolle in Rolle)
    assert not krever_faktor(frozenset(Rolle), Faktorkrav.AV)


@pytest.mark.bare_sqlite
def test_production_cannot_be_started_without_and_the_demo_is_without_unless_told() -> None:
    def valgt(miljoe: Miljoe, **mer: str) -> Faktorkrav:
        return les_config({"KOORDINERING_MILJOE": miljoe.value, **mer}).faktor

    assert valgt(Miljoe.PRODUKSJON) is Faktorkrav.SAKER
    assert valgt(Miljoe.PRODUKSJON, KOORDINERING_FAKTOR="alle") is Faktorkrav.ALLE
    assert valgt(Miljoe.DEMO) is Faktorkrav.AV
    assert valgt(Miljoe.DEMO, KOORDINERING_FAKTOR="1") is Faktorkrav.SAKER
    for verdi in ("0", "av", "ja"):
        with pytest.raises(ConfigError, match="KOORDINERING_FAKTOR"):
            valgt(Miljoe.PRODUKSJON, KOORDINERING_FAKTOR=verdi)


@pytest.mark.bare_sqlite
def test_nothing_opens_before_a_second_factor_is_chosen(app: Flask, folk: Any) -> None:
    aapne = {r.endpoint for r in app.url_map.iter_rules() if Krav.USIKRET in demand(app, r.endpoint)}
    assert all(navn.startswith("faktor.") for navn in aapne - {"konto.nytt_passord", "konto.logg_ut", "konto.forleng"})
    adresser = ruter._adresser(app, ruter._verden()["navs"])
    side = Doeren(app, folk.nav1.id)
    side.siden = "/konto/sikring"
    for regel, url in adresser:
        krav = demand(app, regel.endpoint)
        if regel.endpoint in aapne or {Krav.AAPEN, Krav.MASKIN} & set(krav):
            continue
        for metode in (regel.methods or set()) & {"GET", "POST"}:
            svar = side.se(url) if metode == "GET" else side.send(url)
            assert (svar.status_code, svar.location.split("?")[0]) == (303, "/konto/sikring"), (metode, url)
    assert 'class="meny"' not in side.se("/konto/sikring").text
    assert Nettleser(app).som(folk.koordinator1).se("/tall").status_code == 200, "reads no cases"
    assert Nettleser(app).som(folk.system1).se("/brukere").location.startswith("/konto/sikring")


@pytest.mark.bare_sqlite
def test_the_first_sign_in_is_guided_from_a_temporary_password_to_the_page_one_came_for(
    app: Flask, doeren: Doeren
) -> None:
    with transaction():
        ny = konto.lag_bruker("ny.her", "Ny her", "delt-ut-av-en-annen", [(Rolle.HENVISER, "nav")], av=None)
        user_id = ny.id
    db.session.rollback()
    assert doeren.logg_inn("ny.her", "delt-ut-av-en-annen", neste="/saker/ny").location == "/saker/ny"
    doeren.siden = doeren.se("/saker/ny").location
    assert doeren.siden == "/konto/nytt-passord?neste=/saker/ny"
    eget = "et helt nytt passord"
    felter = {"passord_naa": "delt-ut-av-en-annen", "passord_nytt": eget, "passord_gjenta": eget}
    assert doeren.send(doeren.siden, felter).location == "/saker/ny"
    doeren.siden = doeren.se("/saker/ny").location
    assert doeren.siden == "/konto/sikring?neste=/saker/ny"
    foer = doeren.cookie()["okt"]
    _, koder = doeren.sett_opp_app()
    assert len(set(koder)) == 10
    assert doeren.cookie()["okt"] != foer, "a new session id"
    assert doeren.se("/saker/ny").status_code == 200
    db.session.rollback()
    okter = db.session.execute(select(Okt.metode, Okt.avsluttet.is_(None)).where(Okt.user_id == user_id)).all()
    assert [metode for metode, lever in okter if lever] == [Metode.PASSORD_TOTP]
    assert not [kode for kode in koder if kode in "".join(db.session.scalars(select(Gjenopprettingskode.hash)))]
    assert hendelser(Hva.FAKTOR_LAGT_TIL) == ["app", "koder"]


# --- Half signed in --------------------------------------------------------------------------------------


@pytest.mark.bare_sqlite
def test_a_right_password_alone_opens_nothing(app: Flask, folk: Any, doeren: Doeren, hemmelighet: str) -> None:
    adresser = ruter._adresser(app, ruter._verden()["navs"])
    svar = doeren.logg_inn("nav1", neste="/saker")
    assert (svar.status_code, svar.location) == (303, "/logg-inn/faktor?neste=/saker")
    assert set(doeren.cookie()) >= {"halvt"}
    assert "okt" not in doeren.cookie()
    sett = 0
    for regel, url in adresser:
        krav = demand(app, regel.endpoint)
        if {Krav.AAPEN, Krav.HALVT, Krav.MASKIN} & set(krav):
            continue
        for metode in (regel.methods or set()) & {"GET", "POST"}:
            svar = doeren.se(url) if metode == "GET" else doeren.send(url)
            assert svar.status_code == 303, (metode, url)
            assert svar.location.split("?")[0] == "/logg-inn/faktor", (metode, url)
            sett += 1
    assert sett > 200
    db.session.rollback()
    assert db.session.scalar(select(func.count()).select_from(Okt).where(Okt.metode != Metode.PASSORD)) == 0
    assert doeren.kode(crypto.totp_kode(hemmelighet, now())).location == "/saker"
    assert "halvt" not in doeren.cookie()
    assert doeren.se("/saker").status_code == 200
    assert doeren.se("/logg-inn/faktor").location == "/", "it is done"


def test_after_five_minutes_one_begins_again_and_the_token_opens_nothing_twice(
    app: Flask, folk: Any, doeren: Doeren, hemmelighet: str
) -> None:
    doeren.logg_inn("nav1")
    halvt = doeren.cookie()["halvt"]
    with own_transaction() as session:
        session.execute(update(Halvokt).values(utloeper=now()))
    kode = crypto.totp_kode(hemmelighet, now())
    token = {"csrf_token": "x"}
    svar = doeren._kjoer("POST", "/logg-inn/faktor", data={"engangskode": kode, **token})
    assert svar.location == "/logg-inn"
    assert "Det gikk for lang tid." in doeren.se("/logg-inn").text
    with pytest.raises(services.HalvtUtloept):
        services.logg_inn_med_kode(halvt, kode, enhetstype="test")
    doeren.logg_inn("nav1")
    halvt = doeren.cookie()["halvt"]
    db.session.rollback()
    assert services.logg_inn_med_kode(halvt, kode, enhetstype="test").token
    db.session.rollback()
    with pytest.raises(services.HalvtUtloept):
        services.logg_inn_med_kode(halvt, kode, enhetstype="test")


@pytest.mark.bare_sqlite
def test_what_ends_the_sessions_ends_the_half_ones_too(folk: Any, doeren: Doeren, hemmelighet: str) -> None:
    doeren.logg_inn("nav1")
    halvt = doeren.cookie()["halvt"]
    db.session.rollback()
    with transaction():
        konto.laas(folk.nav1, av=folk.system1)
    assert konto.halvt_inne(halvt) is None
    with pytest.raises(services.HalvtUtloept):
        services.logg_inn_med_kode(halvt, crypto.totp_kode(hemmelighet, now()), enhetstype="test")


@pytest.mark.bare_sqlite
def test_work_typed_when_the_session_ended_is_there_after_both_steps(
    folk: Any, doeren: Doeren, hemmelighet: str
) -> None:
    doeren.logg_inn("nav1")
    doeren.kode(crypto.totp_kode(hemmelighet, now()))
    doeren.siden = "/saker/ny"
    token = doeren.token()
    with own_transaction() as session:
        session.execute(update(Okt).values(sist_brukt=now() - timedelta(minutes=31)))
    with own_transaction() as session:
        session.execute(update(Totp).values(siste_steg=0))
    svar = doeren._kjoer("POST", "/saker/ny", data={"csrf_token": token, "egen_referanse": "HALVSKREVET"})
    assert svar.location == "/logg-inn?neste=/saker/ny"
    assert doeren.logg_inn("nav1", neste="/saker/ny").location == "/logg-inn/faktor?neste=/saker/ny"
    assert doeren.kode(crypto.totp_kode(hemmelighet, now())).location == "/saker/ny"
    assert "HALVSKREVET" in doeren.se("/saker/ny").text


# --- Codes -----------------------------------------------------------------------------------------------


def test_a_code_opens_once_and_its_neighbours_open_too(
    folk: Any, doeren: Doeren, hemmelighet: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    naa = now()
    forrige, denne, neste = (crypto.totp_kode(hemmelighet, naa + n * STEG) for n in (-1, 0, 1))
    assert len({crypto.totp_steg(hemmelighet, kode, naa) for kode in (forrige, denne, neste)} - {None}) == 3
    assert crypto.totp_steg(hemmelighet, crypto.totp_kode(hemmelighet, naa + 3 * STEG), naa) is None
    for kode, slipper in ((denne, True), (denne, False), (forrige, False), (neste, True), (neste, False)):
        doeren.klient.delete_cookie("koordinering")
        doeren.logg_inn("nav1")
        svar = doeren.kode(kode)
        assert (svar.status_code == 303) is slipper, (kode, svar.status_code)
        if not slipper:
            assert 'id="engangskode-feil"' in svar.text
            assert 'href="#engangskode"' in svar.text
    assert hendelser(Hva.FAKTOR_NEKTET) == ["kode"] * 3
    assert hendelser(Hva.INN) == ["passord_totp"] * 2


def test_one_code_used_by_many_at_the_same_moment_opens_for_one(app: Flask, folk: Any, hemmelighet: str) -> None:
    halve = []
    for _ in range(6):
        halve.append(konto.logg_inn("nav1", PASSORD, adresse=None, enhetstype="test", demo=True).token)
        db.session.rollback()
    kode = crypto.totp_kode(hemmelighet, now())

    def forsoek(halvt: str) -> bool:
        def inne() -> bool:
            with app.app_context():
                try:
                    services.logg_inn_med_kode(halvt, kode, enhetstype="test")
                except (services.FeilKode, konto.VentLitt):
                    return False
                return True

        return contextvars.Context().run(inne)

    with ThreadPoolExecutor(6) as traader:
        assert sum(traader.map(forsoek, halve)) == 1


def test_a_recovery_code_opens_once_and_tells_how_many_are_left(folk: Any, doeren: Doeren) -> None:
    doeren.logg_inn("nav1")
    doeren.siden = "/konto/sikring"
    _, koder = doeren.sett_opp_app()
    for kode, ventet in ((koder[0].upper().replace("-", " "), 303), (koder[0], 422), (koder[9], 303)):
        doeren.klient.delete_cookie("koordinering")
        doeren.logg_inn("nav1")
        assert doeren.kode(kode).status_code == ventet
    assert "Du har 8 gjenopprettingskoder igjen." in doeren.se("/").text
    db.session.rollback()
    hasher = db.session.scalars(select(Gjenopprettingskode.hash)).all()
    assert [hash_[:10] for hash_ in hasher] == ["$argon2id$"] * 8
    assert hendelser(Hva.INN)[-2:] == ["passord_gjenoppretting"] * 2


@pytest.mark.bare_sqlite
def test_guessing_is_slowed_for_the_account_and_the_right_one_gets_in_after_the_wait(
    folk: Any, doeren: Doeren, hemmelighet: str
) -> None:
    doeren.logg_inn("nav1")
    for _ in range(6):
        assert doeren.kode("000000").status_code == 422
    svar = doeren.kode(crypto.totp_kode(hemmelighet, now()))
    assert (svar.status_code, svar.headers["Retry-After"]) == (429, "5")
    assert "Vent 5 sekunder" in svar.text
    annen = Doeren(doeren.app)
    annen.logg_inn("nav1")
    assert annen.kode("000000").status_code == 429, "the account's, whatever the browser"


@pytest.mark.bare_sqlite
@pytest.mark.parametrize("tekst", ["", "12345", "1234567", "½²³¹²³", "x" * 41, "abcd-efgh-jkmn-pqr", "' OR 1=1 --"])
def test_nonsense_is_told_at_the_field(folk: Any, doeren: Doeren, hemmelighet: str, tekst: str) -> None:
    doeren.logg_inn("nav1")
    svar = doeren.kode(tekst)
    assert svar.status_code == 422
    assert 'id="engangskode-feil"' in svar.text


@pytest.mark.bare_sqlite
def test_the_secret_is_sealed_and_bound_to_its_row(folk: Any, hemmelighet: str) -> None:
    raa = db.session.scalar(select(Totp.hemmelighet))
    assert raa is not None
    assert hemmelighet.encode() not in bytes(raa)
    with own_transaction() as session:
        session.execute(update(Totp).values(id=77))
    db.session.rollback()
    with pytest.raises(crypto.KanIkkeAapnes):
        services.demohemmelighet(folk.nav1, av=None)


def test_codes_are_read_as_people_write_them() -> None:
    kode = ny_kode()
    assert les_kode(f" {kode.upper().replace('-', '')} ") == kode
    assert les_kode("123 456") == "123456"
    assert les_kode("O0000-") == ""
