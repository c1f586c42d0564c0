"""Accounts: made, locked, opened; passwords changed."""

import threading
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from koordinering.audit import Hva, Innslag
from koordinering.db import db, transaction
from koordinering.errors import DomainError, IngenTilgang, UgyldigFelt
from koordinering.konto import services
from koordinering.roles import Rolle
from koordinering.users import User
from tests.conftest import PASSORD
from tests.nettleser import Nettleser

NYTT = "et helt nytt passord"


def lag(*roller: tuple[Rolle, str], navn: str = "ny.bruker", passord: str = NYTT, av: User | None = None) -> User:
    with transaction():
        return services.lag_bruker(navn, "Ny bruker", passord, roller, av=av)


def test_a_new_user_can_sign_in_with_her_roles(folk: Any) -> None:
    user = lag((Rolle.HENVISER, "nav"), (Rolle.ENHETSLEDER, "nav"), av=folk.system1)
    assert services.logg_inn("ny.bruker", NYTT, adresse=None, enhetstype="test", demo=True)[0].id == user.id
    assert user.roller == {Rolle.HENVISER, Rolle.ENHETSLEDER}
    linjer = db.session.scalars(select(Innslag.hva).where(Innslag.gjelder_id == user.id, Innslag.gjelder == "bruker"))
    assert sorted(linjer) == [Hva.BRUKER_LAGET, Hva.ROLLE_GITT, Hva.ROLLE_GITT]


@pytest.mark.parametrize(
    ("roller", "navn", "passord", "felt"),
    [
        ([(Rolle.SYSTEMFORVALTER, "ikt"), (Rolle.HENVISER, "nav")], "ny", NYTT, "roller"),
        ([(Rolle.KOORDINATOR, "nav"), (Rolle.MOTTAKER, "nav")], "ny", NYTT, "roller"),
        ([], "ny", NYTT, "roller"),
        ([(Rolle.HENVISER, "finnes-ikke")], "ny", NYTT, "roller"),
        ([(Rolle.HENVISER, "nav")], "NAV1", NYTT, "brukernavn"),
        ([(Rolle.HENVISER, "nav")], "to ord", NYTT, "brukernavn"),
        ([(Rolle.HENVISER, "nav")], "ny", "kort", "passord"),
    ],
)
def test_a_wrong_user_is_refused_at_the_field(
    folk: Any, roller: list[tuple[Rolle, str]], navn: str, passord: str, felt: str
) -> None:
    with pytest.raises(UgyldigFelt) as feil:
        lag(*roller, navn=navn, passord=passord)
    assert feil.value.felt == felt


def test_only_who_has_the_right_makes_and_locks(folk: Any) -> None:
    with pytest.raises(IngenTilgang):
        lag((Rolle.HENVISER, "nav"), av=folk.nav1)
    for tjeneste in (services.laas, services.laas_opp):
        with pytest.raises(IngenTilgang), transaction():
            tjeneste(folk.nav2, av=folk.nav1)


def test_locking_ends_every_session_and_opening_lets_in_again(folk: Any, nettleser: Nettleser) -> None:
    hennes, forvalter = nettleser.som(folk.nav1), nettleser.som(folk.system1)
    side = forvalter.se("/brukere").get_data(as_text=True)
    assert "nav1" in side
    assert forvalter.send(f"/brukere/{folk.nav1.id}/laas").status_code == 303
    assert hennes.se("/konto").status_code == 303
    assert "Låst" in forvalter.se("/brukere").get_data(as_text=True)
    assert forvalter.send(f"/brukere/{folk.nav1.id}/laas-opp").status_code == 303
    assert services.logg_inn("nav1", PASSORD, adresse=None, enhetstype="test", demo=True)[0].id == folk.nav1.id
    assert hennes.se("/konto").status_code == 303, "the old session stays ended"


def test_nobody_locks_oneself_or_the_last_administrator(folk: Any, nettleser: Nettleser) -> None:
    forvalter = nettleser.som(folk.system1)
    svar = forvalter.send(f"/brukere/{folk.system1.id}/laas", foelg=True)
    assert "Du kan ikke låse din egen bruker." in svar.get_data(as_text=True)
    with pytest.raises(DomainError, match="siste"), transaction():
        services.laas(folk.system1, av=None)
    to = lag((Rolle.SYSTEMFORVALTER, "ikt"), navn="system2")
    with transaction():
        services.laas(to, av=folk.system1)
    with pytest.raises(DomainError, match="siste"), transaction():
        services.laas(folk.system1, av=None)


def test_two_administrators_who_lock_each_other_cannot_both_win(app: Flask, folk: Any) -> None:
    to = lag((Rolle.SYSTEMFORVALTER, "ikt"), navn="system2")
    par = [(folk.system1.id, to.id), (to.id, folk.system1.id)]
    db.session.rollback()
    start = threading.Barrier(2)

    def laas(hvem: int, av: int) -> None:
        with app.app_context():
            start.wait()
            try:
                with transaction() as session:
                    services.laas(session.get_one(User, hvem), av=session.get_one(User, av))
            except (DomainError, IngenTilgang):
                pass

    traader = [threading.Thread(target=laas, args=p) for p in par]
    for traad in traader:
        traad.start()
    for traad in traader:
        traad.join()
    db.session.rollback()
    assert sorted(u.laast for u in db.session.scalars(select(User).where(User.id.in_(par[0])))) == [False, True]


@pytest.mark.parametrize("hvem", ["nav1", "koordinator1", "navleder1", "ombud1"])
def test_the_users_are_hidden_from_others(folk: Any, nettleser: Nettleser, hvem: str) -> None:
    annen = nettleser.som(getattr(folk, hvem))
    assert annen.se("/brukere").status_code == 404
    assert annen.send(f"/brukere/{folk.nav2.id}/laas").status_code == 404
    db.session.rollback()
    assert not db.session.get_one(User, folk.nav2.id).laast


def test_an_unknown_user_is_not_found(folk: Any, nettleser: Nettleser) -> None:
    forvalter = nettleser.som(folk.system1)
    for sti in ("/brukere/999999/laas", "/brukere/9999999999999999999999/laas", "/brukere/-1/laas"):
        assert forvalter.send(sti).status_code == 404


def test_changing_the_password_ends_the_other_sessions(folk: Any, nettleser: Nettleser) -> None:
    her, der = nettleser.som(folk.nav1), nettleser.som(folk.nav1)
    svar = her.send(
        "/konto/passord", {"passord_naa": PASSORD, "passord_nytt": NYTT, "passord_gjenta": NYTT}, foelg=True
    )
    assert "Passordet er endret." in svar.get_data(as_text=True)
    assert her.se("/konto").status_code == 200
    assert der.se("/konto").status_code == 303
    db.session.rollback()
    assert services.logg_inn("nav1", NYTT, adresse=None, enhetstype="test", demo=True)
    with pytest.raises(services.FeilInnlogging):
        services.logg_inn("nav1", PASSORD, adresse=None, enhetstype="test", demo=True)


@pytest.mark.parametrize(
    ("naa", "nytt", "gjenta", "melding"),
    [
        ("feil-passord-her", NYTT, NYTT, "Passordet du har nå, stemmer ikke."),
        (PASSORD, "litekort", "litekort", "minst 12 tegn"),
        (PASSORD, NYTT, "noe annet enn det", "ikke like"),
        (PASSORD, PASSORD, PASSORD, "et annet passord"),
        ("", "", "", "Skriv passordet du har nå."),
    ],
)
def test_a_wrong_change_is_told_at_its_field_and_echoes_nothing(
    folk: Any, nettleser: Nettleser, naa: str, nytt: str, gjenta: str, melding: str
) -> None:
    her = nettleser.som(folk.nav1)
    svar = her.send("/konto/passord", {"passord_naa": naa, "passord_nytt": nytt, "passord_gjenta": gjenta})
    side = svar.get_data(as_text=True)
    assert svar.status_code == 422
    assert melding in side
    assert not naa or naa not in side
    assert not nytt or nytt not in side


def test_guessing_at_the_present_password_is_slowed_down(folk: Any, nettleser: Nettleser) -> None:
    her = nettleser.som(folk.nav1)
    data = {"passord_naa": "feil-passord-her", "passord_nytt": NYTT, "passord_gjenta": NYTT}
    assert [her.send("/konto/passord", data).status_code for _ in range(7)] == [422] * 6 + [429]


def test_an_administrator_at_the_machine_can_set_a_password(folk: Any) -> None:
    token = services.start_okt(folk.nav1.id, enhetstype="test")
    with transaction():
        services.sett_passord(folk.nav1, NYTT, av=None)
    assert services.les_okt(token) is None
    assert services.logg_inn("nav1", NYTT, adresse=None, enhetstype="test", demo=True)
