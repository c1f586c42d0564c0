"""Signing in: the same answer and the same work for everybody, and waits that cannot lock a colleague out."""

import re
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event, select, update

from koordinering import crypto
from koordinering.audit import Hva, Innslag
from koordinering.db import db, now, own_transaction, transaction
from koordinering.konto import services
from koordinering.konto.models import Grense, Okt
from koordinering.konto.rules import ADRESSETRAPP, KONTOTRAPP
from koordinering.konto.services import grenser
from koordinering.users import User
from tests.conftest import PASSORD
from tests.nettleser import Nettleser

HER, DER = "192.0.2.7", "198.51.100.7"
FEIL = "Feil brukernavn eller passord."


def inn(navn: str, passord: str, adresse: str = HER, kjent: str | None = None) -> tuple[User, str]:
    return services.logg_inn(navn, passord, adresse=adresse, enhetstype="test", kjent=kjent, demo=True)[:2]


def gjett(navn: str, antall: int, adresse: str = HER) -> list[int]:
    """Guess wrongly; the waits that were answered, 0 where the guess was taken."""
    venter = []
    for _ in range(antall):
        try:
            inn(navn, "feil-passord-her", adresse)
        except services.FeilInnlogging:
            venter.append(0)
        except services.VentLitt as feil:
            venter.append(feil.sekunder)
    return venter


def spol(sekunder: int) -> None:
    """Let time pass for the limits."""
    with own_transaction() as session:
        for grense in session.scalars(select(Grense)):
            grense.aapner -= timedelta(seconds=sekunder)


def test_the_right_password_starts_a_session_that_only_its_token_opens(folk: Any) -> None:
    user, token = inn(" NAV1 ", PASSORD)
    assert user.id == folk.nav1.id
    okt = services.les_okt(token)
    assert okt is not None
    assert okt.user.id == user.id
    assert okt.id == crypto.token_hash(token)
    assert services.les_okt(token + "x") is None
    assert db.session.scalar(select(Innslag.user_id).where(Innslag.hva == Hva.INN)) == user.id


@pytest.mark.parametrize(
    ("navn", "passord", "laast"),
    [
        ("nav1", "feil-passord-her", False),
        ("finnes-ikke", PASSORD, False),
        ("nav1", PASSORD, True),
        ("\x00", "x", False),
    ],
)
def test_wrong_unknown_and_locked_look_alike_and_cost_one_hash_each(
    folk: Any, monkeypatch: pytest.MonkeyPatch, navn: str, passord: str, laast: bool
) -> None:
    if laast:
        with transaction():
            services.laas(folk.nav1, av=folk.system1)
    antall = 0
    ekte = crypto.passord_stemmer

    def telt(lagret: str, forsoekt: str) -> bool:
        nonlocal antall
        antall += 1
        return ekte(lagret, forsoekt)

    for sted in ("koordinering.crypto", "koordinering.crypto.passord"):
        monkeypatch.setattr(f"{sted}.passord_stemmer", telt)
    with pytest.raises(services.FeilInnlogging, match=FEIL):
        inn(navn, passord)
    assert antall == 1
    db.session.rollback()
    assert len(db.session.scalars(select(Innslag).where(Innslag.hva == Hva.INN_NEKTET)).all()) == 1


def test_guesses_are_slowed_down_by_a_wait_that_grows_to_a_minute(folk: Any) -> None:
    assert gjett("nav1", KONTOTRAPP.fri + 1) == [0] * (KONTOTRAPP.fri + 1)
    ventet = []
    for _ in range(10):
        (vent,) = gjett("nav1", 1)
        ventet.append(vent)
        assert gjett("nav1", 3) == [vent] * 3, "a refused attempt makes the wait no longer"
        spol(vent)
        assert gjett("nav1", 1) == [0]
    assert ventet == sorted(ventet)
    assert (ventet[0], ventet[-1]) == (2, 60)


def test_a_stranger_who_guesses_all_day_keeps_nobody_out_who_sits_elsewhere(folk: Any) -> None:
    for _ in range(20):
        gjett("nav1", 10, DER)
        spol(61)
    gjett("nav1", 10, DER)
    user, _ = inn("nav1", PASSORD, HER)
    assert user.id == folk.nav1.id


def test_a_colleague_behind_the_same_address_cannot_make_her_wait_in_her_own_browser(folk: Any) -> None:
    gjett("nav1", KONTOTRAPP.fri + 3)
    with pytest.raises(services.VentLitt):
        inn("nav1", PASSORD)
    assert inn("nav1", PASSORD, kjent="hennes")[0].id == folk.nav1.id


def test_the_right_user_on_the_same_network_waits_a_minute_at_most_after_the_guessing(folk: Any) -> None:
    for _ in range(20):
        gjett("nav1", 3)
        spol(60)
    gjett("nav1", 3)
    spol(60)
    assert inn("nav1", PASSORD)[0].id == folk.nav1.id


def test_a_known_browser_has_its_own_limit(folk: Any) -> None:
    for _ in range(KONTOTRAPP.fri + 1):
        with pytest.raises(services.FeilInnlogging):
            inn("nav1", "feil-passord-her", kjent="hennes")
    with pytest.raises(services.VentLitt):
        inn("nav1", PASSORD, kjent="hennes")


def test_one_address_that_tries_many_accounts_is_slowed_down(folk: Any) -> None:
    for n in range(ADRESSETRAPP.fri + 1):
        gjett(f"gjettet{n}", 1)
    (vent,) = gjett("nav1", 1)
    assert 0 < vent <= ADRESSETRAPP.venter[-1]


def test_many_who_sign_in_rightly_from_one_office_are_not_slowed_down(folk: Any) -> None:
    with own_transaction() as session:
        session.execute(update(Grense).values(antall=0))
    for _ in range(ADRESSETRAPP.fri + 5):
        grense = grenser.innlogging("nav1", HER, None)
        grenser.ta_forsoek(grense)
        with transaction() as session:
            grenser.gi_tilbake(session, grense)
    assert inn("nav1", PASSORD)[0].id == folk.nav1.id


def test_failures_are_forgotten_after_a_quarter_of_an_hour(folk: Any) -> None:
    gjett("nav1", KONTOTRAPP.fri + 1)
    spol(16 * 60 + 2)
    assert gjett("nav1", KONTOTRAPP.fri) == [0] * KONTOTRAPP.fri


def test_the_limits_hold_neither_names_nor_addresses(folk: Any) -> None:
    gjett("nav1", 2)
    db.session.rollback()
    for rad in db.session.scalars(select(Grense)):
        assert len(rad.noekkel) == 32
    assert {r.noekkel for r in db.session.scalars(select(Grense))} == {
        t.noekkel for t in grenser.innlogging("nav1", HER, None)
    }


def test_the_page_signs_in_and_goes_where_one_was_going(nettleser: Nettleser, folk: Any) -> None:
    svar = nettleser.se("/konto")
    assert svar.status_code == 303
    assert svar.location == "/logg-inn?neste=/konto"
    svar = send_innlogging(nettleser, svar.location, "nav1", PASSORD)
    assert (svar.status_code, svar.location) == (303, "/konto")
    assert "nav1" in nettleser.se("/konto").get_data(as_text=True)
    assert nettleser.se("/logg-inn").status_code == 303


def send_innlogging(nettleser: Nettleser, sti: str, navn: str, passord: str) -> Any:
    side = nettleser.se(sti).get_data(as_text=True)
    token = side.split('name="csrf_token" value="')[1].split('"')[0]
    return nettleser._kjoer("POST", sti, data={"csrf_token": token, "brukernavn": navn, "passord": passord})


@pytest.mark.parametrize(
    "neste",
    [
        "https://ond.example/",
        "//ond.example/",
        "/\\ond.example/",
        "\\\\ond.example",
        "/\t/ond.example",
        "javascript:alert(1)",
        "/finnes-ikke",
        "/logg-ut",
        "/logg-inn",
        "konto",
        "/konto//",
        "http:/konto",
        "%2F%2Fond.example",
        "",
    ],
)
def test_signing_in_leads_nowhere_but_to_our_own_pages(nettleser: Nettleser, folk: Any, neste: str) -> None:
    nettleser.se("/konto")
    side = nettleser.se("/logg-inn").get_data(as_text=True)
    token = side.split('name="csrf_token" value="')[1].split('"')[0]
    svar = nettleser._kjoer(
        "POST",
        "/logg-inn",
        query_string={"neste": neste},
        data={"csrf_token": token, "brukernavn": "nav1", "passord": PASSORD},
    )
    assert (svar.status_code, svar.location) == (303, "/")


def test_a_wrong_password_keeps_the_name_and_not_the_password(nettleser: Nettleser, folk: Any) -> None:
    svar = send_innlogging(nettleser, "/logg-inn", "nav1", "feil-passord-her")
    side = svar.get_data(as_text=True)
    assert svar.status_code == 422
    assert FEIL in side
    assert 'value="nav1"' in side
    assert "feil-passord-her" not in side


def test_the_page_tells_how_long_to_wait(nettleser: Nettleser, folk: Any) -> None:
    for _ in range(KONTOTRAPP.fri + 1):
        send_innlogging(nettleser, "/logg-inn", "nav1", "feil-passord-her")
    svar = send_innlogging(nettleser, "/logg-inn", "nav1", PASSORD)
    assert svar.status_code == 429
    assert int(svar.headers["Retry-After"]) in {1, 2}
    assert "sekunder og prøv igjen" in svar.get_data(as_text=True)


def test_the_browser_is_known_after_signing_in_for_that_user_only(nettleser: Nettleser, folk: Any) -> None:
    send_innlogging(nettleser, "/logg-inn", "nav1", PASSORD)
    nettleser.send("/logg-ut")
    for navn in ("nav1", "nav2"):
        gjett(navn, KONTOTRAPP.fri + 1, "127.0.0.1")
    assert send_innlogging(nettleser, "/logg-inn", "nav1", PASSORD).status_code == 303
    nettleser._token = None
    nettleser.send("/logg-ut")
    assert send_innlogging(nettleser, "/logg-inn", "nav2", PASSORD).status_code == 429


def test_signing_in_makes_a_new_token_and_form_token(nettleser: Nettleser, folk: Any) -> None:
    nettleser.se("/logg-inn")
    with nettleser.klient.session_transaction() as foer:
        foer["okt"] = "plantet"
        foer["annet"] = "plantet"
        csrf = foer["csrf_token"]
    send_innlogging(nettleser, "/logg-inn", "nav1", PASSORD)
    nettleser.se("/konto")
    with nettleser.klient.session_transaction() as etter:
        assert set(etter) <= {"okt", "csrf_token"}
        assert etter["okt"] != "plantet"
        assert etter["csrf_token"] != csrf


def test_the_demo_tells_where_the_logins_are(nettleser: Nettleser) -> None:
    assert "make run" in nettleser.se("/logg-inn").get_data(as_text=True)


def test_signing_in_needs_the_form_token(nettleser: Nettleser, folk: Any) -> None:
    svar = nettleser._kjoer("POST", "/logg-inn", data={"brukernavn": "nav1", "passord": PASSORD})
    assert svar.status_code == 400
    assert db.session.scalar(select(Okt.id)) is None


def test_an_account_whose_hash_is_of_other_cost_gets_a_new_one(folk: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    lagret = folk.nav1.passord_hash
    monkeypatch.setattr(crypto, "trenger_ny_hash", lambda hash_: hash_ == lagret)
    for _ in range(2):
        inn("nav1", PASSORD)
        assert db.session.get_one(User, folk.nav1.id).passord_hash != lagret
        assert crypto.passord_stemmer(db.session.get_one(User, folk.nav1.id).passord_hash or "", PASSORD)


@pytest.mark.bare_sqlite  # the order is the same, and PostgreSQL is where two would wait for each other
def test_two_at_one_moment_wait_in_one_order_also_where_the_hash_is_renewed(
    folk: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    skrevet: list[str] = []

    def noter(_c: Any, _cursor: Any, setning: str, *_om: Any) -> None:
        skrevet.extend(t for t in ("grense", "user_konto") if re.match(rf"(UPDATE|DELETE FROM) {t} ", setning))

    event.listen(db.engine, "before_cursor_execute", noter)
    try:
        for ny in (False, True):
            monkeypatch.setattr(crypto, "trenger_ny_hash", lambda _hash, ny=ny: ny)
            skrevet.clear()
            inn("nav1", PASSORD)
            assert skrevet[:2] == ["grense", "grense"]
            assert set(skrevet[2:]) == {"user_konto"}
    finally:
        event.remove(db.engine, "before_cursor_execute", noter)


def test_now_is_told_as_last_signed_in(folk: Any) -> None:
    foer = now()
    user, _ = inn("nav1", PASSORD)
    assert user.sist_inne is not None
    assert user.sist_inne >= foer
