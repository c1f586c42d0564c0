"""Migrations: one head, the upgraded schema equals the models, and up, down, up with data."""

import multiprocessing
import sqlite3
from contextlib import closing
from datetime import date
from functools import partial
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from sqlalchemy import create_engine, delete, event, func, inspect, select, text
from sqlalchemy.exc import DBAPIError

from koordinering import migrering, noekkellager
from koordinering.db import db, i_dag, metadata, transaction
from koordinering.konto import services as konto
from koordinering.konto.faktor import services as faktor
from koordinering.konto.rules import Metode
from koordinering.motor import prepare_engine
from koordinering.noekkellager.lager import noekkel
from koordinering.personvern.krav import services as krav
from koordinering.personvern.krav.rules.frist import Kravslag
from koordinering.plan.evaluering import services as evaluering
from koordinering.plan.evaluering.rules import Vurderingsinnhold
from koordinering.plan.rullering.models import Planversjon
from koordinering.plan.rullering.rules.dokument import fra_innhold, sjekksum
from koordinering.plan.rullering.rules.forskjell import forskjell
from koordinering.plan.serier import services as serier
from koordinering.plan.serier.rules.foering import Tall
from koordinering.saker.models import Sak
from koordinering.saker.rules import koblingskode
from koordinering.saker.rules.hjemler import Hjemmelopplysninger
from koordinering.saker.services import Koblingskode, les_egen_referanse, opprett_hjemmel
from koordinering.tiltak.klubbesoek.models import Klubbesoek
from koordinering.tiltak.klubbesoek.rules import Besoekstema
from koordinering.tiltak.models import Tiltak
from koordinering.tiltak.utstyr.models import Utlaan
from koordinering.tiltak.utstyr.services import les_telefon
from koordinering.users import Koblingsmodus, kommune
from tests import fabrikk, penger
from tests.saker.samordnet import notat, samordning
from tests.statistikk.utgivelse import bilde, publisert


def test_one_head_and_numbered() -> None:
    skript = ScriptDirectory.from_config(migrering.oppsett())
    assert len(skript.get_heads()) == 1
    revisjoner = [r.revision for r in skript.walk_revisions()][::-1]
    assert revisjoner[0] == "0001"
    assert revisjoner == sorted(set(revisjoner))  # a number may be skipped, never come twice or out of order


def test_upgraded_schema_equals_the_models(app: Flask) -> None:
    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []


def test_up_down_up_with_data(app: Flask) -> None:
    assert db.session.scalar(select(func.count()).select_from(Tiltak)) == 40
    db.session.remove()
    migrering.nedgrader(db.engine, "base", lager=noekkellager.engine())
    assert set(inspect(db.engine).get_table_names()) <= {"alembic_version"}
    assert not migrering.status(db.engine).gjeldende
    migrering.oppgrader(db.engine, lager=noekkellager.engine())
    assert migrering.status(db.engine).gjeldende
    assert set(inspect(db.engine).get_table_names()) == {*metadata.tables, "alembic_version"}


@pytest.mark.bare_sqlite
def test_an_upgrade_keeps_its_parts_and_goes_on_where_it_was_stopped(app: Flask, folk: Any) -> None:
    sak_id = fabrikk.sak(folk.nav1).id
    db.session.remove()
    migrering.nedgrader(db.engine, "0028", lager=noekkellager.engine())

    def stans(_c: Any, _k: Any, setning: str, *_: Any) -> None:
        if "CREATE TABLE saksmerke" in setning:
            raise InterruptedError("the upgrade is stopped")

    event.listen(db.engine, "before_cursor_execute", stans)
    with pytest.raises(InterruptedError):
        migrering.oppgrader(db.engine, lager=noekkellager.engine())
    event.remove(db.engine, "before_cursor_execute", stans)
    assert migrering.status(db.engine).naa == "0028"
    with closing(sqlite3.connect(str(db.engine.url.database), timeout=0)) as annen:
        finnes = {navn for (navn,) in annen.execute("SELECT name FROM sqlite_master WHERE type = 'index'")}
        assert {"ix_sak_enhet", "ix_innsynslogg_soek"} <= finnes, "what was done before the last part is kept"
        annen.execute("UPDATE sak SET arkivert = NULL WHERE id = ?", (sak_id,))
        annen.commit()
    migrering.oppgrader(db.engine, lager=noekkellager.engine())
    assert migrering.status(db.engine).gjeldende


def _oppgrader(url: str, lager_url: str) -> None:
    engine, lager = create_engine(url), noekkellager.lag_engine(lager_url)
    prepare_engine(engine)
    migrering.oppgrader(engine, lager=lager)


class _Mellom(dict[str, Any]):
    """Settings in which somebody else upgrades the first time that a migration lets others in."""

    andre: Any = None

    def __setitem__(self, navn: str, verdi: Any) -> None:
        super().__setitem__(navn, partial(self._slipp, verdi) if navn == "slipp" else verdi)

    def _slipp(self, slipp: Any) -> None:
        slipp()
        if self.andre is not None:
            driver, andre, self.andre = self["connection"].connection.driver_connection, self.andre, None
            driver.execute("COMMIT")
            andre()
            driver.execute("BEGIN IMMEDIATE")


@pytest.mark.bare_sqlite
def test_one_whose_step_another_took_meanwhile_goes_on_from_there(
    app: Flask, folk: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    fabrikk.sak(folk.nav1)
    db.session.remove()
    migrering.nedgrader(db.engine, "0028", lager=noekkellager.engine())
    urler, oppsett, forsoek = (str(db.engine.url), str(noekkellager.engine().url)), migrering.oppsett, []

    def andre() -> None:
        prosess = multiprocessing.get_context("fork").Process(target=_oppgrader, args=urler)
        prosess.start()
        prosess.join(60)
        forsoek.append(prosess.exitcode)

    def med_andre(*om: Any) -> Any:
        svar = oppsett(*om)
        svar.__dict__["attributes"] = attributes = _Mellom(svar.attributes)
        attributes.andre = None if forsoek else andre
        return svar

    monkeypatch.setattr(migrering, "oppsett", med_andre)
    migrering.oppgrader(db.engine, lager=noekkellager.engine())
    assert forsoek == [0]
    assert migrering.status(db.engine).gjeldende


def test_a_coordination_goes_with_its_tables_and_the_case_stays(app: Flask, folk: Any) -> None:
    sak = fabrikk.sak(folk.nav1)
    notat("nav1", samordning(sak, "nav1", "inkluderingskonsulent").id, "Vi snakkes", sak=sak)
    sak_id = sak.id
    db.session.remove()
    migrering.nedgrader(db.engine, "0018", lager=noekkellager.engine())
    migrering.oppgrader(db.engine, lager=noekkellager.engine())
    assert _raatt("SELECT id FROM sak") == [(sak_id,)]
    assert _raatt("SELECT (SELECT count(*) FROM samordning), (SELECT count(*) FROM samordningsnotat)") == [(0, 0)]


def test_a_plan_that_is_there_gets_its_bodies_and_demands_as_one_that_is_loaded(app: Flask, folk: Any) -> None:
    organene = "SELECT navn, tiltak_id FROM organ JOIN organ_tiltak ON organ_id = id ORDER BY navn, tiltak_id"
    kravene = "SELECT tiltak_id, slag, antall, per FROM plankrav ORDER BY tiltak_id"
    organer, krav_ = _raatt(organene), _raatt(kravene)
    with transaction():
        konto.endre_epost(fabrikk.bruker("tiltak1"), "a@b.no", av=fabrikk.bruker("tiltak1"))
        evaluering.lagre("6-1", i_dag().year, Vurderingsinnhold("Gjort"), versjon=0, av=fabrikk.bruker("tiltak1"))
    db.session.remove()
    migrering.nedgrader(db.engine, "0022", lager=noekkellager.engine())
    migrering.oppgrader(db.engine, lager=noekkellager.engine())
    assert len(organer) == 7
    assert (_raatt(organene), _raatt(kravene)) == (organer, krav_)
    assert _raatt("SELECT (SELECT count(*) FROM vurdering), (SELECT count(epost) FROM user_konto)") == [(0, 0)]
    assert _raatt("SELECT maaned, dag, foerste_aar FROM evalueringsvalg") == [(3, 1, i_dag().year)]


@pytest.mark.bare_sqlite  # that the tables come and go is tested on both
def test_what_was_entered_goes_with_its_tables_and_the_plans_own_figures_stay(app: Flask, folk: Any) -> None:
    with transaction():
        serier.foer("I20", Tall("2024", 12), sett=0, bekreftet=False, av=folk.koordinator1)
    foer = _raatt("SELECT id, verdi FROM indikator ORDER BY id")
    db.session.remove()
    migrering.nedgrader(db.engine, "0022", lager=noekkellager.engine())
    migrering.oppgrader(db.engine, lager=noekkellager.engine())
    assert _raatt("SELECT id, verdi FROM indikator ORDER BY id") == foer
    assert _raatt("SELECT (SELECT count(*) FROM serie), (SELECT count(*) FROM seriepunkt)") == [(0, 0)]


def test_a_right_counts_as_confirmed_the_day_it_was_given(app: Flask, folk: Any) -> None:
    with transaction():
        konto.bekreft_rolle(folk.nav2.rolletildelinger[0], av=folk.navleder1)
    gitt = _raatt("SELECT user_id, fra FROM rolletildeling ORDER BY user_id")
    db.session.remove()
    migrering.nedgrader(db.engine, "0019", lager=noekkellager.engine())
    migrering.oppgrader(db.engine, lager=noekkellager.engine())
    assert _raatt("SELECT user_id, bekreftet FROM rolletildeling ORDER BY user_id") == gitt
    assert _raatt("SELECT count(bekreftet_av_id) FROM rolletildeling") == [(0,)]


def test_a_session_from_before_was_begun_with_a_password(app: Flask, folk: Any) -> None:
    konto.start_okt(folk.nav1.id, enhetstype="test", metode=Metode.PASSKEY)
    faktor.demohemmelighet(folk.nav1, av=None)
    db.session.remove()
    migrering.nedgrader(db.engine, "0020", lager=noekkellager.engine())
    assert _raatt("SELECT enhetstype FROM okt") == [("test",)]
    migrering.oppgrader(db.engine, lager=noekkellager.engine())
    assert _raatt("SELECT metode, bevist = opprettet, (SELECT count(*) FROM totp) FROM okt") == [("passord", True, 0)]


def test_the_municipality_keeps_its_choices_when_it_may_name_an_office(app: Flask) -> None:
    foer = _raatt("SELECT navn, koblingsmodus FROM kommune")
    db.session.remove()
    migrering.nedgrader(db.engine, "0013", lager=noekkellager.engine())
    migrering.oppgrader(db.engine, lager=noekkellager.engine())
    assert _raatt("SELECT navn, koblingsmodus FROM kommune") == foer
    assert _raatt("SELECT personvern_kontor, personvern_epost, personvern_telefon FROM kommune") == [(None,) * 3]


def test_the_mode_that_an_older_program_does_not_know_is_switched_off_on_the_way_down(app: Flask, folk: Any) -> None:
    with transaction():
        kommune().koblingsmodus = Koblingsmodus.REFERANSE
    sak_id = fabrikk.sak(folk.nav1, kode=Koblingskode(koblingskode.ny())).id
    db.session.remove()
    migrering.nedgrader(db.engine, "0016", lager=noekkellager.engine())
    assert _raatt("SELECT koblingsmodus FROM kommune") == [("ingen",)]
    migrering.oppgrader(db.engine, lager=noekkellager.engine())
    assert _raatt("SELECT id, koblingskode, kodeindeks FROM sak") == [(sak_id, None, None)]
    assert _raatt("SELECT count(blindindeks) FROM barn") == [(1,)], "links stay"


def test_a_case_stays_when_requests_and_locks_come_and_go(app: Flask, folk: Any) -> None:
    sak_id = fabrikk.sak(folk.nav1).id
    with transaction():
        sak = db.session.get_one(Sak, sak_id)
        kravet = krav.registrer(sak, Kravslag.BEGRENSNING, i_dag(), av=fabrikk.bruker("nav1"))
        krav.begrens(kravet, sak, av=fabrikk.bruker("nav1"))
    db.session.remove()
    migrering.nedgrader(db.engine, "0017", lager=noekkellager.engine())
    assert _raatt("SELECT id FROM sak") == [(sak_id,)]
    migrering.oppgrader(db.engine, lager=noekkellager.engine())
    assert _raatt("SELECT count(*) FROM henvisning WHERE NOT sperret") == [(1,)]
    assert _raatt("SELECT begrenset FROM sak") == [(None,)]
    assert _raatt("SELECT count(*) FROM krav") == [(0,)]


def test_a_release_from_before_its_rules_were_kept_is_as_locked_as_the_others(app: Flask, folk: Any) -> None:
    bilde(folk)
    publisert(folk)
    db.session.remove()
    laast = "UPDATE publisering SET sha256 = 'x'", "UPDATE publisering SET regler = '{}'", "DELETE FROM publisering"
    migrering.nedgrader(db.engine, "0009", lager=noekkellager.engine())
    for sql in (laast[0], laast[2]):
        with pytest.raises(DBAPIError, match="never changes"), db.engine.begin() as connection:
            connection.execute(text(sql))
    migrering.oppgrader(db.engine, "0010", lager=noekkellager.engine())
    assert _raatt("SELECT nummer, regler FROM publisering") == [(1, None)]
    assert _raatt("SELECT sekunder FROM kommune") == [(300,)]
    for sql in laast:
        with pytest.raises(DBAPIError, match="never changes"), db.engine.begin() as connection:
            connection.execute(text(sql))
    migrering.oppgrader(db.engine, lager=noekkellager.engine())


def test_what_was_changed_of_an_authority_goes_with_its_table_and_the_list_stays(app: Flask, folk: Any) -> None:
    with transaction():
        ny = opprett_hjemmel(Hjemmelopplysninger("Prøve", date(2026, 1, 1), None), av=folk.system1)
        kode = ny.id
    db.session.remove()
    sql = f"SELECT tekst FROM hjemmel WHERE id = '{kode}'"  # noqa: S608 - a key of our own
    migrering.nedgrader(db.engine, "0014", lager=noekkellager.engine())
    assert "hjemmelendring" not in inspect(db.engine).get_table_names()
    assert _raatt(sql) == [("Prøve",)]
    migrering.oppgrader(db.engine, lager=noekkellager.engine())
    assert _raatt(sql) == [("Prøve",)]
    assert _raatt("SELECT count(*) FROM hjemmelendring") == [(0,)]


_TEKSTER = (
    ("Fotballgruppa nord", "Fotballgruppa nord"),
    ("  skØyteklubben  ØST", "Skøyteklubben øst"),
    ("Korpset", None),  # two clubs have the name: which of them is meant, nobody knows
    ("Kulturskolen", None),
)
"""What stood as text, and the club that it is linked to."""


def _med_tekst(folk: Any) -> None:
    """An offer and a visit for each of the texts, and then the clubs."""
    for nr, (tekst, _) in enumerate(_TEKSTER):
        fabrikk.tilbud(folk.inkludering1, navn=f"Nr. {nr}", arrangoertekst=tekst)
        felt = {"enhet_id": "inkluderingskonsulent", "tema": Besoekstema.ANNET, "foert_av": folk.inkludering1.id}
        with transaction():
            db.session.add(Klubbesoek(id=70 + nr, dag=date(2026, 1, 5), lagtekst=tekst, **felt))
    for nr, navn in enumerate(("Fotballgruppa nord", "Skøyteklubben øst", "Korpset", "KORPSET"), 1):
        penger.lag(folk.inkludering1, nr, navn=navn)
    db.session.remove()


def _raatt(sql: str) -> list[tuple[Any, ...]]:
    with db.engine.connect() as connection:
        return [tuple(rad) for rad in connection.execute(text(sql))]


def test_the_plan_that_is_loaded_becomes_its_first_version(app: Flask) -> None:
    lastet = fra_innhold(db.session.scalars(select(Planversjon.innhold)).one())
    db.session.remove()
    migrering.nedgrader(db.engine, "0022", lager=noekkellager.engine())
    assert _raatt("SELECT count(*) FROM tiltak") == [(40,)]
    migrering.oppgrader(db.engine, lager=noekkellager.engine())
    innhold, sum_, nr = db.session.execute(select(Planversjon.innhold, Planversjon.sjekksum, Planversjon.nr)).one()
    assert (sum_, nr) == (sjekksum(innhold), 1)
    assert forskjell(lastet, fra_innhold(innhold), {}) == ()


def test_text_that_is_a_clubs_name_becomes_the_club_and_text_again(app: Flask, folk: Any) -> None:
    _med_tekst(folk)
    foer = ("SELECT navn, arrangoer FROM tilbud ORDER BY navn", "SELECT id, lag FROM klubbesoek ORDER BY id")
    migrering.nedgrader(db.engine, "0008", lager=noekkellager.engine())
    assert [[tekst for _, tekst in _raatt(sql)] for sql in foer] == [[tekst for tekst, _ in _TEKSTER]] * 2
    migrering.oppgrader(db.engine, "0009", lager=noekkellager.engine())
    for tabell, kolonne, orden in (("tilbud", "arrangoer", "navn"), ("klubbesoek", "lag", "id")):
        sql = f"SELECT t.{kolonne}, lag.navn FROM {tabell} t LEFT JOIN lag ON lag.id = t.lag_id ORDER BY t.{orden}"  # noqa: S608 - names of this test
        assert _raatt(sql) == [(None if navn else tekst, navn) for tekst, navn in _TEKSTER], tabell
    migrering.nedgrader(db.engine, "0008", lager=noekkellager.engine())
    assert [[tekst for _, tekst in _raatt(sql)] for sql in foer] == [[navn or tekst for tekst, navn in _TEKSTER]] * 2
    migrering.oppgrader(db.engine, lager=noekkellager.engine())


def test_wrapped_keys_move_to_the_key_store_and_back(app: Flask, folk: Any) -> None:
    sak_id = fabrikk.sak(folk.nav1, egen_referanse="NAV 1").id
    laan, mistet = (fabrikk.utlaan(folk.fretex1, en)[0].id for en in fabrikk.utstyr(folk.fretex1, antall=2))
    with noekkellager.engine().begin() as connection:
        connection.execute(delete(noekkel).where(noekkel.c.rad == mistet))
    db.session.remove()
    migrering.nedgrader(db.engine, "0010", lager=noekkellager.engine())
    assert _raatt("SELECT count(*) FROM sak WHERE noekkel IS NOT NULL") == [(1,)]
    assert _raatt("SELECT id FROM utlaan WHERE telefon IS NOT NULL") == [(laan,)]  # nobody can open the other
    assert inspect(noekkellager.engine()).get_table_names(schema=_lagerskjema()) == []
    migrering.oppgrader(db.engine, "0011", lager=noekkellager.engine())
    assert "noekkel" not in {k["name"] for t in ("sak", "utlaan") for k in inspect(db.engine).get_columns(t)}
    migrering.oppgrader(db.engine, lager=noekkellager.engine())
    assert les_egen_referanse(db.session.get_one(Sak, sak_id)) == "NAV 1"
    assert les_telefon(db.session.get_one(Utlaan, laan)) == "41234567"
    assert les_telefon(db.session.get_one(Utlaan, mistet)) is None


def _lagerskjema() -> str | None:
    return "noekkellager" if noekkellager.engine().dialect.name == "postgresql" else None


def test_the_log_from_before_its_seal_is_kept_and_locked(app: Flask) -> None:
    tell = "SELECT count(*), max(id) FROM innsynslogg"
    (foer,) = _raatt(tell)
    assert foer[0] > 0
    endre = "UPDATE innsynslogg SET detalj = detalj"
    migrering.nedgrader(db.engine, "0011", lager=noekkellager.engine())
    with db.engine.begin() as connection:
        connection.execute(text(endre))
    migrering.oppgrader(db.engine, lager=noekkellager.engine())
    assert _raatt(tell) == [foer]
    for sql in (endre, "DELETE FROM innsynslogg"):
        with pytest.raises(DBAPIError, match="only added to"), db.engine.begin() as connection:
            connection.execute(text(sql))


def test_the_cases_stand_as_they_were_and_are_held_by_nobody(app: Flask, folk: Any) -> None:
    fabrikk.sak(folk.nav1, egen_referanse="NAV 1")
    foer = _raatt("SELECT id, referanse, egen_referanse FROM sak")
    db.session.remove()
    migrering.nedgrader(db.engine, "0015", lager=noekkellager.engine())
    migrering.oppgrader(db.engine, lager=noekkellager.engine())
    assert _raatt("SELECT id, referanse, egen_referanse FROM sak") == foer
    assert _raatt("SELECT holdes_til, holdegrunn, holdetekst, arkivert FROM sak") == [(None,) * 4]
    assert _raatt("SELECT sak_maaneder FROM kommune") == [(24,)]
