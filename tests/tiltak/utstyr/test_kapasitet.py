"""One open loan per item and states that agree, whatever is done in any order and by how many at one moment."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError

from koordinering.db import db, i_dag, tilfeldig_id, transaction
from koordinering.errors import DomainError, IngenTilgang
from koordinering.tiltak.utstyr import queries, services
from koordinering.tiltak.utstyr.models import (
    Reservasjon,
    Utlaan,
    Utstyrsdel,
    Utstyrsenhet,
    Utstyrshendelse,
    Varelinje,
    Varetelling,
)
from koordinering.tiltak.utstyr.rules.tilstander import TIL, Status, Tilstand
from koordinering.users import User
from tests import fabrikk
from tests.arkitektur.test_sporringer import Teller

A, B = "41234567", "90000000"
Steg = Callable[[list[int], int, User], object]


def _laan(nummer: str) -> Steg:
    def laan(ider: list[int], tall: int, av: User) -> object:
        valgte = tuple(ider[: tall % 3 + 1]) if tall > 2 else (ider[tall % 3],)
        return services.laan_ut(services.NyttUtlaan(valgte, nummer, i_dag() + timedelta(days=7)), ved=1, av=av)

    return laan


def _lever(tilstand: Tilstand, *, mangler: bool = False) -> Steg:
    def lever(ider: list[int], tall: int, av: User) -> object:
        enhet = queries.enhet(av, ider[tall % 3])
        deler = frozenset(del_.id for del_ in enhet.deler) if mangler else frozenset()
        return services.ta_imot([services.Levering(enhet.id, tilstand, deler)], ved=1, av=av)

    return lever


def _med_laan(tjeneste: Callable[..., object]) -> Steg:
    def gjoer(ider: list[int], tall: int, av: User) -> object:
        av_enheten = select(Utlaan).where(Utlaan.utstyrsenhet_id == ider[tall % 3])
        utlaan = db.session.scalars(av_enheten.order_by(Utlaan.inn.is_not(None), Utlaan.ut, Utlaan.id)).first()
        return tjeneste(utlaan, ved=1, av=av) if utlaan is not None else None

    return gjoer


def _reserver(ider: list[int], tall: int, av: User) -> object:
    return services.reserver(queries.enhet(av, ider[tall % 3]), A, i_dag(), ved=1, av=av)


def _avlys(ider: list[int], tall: int, av: User) -> object:
    holdt = select(Reservasjon).where(Reservasjon.utstyrsenhet_id == ider[tall % 3])
    rader = db.session.scalars(holdt.order_by(Reservasjon.slutt.is_(None), Reservasjon.id)).all()
    for rad in rader[-1:]:
        services.avlys(rad, ved=1, av=av)
    return None


def _tell(_ider: list[int], tall: int, av: User) -> object:
    telling = services.start_telling(av=av)
    services.les_vare(telling, str(tall % 3 + 1), av=av)
    services.avslutt_telling(telling, merk_savnet=True, ved=1, av=av)
    return None


STEG: dict[str, Steg] = {
    "laan": _laan(A),
    "laan_annen": _laan(B),
    "lever": _lever(Tilstand.GOD),
    "lever_oedelagt": _lever(Tilstand.TIL_REPARASJON),
    "lever_kassert": _lever(Tilstand.KASSERT),
    "lever_uten_deler": _lever(Tilstand.GOD, mangler=True),
    "gi_opp": _med_laan(services.gi_opp_deler),
    "tapt": _med_laan(services.meld_tapt),
    "reserver": _reserver,
    "avlys": _avlys,
    "tell": _tell,
    **{
        handling.value: lambda ider, tall, av, h=handling: services.utfoer(  # type: ignore[misc]
            queries.enhet(av, ider[tall % 3]), h, ved=1, av=av
        )
        for handling in TIL
    },
}


def _gjoer(navn: str, ider: list[int], tall: int) -> bool:
    try:
        with transaction():
            STEG[navn](ider, tall, fabrikk.bruker("fretex1"))
    except (DomainError, IngenTilgang):
        return False
    return True


def _sjekk(ider: list[int]) -> None:
    db.session.rollback()
    ute = db.session.scalars(select(Utlaan.utstyrsenhet_id).where(Utlaan.inn.is_(None))).all()
    holdt = db.session.scalars(select(Reservasjon.utstyrsenhet_id).where(Reservasjon.slutt.is_(None))).all()
    assert len(set(ute)) == len(ute)
    assert len(set(holdt)) == len(holdt)
    for enhet in db.session.scalars(select(Utstyrsenhet)):
        assert (enhet.status is Status.UTE) == (enhet.id in ute)
        assert (enhet.status is Status.RESERVERT) == (enhet.id in holdt)
        assert (enhet.status is Status.KASSERT) == (enhet.tilstand is Tilstand.KASSERT)
        assert (enhet.status is Status.UTE_AV_DRIFT) == (enhet.tilstand is Tilstand.TIL_REPARASJON)
        if any(del_.mangler for del_ in enhet.deler):
            assert enhet.status is not Status.LEDIG, "a set that is not whole is not lent"
    for rad in db.session.scalars(select(Reservasjon).where(Reservasjon.slutt.is_not(None))):
        assert rad.telefon is None


def _tre(folk: Any) -> list[int]:
    with transaction() as session:
        for tabell in (Utstyrshendelse, Utlaan, Reservasjon, Varelinje, Varetelling, Utstyrsdel):
            session.execute(delete(tabell))
        session.execute(update(Utstyrsenhet).values(status=Status.LEDIG, tilstand=Tilstand.GOD))
    finnes = db.session.scalars(select(Utstyrsenhet).order_by(Utstyrsenhet.nummer)).all()
    enheter = finnes or fabrikk.utstyr(folk.fretex1, antall=3)
    ider = [enhet.id for enhet in enheter]
    with transaction() as session:
        session.add(Utstyrsdel(utstyrsenhet_id=ider[0], nummer=1, navn="staver"))
    return ider


@pytest.mark.begrenset
@given(
    steg=st.lists(
        st.tuples(st.sampled_from(["laan", "lever", "reserver", *STEG]), st.integers(0, 5)), min_size=4, max_size=9
    )
)
def test_whatever_is_done_items_loans_and_holds_agree(folk: Any, steg: list[tuple[str, int]]) -> None:
    ider = _tre(folk)
    for navn, tall in steg:
        if _gjoer(navn, ider, tall):
            _sjekk(ider)
    _sjekk(ider)


def test_every_step_of_the_machine_can_succeed(folk: Any) -> None:
    ider = _tre(folk)
    gang = [
        ("laan", 0), ("lever_uten_deler", 0), ("gi_opp", 0), ("reparert", 0), ("laan_annen", 5), ("lever", 1),
        ("lever_oedelagt", 2), ("tapt", 0), ("funnet", 0), ("reserver", 0), ("avlys", 0), ("tell", 0), ("tatt_ut", 0),
        ("kassert", 0), ("reparert", 2), ("laan", 2), ("lever_kassert", 2), ("funnet", 1), ("savnet", 1),
    ]  # fmt: skip
    for navn, tall in gang:
        assert _gjoer(navn, ider, tall), navn
        _sjekk(ider)
    assert {navn for navn, _ in gang} == set(STEG)


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
    _sjekk(ider)
    tilbake = [services.Levering(ider[0], Tilstand.GOD)]
    svar = _samtidig(app, [lambda: services.ta_imot(tilbake, ved=None, av=fabrikk.bruker("fretex1"))] * 8)
    assert (svar.count(True), svar.count(services.IkkeUte)) == (1, 7)
    _sjekk(ider)


def test_overlapping_baskets_in_opposite_order_never_share_an_item(app: Flask, folk: Any) -> None:
    ider = [enhet.id for enhet in fabrikk.utstyr(folk.fretex1, antall=4)]
    kurver = [_ett_laan(*ider[:3]), _ett_laan(*reversed(ider[1:])), _ett_laan(ider[3], ider[0]), _ett_laan(*ider)]
    svar = _samtidig(app, kurver * 2)
    assert svar.count(True) == 1, "each pair of baskets shares an item"
    _sjekk(ider)


def test_lending_and_holding_the_same_item_at_one_moment(app: Flask, folk: Any) -> None:
    (enhet,) = fabrikk.utstyr(folk.fretex1)
    id_ = enhet.id

    def hold() -> object:
        av = fabrikk.bruker("fretex1")
        return services.reserver(queries.enhet(av, id_), B, i_dag(), ved=None, av=av)

    svar = _samtidig(app, [_ett_laan(id_), hold] * 2)
    assert svar.count(True) == 1
    _sjekk([id_])


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
