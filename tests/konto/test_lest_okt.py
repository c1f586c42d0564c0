"""What comes along when a session is read: the user, and the municipality's settings."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask, request
from flask_login import current_user
from sqlalchemy import delete, event, update
from sqlalchemy.exc import NoResultFound

from koordinering.db import db, i_dag, own_transaction, transaction
from koordinering.konto import services
from koordinering.roles import Rolle
from koordinering.users import Kommune, Rolletildeling, User, kommune
from koordinering.web.gate import public, signed_in
from koordinering.web.huset import innlogget, me
from tests.fabrikk import bruker
from tests.nettleser import Nettleser


@contextmanager
def _sendt() -> Iterator[list[str]]:
    setninger: list[str] = []

    def lytt(_c: Any, _cur: Any, setning: str, *_resten: Any) -> None:
        setninger.append(setning)

    event.listen(db.engine, "before_cursor_execute", lytt)
    try:
        yield setninger
    finally:
        event.remove(db.engine, "before_cursor_execute", lytt)


def _ny_okt() -> str:
    token = services.start_okt(bruker("nav1").id, enhetstype="test")
    db.session.remove()
    return token


def test_the_municipality_comes_along_and_is_read_anew_in_the_next_transaction(folk: Any) -> None:
    token = _ny_okt()
    with _sendt() as sendt:
        okt = services.les_okt(token)
        assert okt is not None
        assert kommune().terskel == 5
    assert len(sendt) == 1, sendt
    with own_transaction() as session:
        session.execute(update(Kommune).values(terskel=7))
    assert kommune().terskel == 5  # read once in a transaction
    with transaction(), _sendt() as sendt:
        assert [rolle.enhet.id for rolle in okt.user.gjeldende] == ["nav"]
        assert kommune().terskel == 7
    assert len(sendt) == 1, sendt


@pytest.mark.bare_sqlite
def test_somebody_is_signed_in_where_there_is_no_municipality_yet(folk: Any) -> None:
    token = _ny_okt()
    with own_transaction() as session:
        session.execute(delete(Kommune))
    assert services.les_okt(token) is not None
    with pytest.raises(NoResultFound):
        kommune()


@pytest.mark.egen_app
@pytest.mark.bare_sqlite
def test_the_house_and_flask_login_know_the_same_one(app: Flask, folk: Any, nettleser: Nettleser) -> None:
    sett: list[str] = []

    def se() -> tuple[str, int, dict[str, str]]:
        user = innlogget()
        assert user is innlogget()
        assert user is (current_user._get_current_object() if current_user.is_authenticated else None)
        if user is None:
            with pytest.raises(RuntimeError):
                me()
        sett.append(f"{request.endpoint} {user.brukernavn if user else '-'}")
        return "", 200, {"Content-Type": "text/plain"}

    app.add_url_rule("/aapen", "aapen", public(lambda: se()))
    app.add_url_rule("/inne", "inne", signed_in(lambda: se()))
    for hvem in (folk.nav1, folk.navleder1):
        hennes = nettleser.som(hvem)
        hennes.se("/aapen")
        hennes.se("/inne")
    nettleser.se("/aapen")
    assert sett == ["aapen nav1", "inne nav1", "aapen navleder1", "inne navleder1", "aapen -"]


def test_the_places_held_are_those_of_the_roles_however_they_stand_in_the_session(folk: Any) -> None:
    def like(user: User) -> set[tuple[str, str]]:
        plasser = user.plasser
        assert plasser == [(rolle.rolle, rolle.enhet_id) for rolle in user.gjeldende]
        return set(plasser)

    nav1, dag = bruker("nav1"), i_dag()
    assert like(nav1) == {("henviser", "nav")}
    for hva in (["fra"], ["til", "rolle"], ["enhet_id"], None):
        db.session.expire(nav1.rolletildelinger[0], hva)
        assert like(nav1) == {("henviser", "nav")}
    perioder = ((dag, None), (dag, dag), (dag + timedelta(1), None), (dag - timedelta(2), dag - timedelta(1)))
    with transaction():
        assert nav1.gjeldende  # read anew
        for rolle, (fra, til) in zip(
            (Rolle.MOTTAKER, Rolle.GODKJENNER, Rolle.KOORDINATOR, Rolle.ENHETSLEDER), perioder, strict=True
        ):
            nav1.rolletildelinger.append(Rolletildeling(rolle=rolle, enhet_id="nav", fra=fra, til=til))
            like(nav1)
        assert {rolle for rolle, _ in nav1.plasser} == {"henviser", "mottaker", "godkjenner"}
        nav1.rolletildelinger[0].til = dag - timedelta(1)
        assert like(nav1) == {("mottaker", "nav"), ("godkjenner", "nav")}
        db.session.flush()
        assert like(nav1) == {("mottaker", "nav"), ("godkjenner", "nav")}
        db.session.rollback()
        assert like(nav1) == {("henviser", "nav")}
    ny = Rolletildeling(rolle=Rolle.HENVISER, enhet_id="nav", fra=dag)
    assert like(User(brukernavn="ny", visningsnavn="Ny", rolletildelinger=[ny])) == {("henviser", "nav")}
