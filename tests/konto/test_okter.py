"""Sessions: their limits, their end, and the work in hand when one ends."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from itsdangerous import TimestampSigner
from sqlalchemy import event, select, text, update

from koordinering.crypto import token_hash
from koordinering.db import db, i_dag, now, own_transaction, transaction
from koordinering.errors import FinnesIkke
from koordinering.konto import services
from koordinering.konto.models import BevartArbeid, Grense, Okt
from koordinering.konto.routes import gammel_fane
from koordinering.konto.rules import BEVARES, MAKS_BEVART, MAKS_SIDER, Periode
from koordinering.konto.services import grenser
from koordinering.roles import Rolle
from koordinering.users import User
from koordinering.web import kaker
from koordinering.web.gate import signed_in
from koordinering.web.huset import me
from koordinering.web.skjema import BaseForm, Tekstfelt
from tests.nettleser import Nettleser

MELDING = "Det du skrev, er her. Fødselsnummer må skrives på nytt."


def ny_okt(user: User) -> str:
    """A session, and nothing read before it was started."""
    token = services.start_okt(user.id, enhetstype="test")
    db.session.rollback()
    return token


def eldes(token: str, **felter: timedelta) -> None:
    """Move moments of a session back in time."""
    with own_transaction() as session:
        okt = session.get_one(Okt, token_hash(token))
        for navn, hvor_mye in felter.items():
            setattr(okt, navn, getattr(okt, navn) - hvor_mye)
    db.session.rollback()


def okt_i(nettleser: Nettleser) -> str:
    with nettleser.klient.session_transaction() as cookie:
        return str(cookie["okt"])


def test_one_query_finds_user_roles_and_units(app: Flask, folk: Any) -> None:
    token = ny_okt(folk.nav1)
    db.session.remove()
    setninger: list[str] = []
    event.listen(db.engine, "before_cursor_execute", lambda *a: setninger.append(a[2]))
    okt = services.les_okt(token)
    assert okt is not None
    assert [(r.rolle, r.enhet.id) for r in okt.user.gjeldende] == [("henviser", "nav")]
    assert len([s for s in setninger if s.lstrip().startswith("SELECT")]) == 1, setninger


def test_the_last_use_is_written_at_most_once_a_minute(folk: Any) -> None:
    token = ny_okt(folk.nav1)
    foerst = services.les_okt(token)
    assert foerst is not None
    brukt = foerst.sist_brukt
    db.session.rollback()
    services.les_okt(token)
    db.session.rollback()
    assert db.session.get_one(Okt, token_hash(token)).sist_brukt == brukt
    eldes(token, sist_brukt=timedelta(seconds=61))
    db.session.rollback()
    services.les_okt(token)
    db.session.rollback()
    assert db.session.get_one(Okt, token_hash(token)).sist_brukt > now() - timedelta(seconds=20)


def test_being_idle_is_counted_from_when_the_clock_was_set_back(folk: Any) -> None:
    token = ny_okt(folk.nav1)
    eldes(token, sist_brukt=-timedelta(days=1), utloeper=-timedelta(days=1))
    assert services.les_okt(token) is not None
    db.session.rollback()
    assert db.session.get_one(Okt, token_hash(token)).sist_brukt < now() + timedelta(seconds=20)
    eldes(token, sist_brukt=timedelta(minutes=31))
    assert services.les_okt(token) is None


@pytest.mark.bare_sqlite
def test_nobody_is_thrown_out_when_the_clock_is_set_back(
    app: Flask, folk: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The cookie was signed in a time that has not been; one that is too old, or not ours, is worth nothing still."""

    def klokka(dager: int) -> None:
        naa = now() + timedelta(days=dager)
        monkeypatch.setattr(TimestampSigner, "get_timestamp", lambda _: int(naa.timestamp()))
        monkeypatch.setattr(kaker, "now", lambda: naa)

    klokka(1)
    nettleser = Nettleser(app, folk.nav1.id)  # signs the cookie
    kake = nettleser.klient.get_cookie("koordinering")
    assert kake is not None
    klokka(0)
    assert nettleser.se("/saker").status_code == 200
    hode, stempel, signatur = kake.value.rsplit(".", 2)
    nettleser.klient.set_cookie("koordinering", ".".join((hode, stempel, signatur[::-1])))
    assert nettleser.se("/saker").status_code == 303
    nettleser.klient.set_cookie("koordinering", kake.value)
    klokka(3)
    assert nettleser.se("/saker").status_code == 303


@pytest.mark.parametrize("felt", [{"sist_brukt": timedelta(minutes=31)}, {"utloeper": timedelta(hours=10, seconds=1)}])
def test_a_session_ends_idle_or_old(folk: Any, felt: dict[str, timedelta]) -> None:
    token = ny_okt(folk.nav1)
    eldes(token, **felt)
    assert services.les_okt(token) is None


def test_a_locked_account_has_no_session_and_cannot_begin_one(folk: Any, nettleser: Nettleser) -> None:
    hennes = nettleser.som(folk.nav1)
    assert hennes.se("/konto").status_code == 200
    with transaction():
        services.laas(folk.nav1, av=folk.system1)
    assert hennes.se("/konto").status_code == 303
    assert services.les_okt(ny_okt(folk.nav1)) is None


def test_signing_out_ends_the_session_on_the_server(folk: Any, nettleser: Nettleser) -> None:
    hennes = nettleser.som(folk.nav1)
    token = okt_i(hennes)
    assert hennes.send("/logg-ut").location == "/logg-inn"
    with hennes.klient.session_transaction() as cookie:
        assert not cookie
        cookie["okt"] = token
    assert hennes.se("/konto").status_code == 303


@pytest.mark.parametrize(
    ("sti", "hoder", "sagt"),
    [
        ("/konto/epost", {}, True),
        ("/konto/epost", {"Sec-Fetch-Site": "cross-site"}, False),
        ("/logg-ut", {}, False),
        ("/okt/forleng", {}, False),
    ],
)
def test_what_is_sent_after_signing_out_in_another_tab_is_told_of_as_lost(
    folk: Any, nettleser: Nettleser, sti: str, hoder: dict[str, str], sagt: bool
) -> None:
    hun = nettleser.som(folk.nav1)
    hun.token()
    hun.send("/logg-ut")
    svar = hun.send(sti, {"epost": "vakt@eksempel.no"}, headers=hoder)
    assert svar.status_code == 303
    assert ("det du sendte, er ikke lagret" in hun.se(svar.location).get_data(as_text=True)) is sagt


def test_ones_own_other_session_can_be_ended_and_nobody_elses(folk: Any, nettleser: Nettleser) -> None:
    her, der, annen = nettleser.som(folk.nav1), nettleser.som(folk.nav1), nettleser.som(folk.nav2)
    side = her.se("/konto").get_data(as_text=True)
    assert side.count("/avslutt") == 2
    assert "denne økten" in side
    fremmed = token_hash(okt_i(annen)).hex()
    assert fremmed not in side
    assert her.send(f"/konto/okter/{fremmed}/avslutt").status_code == 404
    assert her.send("/konto/okter/ikke-hex/avslutt").status_code == 404
    assert annen.se("/konto").status_code == 200
    den_andre = token_hash(okt_i(der)).hex()
    assert her.send(f"/konto/okter/{den_andre}/avslutt").status_code == 303
    assert her.send(f"/konto/okter/{den_andre}/avslutt").status_code == 404
    assert der.se("/konto").status_code == 303
    assert her.se("/konto").status_code == 200
    her.send(f"/konto/okter/{token_hash(okt_i(her)).hex()}/avslutt")
    assert her.se("/konto").status_code == 303


def test_a_role_from_today_means_another_session_and_one_from_tomorrow_does_not(folk: Any) -> None:
    dag = i_dag()
    for fra, lever in ((dag + timedelta(days=1), True), (dag, False)):
        token = ny_okt(folk.nav1)
        with transaction():
            services.gi_rolle(folk.nav1, Rolle.MOTTAKER, "to_kulturskole", Periode(fra, fra), av=folk.system1)
        assert (services.les_okt(token) is not None) is lever
        db.session.rollback()


def test_the_service_ends_only_ones_own(folk: Any) -> None:
    token = ny_okt(folk.nav2)
    with pytest.raises(FinnesIkke), transaction():
        services.avslutt_okt(token_hash(token), av=folk.nav1)
    assert services.les_okt(token) is not None


def test_the_warning_can_extend_the_session(folk: Any, nettleser: Nettleser) -> None:
    hennes = nettleser.som(folk.nav1)
    csrf = hennes.token()
    eldes(okt_i(hennes), sist_brukt=timedelta(minutes=28))
    svar = hennes._kjoer("POST", "/okt/forleng", headers={"X-CSRFToken": csrf})
    assert (svar.status_code, svar.text) == (200, "1800")
    db.session.rollback()
    assert db.session.get_one(Okt, token_hash(okt_i(hennes))).sist_brukt > now() - timedelta(minutes=1)
    eldes(okt_i(hennes), sist_brukt=timedelta(minutes=31))
    svar = hennes._kjoer("POST", "/okt/forleng", headers={"X-CSRFToken": csrf, "Referer": "http://localhost/konto"})
    assert svar.status_code == 303
    db.session.rollback()
    assert db.session.scalar(select(BevartArbeid.id)) is None


def test_the_warning_comes_in_time_also_when_the_session_has_lasted_its_longest(
    folk: Any, nettleser: Nettleser
) -> None:
    hennes = nettleser.som(folk.nav1)
    csrf = hennes.token()
    eldes(okt_i(hennes), utloeper=timedelta(hours=9, minutes=50))
    igjen = int(hennes.se("/konto").text.split('data-utloeper="')[1].split('"')[0])
    assert 590 <= igjen <= 600
    assert int(hennes._kjoer("POST", "/okt/forleng", headers={"X-CSRFToken": csrf}).text) <= igjen


# --- Work in hand ----------------------------------------------------------------------------------------


class NotatForm(BaseForm):
    """A form of the tests' own, with a field that must never be kept."""

    navn = Tekstfelt("Navn")
    fnr = Tekstfelt("Nummer")


_SIDE = """{% extends 'side.html' %}{% from 'komponenter/skjema.html' import skjema %}
{% from 'komponenter/felt.html' import felt %}{% block tittel %}Notat{% endblock %}
{% block innhold %}{% call skjema(form) %}{{ felt(form.navn) }}{{ felt(form.fnr) }}{% endcall %}{% endblock %}"""


@pytest.fixture
def notatapp(app: Flask) -> Flask:
    """The application with two more pages: a form, and an address that only takes it."""

    @signed_in
    def notat() -> str:
        return str(app.jinja_env.from_string(_SIDE).render(form=NotatForm(), **_felles(app)))

    @signed_in
    def bare_post() -> str:
        return me().brukernavn

    app.add_url_rule("/proevenotat", "proevenotat", notat, methods=["GET", "POST"])
    app.add_url_rule("/proevenotat/send", "proevenotat_send", bare_post, methods=["POST"])
    return app


def _felles(app: Flask) -> dict[str, Any]:
    felles: dict[str, Any] = {}
    app.update_template_context(felles)
    return felles


def _logg_inn_igjen(nettleser: Nettleser, user_id: int) -> None:
    with nettleser.klient.session_transaction() as cookie:
        cookie.clear()
    nettleser._token = None
    nettleser._logg_inn(user_id)


@pytest.mark.egen_app
@pytest.mark.parametrize(
    ("sti", "referer"), [("/proevenotat", None), ("/proevenotat/send", "http://localhost/proevenotat?a=1")]
)
def test_what_was_typed_when_the_session_ended_is_there_after_signing_in(
    notatapp: Flask, folk: Any, nettleser: Nettleser, sti: str, referer: str | None
) -> None:
    hennes = nettleser.som(folk.nav1)
    hennes.token()
    eldes(okt_i(hennes), sist_brukt=timedelta(minutes=31))
    hoder = {"Referer": referer} if referer else {}
    svar = hennes.send(sti, {"navn": "halvskrevet", "fnr": "01819912345"}, headers=hoder)
    assert svar.status_code == 303
    assert svar.location == "/logg-inn?neste=/proevenotat" + ("?a%3D1" if referer else "")
    side = hennes.se(svar.location).get_data(as_text=True)
    assert "Logg inn, så får du tilbake det du skrev." in side
    with db.engine.connect() as forbindelse:
        raadata = forbindelse.execute(text("SELECT innhold FROM bevart_arbeid")).scalar_one()
    assert b"halvskrevet" not in bytes(raadata)
    _logg_inn_igjen(hennes, folk.nav1.id)
    side = hennes.se("/proevenotat").get_data(as_text=True)
    assert MELDING in side
    assert 'value="halvskrevet"' in side
    assert "01819912345" not in side
    side = hennes.se("/proevenotat").get_data(as_text=True)
    assert "halvskrevet" not in side
    assert MELDING not in side


@pytest.mark.egen_app
def test_somebody_else_at_the_same_machine_sees_nothing_of_it(notatapp: Flask, folk: Any, nettleser: Nettleser) -> None:
    hennes = nettleser.som(folk.nav1)
    hennes.token()
    eldes(okt_i(hennes), sist_brukt=timedelta(minutes=31))
    hennes.send("/proevenotat", {"navn": "halvskrevet"})
    _logg_inn_igjen(hennes, folk.nav2.id)
    assert "halvskrevet" not in hennes.se("/proevenotat").get_data(as_text=True)
    _logg_inn_igjen(hennes, folk.nav1.id)
    assert "halvskrevet" in hennes.se("/proevenotat").get_data(as_text=True)


@pytest.mark.egen_app
@pytest.mark.parametrize(
    "hoder",
    [{"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Sec-Fetch-Site": "none"}],
)
def test_nothing_is_kept_of_a_form_from_elsewhere(
    notatapp: Flask, folk: Any, nettleser: Nettleser, hoder: dict[str, str]
) -> None:
    hennes = nettleser.som(folk.nav1)
    hennes.token()
    eldes(okt_i(hennes), sist_brukt=timedelta(minutes=31))
    assert hennes.send("/proevenotat", {"navn": "plantet"}, headers=hoder).status_code == 303
    assert db.session.scalar(select(BevartArbeid.id)) is None


@pytest.mark.egen_app
@pytest.mark.parametrize("referer", ["http://ond.example/proevenotat", "http://localhost/finnes-ikke", "//", None])
def test_a_form_without_a_page_of_ours_is_not_kept(
    notatapp: Flask, folk: Any, nettleser: Nettleser, referer: str | None
) -> None:
    hennes = nettleser.som(folk.nav1)
    hennes.token()
    eldes(okt_i(hennes), sist_brukt=timedelta(minutes=31))
    svar = hennes.send("/proevenotat/send", {"navn": "x"}, headers={"Referer": referer} if referer else {})
    assert (svar.status_code, svar.location) == (303, "/logg-inn")
    assert db.session.scalar(select(BevartArbeid.id)) is None


@pytest.mark.egen_app
def test_a_tab_from_before_gets_its_form_back_filled(notatapp: Flask, folk: Any) -> None:
    with notatapp.test_request_context("/proevenotat", method="POST", data={"navn": "fra gammel fane"}):
        svar = gammel_fane(folk.nav1)
        assert svar is not None
        assert (svar.status_code, svar.location) == (303, "/proevenotat")
    db.session.rollback()
    assert services.hent_bevart(folk.nav1.id, "/proevenotat") == [("navn", "fra gammel fane")]
    hoder = {"Sec-Fetch-Site": "cross-site"}
    with notatapp.test_request_context("/proevenotat", method="POST", data={"navn": "x"}, headers=hoder):
        assert gammel_fane(folk.nav1) is None


def test_kept_work_has_limits_of_size_number_and_time(folk: Any) -> None:
    user_id = folk.nav1.id
    assert not services.bevar_arbeid(user_id, "/stor", [("t", "x" * MAKS_BEVART)])
    assert not services.bevar_arbeid(user_id, "/tom", [("csrf_token", "x")])
    for n in range(MAKS_SIDER + 3):
        assert services.bevar_arbeid(user_id, f"/side{n}", [("n", str(n))])
    assert services.bevar_arbeid(user_id, "/side22", [("n", "nyest"), ("n", "to")])
    db.session.rollback()
    assert len(db.session.scalars(select(BevartArbeid)).all()) == MAKS_SIDER
    assert services.hent_bevart(user_id, "/side22") == [("n", "nyest"), ("n", "to")]
    db.session.rollback()
    assert services.hent_bevart(user_id, "/side0") is None
    with own_transaction() as session:
        session.execute(update(BevartArbeid).values(lagret=now() - BEVARES - timedelta(seconds=1)))
    assert services.hent_bevart(user_id, "/side10") is None


def test_kept_work_moved_to_another_user_cannot_be_opened(folk: Any) -> None:
    services.bevar_arbeid(folk.nav1.id, "/saker/ny", [("navn", "x")])
    with own_transaction() as session:
        session.execute(update(BevartArbeid).values(user_id=folk.nav2.id))
    assert services.hent_bevart(folk.nav2.id, "/saker/ny") is None


def test_what_has_had_its_time_is_thrown_away(folk: Any) -> None:
    gammel, ny = (ny_okt(folk.nav1) for _ in range(2))
    eldes(gammel, utloeper=timedelta(hours=35))
    for sti in ("/gammel", "/ny"):
        services.bevar_arbeid(folk.nav1.id, sti, [("n", "1")])
    with own_transaction() as session:
        session.execute(
            update(BevartArbeid).where(BevartArbeid.sti == "/gammel").values(lagret=now() - timedelta(hours=25))
        )
    grenser.ta_forsoek(grenser.innlogging("nav1", "192.0.2.1", None))
    with own_transaction() as session:
        session.execute(update(Grense).values(aapner=now() - timedelta(hours=1)))
    services.rydd()
    db.session.rollback()
    assert db.session.scalars(select(BevartArbeid.sti)).all() == ["/ny"]
    assert db.session.scalars(select(Okt.id)).all() == [token_hash(ny)]
    assert db.session.scalar(select(Grense.noekkel)) is None
