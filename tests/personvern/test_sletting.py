"""Forgetting: which cases go, which stay and why, what is kept of them, and what a stop or a backup leaves."""

import json
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Sequence
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import event, func, select

from koordinering import crypto, noekkellager, signatur
from koordinering.app import _HVER_TIME, create_app
from koordinering.audit import Hva, Innslag
from koordinering.config import Config
from koordinering.db import OSLO, db, i_dag, metadata, now, transaction
from koordinering.errors import IngenTilgang, KoordineringError, UgyldigFelt
from koordinering.konto.models import BevartArbeid
from koordinering.konto.services import bevar_arbeid
from koordinering.noekkellager.lager import noekkel, slettet
from koordinering.noekkellager.sletting import Noekkelsletting
from koordinering.personvern.krav import services as krav
from koordinering.personvern.krav.rules.frist import Kravslag
from koordinering.personvern.sletting import queries
from koordinering.personvern.sletting.rules import slettes_fra, trekk_fra
from koordinering.personvern.sletting.services import arkiver, gjenta_slettinger, saker, slett_forfalte
from koordinering.saker.models import Barn, Hendelse, Henvisning, Sak, Sakshendelse
from koordinering.saker.rules.behov import JaNeiVetIkke
from koordinering.saker.rules.innboks import Aapningsgrunn
from koordinering.saker.rules.tilbakehold import Holdegrunn
from koordinering.saker.services import hold_tilbake, overlever, slipp
from koordinering.statistikk.services import lag_bilde
from koordinering.tildeling import services
from koordinering.tildeling.models import Forslagslinje, Tildeling
from koordinering.tildeling.services import forslag
from koordinering.tiltak.models import Tiltak
from koordinering.users import Enhet, User, kommune
from tests import fabrikk, penger
from tests.arkitektur.test_sporringer import Teller
from tests.conftest import inne_i
from tests.kapasitet.sjekk import alle_slag_gaar_opp
from tests.nettleser import Nettleser
from tests.personvern.gamle import eldes, finnes, gammel_sak, som_enkeltvedtak
from tests.personvern.kopi import hent_tilbake, kopier
from tests.personvern.test_segl_drift import kjoer
from tests.tildeling.gjoer import gjoer, ta_imot
from tests.tjener import miljo

DAGER = st.dates(date(2024, 1, 1), date(2031, 12, 31))


@given(siste=DAGER, maaneder=st.integers(1, 120))
def test_a_case_goes_on_the_first_day_that_whole_months_are_past(siste: date, maaneder: int) -> None:
    fra = slettes_fra(siste, maaneder)
    assert trekk_fra(fra, maaneder) > siste
    assert trekk_fra(fra - timedelta(days=1), maaneder) <= siste


# --- Which cases go ----------------------------------------------------------------------------------------


def _antall(hva: Hva) -> int:
    return db.session.scalar(select(func.count()).where(Innslag.hva == hva)) or 0


def _hold(sak_id: int, til: date, av: User, grunn: Holdegrunn = Holdegrunn.KLAGE, tekst: str | None = None) -> None:
    with transaction():
        hold_tilbake(db.session.get_one(Sak, sak_id), grunn, til, fritekst=tekst, av=db.session.get_one(User, av.id))


def _holdt_til_i_gaar(sak_id: int, av: User, *hvorfor: Any) -> None:
    _hold(sak_id, i_dag() + timedelta(days=1), av, *hvorfor)
    with transaction():
        db.session.get_one(Sak, sak_id).holdes_til = i_dag() - timedelta(days=1)


def test_closed_cases_go_when_their_time_has_come_and_nothing_else_does(app: Flask, folk: Any) -> None:
    nok = (i_dag() - trekk_fra(i_dag(), kommune().sak_maaneder)).days + 1
    gaar = {gammel_sak(folk.nav1, nok), gammel_sak(folk.helse1), gammel_sak(folk.nav1, utkast=True, tiltak=[])}
    overlevert = gammel_sak(folk.nav1)
    with transaction():  # who has it is not something that happened to the family
        overlever(db.session.get_one(Sak, overlevert), fabrikk.bruker("nav2").id, av=fabrikk.bruker("nav1"))
    gaar.add(overlevert)
    blir = {gammel_sak(folk.nav1, nok - 2), gammel_sak(folk.nav1, tiltak=[("4a-3", 0)])}  # young; and still open
    nylig = gammel_sak(folk.nav1)
    with transaction():
        db.session.add(Sakshendelse(sak_id=nylig, slag="rettet", felt="behov"))
    blir |= {nylig, holdt := gammel_sak(folk.nav1)}
    _hold(holdt, i_dag() + timedelta(days=1), folk.nav1)
    gaar.add(omme := gammel_sak(folk.nav1))
    _holdt_til_i_gaar(omme, folk.nav1)
    assert slett_forfalte() == 5
    assert finnes() == blir
    assert _antall(Hva.SAK_UTLOEPT) == 5
    assert not gaar & finnes()
    with transaction():
        slipp(db.session.get_one(Sak, holdt), av=fabrikk.bruker("nav1"))
    assert (slett_forfalte(), holdt in finnes()) == (1, False)  # its time did not start anew
    assert slett_forfalte() == 0


BEHOLDES = ("plass", "tilsagn", "postering", "budsjett", "oeyeblikksbilde")


def _alt_av(tabeller: Sequence[str]) -> list[Any]:
    """Every row of these tables."""
    db.session.rollback()
    valgte = [metadata.tables[navn] for navn in tabeller]
    return [db.session.execute(select(tabell).order_by(*tabell.primary_key)).all() for tabell in valgte]


def test_what_was_given_comes_back_and_the_money_and_the_counts_stay(app: Flask, folk: Any) -> None:
    """A place that was ended, a commitment that was let go, a proposal, and a frozen count."""
    tilbudet = fabrikk.tilbud(folk.inkludering1, antall=2)
    familie = fabrikk.sak(folk.nav1, barna=[fabrikk.barn(), fabrikk.barn()], tiltak=[("4a-3", 0), ("4a-3", 1)])
    sak_id, plass, midler = familie.id, ta_imot(familie, folk.inkludering1), ta_imot(familie, folk.inkludering1, 1)
    with transaction():
        i_koe = db.session.get_one(Henvisning, plass.id)
        forslag.lag_forslag(tilbudet.tiltak, [i_koe.id], {tilbudet.id: 1}, None, av=fabrikk.bruker("inkludering1"))
    gjoer(services.gi, plass, tilbudet, av=folk.inkludering1)
    gjoer(services.bekreft_start, plass, av=folk.inkludering1)
    budsjettet, laget = penger.budsjett(folk.inkludering1), penger.lag(folk.inkludering1)
    penger.gjoer(services.gi_midler, midler, budsjettet, laget, 200_000, av=folk.inkludering1)
    eldes(sak_id, 900)
    assert slett_forfalte() == 0  # what is given is still in use
    gjoer(services.avslutt, plass, "fullfoert", JaNeiVetIkke.JA, av=folk.inkludering1)
    gjoer(services.avslutt, midler, "avbrutt", JaNeiVetIkke.NEI, av=folk.inkludering1)
    eldes(sak_id, 900)
    lag_bilde(i_dag().year, i_dag(), av=None)
    foer = _alt_av(BEHOLDES)
    assert all(foer), "there is something to keep of each"
    assert slett_forfalte() == 1
    assert _alt_av(BEHOLDES) == foer
    for modell in (Sak, Henvisning, Barn, Tildeling, Forslagslinje):
        assert db.session.scalar(select(func.count()).select_from(modell)) == 0, modell.__name__
    alle_slag_gaar_opp()


def test_nothing_in_the_log_leads_back_to_a_family(app: Flask, folk: Any) -> None:
    sak_id = gammel_sak(folk.nav1, egen_referanse="NAV 77-1", barna=[fabrikk.barn(nummer=fabrikk.NUMRE[0])])
    sak = db.session.get_one(Sak, sak_id)
    fabrikk.grunn(fabrikk.bruker("nav2"), sak, Aapningsgrunn.ANNET, "Ringte om sko")
    spor = [sak.referanse, "NAV 77-1", "Ringte om sko", sak.barn[0].blindindeks]
    assert bevar_arbeid(folk.nav1.id, f"/saker/{sak_id}/rett", [("egen_referanse", "NAV 77-1")])
    assert bevar_arbeid(folk.nav1.id, "/saker/ny", [("egen_referanse", "en annen")])
    assert slett_forfalte() == 1
    db.session.rollback()
    for linje in db.session.execute(select(metadata.tables["innsynslogg"])):
        assert not [verdi for verdi in linje for s in spor if str(s) in str(verdi)], linje
    assert db.session.scalars(select(BevartArbeid.sti)).all() == ["/saker/ny"]
    # the random id stands in the log, and nowhere else is anything it could be looked up in
    andre = [t for t in metadata.sorted_tables if t.name not in {"innsynslogg", "loggsegl"}]
    for tabell in andre:
        assert not [rad for rad in db.session.execute(select(tabell)) if sak_id in rad], tabell.name


# --- Backups and files -------------------------------------------------------------------------------------


def _spor(sak_id: int) -> dict[str, bytes]:
    """What would tell of the case, as it stands in the files."""
    rad = db.session.execute(select(metadata.tables["sak"]).where(Sak.id == sak_id)).one()._mapping
    with noekkellager.engine().connect() as connection:
        innpakket = connection.scalar(select(noekkel.c.innpakket).where(noekkel.c.rad == sak_id))
    indeks = db.session.scalars(select(Barn.blindindeks).where(Barn.sak_id == sak_id)).one()
    db.session.rollback()
    assert innpakket
    assert indeks
    return {
        "referanse": rad["referanse"].encode(),
        "egen referanse": rad["egen_referanse"],
        "hold": rad["holdetekst"],
        "indeks": indeks,
        "nøkkel": innpakket,
    }


def _i_filene(mappe: Path, spor: dict[str, bytes]) -> set[str]:
    innhold = [fil.read_bytes() for fil in mappe.rglob("*") if fil.is_file()]
    return {navn for navn, verdi in spor.items() if any(verdi in en for en in innhold)}


@pytest.mark.bare_sqlite
@pytest.mark.egen_app
def test_the_files_forget_and_a_restored_backup_does_not_open_and_forgets_again(
    app: Flask, config: Config, folk: Any, tmp_path: Path
) -> None:
    barn = [fabrikk.barn(nummer=fabrikk.NUMRE[0])]
    sak_id = gammel_sak(folk.nav1, egen_referanse="NAV 77-1", barna=barn)
    annen = gammel_sak(folk.nav1, 10, egen_referanse="NAV 78-2")
    _holdt_til_i_gaar(sak_id, folk.nav1, Holdegrunn.ANNET, "Nabokommunen ringer")
    spor = _spor(sak_id)
    assert _i_filene(config.data, spor) == set(spor)  # they can be found where they are
    assert _i_filene(config.data, {"a": b"NAV 77-1", "b": b"Nabokommunen"}) == set()
    kopier(config.data, tmp_path / "kopi")
    assert slett_forfalte() == 1
    db.session.remove()
    assert _i_filene(config.data, spor) == set()  # with everything still open, the logs too
    hent_tilbake(tmp_path / "kopi", config.data)
    assert {"referanse", "egen referanse", "indeks"} <= _i_filene(config.data, spor)
    with closing(sqlite3.connect(config.data / "koordinering.sqlite3")) as base:
        (kryptert,) = base.execute("SELECT egen_referanse FROM sak WHERE id = ?", (sak_id,)).fetchone()
    assert kryptert == spor["egen referanse"]
    assert noekkellager.hent(crypto.SAK, [sak_id]) == {}  # nothing opens it
    noekkellager.lukk()
    with inne_i(create_app(config)):
        assert finnes() == {annen}
        detaljer = select(Innslag.detalj).where(Innslag.hva == Hva.SAK_UTLOEPT)
        assert db.session.scalars(detaljer).all() == ["gjenoppretting"]
        db.session.remove()
        assert _i_filene(config.data, spor) == set()
        assert kjoer(config, "retention", "etter-gjenoppretting")[0] == 0


def test_what_the_key_store_knows_is_deleted_goes_at_the_next_start(app: Flask, config: Config, folk: Any) -> None:
    """As after a restore: the case is there, and the list says that it should not be."""
    fortsatt = fabrikk.sak(folk.nav1, egen_referanse="NAV 1").id  # open, held by nobody: the list alone decides
    annen = fabrikk.sak(folk.nav1).id
    db.session.rollback()
    with noekkellager.engine().begin() as connection:
        connection.execute(slettet.insert().values(tabell=crypto.SAK, rad=fortsatt, tid=now()))
    assert gjenta_slettinger in _HVER_TIME, "and once an hour, if it is restored while the service runs"
    db.session.remove()
    with inne_i(create_app(config)):
        assert finnes() == {annen}
        assert noekkellager.hent(crypto.SAK, [fortsatt]) == {}
        assert gjenta_slettinger() == 0
    crypto.ta_i_bruk(config.kilde.les(), config.kilde)


class _StoppError(BaseException):
    """The process is gone."""


def _stopp_etter(antall: int, arbeid: Any) -> bool:
    """Stop at a commit, before it: the nth of the two databases together; whether it came so far."""
    igjen = antall

    def tell(_: Any) -> None:
        nonlocal igjen
        igjen -= 1
        if igjen == 0:
            raise _StoppError

    engines = (db.engine, noekkellager.engine())
    for engine in engines:
        event.listen(engine, "commit", tell)
    try:
        arbeid()
    except _StoppError:
        return True
    finally:
        for engine in engines:
            event.remove(engine, "commit", tell)
        db.session.rollback()
    return False


def test_stopped_anywhere_it_goes_on(folk: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each moment once, on the rests of the moment before: every commit of either database is one."""
    monkeypatch.setattr(saker, "OM_GANGEN", 2)
    alle = {gammel_sak(folk.nav1, egen_referanse=f"NAV {nr}") for nr in range(9)}
    ung = gammel_sak(folk.nav1, 10, egen_referanse="NAV 10")
    moment = 0
    while _stopp_etter(moment := moment + 1, slett_forfalte):
        nye = gammel_sak(folk.nav1, egen_referanse="NAV 11")  # there is always something left to stop in
        alle.add(nye)
        assert moment < 40
    assert moment > 8
    assert (slett_forfalte(), finnes()) == (0, {ung})
    with noekkellager.engine().connect() as connection:
        assert set(connection.scalars(select(noekkel.c.rad))) == {ung}
    assert noekkellager.slettede(crypto.SAK, alle) == alle
    assert db.session.scalars(select(Noekkelsletting)).all() == []
    gjelder = db.session.scalars(select(Innslag.gjelder_id).where(Innslag.hva == Hva.SAK_UTLOEPT)).all()
    assert (len(gjelder), set(gjelder)) == (len(alle), alle)  # each once


_DREP = """
import os, signal
from sqlalchemy import event
from koordinering import noekkellager
from koordinering.app import create_app
from koordinering.config import les_config
from koordinering.db import db
from koordinering.personvern.sletting.services import saker

saker.OM_GANGEN = 2
igjen = {antall}

def drep(*_):
    global igjen
    igjen -= 1
    if igjen == 0:
        os.kill(os.getpid(), signal.SIGKILL)

with create_app(les_config(os.environ)).app_context():
    for engine in (db.engine, noekkellager.engine()):
        event.listen(engine, "commit", drep)
    saker.slett_forfalte()
"""


@pytest.mark.bare_sqlite
@pytest.mark.parametrize("antall", [3, 7])
def test_killed_it_goes_on(config: Config, folk: Any, antall: int) -> None:
    """A process that is killed: when a key is about to go, and in the middle of the cases."""
    alle = {gammel_sak(folk.nav1, egen_referanse=f"NAV {nr}") for nr in range(6)}
    db.session.remove()
    kode = _DREP.format(antall=antall)
    doed = subprocess.run([sys.executable, "-c", kode], env=miljo(config, 8000), check=False, capture_output=True)  # noqa: S603 - our own interpreter and text
    assert doed.returncode == -signal.SIGKILL, doed.stderr.decode()[-2000:]
    igjen = finnes()
    assert igjen < alle
    assert (slett_forfalte(), finnes()) == (len(igjen), set())
    assert noekkellager.slettede(crypto.SAK, alle) == alle
    assert _antall(Hva.SAK_UTLOEPT) == len(alle)


def test_two_at_once_share_the_work(app: Flask, folk: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(saker, "OM_GANGEN", 2)
    alle = {gammel_sak(folk.nav1) for _ in range(12)}
    db.session.remove()
    klare, slettet = threading.Barrier(2), []

    def en() -> None:
        with app.app_context():
            klare.wait()
            slettet.append(slett_forfalte())
            db.session.remove()

    traader = [threading.Thread(target=en) for _ in range(2)]
    for traad in traader:
        traad.start()
    for traad in traader:
        traad.join()
    assert len(slettet) == 2
    assert sum(slettet) + slett_forfalte() == len(alle)
    assert (finnes(), _antall(Hva.SAK_UTLOEPT)) == (set(), len(alle))


# --- The archive -------------------------------------------------------------------------------------------


def _avslaatt(folk: Any, **felt: Any) -> int:
    """A family that was refused a place, long ago."""
    sak = fabrikk.sak(folk.nav1, **felt)
    sak_id, henvisning = sak.id, ta_imot(sak, folk.inkludering1)
    gjoer(services.avslaa, henvisning, "ingen_kapasitet", av=folk.inkludering1)
    eldes(sak_id, 900)
    return sak_id


def test_a_decision_is_written_for_the_archive_before_its_case_goes(app: Flask, folk: Any, tmp_path: Path) -> None:
    som_enkeltvedtak("4a-3")
    sak_id = _avslaatt(folk, egen_referanse="NAV 77-1", barna=[fabrikk.barn(2015)])
    referanse, uten = db.session.get_one(Sak, sak_id).referanse, gammel_sak(folk.nav1)
    assert (slett_forfalte(), finnes()) == (1, {sak_id})
    assert uten not in finnes()
    fil = tmp_path / "vedtak.jsonl"
    assert arkiver(fil) == 1
    (linje,) = [json.loads(linje) for linje in fil.read_text().splitlines()]
    avslag = db.session.scalars(select(Hendelse).where(Hendelse.til == "avslaatt")).one()
    assert linje == {
        "id": avslag.id,
        "sak": referanse,
        "enhet": "NAV Lillehammer",
        "egen_referanse": "NAV 77-1",
        "tiltak": "4a-3",
        "tiltakets_navn": db.session.get_one(Tiltak, "4a-3").navn,
        "vedtak": "Avslått",
        "dato": avslag.tid.astimezone(OSLO).date().isoformat(),
        "vedtatt_av": db.session.get_one(Enhet, "inkluderingskonsulent").navn,
    }
    assert ("2015" in fil.read_text(), fil.stat().st_mode & 0o077) == (False, 0)
    assert _antall(Hva.VEDTAK_ARKIVERT) == 1
    assert (arkiver(tmp_path / "igjen.jsonl"), (tmp_path / "igjen.jsonl").exists()) == (0, False)


def test_what_happens_after_the_file_was_written_comes_in_the_next(folk: Any, tmp_path: Path) -> None:
    som_enkeltvedtak("4a-3")
    sak_id, fil = _avslaatt(folk), tmp_path / "vedtak.jsonl"
    assert arkiver(fil) == 1
    with transaction():  # something happened after: the file may lack it
        db.session.add(Sakshendelse(sak_id=sak_id, slag="rettet", felt="behov"))
        sak = db.session.get_one(Sak, sak_id)
        sak.arkivert = (sak.arkivert or now()) - timedelta(days=800)
    eldes(sak_id, 795)
    assert (slett_forfalte(), finnes()) == (0, {sak_id})
    with pytest.raises(KoordineringError, match="finnes"):
        arkiver(fil)
    assert len(fil.read_text().splitlines()) == 1
    assert (arkiver(tmp_path / "ny.jsonl"), slett_forfalte(), finnes()) == (1, 1, set())


def test_a_grant_that_was_undone_is_no_decision(folk: Any, tmp_path: Path) -> None:
    som_enkeltvedtak("4a-3")
    tilbudet = fabrikk.tilbud(folk.inkludering1)
    sak = fabrikk.sak(folk.nav1)
    sak_id, henvisning = sak.id, ta_imot(sak, folk.inkludering1)
    gjoer(services.gi, henvisning, tilbudet, av=folk.inkludering1)
    gjoer(services.angre, henvisning, av=folk.inkludering1)
    gjoer(services.avslaa, henvisning, "ingen_kapasitet", av=folk.inkludering1)
    eldes(sak_id, 900)
    assert arkiver(tmp_path / "vedtak.jsonl") == 1
    assert "Avslått" in (tmp_path / "vedtak.jsonl").read_text()


def test_the_command_tells_first_and_then_does_it(app: Flask, config: Config, folk: Any, tmp_path: Path) -> None:
    som_enkeltvedtak("4a-3")
    sak_id, borte = _avslaatt(folk), gammel_sak(folk.nav1)
    snart = gammel_sak(folk.helse1, (i_dag() - trekk_fra(i_dag(), 24)).days - 5)
    referanser = db.session.scalars(select(Sak.referanse)).all()
    signatur.lag_noekkel(config.loggnoekkel)
    db.session.remove()  # a reader would keep SQLite's log from being emptied
    kode, tekst = kjoer(config, "retention", "run", "--dry-run")
    assert (kode, finnes()) == (0, {sak_id, borte, snart})
    linjer = {linje.split()[0]: linje.split()[-4:] for linje in tekst.splitlines() if linje[:1].isalpha()}
    assert linjer["Nav"] == ["1", "1", "0", "0"]
    assert ["0", "0", "0", "1"] in linjer.values()
    assert not [r for r in referanser if r in tekst], "those who run the installation see no case"
    kode, tekst = kjoer(config, "retention", "run", "--uten-logg")
    assert (kode, "Slettet 1 saker" in tekst, "må til arkivet først" in tekst) == (0, True, True)
    kode, tekst = kjoer(config, "retention", "run", "--arkiv", str(tmp_path / "arkiv"))
    assert (kode, "Skrev 1 vedtak" in tekst, finnes()) == (0, True, {snart}), tekst
    assert len(list((tmp_path / "arkiv").iterdir())) == 1
    assert kjoer(config, "kommune", "sett", "--sak-maaneder", "12")[0] == 0
    assert kjoer(config, "retention", "run")[0] == 0
    assert finnes() == set()


# --- The warning list, and holding back --------------------------------------------------------------------


def test_the_unit_sees_what_goes_within_a_month_and_holds_it_back(folk: Any, nettleser: Nettleser) -> None:
    nok = (i_dag() - trekk_fra(i_dag(), 24)).days
    snart, senere = gammel_sak(folk.nav1, nok - 20), gammel_sak(folk.nav1, nok - 45)
    referanse, annen = (db.session.get_one(Sak, nr).referanse for nr in (snart, senere))
    for hvem in (folk.nav1, folk.navleder1):
        html = nettleser.som(hvem).se("/saker/slettes").get_data(as_text=True)
        assert (referanse in html, annen in html) == (True, False)
        assert "Natt til" in html
    assert referanse not in nettleser.som(folk.helseleder1).se("/saker/slettes").get_data(as_text=True)
    assert nettleser.som(folk.ombud1).se("/saker/slettes").status_code == 404


def test_a_case_whose_time_is_past_says_what_it_waits_for_and_no_night_that_has_been(
    folk: Any, nettleser: Nettleser
) -> None:
    """Due tonight, its decision not in the archive, or the family asks for something; the last night is to come."""
    nok = (i_dag() - trekk_fra(i_dag(), 24)).days
    som_enkeltvedtak("4a-3")
    moden, krevd, kommer = (gammel_sak(folk.nav1, nok + over) for over in (40, 7, -2))
    vedtatt = _avslaatt(folk)
    with transaction():
        sak, av = db.session.get_one(Sak, krevd), db.session.get_one(User, folk.nav1.id)
        krav.registrer(sak, Kravslag.INNSYN, i_dag(), av=av)
    html = nettleser.som(folk.nav1).se("/saker/slettes").get_data(as_text=True)
    for sak_id, dager, sagt in (
        (moden, nok + 40, "Fristen var {}. Slettes neste gang slettingen kjøres, til vanlig i natt."),
        (vedtatt, 900, "Fristen var {}. Vedtakene må til arkivet først."),
        (krevd, nok + 7, "Fristen var {}. Et krav fra familien er ikke besvart."),
        (kommer, nok - 2, "Natt til {} eller senere"),
    ):
        rad = html.split(f"/saker/{sak_id}", 1)[1].split("</tr>", 1)[0]
        assert sagt.format(slettes_fra(i_dag() - timedelta(days=dager), 24).strftime("%d.%m.%Y")) in rad
    assert html.count("Natt til") == 1


def test_a_case_is_held_back_with_a_reason_and_let_go(folk: Any, nettleser: Nettleser) -> None:
    nok = (i_dag() - trekk_fra(i_dag(), 24)).days
    snart, side = gammel_sak(folk.nav1, nok - 20), nettleser.som(folk.nav1)
    sti, til = f"/saker/{snart}/hold", (i_dag() + timedelta(days=90)).strftime("%d.%m.%Y")
    for galt, ord_ in (
        ({"grunn": "", "til": til}, "Velg en grunn."),
        ({"grunn": "annet", "til": til}, "Skriv kort hvorfor saken holdes tilbake."),
        ({"grunn": "annet", "til": til, "fritekst": "Ring 41 23 45 67"}, "telefonnummer"),
        ({"grunn": "klage", "til": til, "fritekst": "en forklaring"}, "bare skrive tekst"),
        ({"grunn": "klage", "til": "i morgen"}, "dd.mm.åååå"),
        ({"grunn": "klage", "til": i_dag().strftime("%d.%m.%Y")}, "fram i tid"),
    ):
        svar = side.send(sti, galt)
        assert (svar.status_code, ord_ in svar.get_data(as_text=True)) == (422, True), galt
    assert side.send(sti, {"grunn": "annet", "til": til, "fritekst": "Venter på tilsynet"}).status_code == 303
    html = side.se(f"/saker/{snart}").get_data(as_text=True)
    assert f"Saken holdes tilbake til og med {til}: Annet." in html
    assert "Venter på tilsynet" in html
    assert "Venter på tilsynet" in side.se(sti).get_data(as_text=True)
    assert f"Holdes til og med {til}" in side.se("/saker/slettes").get_data(as_text=True)
    assert side.send(f"/saker/{snart}/slipp").status_code == 303
    assert side.send(f"/saker/{snart}/slipp").status_code == 303  # a second click
    db.session.rollback()
    slag = db.session.scalars(select(Sakshendelse.slag).where(Sakshendelse.sak_id == snart)).all()
    assert sorted(slag) == ["holdt", "registrert", "sluppet"]
    assert (_antall(Hva.SAK_HOLDT), _antall(Hva.SAK_SLUPPET)) == (1, 1)
    sak = db.session.get_one(Sak, snart)
    assert (sak.holdes_til, sak.holdegrunn, sak.holdetekst) == (None, None, None)


def test_another_unit_holds_nothing_and_a_health_unit_writes_no_text(folk: Any, nettleser: Nettleser) -> None:
    navs, helse = gammel_sak(folk.nav1), gammel_sak(folk.helse1)
    om_litt = i_dag() + timedelta(days=30)
    with pytest.raises(IngenTilgang):
        _hold(navs, om_litt, folk.helse1)
    with pytest.raises(IngenTilgang):
        _hold(navs, om_litt, folk.system1)
    with pytest.raises(UgyldigFelt, match="fri tekst"):
        _hold(helse, om_litt, folk.helse1, Holdegrunn.ANNET, "noe")
    html = nettleser.som(folk.helse1).se(f"/saker/{helse}/hold").get_data(as_text=True)
    assert ('value="annet"' in html, 'name="fritekst"' in html, 'value="klage"' in html) == (False, False, True)


@pytest.mark.bare_sqlite
def test_the_list_is_leafed_through_in_the_database(app: Flask, folk: Any) -> None:
    ider = [gammel_sak(folk.nav1, 900 - nr) for nr in range(2)]
    to = Teller(app).sporringer("nav1", "/saker/slettes")
    ider += [gammel_sak(folk.nav1, 900 - nr) for nr in range(2, 27)]
    assert Teller(app).sporringer("nav1", "/saker/slettes") == to
    foerste = queries.snart(folk.nav1)
    assert [linje.sak.id for linje in foerste.rader] == ider[:25]
    assert (foerste.antall, foerste.rader[0].holdt) == (27, False)
    assert [linje.sak.id for linje in queries.snart(folk.nav1, foerste.neste or "").rader] == ider[25:]
