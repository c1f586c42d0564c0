"""A new master key while the service serves: killed at any moment, two at once, and the old one away at the end."""

import multiprocessing
import os
import random
import signal
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import make_url, select

from koordinering import crypto, noekkellager
from koordinering.config import Config, les_config
from koordinering.db import db, transaction
from koordinering.errors import ConfigError
from koordinering.konto import services as konto
from koordinering.konto.faktor import services as faktor
from koordinering.noekkellager import lager
from koordinering.noekkellager.lager import glem, noekkel
from koordinering.saker import services as saker
from koordinering.saker.models import Sak
from koordinering.saker.rules.innboks import Aapningsgrunn
from koordinering.saker.services import les_egen_referanse
from koordinering.saker.services.registrering import sett_egen_referanse
from tests import fabrikk
from tests.test_cli import Skall

MANGE = 4_000


def _fyll(antall: int) -> list[int]:
    rader = list(range(1, antall + 1))
    noekler = crypto.gjeldende()
    noekkellager.skriv(("utlaan", rad, crypto.ny_datanoekkel(noekler, "utlaan", rad)) for rad in rader)
    return rader


def _stille(*_: object) -> None:
    """Tell nobody."""


def _roter(config: Config) -> int:
    noekler, _ = crypto.ny_hovednoekkel(config.kilde, noekkellager.hoeyeste_nummer(), ta_i_bruk=True)
    noekkellager.krev_riktige(noekler)
    return noekler.gjeldende


def _pakk_om_i_en_annen_prosess() -> None:
    for en in db.engines.values():
        en.dispose(close=False)  # the parent's connections are the parent's
    noekkellager.pakk_om_alle(_stille)
    os._exit(0)


def _barn(antall: int) -> list[Any]:
    barn = [multiprocessing.get_context("fork").Process(target=_pakk_om_i_en_annen_prosess) for _ in range(antall)]
    for en in barn:
        en.start()
    return barn


def _alle_aapnes(rader: list[int], hoved: int) -> None:
    glem()
    noekler = crypto.gjeldende()
    with noekkellager.engine().connect() as connection:
        alle = connection.execute(select(noekkel).where(noekkel.c.tabell == "utlaan")).all()
    assert sorted(rad.rad for rad in alle) == rader
    for rad in alle:
        assert crypto.hovednummer(rad.innpakket) == hoved
    for rad in alle[::40]:
        sted: dict[str, Any] = {"tabell": "utlaan", "kolonne": "telefon", "rad": rad.rad}
        verdi = crypto.krypter_i_rad(noekler, rad.innpakket, "41234567", **sted)
        assert crypto.dekrypter_i_rad(noekler, rad.innpakket, verdi, **sted) == "41234567"


def test_wrapping_anew_that_is_killed_again_and_again_is_finished(app: Flask, config: Config) -> None:
    sak_id = fabrikk.sak(fabrikk.bruker("nav1"), egen_referanse="NAV 1").id
    rader = _fyll(MANGE)
    ny = _roter(config)
    rng, drept, halve = random.Random(), 0, 0  # noqa: S311 - when it is killed
    for _ in range(40):
        (barn,) = _barn(1)
        time.sleep(rng.uniform(0, 0.06))
        if barn.is_alive() and barn.pid:
            os.kill(barn.pid, signal.SIGKILL)
            drept += 1
        barn.join()
        halve += 0 < noekkellager.noekler_per_hovednoekkel().get(1, 0) < MANGE + 1
        if drept >= 5 and halve:
            break
    assert drept >= 5
    with transaction():  # a row that is deleted meanwhile does not come back
        noekkellager.slett("utlaan", [rader[-1]])
    to = _barn(2)
    noekkellager.fullfoer_slettinger()
    for en in to:
        en.join()
    assert [en.exitcode for en in to] == [0, 0]
    noekkellager.fullfoer_slettinger()
    assert noekkellager.noekler_per_hovednoekkel() == {ny: MANGE}
    _alle_aapnes(rader[:-1], ny)
    assert les_egen_referanse(db.session.get_one(Sak, sak_id)) == "NAV 1"


def test_a_master_key_that_is_made_while_a_text_is_being_sealed(
    app: Flask, config: Config, folk: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The new data key is wrapped by a master key that was not there when the request began."""
    sak, skriv = fabrikk.sak(folk.nav1), lager.skriv

    def skriv_etter_bytte(rader: Iterable[lager.Rad]) -> None:
        crypto.ny_hovednoekkel(config.kilde, max(crypto.gjeldende().hoved), ta_i_bruk=True)
        skriv(rader)

    monkeypatch.setattr(lager, "skriv", skriv_etter_bytte)
    with transaction():
        sett_egen_referanse(db.session.get_one(Sak, sak.id), "NAV 1")
    assert saker.les_egen_referanse(db.session.get_one(Sak, sak.id)) == "NAV 1"
    andre = fabrikk.sak(folk.nav1)
    aapning = fabrikk.grunn(folk.nav2, andre, Aapningsgrunn.ANNET, "Hjelper med klagen")
    assert saker.les_tekster([aapning]) == {aapning.id: "Hjelper med klagen"}
    assert crypto.gjeldende().gjeldende == 3


def test_a_new_master_key_is_picked_up_without_a_restart(app: Flask, config: Config, folk: Any) -> None:
    foer = fabrikk.sak(folk.nav1, egen_referanse="NAV 1").id
    konto.bevar_arbeid(folk.nav1.id, "/saker/ny", [("navn", "x")])
    hemmelighet = crypto.gjeldende().hemmelighet
    ny = _roter(config)
    assert crypto.gjeldende().gjeldende == ny == 2
    assert crypto.gjeldende().hemmelighet == hemmelighet, "nobody is signed out"
    etter = fabrikk.sak(fabrikk.bruker("nav1"), egen_referanse="NAV 2").id
    assert noekkellager.noekler_per_hovednoekkel() == {1: 1, 2: 1}
    assert konto.bevart_per_hovednoekkel() == {1: 1}
    assert konto.forsegl_bevart_om() == 1
    assert konto.bevart_per_hovednoekkel() == {2: 1}
    assert konto.hent_bevart(fabrikk.bruker("nav1").id, "/saker/ny") == [("navn", "x")]
    for _ in range(2):
        for sak_id, tekst in ((foer, "NAV 1"), (etter, "NAV 2")):
            assert les_egen_referanse(db.session.get_one(Sak, sak_id)) == tekst
        noekkellager.pakk_om_alle(_stille)
        crypto.fjern_hovednoekler(config.kilde, set, noekkellager.ta_ut)
    assert set(crypto.gjeldende().hoved) == {2}


@pytest.mark.bare_sqlite
@pytest.mark.parametrize("annet", ["{", "andre nøkler", "borte", "åpen"])
def test_a_file_that_cannot_be_used_changes_nothing(app: Flask, config: Config, tmp_path: Path, annet: str) -> None:
    foer = crypto.gjeldende()
    if annet == "andre nøkler":
        crypto.lag_noekler(tmp_path / "andre.json", demo=True)
        (tmp_path / "andre.json").replace(config.noekkelfil)
    elif annet == "borte":
        config.noekkelfil.unlink()
    elif annet == "åpen":
        config.noekkelfil.write_bytes(config.noekkelfil.read_bytes() + b"\n")
        config.noekkelfil.chmod(0o644)
    else:
        config.noekkelfil.write_text(annet)
    assert crypto.gjeldende() == foer
    assert crypto.gjeldende() is crypto.gjeldende()


@pytest.mark.bare_sqlite
def test_an_old_key_in_use_stays_also_when_it_is_used_at_the_last_moment(app: Flask, config: Config) -> None:
    _roter(config)
    svar = iter([set[int](), {1}])
    tatt_ut: list[set[int]] = []
    for i_bruk in (lambda: {1}, lambda: next(svar)):
        with pytest.raises(ConfigError, match="Hovednøkkel 1 er fortsatt i bruk"):
            crypto.fjern_hovednoekler(config.kilde, i_bruk, tatt_ut.append)
        assert set(config.kilde.les().hoved) == {1, 2}
    assert tatt_ut == [{1}]
    assert crypto.fjern_hovednoekler(config.kilde, set, tatt_ut.append) == {1}
    assert crypto.fjern_hovednoekler(config.kilde, set, tatt_ut.append) == set()
    assert set(config.kilde.les().hoved) == {2}


# --- The command line ------------------------------------------------------------------------------------


@pytest.mark.bare_sqlite
def test_the_commands_from_one_master_key_to_the_next(app: Flask, config: Config, folk: Any) -> None:
    sak_id = fabrikk.sak(folk.nav1, egen_referanse="NAV 1").id
    konto.bevar_arbeid(folk.nav1.id, "/saker/ny", [("navn", "x")])
    db.session.rollback()
    app_hemmelighet = faktor.demohemmelighet(folk.nav1, av=None)
    skall = Skall(config.data)
    hemmelig = config.noekkelfil.read_text().split('"')
    assert "1            gjeldende  1                          2" in skall.ok("keys", "status")
    assert "er laget og venter" in skall.ok("keys", "rotate", "--vent")
    assert "Ingenting er endret" in skall.ok("keys", "rotate", "--vent")
    assert "2            venter" in skall.ok("keys", "status")
    assert crypto.gjeldende().gjeldende == 1
    assert "Hovednøkkel 2 er tatt i bruk" in skall.ok("keys", "rotate")
    status = skall.ok("keys", "status")
    assert "0 av 3 er låst med hovednøkkel 2." in status
    assert not [ord_ for ord_ in hemmelig if len(ord_) > 30 and ord_ in status]
    assert "Pakket om 1 nøkler, 1 skjemaer og 1 nøkler til apper." in skall.ok("keys", "rewrap")
    assert "Pakket om 0 nøkler, 0 skjemaer og 0 nøkler til apper." in skall.ok("keys", "rewrap")
    assert "3 av 3 er låst med hovednøkkel 2." in skall.ok("keys", "status")
    assert "Hovednøkkel 1 er tatt ut av nøkkelfilen." in skall.ok("keys", "rewrap", "--fjern-gammel")
    assert "ingen gammel" in skall.ok("keys", "rewrap", "--fjern-gammel")
    assert "Hovednøkkel 3 er tatt i bruk" in skall.ok("keys", "rotate"), "no number comes twice"
    crypto.ta_i_bruk(config.kilde.les(), config.kilde)
    with app.app_context():
        assert les_egen_referanse(db.session.get_one(Sak, sak_id)) == "NAV 1"
        assert faktor.demohemmelighet(fabrikk.bruker("nav1"), av=None) == app_hemmelighet


@pytest.mark.bare_sqlite
def test_a_key_that_cannot_be_opened_is_told_and_keeps_its_master_key(app: Flask, config: Config) -> None:
    _fyll(3)
    with noekkellager.engine().begin() as connection:
        doed = crypto.ny_datanoekkel(crypto.gjeldende(), "utlaan", 99)
        connection.execute(noekkel.update().where(noekkel.c.rad == 2).values(innpakket=doed))
    skall = Skall(config.data)
    skall.ok("keys", "rotate")
    assert "1 nøkler kan ikke åpnes" in skall.feil("keys", "rewrap", "--fjern-gammel")
    assert noekkellager.noekler_per_hovednoekkel() == {1: 1, 2: 2}
    assert set(config.kilde.les().hoved) == {1, 2}


@pytest.mark.bare_sqlite
def test_keys_from_the_environment_or_another_file(app: Flask, config: Config, tmp_path: Path) -> None:
    innhold = config.noekkelfil.read_text()
    annet = tmp_path / "hemmelig" / "n.json"
    annet.parent.mkdir()
    config.noekkelfil.replace(annet)
    skall = Skall(config.data)
    assert "mangler" in skall.feil("keys", "status")
    skall.miljoe["KOORDINERING_NOEKKELFIL"] = str(annet)
    assert str(annet) in skall.ok("keys", "status")
    annet.chmod(0o640)
    assert "chmod 600" in skall.feil("keys", "status")
    annet.unlink()
    assert "sikkerhetskopien" in skall.feil("init"), "the database is in use, and the file is gone"
    skall.miljoe["KOORDINERING_NOEKLER"] = innhold
    assert "ikke begge" in skall.feil("keys", "status")
    del skall.miljoe["KOORDINERING_NOEKKELFIL"]
    assert "KOORDINERING_NOEKLER" in skall.ok("keys", "status")
    skall.ok("init")
    assert not config.noekkelfil.exists()
    assert "Legg dem i en fil" in skall.feil("keys", "rotate")
    skall.miljoe["KOORDINERING_NOEKLER"] = innhold[:-20]
    assert "skadet" in skall.feil("keys", "status")


@pytest.mark.parametrize(
    ("miljo", "melding"),
    [
        ({"KOORDINERING_NOEKKELLAGER_URL": "mysql://x"}, "må begynne med"),
        ({"KOORDINERING_NOEKKELLAGER_URL": "postgresql://x/y"}, "samme slag"),
        (
            {"KOORDINERING_NOEKKELLAGER_URL": "sqlite:////d.s", "KOORDINERING_DATABASE_URL": "sqlite:////d.s"},
            "annen fil",
        ),
    ],
)
def test_a_key_store_in_the_wrong_place_is_refused(miljo: dict[str, str], melding: str) -> None:
    with pytest.raises(ConfigError, match=melding):
        les_config(miljo)


def test_the_key_store_lies_beside_the_data_unless_told() -> None:
    felles: Callable[[dict[str, str]], str] = lambda miljo: les_config(miljo).noekkellager_url  # noqa: E731
    assert felles({"KOORDINERING_DATA": "/d"}) == "sqlite:////d/noekkellager.sqlite3"
    pg = {"KOORDINERING_DATABASE_URL": "postgres://v/db"}
    assert felles(pg) == les_config(pg).database_url
    adresse = make_url(felles({**pg, "KOORDINERING_NOEKKELLAGER_URL": "postgres://w/n"}))
    assert (adresse.drivername, adresse.host, adresse.database) == ("postgresql+psycopg", "w", "n")
