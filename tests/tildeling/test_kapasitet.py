"""Many at one moment, and the walls behind the door. Any sequence of actions: tests/kapasitet."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, select

from koordinering.db import db, transaction
from koordinering.errors import DomainError, KanIkkeInnvilges, Oppbrukt
from koordinering.saker.models import Henvisning
from koordinering.tildeling import services
from koordinering.tildeling.models import Tildeling
from koordinering.tiltak import services as tiltak
from koordinering.tiltak.kapasitet.services import flytt
from koordinering.tiltak.models import Kortaar, Plass, Tilbud, Tiltak
from koordinering.tiltak.rules import Kortenhet, Plasstilstand
from koordinering.users import Rolletildeling, User
from tests import fabrikk
from tests.tildeling.gjoer import gjoer, sjekk_beholdning, ta_imot, tilstander


def _samtidig(app: Flask, oppgaver: list[Callable[[], object]]) -> list[object]:
    """Start all at one moment, each with a session of its own; an error is an answer."""
    start = threading.Barrier(len(oppgaver))

    def en(oppgave: Callable[[], object]) -> object:
        with app.app_context():
            start.wait()
            try:
                return oppgave()
            except DomainError as feil:
                return type(feil)
            finally:
                db.session.remove()

    db.session.rollback()
    with ThreadPoolExecutor(len(oppgaver)) as kjoerere:
        return list(kjoerere.map(en, oppgaver))


def _gi(henvisning_id: int, user_id: int, tilbud_id: int | None = None) -> int:
    with transaction():
        tilbud = db.session.get_one(Tilbud, tilbud_id) if tilbud_id else None
        henvisning, av = db.session.get_one(Henvisning, henvisning_id), db.session.get_one(User, user_id)
        plass = services.gi(henvisning, tilbud, av=av).plass
        return plass.nummer if plass else 0


def test_eight_at_one_moment_and_one_place(app: Flask, folk: Any) -> None:
    tilbud = fabrikk.tilbud(folk.inkludering1, antall=1)
    ider = [ta_imot(fabrikk.sak(folk.nav1), folk.inkludering1).id for _ in range(8)]
    user, tilbud_id, beholdning_id = folk.inkludering1.id, tilbud.id, tilbud.beholdning_id
    svar = _samtidig(app, [lambda h=h: _gi(h, user, tilbud_id) for h in ider])  # type: ignore[misc]
    assert sorted(map(str, svar)) == sorted(map(str, [1, *[Oppbrukt] * 7]))
    sjekk_beholdning(beholdning_id)


def test_twelve_at_one_moment_and_five_cards(app: Flask, folk: Any) -> None:
    kortaar = fabrikk.kortaar()
    with transaction():
        tiltak.sett_antall(db.session.get_one(Kortaar, kortaar.id).beholdning, 5)
    ider = [ta_imot(fabrikk.sak(folk.nav1, tiltak=[("4b-2", None)]), folk.nav1).id for _ in range(12)]
    user, beholdning_id = folk.nav1.id, kortaar.beholdning_id
    svar = _samtidig(app, [lambda h=h: _gi(h, user) for h in ider])  # type: ignore[misc]
    assert sorted(n for n in svar if isinstance(n, int)) == [1, 2, 3, 4, 5]
    assert svar.count(Oppbrukt) == 7
    sjekk_beholdning(beholdning_id)


def _gi_straks(henvisning_id: int, user_id: int) -> bool:
    with transaction():
        henvisning, av = db.session.get_one(Henvisning, henvisning_id), db.session.get_one(User, user_id)
        return services.gi_straks(henvisning, av=av) is not None


def test_those_who_register_at_one_moment_leave_a_card_for_the_one_who_waits(app: Flask, folk: Any) -> None:
    kortaar = fabrikk.kortaar()
    with transaction():
        tiltak.sett_antall(db.session.get_one(Kortaar, kortaar.id).beholdning, 2)
    venter = ta_imot(fabrikk.sak(folk.nav1, tiltak=[("4b-2", None)]), folk.nav1)
    gjoer(services.sett_paa_venteliste, venter, av=folk.nav1)
    ider = [fabrikk.sak(folk.nav1, tiltak=[("4b-2", None)]).henvisninger[0].id for _ in range(4)]
    user, beholdning_id = folk.nav1.id, kortaar.beholdning_id
    svar = _samtidig(app, [lambda h=h: _gi_straks(h, user) for h in ider])  # type: ignore[misc]
    assert svar.count(True) == 1
    assert svar.count(False) == 3
    assert tilstander(beholdning_id)[Plasstilstand.LEDIG] == 1
    sjekk_beholdning(beholdning_id)


def _gi_neste(user_id: int) -> int:
    with transaction():
        neste = services.gi_neste(db.session.get_one(Tiltak, "4b-2"), av=db.session.get_one(User, user_id))
        return neste.id if neste is not None else 0


def test_the_next_on_the_list_for_four_at_one_moment_is_four_families(app: Flask, folk: Any) -> None:
    kortaar = fabrikk.kortaar()
    with transaction():
        tiltak.sett_antall(db.session.get_one(Kortaar, kortaar.id).beholdning, 5)
    ider = [ta_imot(fabrikk.sak(folk.nav1, tiltak=[("4b-2", None)]), folk.nav1).id for _ in range(4)]
    for id_ in ider:
        gjoer(services.sett_paa_venteliste, id_, av=folk.nav1)
    user, beholdning_id = folk.nav1.id, kortaar.beholdning_id
    svar = _samtidig(app, [lambda: _gi_neste(user)] * 4)
    assert sorted(map(str, svar)) == sorted(map(str, ider))
    sjekk_beholdning(beholdning_id)


def test_one_year_made_by_four_at_one_moment_is_one_year(app: Flask, folk: Any) -> None:
    fabrikk.kortaar()

    def nytt() -> int:
        with transaction():
            return tiltak.opprett_kortaar(db.session.get_one(Tiltak, "4b-2"), 2098, antall=3, av=None).id

    svar = _samtidig(app, [nytt] * 4)
    aaret = db.session.scalars(select(Kortaar).where(Kortaar.aar == 2098)).one()
    assert svar == [aaret.id] * 4
    assert len(db.session.scalars(select(Plass.id).where(Plass.beholdning_id == aaret.beholdning_id)).all()) == 3
    sjekk_beholdning(aaret.beholdning_id)


def test_one_family_known_to_two_services_gets_one_card_at_one_moment(app: Flask, folk: Any) -> None:
    """From somebody who gives for Nav and cannot register families."""
    kortaar = fabrikk.kortaar()
    with transaction():
        for rolle in db.session.scalars(select(Rolletildeling).where(Rolletildeling.user_id == folk.kulturskole1.id)):
            rolle.enhet_id = "nav"
    barn = [fabrikk.barn(nummer=fabrikk.NUMRE[0]), fabrikk.barn(nummer=fabrikk.NUMRE[1])]
    ider = [
        ta_imot(fabrikk.sak(hvem, barna=barn, tiltak=[("4b-2", None)]), folk.nav1).id
        for hvem in (folk.nav1, folk.helse1, folk.kultur1)
    ]
    user, beholdning_id = folk.kulturskole1.id, kortaar.beholdning_id
    svar = _samtidig(app, [lambda h=h: _gi(h, user) for h in ider])  # type: ignore[misc]
    assert svar.count(KanIkkeInnvilges) == 2
    assert tilstander(beholdning_id)[Plasstilstand.OPPTATT] == 1


def test_the_same_referral_twice_at_one_moment_holds_one(app: Flask, folk: Any) -> None:
    tilbud = fabrikk.tilbud(folk.inkludering1, antall=4)
    h = ta_imot(fabrikk.sak(folk.nav1), folk.inkludering1).id
    user, tilbud_id, beholdning_id = folk.inkludering1.id, tilbud.id, tilbud.beholdning_id
    svar = _samtidig(app, [lambda: _gi(h, user, tilbud_id)] * 4)
    assert len([n for n in svar if isinstance(n, int)]) == 1
    sjekk_beholdning(beholdning_id)


def test_giving_while_the_stock_is_made_smaller(app: Flask, folk: Any) -> None:
    tilbud = fabrikk.tilbud(folk.inkludering1, antall=4)
    ider = [ta_imot(fabrikk.sak(folk.nav1), folk.inkludering1).id for _ in range(4)]
    user, tilbud_id, beholdning_id = folk.inkludering1.id, tilbud.id, tilbud.beholdning_id

    def mindre() -> None:
        with transaction():
            tiltak.sett_antall(db.session.get_one(Tilbud, tilbud_id).beholdning, 2)

    _samtidig(app, [*[lambda h=h: _gi(h, user, tilbud_id) for h in ider], mindre])
    sjekk_beholdning(beholdning_id)


def test_the_wall_behind_the_door(folk: Any) -> None:
    """The index refuses a second open tildeling even when nobody asked first; the service says Oppbrukt."""
    tilbud = fabrikk.tilbud(folk.inkludering1, antall=1)
    foerste, annen = (ta_imot(fabrikk.sak(folk.nav1), folk.inkludering1) for _ in range(2))
    tildeling = gjoer(services.gi, foerste, tilbud, av=folk.inkludering1)
    with transaction():
        flytt(Plass, [tildeling.plass_id], {Plasstilstand.OPPTATT}, Plasstilstand.LEDIG)  # a fault somewhere else
    with pytest.raises(Oppbrukt):
        gjoer(services.gi, annen, tilbud, av=folk.inkludering1)
    assert db.session.scalars(select(Tildeling.henvisning_id)).all() == [foerste.id]


def test_a_unit_cannot_be_given_back_twice(folk: Any) -> None:
    beholdning_id = fabrikk.tilbud(folk.inkludering1, antall=1).beholdning_id
    with transaction():
        plass = tiltak.ta(beholdning_id)
        tiltak.gi_tilbake(plass)
        with pytest.raises(DomainError):
            tiltak.gi_tilbake(plass)
        tiltak.ta_plass(plass.id)
        with pytest.raises(Oppbrukt):
            tiltak.ta_plass(plass.id)


@pytest.mark.parametrize("per", Kortenhet)
def test_the_same_number_of_queries_whether_or_not_anybody_else_knows_the_family(folk: Any, per: Kortenhet) -> None:
    """Nobody learns from the work done that another service knows the family."""
    kortaar = fabrikk.kortaar()
    with transaction():
        db.session.get_one(Kortaar, kortaar.id).per = per
    kjent, ukjent = fabrikk.barn(nummer=fabrikk.NUMRE[0]), fabrikk.barn(nummer=fabrikk.NUMRE[1])
    fabrikk.sak(folk.helse1, barna=[kjent], tiltak=[("4b-2", 0)])
    antall = []
    for barn in (kjent, ukjent):
        sak = fabrikk.sak(folk.nav1, barna=[barn], tiltak=[("4b-2", 0)])
        henvisning = ta_imot(sak, folk.nav1)
        setninger: list[str] = []

        def lytt(_c: Any, _cur: Any, setning: str, *_resten: Any, liste: list[str] = setninger) -> None:
            liste.append(setning)

        event.listen(db.engine, "before_cursor_execute", lytt)
        gjoer(services.gi, henvisning, av=folk.nav1)
        event.remove(db.engine, "before_cursor_execute", lytt)
        antall.append(len(setninger))
    assert antall[0] == antall[1]
