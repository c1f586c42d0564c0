"""The gate alone, in an application of a few routes: who comes through which door, and what the others are answered."""

from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask
from flask_login import LoginManager
from werkzeug.routing import Map
from werkzeug.wrappers import Response

from koordinering.errors import IngenTilgang
from koordinering.roles import Rettighet, Rolle
from koordinering.users import Rolletildeling, User
from koordinering.web import gate
from koordinering.web.gate import Krav

SVAR = {"inn": 302, "passord": 303, "sikre": 307}


@pytest.fixture
def hvem() -> SimpleNamespace:
    """Who sits there: signed in or not, with which role, and what is missing."""
    return SimpleNamespace(bruker=None, halvt=False, usikret=False, spurt=[], drift=SimpleNamespace(metrikk_token=None))


def bruker(*roller: Rolle, midlertidig: bool = False) -> User:
    rader = [Rolletildeling(rolle=rolle, enhet_id="nav", fra=date(2020, 1, 1)) for rolle in roller]
    return User(id=1, passord_midlertidig=midlertidig, laast=False, rolletildelinger=rader)


@pytest.fixture
def app(hvem: SimpleNamespace) -> Flask:
    """Each kind of door once."""
    app = Flask(__name__)
    app.url_map.converters["int"] = gate.Noekkel
    LoginManager(app).request_loader(lambda _request: hvem.bruker)

    def usikret(user: User) -> bool:
        hvem.spurt.append(user)
        return bool(hvem.usikret)

    app.extensions["koordinering"] = SimpleNamespace(
        slipp_ikke_inn=lambda: Response(status=SVAR["inn"]),
        bytt_passord_foerst=lambda: Response(status=SVAR["passord"]),
        sikre_foerst=lambda: Response(status=SVAR["sikre"]),
        usikret=usikret,
        halvt_inne=lambda: hvem.halvt,
        config=SimpleNamespace(drift=hvem.drift),
    )
    app.before_request(gate.gate)
    app.register_error_handler(IngenTilgang, lambda _feil: ("", 404))
    doerer: dict[str, Any] = {
        "aapen": gate.public,
        "inne": gate.signed_in,
        "foerste": gate.signed_in_for_the_first_time,
        "usikret": gate.signed_in_unsecured,
        "halvt": gate.half_signed_in,
        "sak": gate.needs(Rettighet.SAK_LES, Rettighet.SAK_REGISTRER),
        "logg": gate.needs(Rettighet.LOGG_LES),
        "stengt": lambda view: view,
    }
    for navn, merke in doerer.items():
        app.add_url_rule(f"/{navn}", navn, merke(lambda navn=navn: navn), methods=["GET", "POST"])
    app.add_url_rule("/maskin", "maskin", gate.monitoring(lambda: "tall"))
    app.add_url_rule("/rad/<int:id_>", "rad", gate.public(lambda id_: str(id_)))
    return app


DOERER = ("aapen", "inne", "foerste", "usikret", "halvt", "sak", "logg", "stengt")


def svarene(app: Flask) -> dict[str, int]:
    return {doer: app.test_client().get(f"/{doer}").status_code for doer in DOERER}


def ventet(**andre: int) -> dict[str, int]:
    return dict.fromkeys(DOERER, andre.pop("ellers", 200)) | andre


def test_without_a_session_only_the_open_doors_open(app: Flask, hvem: SimpleNamespace) -> None:
    assert svarene(app) == ventet(ellers=302, aapen=200)
    hvem.halvt = True
    assert svarene(app) == ventet(ellers=302, aapen=200, halvt=200)


def test_a_right_opens_its_own_door_and_nothing_opens_one_that_says_nothing(app: Flask, hvem: SimpleNamespace) -> None:
    hvem.bruker = bruker(Rolle.HENVISER)
    assert svarene(app) == ventet(logg=404, stengt=404)
    hvem.bruker = bruker(Rolle.ENHETSLEDER)  # reads cases and registers none: one of the two is enough
    assert svarene(app) == ventet(stengt=404)
    hvem.bruker = bruker(Rolle.GODKJENNER)
    assert svarene(app) == ventet(sak=404, logg=404, stengt=404)
    hvem.bruker = bruker()
    assert svarene(app) == ventet(sak=404, logg=404, stengt=404)


def test_a_temporary_password_opens_only_where_it_is_changed(app: Flask, hvem: SimpleNamespace) -> None:
    hvem.bruker = bruker(Rolle.HENVISER, midlertidig=True)
    assert svarene(app) == ventet(ellers=303, aapen=200, foerste=200)


def test_without_a_second_factor_only_the_pages_where_one_is_chosen_open(app: Flask, hvem: SimpleNamespace) -> None:
    hvem.bruker, hvem.usikret = bruker(Rolle.HENVISER), True
    assert svarene(app) == ventet(ellers=307, aapen=200, foerste=200, usikret=200)
    assert set(hvem.spurt) == {hvem.bruker}
    hvem.bruker = bruker(Rolle.HENVISER, midlertidig=True)
    assert svarene(app) == ventet(ellers=303, aapen=200, foerste=200), "the password first"


def test_no_such_address_is_not_the_gates_to_answer(app: Flask) -> None:
    assert app.test_client().get("/finnes-ikke").status_code == 404


@pytest.mark.parametrize(
    ("felter", "status"),
    [
        ([("a", "b"), ("c", "")], 200),
        ([("a", "b\0c")], 400),
        ([("a", "b"), ("a", "\0")], 400),  # also the second of a name
        ([("a", "b"), ("", "c")], 400),
        ([("", "")], 400),
        ([], 200),
    ],
)
@pytest.mark.parametrize("metode", ["query_string", "data"])
def test_a_field_without_a_name_or_with_a_zero_byte_is_refused(
    app: Flask, metode: str, felter: list[tuple[str, str]], status: int
) -> None:
    skjema: dict[str, list[str]] = {}
    for navn, verdi in felter:
        skjema.setdefault(navn, []).append(verdi)
    sendt: dict[str, Any] = {metode: skjema}
    assert app.test_client().post("/aapen", **sendt).status_code == status


def test_what_each_door_says_is_what_it_demands(app: Flask) -> None:
    assert [gate.demand(app, doer) for doer in DOERER] == [
        (Krav.AAPEN,),
        (Krav.INNLOGGET,),
        (Krav.INNLOGGET, Krav.MIDLERTIDIG, Krav.USIKRET),
        (Krav.INNLOGGET, Krav.USIKRET),
        (Krav.HALVT,),
        (Rettighet.SAK_LES, Rettighet.SAK_REGISTRER),
        (Rettighet.LOGG_LES,),
        (),
    ]
    assert all(krav.value == krav.name.lower() for krav in Krav)
    with pytest.raises(TypeError):
        gate.needs()


def test_a_key_is_no_larger_than_a_column_holds(app: Flask) -> None:
    side = app.test_client()
    assert side.get(f"/rad/{2**63 - 1}").text == str(2**63 - 1)
    assert side.get(f"/rad/{2**63}").status_code == 404
    assert side.get("/rad/-1").status_code == 404
    egen = gate.Noekkel(Map(), 3, max=500)
    assert (egen.fixed_digits, egen.max, egen.map.converters["int"].__name__) == (3, 500, "IntegerConverter")


@pytest.mark.parametrize(
    ("token", "vist", "status"),
    [
        (None, "Bearer None", 404),
        (None, None, 404),
        ("hemmelig", "Bearer hemmelig", 200),
        ("hemmelig", "Bearer hemmelig2", 404),
        ("hemmelig", "hemmelig", 404),
        ("hemmelig", None, 404),
    ],
)
def test_what_a_machine_asks_for_opens_to_the_token_alone(
    app: Flask, hvem: SimpleNamespace, token: str | None, vist: str | None, status: int
) -> None:
    hvem.drift.metrikk_token, hvem.bruker = token, bruker(Rolle.SYSTEMFORVALTER)
    hoder = {} if vist is None else {"Authorization": vist}
    assert app.test_client().get("/maskin", headers=hoder).status_code == status
