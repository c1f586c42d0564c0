"""Extracts for counting are never wrong: whatever is done to the cases, a count is as one from the cases themselves."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, exists, func, insert, select, text, update

from koordinering import migrering, noekkellager
from koordinering.db import db, transaction
from koordinering.saker.models import Barn, Hendelse, Henvisning, Sak
from koordinering.saker.rules.behov import JaNeiVetIkke
from koordinering.saker.rules.overganger import Status, Trekkgrunn
from koordinering.statistikk import measures
from koordinering.statistikk.models import Telleutdrag, Telleventer
from koordinering.statistikk.services.utdrag import LAAS, hold_utdrag, sjekk_utdrag
from koordinering.tildeling.models import Tildeling
from koordinering.tildeling.rules import Tildelingstilstand
from tests.statistikk.byen import AAR, DAG, FRIPLASS, HELSE, KORT, KULTUR, NAV, UTSTYR, By

NAVN = (None, "a", "b", "c", "d")
STATUSER = (Status.SENDT, Status.VENTELISTE, Status.PAA_VENT, Status.AVSLUTTET, Status.VIST_TIL, Status.TRUKKET)


@pytest.fixture
def by(folk: Any) -> By:
    return By(folk.nav1.id)


@contextmanager
def fra_sakene() -> Iterator[None]:
    """Count without extracts."""
    with pytest.MonkeyPatch.context() as mp:
        mp.setattr("koordinering.statistikk.measures.utdrag.MANGE", -1)
        yield


def telt(aar: int, dato: date) -> list[Any]:
    return [measures.til_lagring(tabell) for tabell in measures.tell(aar, dato).tabeller]


def er_like(aar: int, dato: date) -> None:
    """The same, down to the number that each family has in it."""
    med = telt(aar, dato)
    with fra_sakene():
        assert med == telt(aar, dato)


def venter() -> int:
    return db.session.scalar(select(func.count()).select_from(Telleventer)) or 0


def naar(dag: int) -> datetime:
    """A moment in one of the three years AAR - 1, AAR and AAR + 1."""
    return datetime(AAR - 1, 1, 1, 12, tzinfo=UTC) + timedelta(days=dag)


class Historie:
    """Whatever may happen to cases, done to the tables directly: what the services can do, and more."""

    def __init__(self, by: By) -> None:
        self.by = by

    def gjoer(self, hva: int, en: int, annen: int) -> None:
        handlinger = (
            self.ny_sak, self.ny_sak, self.henvis, self.henvis, self.henvis, self.gi, self.gi, self.rett_barn,
            self.ny_status, self.ny_status, self.avslutt, self.rett_henvisning, self.send_videre, self.slett,
            self.flytt,
        )  # fmt: skip
        handlinger[hva % len(handlinger)](en, annen)

    def _en(self, modell: Any, nr: int) -> Any:
        ider = sorted(db.session.scalars(select(modell.id)))
        return ider[nr % len(ider)] if ider else None

    def ny_sak(self, en: int, annen: int) -> None:
        barn = {NAVN[(en + i * annen) % 5]: AAR - 1 - (en + i) % 27 for i in range(1 + annen % 3)}
        sak = self.by.sak((NAV, HELSE, KULTUR)[en % 3], *barn.items())
        self.by.henvis(sak, naar=naar(annen), status=STATUSER[en % 6])

    def henvis(self, en: int, annen: int) -> None:
        if (sak := db.session.get(Sak, self._en(Sak, en) or 0)) is not None:
            barn = None if annen % 3 == 0 or not sak.barn else annen % len(sak.barn)
            tiltak = (KORT, FRIPLASS, UTSTYR)[en % 3]
            self.by.henvis(sak, tiltak, barn=barn, naar=naar(annen), status=STATUSER[annen % 6])

    def gi(self, en: int, annen: int) -> None:
        if (henvisning := db.session.get(Henvisning, self._en(Henvisning, en) or 0)) is not None:
            self.by.gi(henvisning, naar(annen), slutt=naar(annen + en % 50))

    def avslutt(self, en: int, annen: int) -> None:
        tilstand = list(Tildelingstilstand)[annen % len(Tildelingstilstand)]
        self._sett(Tildeling, en, tilstand=tilstand, slutt=naar(annen))

    def rett_barn(self, en: int, annen: int) -> None:
        navn = NAVN[annen % 5]
        indeks = navn.encode().ljust(32, b".") if navn else None
        deltar = list(JaNeiVetIkke)[annen % 3]
        self._sett(Barn, en, blindindeks=indeks, foedselsaar=AAR - annen % 27, deltar=deltar)

    def rett_henvisning(self, en: int, annen: int) -> None:
        self._sett(Henvisning, en, barn_id=None, avsender_id=(NAV, HELSE)[annen % 2], sendt=naar(annen))

    def ny_status(self, en: int, annen: int) -> None:
        status, tid = STATUSER[annen % 6], naar(en)
        grunn = Trekkgrunn.FEILREGISTRERT.value if en % 4 == 0 else "mangler_opplysninger"
        henvisning = self._sett(Henvisning, en, status=status, endret=tid, grunn=grunn)
        if henvisning is not None:
            rad = {"henvisning_id": henvisning, "tid": tid, "slag": "status", "til": status.value, "grunn": grunn}
            db.session.execute(insert(Hendelse).values(rad))

    def send_videre(self, en: int, annen: int) -> None:
        if (gammel := db.session.get(Henvisning, self._en(Henvisning, en) or 0)) is not None:
            sak = db.session.get_one(Sak, gammel.sak_id)
            self.by.henvis(sak, naar=gammel.sendt or naar(annen), videresendt_fra_id=gammel.id)

    def slett(self, en: int, annen: int) -> None:
        modell: Any = (Sak, Barn, Henvisning, Tildeling, Hendelse)[annen % 5]
        db.session.execute(delete(modell).where(modell.id == self._en(modell, en)))
        db.session.expire_all()

    def flytt(self, en: int, annen: int) -> None:
        """A referral stands in another case: nothing does so, but nothing that counts may rest on it. Not one that
        has been sent on: it and the next are of one case, which is what lets the case's extract tell of both.
        """
        sendt_videre = select(Henvisning.id).where(Henvisning.videresendt_fra_id == self._en(Henvisning, en))
        if db.session.scalar(sendt_videre.limit(1)) is not None:
            return
        self._sett(Henvisning, en, sak_id=self._en(Sak, annen), barn_id=None, videresendt_fra_id=None)

    def _sett(self, modell: Any, nr: int, **felt: Any) -> Any:
        if (id_ := self._en(modell, nr)) is not None:
            db.session.execute(update(modell).where(modell.id == id_).values(**felt))
            db.session.expire_all()
        return id_


_HANDLING = st.tuples(st.integers(0, 14), st.integers(0, 60), st.integers(0, 900))


def spill(by: By, deler: list[list[Any]]) -> None:
    with transaction():
        for modell in (Tildeling, Henvisning, Sak):
            db.session.execute(delete(modell))
        historie = Historie(by)
    for handlinger in deler:
        with transaction():
            for handling in handlinger:
                historie.gjoer(*handling)
        assert hold_utdrag() >= 0
        assert venter() == 0
    if deler:
        with transaction():
            for handling in deler[0]:
                historie.gjoer(*handling)


@settings(max_examples=max(5, settings().max_examples // 5))
@given(
    deler=st.lists(st.lists(_HANDLING, min_size=2, max_size=8), min_size=1, max_size=3),
    aar=st.integers(AAR - 1, AAR + 1),
    dag=st.integers(0, 900),
)
def test_whatever_happens_a_count_is_as_one_from_the_cases(by: By, deler: list[Any], aar: int, dag: int) -> None:
    spill(by, deler)
    er_like(aar, date(aar, 12, 31))
    er_like(aar, max(naar(dag).date(), date(aar, 1, 1)))
    assert hold_utdrag() >= 0
    er_like(aar, date(aar + 1, 6, 1))
    antall, feil = sjekk_utdrag()
    assert feil == 0
    assert antall == db.session.scalar(select(func.count(Telleutdrag.sak_id.distinct())))


def test_a_count_is_the_same_whichever_index_the_referrals_are_read_by(by: By) -> None:
    """Two senders in one case, which no service makes: whose it is counted as must not follow the order of reading."""
    with transaction():
        sak = by.sak(NAV, ("a", AAR - 10))
        for dag in (370, 380):
            by.henvis(sak, naar=naar(dag))
        foerst, sist = sorted(db.session.scalars(select(Henvisning.id)))
        for id_, opprettet, avsender in ((foerst, naar(380), HELSE), (sist, naar(370), NAV)):
            verdier = {"opprettet": opprettet, "avsender_id": avsender}
            db.session.execute(update(Henvisning).where(Henvisning.id == id_).values(**verdier))
    assert venter() == 1
    er_like(AAR, date(AAR, 12, 31))
    assert hold_utdrag() == 1
    er_like(AAR, date(AAR, 12, 31))


def test_a_deleted_case_leaves_its_extract_at_once_and_a_changed_one_too(by: By) -> None:
    with transaction():
        by.flere(3, NAV)
    assert hold_utdrag() == 3
    assert hold_utdrag() == 0
    en, annen, _ = db.session.scalars(select(Sak.id).order_by(Sak.id)).all()
    with transaction():
        db.session.execute(delete(Sak).where(Sak.id == en))
        db.session.execute(update(Barn).where(Barn.sak_id == annen).values(blindindeks=None))
        assert set(db.session.scalars(select(Telleutdrag.sak_id))).isdisjoint({en, annen})
        assert db.session.scalars(select(Telleventer.sak_id)).all() == [annen]
        assert len(measures.tell(AAR, DAG, koder=("tjeneste",)).tabeller) == 1
    er_like(AAR, DAG)


def test_one_that_waits_over_new_year_waits_in_the_next_one_too(by: By, monkeypatch: pytest.MonkeyPatch) -> None:
    i_fjor = datetime(AAR, 11, 1, tzinfo=UTC)
    monkeypatch.setattr("koordinering.statistikk.measures.uttrekk.i_dag", lambda: date(AAR, 12, 1))
    with transaction():
        by.henvis(by.sak(NAV, ("a", 2015)), status=Status.VENTELISTE, naar=i_fjor)
    hold_utdrag()
    er_like(AAR + 1, DAG)
    raa = next(t for t in measures.tell(AAR + 1, DAG).tabeller if t.kode == "fra_tidligere_aar")
    assert raa.celler[("Total", "venteliste")].tall == (1,)
    monkeypatch.undo()
    assert hold_utdrag() == 1  # and is made anew in the new year
    assert set(db.session.scalars(select(Telleutdrag.aar))) >= {AAR, AAR + 1}
    er_like(AAR + 1, DAG)


def test_what_is_not_as_the_cases_say_is_found(by: By) -> None:
    with transaction():
        by.flere(2, NAV)
    hold_utdrag()
    assert sjekk_utdrag() == (2, 0)
    with transaction():
        db.session.execute(update(Telleutdrag).values(henvist=b""))
    assert sjekk_utdrag() == (2, 2)


@pytest.mark.bare_sqlite
def test_the_extract_of_a_case_costs_no_more_where_there_are_more_cases(by: By) -> None:
    kostnader = []
    for nye in (40, 120):
        with transaction():
            by.flere(nye, NAV)
            for henvisning in db.session.scalars(select(Henvisning).where(~exists().where(_GITT))).all():
                by.gi(henvisning, henvisning.sendt or naar(0))
        kostnader.append(_instruksjoner())
    assert kostnader[1] < 1.2 * kostnader[0] + 100


_GITT = Tildeling.henvisning_id == Henvisning.id


def _instruksjoner() -> int:
    """Of SQLite's machine, for the extract of one case."""
    sak, talt = db.session.scalars(select(func.min(Sak.id))).one(), [0]

    def tikk() -> int:
        talt[0] += 1
        return 0

    sqlite: Any = db.session.connection().connection.driver_connection
    sqlite.set_progress_handler(tikk, 1)
    try:
        measures.lag_utdrag([sak], measures.les_koder())
    finally:
        sqlite.set_progress_handler(None, 0)
    return talt[0]


@pytest.mark.bare_postgresql
def test_no_extract_is_made_while_somebody_changes_cases(by: By) -> None:
    with transaction():
        by.flere(2, NAV)
    with db.engine.connect() as skriver:
        skriver.execute(select(func.pg_advisory_xact_lock_shared(LAAS)))
        assert hold_utdrag() == 0
        skriver.rollback()
    assert hold_utdrag() == 2


def test_the_migration_goes_back_and_forth_and_counts_the_same(app: Flask, by: By) -> None:
    with transaction():
        by.flere(7, NAV)
    hold_utdrag()
    foer = telt(AAR, DAG)
    db.session.remove()
    assert migrering.ville_mistet(db.engine, "0027", lager=noekkellager.engine()) == []
    migrering.nedgrader(db.engine, "0027", lager=noekkellager.engine())
    with db.engine.begin() as connection:
        connection.execute(text("UPDATE barn SET foedselsaar = foedselsaar + 0"))  # no trigger is left behind
    migrering.oppgrader(db.engine, lager=noekkellager.engine())
    assert venter() == 7
    assert telt(AAR, DAG) == foer
    assert hold_utdrag() == 7
    assert telt(AAR, DAG) == foer
