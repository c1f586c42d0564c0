"""What everything rests on goes away and comes back: people are told in plain words, and nothing is lost."""

import contextvars
import html
import re
import sqlite3
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from flask import Flask
from sqlalchemy import func, select, update
from werkzeug.test import TestResponse

from koordinering import signatur, sporing
from koordinering.config import Config
from koordinering.db import db, i_dag, transaction
from koordinering.saker.models import Sak
from koordinering.users import Rolletildeling
from tests import klokken
from tests.conftest import Mal, installasjon
from tests.kaos.klienter import Regnskap, registrer_skjema
from tests.kaos.kontroll import kontroller
from tests.kaos.vokter import Vokter
from tests.kommando import kjoer
from tests.nettleser import Nettleser, sjekk_side
from tests.paa_nett import Person
from tests.tjener import helse, kommando, miljo

_FELT = re.compile(r'<input type="hidden" name="([^"]*)" value="([^"]*)">')
_SPOR = re.compile(r"Traceback|sqlalchemy|psycopg|sqlite|OperationalError|/var/|/tmp/", re.IGNORECASE)
FRIST = 60
"""Seconds in which what is back must be found to be back, on a busy machine."""


def _sier_fra(status: int, side: str) -> dict[str, list[str]]:
    """A calm page with what to do, nothing of the inside, and what was typed; gives that back as a form."""
    assert status == 503, side[:500]
    assert "Koordinering svarer ikke akkurat nå" in side
    assert not _SPOR.search(side)
    sjekk_side(side)
    felter: dict[str, list[str]] = {}
    for navn, verdi in _FELT.findall(side):
        felter.setdefault(html.unescape(navn), []).append(html.unescape(verdi))
    return felter


def _antall_saker() -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count(Sak.id))) or 0


# --- In this process ----------------------------------------------------------------------------------------


def _raatt(app: Flask, folk: Any) -> tuple[Nettleser, Callable[..., Any]]:
    """A browser that takes any answer, also a 503."""
    nettleser = Nettleser(app, folk.nav1.id)
    nettleser.token()

    def gjoer(metode: str, url: str, **kw: Any) -> TestResponse:
        # outside the test's own application context, as a real request is
        def svar() -> TestResponse:
            return nettleser.klient.open(url, method=metode, base_url="http://localhost", **kw)

        resultat: TestResponse = contextvars.Context().run(svar)
        return resultat

    return nettleser, gjoer


@pytest.mark.bare_sqlite
def test_the_file_is_gone_and_what_was_typed_is_sent_again_from_the_page(app: Flask, config: Config, folk: Any) -> None:
    nettleser, gjoer = _raatt(app, folk)
    foer = _antall_saker()
    db.session.remove()
    fil, borte = config.data / "koordinering.sqlite3", config.data / "borte"
    skjema = {"csrf_token": nettleser.token(), **registrer_skjema("svikt")}
    for en in db.engines.values():
        en.dispose()
    fil.rename(borte)
    try:
        for url in ("/saker", "/", "/finnes-ikke", "/utstyr", "/brukere"):
            svar = gjoer("GET", url)
            _sier_fra(svar.status_code, svar.get_data(as_text=True))
        svar = gjoer("POST", "/saker/ny", data=skjema)
        tatt_vare_paa = _sier_fra(svar.status_code, svar.get_data(as_text=True))
        assert not fil.exists(), "an empty database was made"
        assert gjoer("GET", "/helse/lever").status_code == 200
        assert gjoer("GET", "/helse/klar").status_code == 503
        assert (
            gjoer("POST", "/logg-inn", data={"brukernavn": "nav1", "passord": "hemmelig"})
            .get_data(as_text=True)
            .count("hemmelig")
            == 0
        ), "a password stands on no page"
    finally:
        borte.rename(fil)
    assert tatt_vare_paa == {navn: verdi if isinstance(verdi, list) else [verdi] for navn, verdi in skjema.items()}
    assert nettleser.send("/saker/ny", tatt_vare_paa).status_code == 303
    assert _antall_saker() == foer + 1


@pytest.mark.bare_sqlite
def test_a_fault_that_no_page_can_be_made_of_is_one_plain_line(app: Flask, caplog: pytest.LogCaptureFixture) -> None:
    def program(_environ: object, _start: object) -> Any:
        raise ValueError("01010112345")

    hoder: list[Any] = []
    svar = sporing.Sporing(program, bak_proxy=False)({}, lambda *om: hoder.append(om))  # type: ignore[arg-type]
    assert b"".join(svar).decode() == sporing.SISTE_UTVEI
    assert hoder[0][0].startswith("500 ")
    assert "01010112345" not in caplog.text
    assert "ValueError" in caplog.text


class _Igaar(datetime):
    """The clock that the whole product reads, a day behind."""

    @classmethod
    def now(cls, tz: Any = None) -> Any:
        """Yesterday, at this time."""
        return datetime.now(tz) - timedelta(days=1)


def test_the_clock_is_set_back_a_day(app: Flask, config: Config, folk: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody is thrown out and everything can be written; when it is right again, people sign in anew.

    The log's control says that there are lines from a time that has not been, which is true; when the clock is right
    again it says that all is whole.
    """
    signatur.lag_noekkel(config.loggnoekkel)
    with transaction() as session:
        session.execute(update(Rolletildeling).values(fra=i_dag() - timedelta(days=30)))
    nettleser = Nettleser(app, folk.nav1.id)

    def dagen(nr: int, nettleser: Nettleser = nettleser) -> tuple[int, str]:
        assert nettleser.se("/saker").status_code == 200
        assert nettleser.send("/saker/ny", registrer_skjema(f"klokke {nr}")).status_code == 303
        for ord_ in (("audit", "forsegl"), ("jobb", "--en-runde")):
            kode, sagt = kjoer(config, *ord_)
            assert kode == 0, sagt
        return kjoer(config, "audit", "verify")

    assert dagen(1)[0] == 0
    with monkeypatch.context() as om:
        klokken.sett(om, _Igaar)
        kode, sagt = dagen(2)
        assert (kode, sagt.count("tid som ikke har vært")) == (1, 1), sagt
        assert "1 funn." in sagt
    kode, sagt = dagen(3, nettleser.som(folk.nav1))
    assert kode == 0, sagt


@pytest.mark.lang
def test_a_table_is_locked_for_a_minute(app: Flask, config: Config, folk: Any) -> None:
    """Each is told after a while and is free; when the table is free again the same form goes through."""
    nettleser, gjoer = _raatt(app, folk)
    skjema = {"csrf_token": nettleser.token(), **registrer_skjema("laast")}
    db.session.remove()
    with _laast(config):
        svar = gjoer("POST", "/saker/ny", data=skjema)
        tatt_vare_paa = _sier_fra(svar.status_code, svar.get_data(as_text=True))
        assert gjoer("GET", "/helse/lever").status_code == 200
    assert nettleser.send("/saker/ny", tatt_vare_paa).status_code == 303


@contextmanager
def _laast(config: Config) -> Iterator[None]:
    if config.sqlite:
        with closing(sqlite3.connect(config.data / "koordinering.sqlite3", isolation_level=None)) as annen:
            annen.execute("BEGIN IMMEDIATE")
            yield
            annen.execute("ROLLBACK")
        return
    with psycopg.connect(config.database_url.replace("+psycopg", "")) as annen_pg:
        annen_pg.execute("LOCK TABLE sak IN ACCESS EXCLUSIVE MODE")
        yield


# --- Served -------------------------------------------------------------------------------------------------


@contextmanager
def _paa_egen_disk(mappe: Path, megabyte: int) -> Iterator[Path]:
    """A disk of so many megabytes. Needs root; whoever runs the long tests is told when it cannot be made."""
    mappe.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={megabyte}m", "tmpfs", str(mappe)], check=True)  # noqa: S603, S607
    try:
        yield mappe
    finally:
        subprocess.run(["umount", "-l", str(mappe)], check=True)  # noqa: S603, S607


@contextmanager
def _anlegg_paa_egen_disk(mal: Mal, tmp_path: Path) -> Iterator[tuple[Path, Config]]:
    with _paa_egen_disk(tmp_path / "disk", 40) as disk:
        yield disk, _anlegg(mal, disk / "var")


def _anlegg(mal: Mal, mappe: Path) -> Config:
    """An installation that can seal its log."""
    config = installasjon(mal, mappe)
    signatur.lag_noekkel(config.loggnoekkel)
    return config


def _til(hva: Callable[[], bool], *, sier: str) -> None:
    frist = time.monotonic() + FRIST
    while not hva():
        assert time.monotonic() < frist, sier
        time.sleep(0.1)


@pytest.mark.lang
@pytest.mark.bare_sqlite
@pytest.mark.timeout(600)
def test_the_disk_is_full(mal: Mal, tmp_path: Path) -> None:
    with _anlegg_paa_egen_disk(mal, tmp_path) as (disk, config):
        regnskap = Regnskap()
        with Vokter(config) as vokter:
            person = Person(vokter.adresse, "nav1")
            fyll = disk / "fyll"
            with pytest.raises(OSError, match="No space"):
                fyll.write_bytes(bytes(50_000_000))
            status, side, referanse = 303, "", ""
            while status == 303:  # the log has room that it has used before
                referanse = f"full {len(regnskap.registrert)}"
                status, side = person.send("/saker/ny", registrer_skjema(referanse))
                if status == 303:
                    regnskap.registrert.add(referanse)
            tatt_vare_paa = _sier_fra(status, side)
            assert person.hent("/helse/lever")[0] == 200
            fyll.unlink()
            assert person.send("/saker/ny", tatt_vare_paa)[0] == 303
            regnskap.registrert.add(referanse)
            _til(lambda: helse(vokter.adresse) == 200, sier="it is not well again")
        kontroller(config, regnskap)


@pytest.mark.lang
@pytest.mark.bare_sqlite
@pytest.mark.timeout(600)
def test_the_disk_can_only_be_read(mal: Mal, tmp_path: Path) -> None:
    """While it serves nothing can be written; and a start there says so in one line until the disk is right."""
    with _anlegg_paa_egen_disk(mal, tmp_path) as (disk, config):

        def gjoer(hva: str) -> None:
            subprocess.run(["mount", "-o", f"remount,{hva}", str(disk)], check=True)  # noqa: S603, S607

        gjoer("ro")
        svar = subprocess.run(kommando("serve"), env=miljo(config, 1), capture_output=True, text=True, check=False)  # noqa: S603
        assert svar.returncode != 0
        assert "Traceback" not in svar.stderr + svar.stdout, svar.stderr
        assert len((svar.stderr + svar.stdout).strip().splitlines()) == 1, svar.stderr
        gjoer("rw")
        with Vokter(config) as vokter:
            assert Person(vokter.adresse, "nav1").send("/saker/ny", registrer_skjema("igjen"))[0] == 303


@pytest.mark.lang
@pytest.mark.bare_sqlite
@pytest.mark.timeout(600)
def test_the_key_file_is_gone(mal: Mal, tmp_path: Path) -> None:
    """Who serves goes on; who starts says what is missing, and comes up by itself when it is there again."""
    config = _anlegg(mal, tmp_path / "var")
    fil, borte = config.data / "noekler.json", config.data / "noekler.borte"
    with Vokter(config) as vokter:
        person = Person(vokter.adresse, "nav1")
        fil.rename(borte)
        assert person.send("/saker/ny", registrer_skjema("uten fil"))[0] == 303
        vokter.drep_alt()
        _til(lambda: vokter.starter >= 4, sier="it is not started again")
        assert helse(vokter.adresse) == 0
        assert "Traceback" not in vokter.siste_linjer()
        assert "noekler.json" in vokter.siste_linjer()
        borte.rename(fil)
        vokter.vent_til_den_svarer()
        assert person.send("/saker/ny", registrer_skjema("med fil"))[0] == 303
    kontroller(config, Regnskap(registrert={"uten fil", "med fil"}))
