"""One open loan per item and states that agree, however many at one moment. In any order: tests/kapasitet."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.exc import IntegrityError

from koordinering.db import db, i_dag, tilfeldig_id, transaction
from koordinering.errors import DomainError
from koordinering.tiltak.utstyr import queries, services
from koordinering.tiltak.utstyr.models import (
    Utlaan,
)
from koordinering.tiltak.utstyr.rules.tilstander import Tilstand
from tests import fabrikk
from tests.arkitektur.test_sporringer import Teller
from tests.kapasitet.sjekk import sjekk_utstyret

A, B = "41234567", "90000000"


def _sjekk() -> None:
    db.session.rollback()
    sjekk_utstyret()


def _samtidig(app: Flask, oppgaver: list[Callable[[], object]]) -> list[object]:
    """Start all at one moment, each with a session of its own; a refusal is an answer."""
    start = threading.Barrier(len(oppgaver))

    def en(oppgave: Callable[[], object]) -> object:
        with app.app_context():
            start.wait()
            try:
                with transaction():
                    return bool(oppgave())
            except DomainError as feil:
                return type(feil)
            finally:
                db.session.remove()

    db.session.rollback()
    with ThreadPoolExecutor(len(oppgaver)) as traader:
        return list(traader.map(en, oppgaver))


def _ett_laan(*ider: int, nummer: str = A) -> Callable[[], object]:
    nytt = services.NyttUtlaan(ider, nummer, i_dag() + timedelta(days=7))
    return lambda: services.laan_ut(nytt, ved=None, av=fabrikk.bruker("fretex1"))


def test_eight_at_one_moment_and_one_item(app: Flask, folk: Any) -> None:
    (enhet,) = fabrikk.utstyr(folk.fretex1)
    ider = [enhet.id]
    svar = _samtidig(app, [_ett_laan(*ider)] * 8)
    assert (svar.count(True), svar.count(services.IkkeLedig)) == (1, 7)
    _sjekk()
    tilbake = [services.Levering(ider[0], Tilstand.GOD)]
    svar = _samtidig(app, [lambda: services.ta_imot(tilbake, ved=None, av=fabrikk.bruker("fretex1"))] * 8)
    assert (svar.count(True), svar.count(services.IkkeUte)) == (1, 7)
    _sjekk()


def test_overlapping_baskets_in_opposite_order_never_share_an_item(app: Flask, folk: Any) -> None:
    ider = [enhet.id for enhet in fabrikk.utstyr(folk.fretex1, antall=4)]
    kurver = [_ett_laan(*ider[:3]), _ett_laan(*reversed(ider[1:])), _ett_laan(ider[3], ider[0]), _ett_laan(*ider)]
    svar = _samtidig(app, kurver * 2)
    assert svar.count(True) == 1, "each pair of baskets shares an item"
    _sjekk()


def test_lending_and_holding_the_same_item_at_one_moment(app: Flask, folk: Any) -> None:
    (enhet,) = fabrikk.utstyr(folk.fretex1)
    id_ = enhet.id

    def hold() -> object:
        av = fabrikk.bruker("fretex1")
        return services.reserver(queries.enhet(av, id_), B, i_dag(), ved=None, av=av)

    svar = _samtidig(app, [_ett_laan(id_), hold] * 2)
    assert svar.count(True) == 1
    _sjekk()


def test_the_wall_behind_the_door(folk: Any) -> None:
    """The index refuses a second open loan even when nobody asked first."""
    (enhet,) = fabrikk.utstyr(folk.fretex1)
    (utlaan,) = fabrikk.utlaan(folk.fretex1, enhet)
    felles = {"enhet_id": utlaan.enhet_id, "utstyrsenhet_id": enhet.id, "kategori": enhet.kategori}
    with pytest.raises(IntegrityError), transaction() as session:
        session.add(Utlaan(id=tilfeldig_id(), sammen=1, forfall=i_dag(), **felles))


STIER = ("/utstyr", "/utstyr/enheter", "/utstyr/utlaan?filter=ute", "/utstyr/reservasjoner", "/utstyr/telling",
         "/utstyr/tall", "/utstyr/etiketter", "/")  # fmt: skip


def test_pages_cost_the_same_with_two_items_and_with_forty(app: Flask, folk: Any) -> None:
    teller = Teller(app)
    maalt: list[dict[str, int]] = []
    for antall in (2, 38):
        nye = fabrikk.utstyr(folk.fretex1, antall=antall, deler=("ski", "staver"))
        halvt = antall // 2
        fabrikk.utlaan(folk.fretex1, *nye[:halvt])
        with transaction():
            av = fabrikk.bruker("fretex1")
            for enhet in queries.flere(av, [en.id for en in nye[halvt:]]):
                services.reserver(enhet, A, i_dag(), ved=None, av=av)
            services.start_telling(av=av)
        ider = "&".join(f"enhet={en.id}" for en in nye[:halvt][:30])
        maalt.append({sti: teller.sporringer("fretex1", sti) for sti in STIER})
        maalt[-1]["inn"] = teller.sporringer("fretex1", f"/utstyr/inn?{ider}")
    assert maalt[0] == maalt[1]
