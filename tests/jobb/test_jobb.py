"""Jobs: leases, dead workers, cancelling, and the page."""

import threading
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, text, update
from sqlalchemy.exc import OperationalError

from koordinering.audit import Hva, Innslag
from koordinering.db import db, now, own_transaction, transaction
from koordinering.errors import FinnesIkke
from koordinering.jobb import queries, services
from koordinering.jobb.arbeider import Arbeider, arbeid
from koordinering.jobb.models import Jobb
from koordinering.jobb.rules import MAKS_FORSOEK, OPPBEVARES, Jobbstatus
from koordinering.tekst import N_
from koordinering.users import User
from tests.nettleser import Nettleser

SLAG = "proevejobb"


@pytest.fixture(autouse=True)
def gjort() -> Iterator[list[int]]:
    """What the tests' own kind of job has done: one entry a step."""
    utfoert: list[int] = []

    def funksjon(jobb: Jobb) -> Mapping[str, Any] | None:
        antall = jobb.argument.get("antall", 3)
        for n in range(antall):
            utfoert.append(n)
            services.framdrift(jobb, n + 1, antall)
        return {"endepunkt": "konto.min", "verdier": {}}

    services.registrer_arbeid(SLAG, N_("Prøvejobb"), funksjon)
    services.STOPP.clear()
    yield utfoert
    services.STOPP.clear()


def bestill(user: User, **argument: Any) -> int:
    with transaction():
        jobb_id = services.bestill(SLAG, argument, av=user).id
    db.session.rollback()
    return jobb_id


def status(jobb_id: int) -> Jobbstatus:
    db.session.rollback()
    return db.session.get_one(Jobb, jobb_id).status


def leien_gaar_ut(jobb_id: int, for_: timedelta = timedelta(seconds=1)) -> None:
    """As if the worker had been dead for a while; negative: the lease ends so long from now."""
    with own_transaction() as session:
        session.execute(update(Jobb).where(Jobb.id == jobb_id).values(leie_til=now() - for_))
    db.session.rollback()


def test_a_job_is_done_once_and_its_result_is_kept(folk: Any, gjort: list[int]) -> None:
    jobb_id = bestill(folk.koordinator1)
    arbeid(en_runde=True)
    jobb = queries.jobb(folk.koordinator1, jobb_id)
    assert (jobb.status, jobb.gjort, jobb.av_alt, jobb.forsoek) == (Jobbstatus.FERDIG, 3, 3, 1)
    assert jobb.resultat == {"endepunkt": "konto.min", "verdier": {}}
    assert jobb.arbeider is None
    arbeid(en_runde=True)
    assert gjort == [0, 1, 2]


def test_a_job_that_ended_long_ago_is_forgotten_and_no_other(app: Flask) -> None:
    gammelt, nylig = now() - OPPBEVARES - timedelta(hours=1), now() - OPPBEVARES + timedelta(hours=1)
    with own_transaction() as session:
        for slag, status, ferdig in (
            ("gammel", Jobbstatus.FERDIG, gammelt),
            ("nyere", Jobbstatus.FEILET, nylig),
            ("venter", Jobbstatus.VENTER, None),
        ):
            session.add(Jobb(slag=slag, argument={}, status=status, bestilt=gammelt, ferdig=ferdig))
    Arbeider().rydd()
    assert {"nyere", "venter"} <= set(db.session.scalars(select(Jobb.slag)))
    assert db.session.scalar(select(Jobb.id).where(Jobb.slag == "gammel")) is None


def test_the_same_job_waiting_is_not_ordered_twice(folk: Any) -> None:
    foerst = bestill(folk.koordinator1, aar=2025)
    assert bestill(folk.koordinator1, aar=2025) == foerst
    assert bestill(folk.koordinator1, aar=2026) != foerst
    assert bestill(folk.nav1, aar=2025) != foerst
    arbeid(en_runde=True)
    assert bestill(folk.koordinator1, aar=2025) != foerst


def test_an_unknown_kind_is_not_ordered_and_not_done(folk: Any) -> None:
    with pytest.raises(ValueError, match="unknown kind"), transaction():
        services.bestill("finnes-ikke", {}, av=folk.nav1)
    jobb_id = bestill(folk.nav1)
    with own_transaction() as session:
        session.execute(update(Jobb).values(slag="fra en nyere versjon"))
    arbeid(en_runde=True)
    assert status(jobb_id) is Jobbstatus.FEILET


def test_jobs_are_taken_in_the_order_they_came(folk: Any) -> None:
    ider = [bestill(folk.nav1, nr=n) for n in range(3)]
    tatt = [services.ta("a") for _ in range(4)]
    assert [jobb.id if jobb else None for jobb in tatt] == [*ider, None]


def test_a_dead_workers_job_is_taken_again_and_the_dead_writes_nothing_more(folk: Any, gjort: list[int]) -> None:
    jobb_id = bestill(folk.koordinator1)
    doed = services.ta("doed")
    assert doed is not None
    services.framdrift(doed, 1, 3)
    assert services.ta("levende") is None
    leien_gaar_ut(jobb_id)
    levende = services.ta("levende")
    assert levende is not None
    assert (levende.id, levende.forsoek, levende.arbeider) == (jobb_id, 2, "levende")
    with pytest.raises(services.Avbrutt):
        services.framdrift(doed, 2, 3)
    services.ferdig(doed, {"fra": "de døde"})
    services.feilet(doed, "X")
    services.avbrutt(doed)
    services.legg_tilbake(doed)
    assert status(jobb_id) is Jobbstatus.I_ARBEID
    services.ferdig(levende, None)
    assert status(jobb_id) is Jobbstatus.FERDIG


def test_a_lease_from_before_the_clock_was_set_back_holds_nobody(folk: Any) -> None:
    jobb_id = bestill(folk.koordinator1)
    doed = services.ta("doed")
    assert doed is not None
    leien_gaar_ut(jobb_id, for_=-timedelta(minutes=4))
    assert services.ta("levende") is None, "the clocks of two hosts may differ by so much"
    leien_gaar_ut(jobb_id, for_=-timedelta(days=1))
    services.framdrift(doed, 1, 3)
    assert services.ta("levende") is None, "whoever lives renews the lease"
    leien_gaar_ut(jobb_id, for_=-timedelta(days=1))
    levende = services.ta("levende")
    assert levende is not None
    assert (levende.id, levende.forsoek) == (jobb_id, 2)


def test_a_worker_whose_lease_ran_out_unnoticed_goes_on(folk: Any) -> None:
    jobb_id = bestill(folk.koordinator1)
    jobb = services.ta("treg")
    assert jobb is not None
    leien_gaar_ut(jobb_id)
    services.framdrift(jobb, 1, 3)
    assert services.ta("annen") is None


def test_a_job_that_kills_its_workers_is_given_up(folk: Any) -> None:
    jobb_id = bestill(folk.koordinator1)
    for n in range(MAKS_FORSOEK):
        assert services.ta(f"nr{n}") is not None
        leien_gaar_ut(jobb_id)
    assert services.ta("siste") is None
    db.session.rollback()
    jobb = db.session.get_one(Jobb, jobb_id)
    assert (jobb.status, jobb.feil) == (Jobbstatus.FEILET, "gitt_opp")


def test_two_workers_never_have_the_same_job(app: Flask, folk: Any) -> None:
    ider = [bestill(folk.nav1, nr=n) for n in range(12)]
    start, tatt = threading.Barrier(4), []

    def ta_alle(navn: str) -> None:
        with app.app_context():
            start.wait()
            while (jobb := services.ta(navn)) is not None:
                tatt.append(jobb.id)

    traader = [threading.Thread(target=ta_alle, args=(f"a{n}",)) for n in range(4)]
    for traad in traader:
        traad.start()
    for traad in traader:
        traad.join()
    assert sorted(tatt) == sorted(ider)


def test_a_waiting_job_is_cancelled_at_once_and_a_running_one_at_its_next_step(folk: Any, gjort: list[int]) -> None:
    venter, gaar = bestill(folk.nav1, nr=1), bestill(folk.nav1, nr=2)
    with transaction():
        services.avbryt(queries.jobb(folk.nav1, venter), av=folk.nav1)
    assert status(venter) is Jobbstatus.AVBRUTT
    jobb = services.ta("a")
    assert jobb is not None
    with transaction():
        services.avbryt(queries.jobb(folk.nav1, gaar), av=folk.nav1)
    assert status(gaar) is Jobbstatus.I_ARBEID
    with pytest.raises(services.Avbrutt):
        services.framdrift(jobb, 1, 3)
    services.avbrutt(jobb)
    assert status(gaar) is Jobbstatus.AVBRUTT
    with transaction():
        services.avbryt(queries.jobb(folk.nav1, gaar), av=folk.nav1)
    linjer = db.session.scalars(select(Innslag.gjelder_id).where(Innslag.hva == Hva.JOBB_AVBRUTT)).all()
    assert len(linjer) == 2
    assert set(linjer) == {venter, gaar}


def test_a_job_cancelled_while_its_worker_was_dead_is_not_taken_again(folk: Any) -> None:
    jobb_id = bestill(folk.nav1)
    services.ta("doed")
    with transaction():
        services.avbryt(queries.jobb(folk.nav1, jobb_id), av=folk.nav1)
    leien_gaar_ut(jobb_id)
    assert services.ta("levende") is None
    assert status(jobb_id) is Jobbstatus.AVBRUTT


def test_the_worker_stops_in_the_middle_when_the_user_says_so(folk: Any, gjort: list[int]) -> None:
    def funksjon(jobb: Jobb) -> None:
        gjort.append(1)
        with transaction():
            services.avbryt(queries.jobb(folk.nav1, jobb.id), av=folk.nav1)
        services.framdrift(jobb, 1, 2)
        gjort.append(2)

    services.registrer_arbeid(SLAG, "", funksjon)
    jobb_id = bestill(folk.nav1)
    arbeid(en_runde=True)
    assert gjort == [1]
    assert status(jobb_id) is Jobbstatus.AVBRUTT


def test_a_worker_that_is_told_to_end_lays_the_job_back(folk: Any, gjort: list[int]) -> None:
    def funksjon(jobb: Jobb) -> None:
        services.STOPP.set()
        services.framdrift(jobb, 1, 2)
        gjort.append(2)

    services.registrer_arbeid(SLAG, "", funksjon)
    jobb_id = bestill(folk.nav1)
    Arbeider().arbeid()
    assert gjort == []
    db.session.rollback()
    jobb = db.session.get_one(Jobb, jobb_id)
    assert (jobb.status, jobb.forsoek, jobb.arbeider) == (Jobbstatus.VENTER, 0, None)


def test_a_fault_is_a_code_and_never_what_it_said(folk: Any, caplog: pytest.LogCaptureFixture) -> None:
    def funksjon(_jobb: Jobb) -> None:
        raise RuntimeError("hemmelig innhold")

    services.registrer_arbeid(SLAG, "", funksjon)
    jobb_id = bestill(folk.nav1)
    arbeid(en_runde=True)
    db.session.rollback()
    jobb = db.session.get_one(Jobb, jobb_id)
    assert (jobb.status, jobb.feil) == (Jobbstatus.FEILET, "RuntimeError")
    assert "hemmelig" not in caplog.text


def test_the_lease_is_renewed_while_a_long_step_runs(folk: Any, app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    fornyet = threading.Event()
    ekte = services.forny

    def forny(jobb: Jobb) -> None:
        ekte(jobb)
        fornyet.set()

    monkeypatch.setattr("koordinering.jobb.arbeider.LEIE", timedelta(seconds=0.2))
    monkeypatch.setattr(services, "forny", forny)

    def funksjon(_jobb: Jobb) -> None:
        assert fornyet.wait(20)

    services.registrer_arbeid(SLAG, "", funksjon)
    jobb_id = bestill(folk.nav1)
    arbeid(en_runde=True)
    assert status(jobb_id) is Jobbstatus.FERDIG


def test_one_sees_and_stops_ones_own_jobs_only(folk: Any, nettleser: Nettleser) -> None:
    jobb_id = bestill(folk.koordinator1)
    egen, annen = nettleser.som(folk.koordinator1), nettleser.som(folk.nav1)
    assert "Ingen jobber" in annen.se("/jobber").get_data(as_text=True)
    assert annen.send(f"/jobber/{jobb_id}/avbryt").status_code == 404
    assert status(jobb_id) is Jobbstatus.VENTER
    with pytest.raises(FinnesIkke):
        queries.jobb(folk.nav1, jobb_id)
    svar = egen.se("/jobber")
    assert "Prøvejobb" in svar.get_data(as_text=True)
    assert svar.headers["Refresh"] == "5"
    assert egen.send(f"/jobber/{jobb_id}/avbryt").status_code == 303
    svar = egen.se("/jobber")
    assert "Avbrutt" in svar.get_data(as_text=True)
    assert "Refresh" not in svar.headers


def test_the_page_shows_how_far_it_has_come_and_the_way_to_the_result(folk: Any, nettleser: Nettleser) -> None:
    egen = nettleser.som(folk.koordinator1)
    bestill(folk.koordinator1, antall=5)
    jobb = services.ta("a")
    assert jobb is not None
    services.framdrift(jobb, 2, 5)
    assert "2 av 5" in egen.se("/jobber").get_data(as_text=True)
    services.ferdig(jobb, {"endepunkt": "konto.min", "verdier": {}})
    side = egen.se("/jobber").get_data(as_text=True)
    assert '<a class="ds-link" href="/konto">Prøvejobb</a>' in side
    with own_transaction() as session:
        session.execute(update(Jobb).values(resultat={"endepunkt": "borte.vekk"}))
    assert "borte" not in egen.se("/jobber").get_data(as_text=True)


# --- What is done by the clock ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("gjoer", "liste", "hver"),
    [(services.bestill_det_faste, "_hver_time", "hour"), (services.gjoer_det_hyppige, "_hvert_minutt", "minute")],
    ids=["each hour", "each minute"],
)
def test_one_that_fails_leaves_the_others_done(
    app: Flask,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    gjoer: Callable[[], None],
    liste: str,
    hver: str,
) -> None:
    """Also one that has broken its transaction; what the error says is not in the log."""
    utfoert: list[int] = []

    def daarlig() -> None:
        db.session.execute(text("SELECT 'hemmelig' FROM finnes_ikke"))

    def uventet() -> None:
        raise ValueError("hemmelig")

    def god() -> None:
        utfoert.append(db.session.scalar(select(func.count()).select_from(User)) or 0)

    monkeypatch.setattr(services, liste, [daarlig, god, uventet, god])
    gjoer()
    assert len(utfoert) == 2
    assert utfoert[0] == utfoert[1] > 0
    sagt = [en.getMessage() for en in caplog.records if en.levelname == "ERROR"]
    assert [en.rpartition(":")[0] for en in sagt] == [f"each {hver}, daarlig", f"each {hver}, uventet"]
    assert sagt[1].endswith(": ValueError")
    assert "hemmelig" not in caplog.text


def test_a_database_that_is_away_is_told_to_who_waits_for_it(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    utfoert: list[int] = []

    def borte() -> None:
        raise OperationalError("", None, Exception(), connection_invalidated=True)

    monkeypatch.setattr(services, "_hver_time", [borte, lambda: utfoert.append(1)])
    with pytest.raises(OperationalError):
        services.bestill_det_faste()
    assert utfoert == []
