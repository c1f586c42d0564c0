"""The seal at work: on both databases, through the command line, stopped halfway, and with a role that may only add."""

import csv
import io
import json
import os
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, redirect_stderr, redirect_stdout
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from unittest import mock

import psycopg
import pytest
from flask import Flask
from sqlalchemy import delete, func, insert, select, text, update
from sqlalchemy.exc import DBAPIError, ProgrammingError

from koordinering import audit, noekkellager, rettigheter, signatur
from koordinering.app import create_app
from koordinering.audit import Hva, Innslag, Ting
from koordinering.cli.hoved import main
from koordinering.config import Config
from koordinering.db import OSLO, db, i_dag, now, own_transaction
from koordinering.errors import ConfigError, KoordineringError
from koordinering.personvern.segl import rules
from koordinering.personvern.segl.models import Loggsegl
from koordinering.personvern.segl.rules import Funnslag
from koordinering.personvern.segl.services import HodeneErSkadet, Loggsted, forsegl, hoder, kontroller, utloep
from tests.loggen import laas_opp
from tests.tjener import miljo

SAK = 4_111_111_111_111_111_111


def linje(antall: int = 1, *, siden: timedelta = timedelta(0)) -> None:
    """Lines of the log, as old as told."""
    with own_transaction() as session:
        felt = {"hva": Hva.SAK_LEST, "roller": "henviser", "gjelder": "sak", "gjelder_id": SAK}
        session.execute(insert(Innslag), [{"tid": now() - siden, **felt} for _ in range(antall)])


def funn(sted: Loggsted) -> list[Funnslag]:
    """What the verification finds."""
    svar = [f.slag for f in kontroller(db.session(), sted).funn]
    db.session.rollback()
    return svar


def antall(modell: type[Innslag] | type[Loggsegl]) -> int:
    """Rows of a table."""
    db.session.rollback()
    rader = db.session.scalar(select(func.count()).select_from(modell)) or 0
    db.session.rollback()  # TRUNCATE would wait for us
    return rader


def test_each_line_is_sealed_once_in_order(sted: Loggsted) -> None:
    linje(3, siden=timedelta(days=40))
    linje(3)
    i_alt = antall(Innslag)
    assert forsegl(sted) == i_alt
    assert forsegl(sted) == 0
    linje(2)
    svar = kontroller(db.session(), sted)
    assert (svar.funn, svar.antall, svar.ikke_forseglet) == ([], i_alt, 2)
    assert forsegl(sted) == 2
    assert funn(sted) == []
    rekken = db.session.execute(
        select(Innslag.tid, Innslag.id)
        .join(Loggsegl, Loggsegl.innslag_id == Innslag.id)
        .order_by(Loggsegl.dag, Loggsegl.nr)
    ).all()
    assert rekken == sorted(rekken)
    (hodet,) = sted.hoder.glob("*.json")
    assert stat.S_IMODE(hodet.stat().st_mode) == 0o600


def test_what_was_sealed_since_a_session_began_reading_is_seen(sted: Loggsted) -> None:
    """On SQLite an open transaction sees what there was: older than the heads, it would look like a theft."""
    db.session.scalar(select(func.count(Loggsegl.nr)))
    linje(3)
    assert forsegl(sted) >= 3
    svar = kontroller(db.session(), sted)
    assert (svar.funn, svar.antall >= 3) == ([], True)


def test_what_comes_too_late_is_never_sealed(sted: Loggsted) -> None:
    forsegl(sted)
    linje(siden=timedelta(minutes=50))
    assert forsegl(sted) == 1
    linje(siden=timedelta(minutes=70))
    assert forsegl(sted) == 0
    assert funn(sted) == [Funnslag.INNSATT]


def test_what_was_rewritten_is_never_signed(sted: Loggsted) -> None:
    linje(3)
    forsegl(sted)
    with own_transaction() as session:
        laas_opp(session)
        siste = session.scalars(select(Loggsegl).order_by(Loggsegl.nr.desc()).limit(1)).one()
        session.execute(update(Innslag).where(Innslag.id == siste.innslag_id).values(user_id=99))
        session.execute(update(Loggsegl).where(Loggsegl.innslag_id == siste.innslag_id).values(hash=b"y" * 32))
    foer = hoder.les_alle(sted.hoder, sted.noekkel()).punkter
    linje(2)
    assert forsegl(sted) == 2
    assert hoder.les_alle(sted.hoder, sted.noekkel()).punkter == foer
    assert set(funn(sted)) == {Funnslag.ENDRET, Funnslag.OMSKREVET}


def test_without_its_heads_nothing_is_signed_anew(sted: Loggsted) -> None:
    forsegl(sted)
    (hodet,) = sted.hoder.glob("*.json")
    riktig = hodet.read_bytes()
    hodet.unlink()
    linje()
    with pytest.raises(HodeneErSkadet):
        forsegl(sted)
    hodet.write_bytes(riktig.replace(b'"til"', b'"tii"'))
    with pytest.raises(HodeneErSkadet):
        forsegl(sted)
    hodet.write_bytes(riktig)
    assert forsegl(sted) == 1
    assert funn(sted) == []


@pytest.mark.parametrize("modell", [Innslag, Loggsegl])
def test_the_database_refuses_to_change_or_delete(sted: Loggsted, modell: type[Innslag] | type[Loggsegl]) -> None:
    linje()
    forsegl(sted)
    felt = {"detalj": "x"} if modell is Innslag else {"nr": Loggsegl.nr + 1000}
    foer = antall(modell)
    for setning in (update(modell).values(felt), delete(modell)):
        with pytest.raises(DBAPIError, match="only added to"), own_transaction() as session:
            session.execute(setning)
    assert antall(modell) == foer
    if db.engine.dialect.name == "postgresql":
        with pytest.raises(DBAPIError, match="only added to"), own_transaction() as session:
            session.execute(text(f"TRUNCATE {modell.__tablename__}"))


def test_whole_days_expire_and_leave_their_heads(sted: Loggsted) -> None:
    for aar in (7, 6, 4):
        linje(2, siden=timedelta(days=365 * aar + 3))
    resten = antall(Innslag) - 4
    forsegl(sted)
    punkter = hoder.les_alle(sted.hoder, sted.noekkel()).punkter
    # stopped when the expiry was signed and nothing deleted
    hoder.skriv_utloept(sted.hoder, sted.noekkel(), rules.siste_utloepte(i_dag(), 5).isoformat())
    assert funn(sted) == []
    borte = utloep(sted, i_dag(), 5, av=None)
    assert (len(borte.dager), borte.innslag) == (2, 4)
    assert antall(Innslag) == resten + 1  # that it was done
    assert funn(sted) == []
    assert hoder.les_alle(sted.hoder, sted.noekkel()).punkter == punkter
    assert utloep(sted, i_dag(), 5, av=None).innslag == 0
    linje(siden=timedelta(days=365 * 6))
    assert funn(sted) == [Funnslag.INNSATT], "nobody may fill what has expired"
    (sted.hoder / "utloept.json").unlink()
    assert funn(sted).count(Funnslag.DAG_MANGLER) == 2


def test_the_days_of_a_leap_year_expire_too() -> None:
    dag = datetime(2028, 2, 29).date()  # noqa: DTZ001 - a date of the calendar
    assert rules.siste_utloepte(dag, 5).isoformat() == "2023-02-28"
    assert rules.siste_utloepte(dag, 4).isoformat() == "2024-02-28"


_DREP = """
import os, signal
from sqlalchemy import event
from koordinering.app import create_app
from koordinering.config import les_config
from koordinering.db import db
from koordinering.personvern.segl import queries
from koordinering.personvern.segl.services import Loggsted, forsegl, kontroller

queries.BLOKK = 40
config = les_config(os.environ)
igjen = {antall}

def drep(*_):
    global igjen
    igjen -= 1
    if igjen <= 0:
        os.kill(os.getpid(), signal.SIGKILL)

with create_app(config).app_context():
    {krok}
    {arbeid}
"""
_KROKER = {
    "before a commit": 'event.listen(db.engine, "commit", drep)',
    "before a head has its name": "replace = os.replace; os.replace = lambda *a: (drep(), replace(*a))",
    "after a head has its name": "replace = os.replace; os.replace = lambda *a: (replace(*a), drep())",
}
_FORSEGL = "forsegl(Loggsted(config.hodemappe, config.loggnoekkel))"
_KONTROLLER = (
    'event.listen(db.engine, "before_cursor_execute", drep);'
    " kontroller(db.session(), Loggsted(config.hodemappe, config.loggnoekkel))"
)


@pytest.mark.bare_sqlite
@pytest.mark.parametrize(
    ("krok", "ganger"), [(krok, ganger) for krok, ganger in zip(_KROKER, (5, 3, 3), strict=True)] + [("", 4)]
)
def test_killed_anywhere_it_goes_on(config: Config, sted: Loggsted, krok: str, ganger: int) -> None:
    linje(130)
    if not krok:
        forsegl(sted)
    kode = _DREP.format(antall=ganger, krok=_KROKER.get(krok, "pass"), arbeid=_FORSEGL if krok else _KONTROLLER)
    doed = subprocess.run([sys.executable, "-c", kode], env=miljo(config, 8000), check=False, capture_output=True)  # noqa: S603 - our own interpreter and text
    assert doed.returncode == -signal.SIGKILL, doed.stderr.decode()[-2000:]
    delvis = antall(Loggsegl)
    assert (delvis < 130) == bool(krok)
    assert set(funn(sted)) <= {Funnslag.UTEN_SEGL}
    assert forsegl(sted) == antall(Innslag) - delvis
    assert funn(sted) == []


@pytest.mark.bare_sqlite
def test_the_worker_seals_by_itself(config: Config, sted: Loggsted) -> None:
    linje()
    with subprocess.Popen([sys.executable, "-m", "koordinering.cli", "jobb"], env=miljo(config, 8000)) as prosess:
        frist = time.monotonic() + 60
        while antall(Loggsegl) == 0 and time.monotonic() < frist:
            time.sleep(0.2)
        prosess.send_signal(signal.SIGTERM)
        assert prosess.wait(30) == 0
    assert funn(sted) == []


@contextmanager
def skall(config: Config) -> Iterator[list[str]]:
    """The command line of this installation; gives what it wrote, stdout and stderr."""
    ut, feil = io.StringIO(), io.StringIO()
    skrevet: list[str] = []
    with (
        mock.patch.dict(os.environ, miljo(config, 8000), clear=True),
        redirect_stdout(ut),
        redirect_stderr(feil),
    ):
        yield skrevet
    skrevet += [ut.getvalue(), feil.getvalue()]


def kjoer(config: Config, *ord_: str) -> tuple[int, str]:
    """Run a command; its code and what it wrote."""
    with skall(config) as skrevet, pytest.raises(SystemExit) as slutt:
        main(ord_)
    assert isinstance(slutt.value.code, int)
    return slutt.value.code, "".join(skrevet)


def test_verifying_on_the_command_line(config: Config, sted: Loggsted) -> None:
    linje(2)
    kode, skrevet = kjoer(config, "audit", "verify")
    assert (kode, "aldri forseglet" in skrevet) == (1, True)
    assert kjoer(config, "audit", "forsegl")[0] == 0
    kode, skrevet = kjoer(config, "audit", "verify", "--dag", i_dag().isoformat())
    assert (kode, "Alt er i orden." in skrevet) == (0, True), skrevet
    assert " innslag på 1 dag, 1 hodefil, " in skrevet
    with own_transaction() as session:
        laas_opp(session)
        endret = session.scalars(select(Innslag.id).where(Innslag.gjelder_id == SAK).limit(1)).one()
        session.execute(update(Innslag).where(Innslag.id == endret).values(user_id=99))
    kode, skrevet = kjoer(config, "audit", "verify")
    assert (kode, f"innslag {endret}" in skrevet) == (1, True), skrevet
    kontrollert = db.session.scalars(select(Innslag.detalj).where(Innslag.hva == Hva.LOGG_KONTROLLERT)).all()
    assert kontrollert == ["funn", "funn"]


@pytest.mark.parametrize("format_", ["jsonl", "csv"])
def test_days_are_taken_out_and_expire_on_the_command_line(
    config: Config, sted: Loggsted, tmp_path: Path, format_: str
) -> None:
    linje(2)
    forsegl(sted)
    fil, dag = tmp_path / "logg", i_dag().isoformat()
    assert kjoer(config, "audit", "export", "--fra", dag, "--format", format_, "--ut", str(fil))[0] == 0
    with fil.open(encoding="utf-8", newline="") as aapen:
        rader = [json.loads(en) for en in aapen] if format_ == "jsonl" else list(csv.DictReader(aapen, delimiter=";"))
    assert len(rader) == antall(Innslag)
    assert sum(str(rad["gjelder_id"]) == str(SAK) for rad in rader) == 2
    assert rader[-1]["hva"] == "logg_eksportert"
    assert len(rader[0]["hash"]) == 64
    assert kjoer(config, "audit", "export", "--fra", "2026-02-02", "--til", "2026-02-01")[0] == 2
    kode, skrevet = kjoer(config, "audit", "utloep", "--dry-run")
    assert (kode, "Ville slettet 0 innslag" in skrevet) == (0, True)
    assert kjoer(config, "audit", "utloep")[0] == 0


@pytest.mark.bare_sqlite
def test_a_key_that_is_gone_is_not_made_anew(config: Config, sted: Loggsted) -> None:
    forsegl(sted)
    noekkel = config.loggnoekkel.read_bytes()
    config.loggnoekkel.unlink()
    kode, skrevet = kjoer(config, "init")
    assert kode == 1
    assert "loggnoekkel.json mangler" in skrevet
    with pytest.raises(ConfigError, match="mangler"):
        sted.noekkel()
    config.loggnoekkel.write_bytes(noekkel[:40])
    config.loggnoekkel.chmod(0o600)
    with pytest.raises(ConfigError, match="skadet"):
        sted.noekkel()
    config.loggnoekkel.chmod(0o644)
    with pytest.raises(ConfigError, match="chmod 600"):
        sted.noekkel()
    with pytest.raises(ConfigError, match="finnes fra før"):
        signatur.lag_noekkel(config.loggnoekkel)
    assert kjoer(config, "db", "rettigheter", "--rolle", "app", "--gi")[0] == 1
    assert kjoer(config, "db", "rettigheter", "--rolle", "app; DROP")[0] == 1
    assert "GRANT SELECT, INSERT ON innsynslogg TO app;" in kjoer(config, "db", "rettigheter", "--rolle", "app")[1]


def test_the_applications_role_can_only_add_to_the_log(app: Flask, config: Config, sted: Loggsted) -> None:
    if config.sqlite:
        with pytest.raises(KoordineringError, match="SQLite har ikke rettigheter"):
            rettigheter.gi(db.engine, noekkellager.engine(), "noen")
        return
    rolle = "koordinering_app"
    url = config.database_url.replace("postgresql+psycopg://", "postgresql://")
    with closing(psycopg.connect(url, autocommit=True)) as eier:
        eier.execute(f"CREATE ROLE {rolle} LOGIN".encode())
        try:
            for feil in ("finnes_ikke", eier.info.user):
                with pytest.raises(KoordineringError, match="Rollen"):
                    rettigheter.gi(db.engine, noekkellager.engine(), feil)
            rettigheter.gi(db.engine, noekkellager.engine(), rolle)
            _som_rollen(replace(config, database_url=_med_rolle(config.database_url, rolle)), sted)
        finally:
            eier.execute(f"DROP OWNED BY {rolle}; DROP ROLE {rolle}".encode())


def _med_rolle(url: str, rolle: str) -> str:
    """The same database, acting as another role from the first statement on."""
    return f"{url}{'&' if '?' in url else '?'}options=-c%20role%3D{rolle}"


def _som_rollen(config: Config, sted: Loggsted) -> None:
    with create_app(config).app_context():
        assert db.session.scalar(text("SELECT current_user")) == "koordinering_app"
        db.session.rollback()
        audit.record(Hva.SAK_LEST, av=None, gjelder=Ting("sak", SAK, "nav"))
        assert forsegl(sted) > 0
        assert funn(sted) == []
        for tabell in rettigheter.KUN_TILLEGG:
            kolonne = "detalj" if tabell == "innsynslogg" else "nr"
            endre = f"UPDATE {tabell} SET {kolonne} = {kolonne}"  # noqa: S608 - ours
            for setning in (endre, f"DELETE FROM {tabell}", f"TRUNCATE {tabell}"):  # noqa: S608 - ours
                with pytest.raises(ProgrammingError, match="permission denied"), own_transaction() as session:
                    session.execute(text(setning))
        with own_transaction() as session:  # the rest is as before
            session.execute(text("UPDATE kommune SET terskel = terskel"))
        with pytest.raises(ProgrammingError, match="must be owner"), own_transaction() as session:
            session.execute(text("ALTER TABLE innsynslogg DISABLE TRIGGER ALL"))
        db.session.remove()
        noekkellager.lukk()


def test_a_day_is_a_day_in_norway() -> None:
    kveld = datetime(2026, 7, 1, 22, 30, tzinfo=OSLO)
    assert rules.dagen(rules.tidstekst(kveld)) == "2026-07-01"
    assert rules.dagen(rules.tidstekst(kveld + timedelta(hours=2))) == "2026-07-02"
