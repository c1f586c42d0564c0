"""What a route answers when something has ended: a session, a role, a consent; and a route that demands nothing."""

import contextvars
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, update
from werkzeug.routing import Rule

from koordinering.app import create_app
from koordinering.config import Config
from koordinering.db import db, now, own_transaction, transaction
from koordinering.konto.models import Okt
from koordinering.roles import Rettighet
from koordinering.saker.models import Henvisning
from koordinering.tildeling import services as tildeling
from koordinering.users import Rolletildeling, User
from koordinering.web.gate import Krav, demand
from tests.arkitektur import test_ruter as ruter
from tests.conftest import inne_i
from tests.fabrikk import ALLE_ROLLER, bruker
from tests.nettleser import Nettleser

ANDRE_METODER = ("PUT", "PATCH", "DELETE", "TRACE")
"""No route takes them."""


def _svar(nettleser: Nettleser, metode: str, url: str) -> tuple[int, str]:
    """Status and where it leads; what the page holds is looked at elsewhere."""
    svar = contextvars.Context().run(nettleser.klient.open, url, method=metode, base_url="http://localhost")
    return svar.status_code, svar.location or ""


def _alle(app: Flask, ting: ruter.Ting) -> list[tuple[Rule, str]]:
    """Every address but those that are open to all, or to a machine: no session opens or closes them."""
    adresser = ruter._adresser(app, ting)
    uten_oekt = {Krav.AAPEN, Krav.MASKIN}
    return [(regel, url) for regel, url in adresser if uten_oekt.isdisjoint(demand(app, regel.endpoint))]


def _endre(**verdier: Any) -> Callable[[User], None]:
    def endre(user: User) -> None:
        with own_transaction() as session:
            session.execute(update(Okt).where(Okt.user_id == user.id).values(**verdier))

    return endre


def _laas(user: User) -> None:
    with own_transaction() as session:
        session.execute(update(User).where(User.id == user.id).values(laast=True))


def _fjern(user: User) -> None:
    with own_transaction() as session:
        session.execute(delete(Okt).where(Okt.user_id == user.id))


SLUTT: dict[str, Callable[[User], None]] = {
    "ended": _endre(avsluttet=now()),
    "unused for half an hour": _endre(sist_brukt=now() - timedelta(minutes=31)),
    "ten hours old": _endre(utloeper=now()),
    "of a locked account": _laas,
    "unknown": _fjern,
}


@pytest.mark.bare_sqlite
def test_a_session_that_has_ended_opens_nothing_by_any_method(app: Flask, folk: Any) -> None:
    adresser = _alle(app, ruter._verden()["navs"])
    brukere = dict(zip(SLUTT, ("nav1", "system1", "koordinator1", "inkludering1", "fretex1"), strict=True))
    for hvordan, slutt in SLUTT.items():
        user = bruker(brukere[hvordan])
        nettleser = Nettleser(app).som(user)
        assert _svar(nettleser, "GET", "/konto")[0] == 200
        slutt(user)
        db.session.rollback()
        for regel, url in adresser:
            for metode in sorted((regel.methods or set()) - {"OPTIONS"}):
                status, til = _svar(nettleser, metode, url)
                assert (status in {302, 303}, til[:9]) == (True, "/logg-inn"), (hvordan, metode, url, status)


@pytest.mark.bare_sqlite
def test_a_role_that_was_taken_away_opens_nothing_from_the_next_request(app: Flask, folk: Any) -> None:
    ting = ruter._verden()["navs"]
    adresser = _alle(app, ting)
    for hvem in ALLE_ROLLER:
        user = bruker(hvem)
        nettleser = Nettleser(app).som(user)
        hennes = [(r, url) for r, url in adresser if ruter._skal_slippe_inn(app, user, r, ting)]
        user_id = user.id
        db.session.rollback()
        with own_transaction() as session:
            session.execute(delete(Rolletildeling).where(Rolletildeling.user_id == user_id))
        proevd = 0
        for regel, url in hennes:
            if {Krav.INNLOGGET, Krav.HALVT} & set(demand(app, regel.endpoint)):
                continue  # open to whoever is signed in, or sends on who is
            for metode in sorted((regel.methods or set()) - {"OPTIONS"}):
                status = nettleser.send(url).status_code if metode == "POST" else _svar(nettleser, metode, url)[0]
                assert status == 404, (hvem, metode, url)
                proevd += 1
        assert proevd, hvem


def test_a_referral_whose_consent_was_withdrawn_is_gone_for_its_receiver(app: Flask, folk: Any) -> None:
    ting = ruter._verden()["navs"]
    med = [(r, url) for r, url in _alle(app, ting) if r.arguments & {"henvisning_id", "samtykke_id"}]
    sak = ting["sak_id"][1]
    with transaction():
        for samtykke in db.session.get_one(type(sak), sak.id).samtykker:
            tildeling.trekk_samtykke(samtykke, av=bruker("nav1"))
    tilbake = db.session.get_one(Henvisning, ting["henvisning_id"][0])
    assert not tilbake.status.value.startswith("mottatt")
    db.session.rollback()
    for hvem, ventet in (("inkludering1", {404}), ("nav1", set(ruter.SLUPPET_INN))):
        nettleser = Nettleser(app).som(bruker(hvem))
        for regel, url in med:
            krav = {rett for rett in demand(app, regel.endpoint) if isinstance(rett, Rettighet)}
            if hvem == "nav1" and regel.endpoint in ruter.MANGLER_FELT:
                continue
            if hvem == "nav1" and not krav & {Rettighet.SAK_LES, Rettighet.HENVISNING_REGISTRER}:
                continue
            for metode in sorted((regel.methods or set()) & {"GET", "POST"}):
                svar = nettleser.send(url) if metode == "POST" else nettleser.se(url)
                assert svar.status_code in ventet, (hvem, metode, url, svar.status_code)


@pytest.mark.bare_sqlite
def test_no_route_takes_a_method_that_it_does_not_name(app: Flask, folk: Any) -> None:
    system = Nettleser(app).som(folk.system1)
    hva_som_helst: ruter.Ting = {navn: (1, None) for regel in app.url_map.iter_rules() for navn in regel.arguments}
    hva_som_helst["friplasstiltak"] = hva_som_helst["korttiltak"] = (1, None)
    for _, url in _alle(app, hva_som_helst):
        for metode in ANDRE_METODER:
            assert _svar(system, metode, url)[0] == 405, (metode, url)


@pytest.mark.bare_sqlite
@pytest.mark.egen_app
def test_a_route_that_demands_nothing_is_closed_and_found_by_the_walker(config: Config) -> None:
    app = create_app(config)
    app.add_url_rule("/glemt", "glemt", lambda: "hemmelig", methods=["GET", "POST"])
    with inne_i(app):
        with pytest.raises(AssertionError):
            ruter.test_every_route_states_its_demand(app)
        stranger, system = Nettleser(app), Nettleser(app).som(bruker("system1"))
        assert _svar(stranger, "GET", "/glemt") == (303, "/logg-inn?neste=/glemt")
        assert system.se("/glemt").status_code == 404
        assert system.send("/glemt").status_code == 404
