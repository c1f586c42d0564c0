"""Backups as the one who runs the installation meets them: taken while it serves, opened by one key, fetched whole."""

import errno
import io
import json
import os
import signal
import sqlite3
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from unittest import mock

import psycopg
import pytest
from flask import Flask
from sqlalchemy import make_url, select

from koordinering import crypto, migrering, noekkellager
from koordinering.app import create_app
from koordinering.config import Config, Miljoe
from koordinering.crypto import les_kopinoekler
from koordinering.db import db, now, transaction
from koordinering.saker.models import Sak
from koordinering.saker.services import les_egen_referanse
from koordinering.sikkerhetskopi import Del, Kilde, arkiv, finn, rydd, ta_kopi
from koordinering.sikkerhetskopi.filer import filnavn
from tests import fabrikk
from tests.conftest import inne_i, med_database
from tests.kommando import kjoer

bare_sqlite = pytest.mark.bare_sqlite


@pytest.fixture
def privat(config: Config, tmp_path: Path) -> Path:
    """The private key of this installation's backups, kept elsewhere."""
    fil = tmp_path / "privat.txt"
    assert kjoer(config, "backup", "nøkkel", "--ut", str(fil))[0] == 0
    return fil


def _nytt_sted(config: Config, data: Path) -> Config:
    """An empty place with the key file, which comes from somewhere else than the backups."""
    data.mkdir()
    noekler = data / "noekler.json"
    noekler.write_bytes(config.noekkelfil.read_bytes())
    noekler.chmod(0o600)
    return replace(config, data=data, database_url=f"sqlite:///{data / 'koordinering.sqlite3'}", lager_url=None)


def _saker(config: Config) -> dict[int, str | None]:
    noekkellager.lukk()
    with inne_i(create_app(config)):
        return {sak.id: les_egen_referanse(sak) for sak in db.session.scalars(select(Sak))}


@bare_sqlite
@pytest.mark.egen_app
def test_taken_while_somebody_writes_and_fetched_with_what_was_deleted_since_gone(
    app: Flask, config: Config, folk: Any, privat: Path, tmp_path: Path
) -> None:
    en, annen = (fabrikk.sak(folk.nav1, egen_referanse=f"NAV {nr}").id for nr in (1, 2))
    kopi = tmp_path / "kopi"
    with closing(sqlite3.connect(config.data / "koordinering.sqlite3", isolation_level=None)) as skriver:
        skriver.execute("BEGIN IMMEDIATE")  # the writer has the lock: what is not committed is not in the copy
        skriver.execute("UPDATE sak SET egen_referanse = NULL")
        assert "koordinering" in kjoer_uten_logg(config, "backup", str(kopi))
        skriver.execute("ROLLBACK")
    assert [p.parent.name for p in sorted(kopi.rglob("*.age"))] == ["data", "noekkellager"]
    assert list(config.data.glob(".kopi-*")) == [], "nothing is left in the clear"
    nytt = _nytt_sted(config, tmp_path / "nytt")
    kode, tekst = kjoer(nytt, "restore", str(kopi), "--noekkel", str(privat))
    assert (kode, "Nøklene passer" in tekst) == (0, True), tekst
    assert _saker(nytt) == {en: "NAV 1", annen: "NAV 2"}
    with inne_i(create_app(config)):
        with transaction():
            noekkellager.slett(crypto.SAK, [en])
            db.session.delete(db.session.get_one(Sak, en))
        noekkellager.fullfoer_slettinger()
        db.session.remove()
    for fil in config.data.glob("koordinering.sqlite3*"):
        fil.unlink()
    assert kjoer(config, "restore", str(kopi), "--noekkel", str(privat), "--bare-databasen")[0] == 0
    with closing(sqlite3.connect(config.data / "koordinering.sqlite3")) as base:
        assert base.execute("SELECT id FROM sak").fetchall() == [(annen,)], "before anything is served"


def kjoer_uten_logg(config: Config, *ord_: str) -> str:
    """Where somebody has the write lock the line in the log has to wait; here it is left out."""
    with mock.patch("koordinering.cli.kopier.ta.audit.record"):
        kode, tekst = kjoer(config, *ord_)
    assert kode == 0, tekst
    return tekst


def _innhold(fil: Path, privat: Path) -> dict[str, bytes]:
    """As `age -d -i privat.txt fil | tar x` gives it."""
    ut = io.BytesIO()
    with fil.open("rb") as inn:
        crypto.aapne_kopi(inn, ut, les_kopinoekler(privat.read_text()))
    ut.seek(0)
    with tarfile.open(fileobj=ut) as tar:
        return {info.name: tar.extractfile(info).read() for info in tar}  # type: ignore[union-attr]


@bare_sqlite
def test_no_key_is_in_it_and_no_other_key_opens_it(
    app: Flask, config: Config, folk: Any, privat: Path, tmp_path: Path
) -> None:
    fabrikk.sak(folk.nav1, egen_referanse="NAV 1")
    (config.data / "lapper").mkdir()
    (config.data / "lapper" / "so.txt").write_text("tekst")
    assert kjoer(config, "backup", str(tmp_path / "kopi"), "--noekkellager", str(tmp_path / "annet"))[0] == 0
    (data,), (lager,) = finn(tmp_path / "kopi", Del.DATA), finn(tmp_path / "annet", Del.LAGER)
    assert data.sti.read_bytes().startswith(b"age-encryption.org/v1\n")
    assert (data.sti.stat().st_mode & 0o777, data.tatt) == (0o600, lager.tatt)
    innhold = _innhold(data.sti, privat) | _innhold(lager.sti, privat)
    assert set(innhold) == {"kopi.json", "koordinering.sqlite3", "lapper/so.txt", "noekkellager.sqlite3"}
    alt = b"".join(innhold.values())
    noekler = crypto.gjeldende()
    for hemmelig in (*noekler.hoved.values(), noekler.indeks, noekler.hemmelighet.encode(), b"AGE-SECRET-KEY"):
        assert hemmelig not in alt
    json_ = json.loads(config.noekkelfil.read_text())
    assert json_["blindindeks"]["noekkel"].encode() not in alt
    with pytest.raises(crypto.KopiKanIkkeAapnes, match="annen nøkkel"):
        arkiv.pakk_ut(data.sti, tmp_path, [crypto.ny_kopinoekkel()])


@bare_sqlite
def test_what_is_damaged_newer_mixed_up_or_in_the_way_is_told_and_nothing_is_put_anywhere(
    app: Flask, config: Config, privat: Path, tmp_path: Path
) -> None:
    kopi = tmp_path / "kopi"
    assert kjoer(config, "backup", "ta", str(kopi))[0] == 0
    fil = finn(kopi, Del.DATA)[0].sti
    hel = fil.read_bytes()
    nytt = _nytt_sted(config, tmp_path / "nytt")

    def nektet(melding: str, *ord_: str, sted: Config = nytt) -> None:
        kode, tekst = kjoer(sted, "restore", str(kopi), "--noekkel", str(privat), *ord_)
        assert (kode, melding in tekst) == (1, True), tekst
        assert sted is config or sorted(p.name for p in nytt.data.iterdir()) == ["noekler.json"]

    for skadet in (hel[:-1], hel[:-70_000], hel[:-200] + bytes([hel[-200] ^ 1]) + hel[-199:], hel[:100], b""):
        fil.write_bytes(skadet)
        nektet("skadet")
    fil.write_bytes(hel)
    nektet("Stedet er ikke tomt: databasen finnes", sted=config)
    nektet("Filen er ikke en kopi av nøkkellageret", "--noekkellager", str(fil))
    with mock.patch("koordinering.migrering.kjenner", return_value=False):
        nektet("Installer den nyeste pakken")
    with mock.patch("koordinering.sikkerhetskopi.basene.krev_hel", side_effect=OSError(errno.ENOSPC, "", "disken")):
        nektet("Disken er full")
    privat.chmod(0o644)
    nektet("Andre kan lese")
    tom = tmp_path / "tom"
    tom.mkdir()
    privat.chmod(0o600)
    assert "Ingen kopi av databasen" in kjoer(nytt, "restore", str(tom), "--noekkel", str(privat))[1]
    assert "--ut FIL" in kjoer(nytt, "backup", str(tom))[1]


def _filer(mappe: Path) -> dict[str, bytes]:
    return {str(sti.relative_to(mappe)): sti.read_bytes() for sti in mappe.rglob("*") if sti.is_file()}


def _hemmelig_fil(sti: Path, innhold: str) -> Path:
    sti.write_text(innhold)
    sti.chmod(0o600)
    return sti


def test_with_the_keys_of_another_installation_nothing_is_put_in_place(
    app: Flask, config: Config, folk: Any, privat: Path, tmp_path: Path, pg_server: str, database: str
) -> None:
    fabrikk.sak(folk.nav1, egen_referanse="NAV 1")
    db.session.remove()
    kopi, andre, borte = tmp_path / "kopi", tmp_path / "andre.json", tmp_path / "borte" / "noekler.json"
    assert kjoer(config, "backup", str(kopi))[0] == 0
    nytt = _nytt_sted(config, tmp_path / "nytt")
    if database == "postgresql":
        with psycopg.connect(pg_server, autocommit=True) as server:
            server.execute("CREATE DATABASE feil_noekler")
        url = med_database(pg_server, "feil_noekler").replace("postgresql://", "postgresql+psycopg://")
        nytt = replace(nytt, database_url=url)
    crypto.lag_noekler(andre, demo=True)
    innhold = json.loads(config.noekkelfil.read_text())
    innhold["blindindeks"]["noekkel"] = "A" * 43 + "="
    indeks = _hemmelig_fil(tmp_path / "indeks.json", json.dumps(innhold))
    ord_ = ("restore", str(kopi), "--noekkel", str(privat))
    for fil, melding in (
        (andre, f"Nøkkelfilen {andre} passer ikke til kopien."),
        (indeks, f"Nøkkelfilen {indeks} passer ikke til kopien. Nøkkelen til blindindeksen"),
        (borte, f"Nøkkelfilen {borte} mangler. Legg den på plass (chmod 600)"),
    ):
        foer = _filer(nytt.data)
        kode, tekst = kjoer(nytt, *ord_, KOORDINERING_NOEKKELFIL=str(fil))
        assert (kode, melding in tekst) == (1, True), tekst
        assert _filer(nytt.data) == foer
    kode, tekst = kjoer(nytt, *ord_)
    assert (kode, "Nøklene passer" in tekst) == (0, True), tekst


@bare_sqlite
def test_a_wrong_private_key_is_named_and_no_folder_is_left(
    app: Flask, config: Config, privat: Path, tmp_path: Path
) -> None:
    kopi = tmp_path / "kopi"
    assert kjoer(config, "backup", str(kopi))[0] == 0
    nytt = tmp_path / "nytt" / "under"
    sted = replace(config, data=nytt, database_url=f"sqlite:///{nytt / 'koordinering.sqlite3'}", lager_url=None)
    fremmed = _hemmelig_fil(tmp_path / "fremmed.txt", crypto.ny_kopinoekkel().hemmelig)
    ingen = _hemmelig_fil(tmp_path / "ingen.txt", config.noekkelfil.read_text())
    data = finn(kopi, Del.DATA)[0].sti
    for fil, meldinger in (
        (fremmed, (f"Nøkkelen er {fremmed}", str(data))),
        (ingen, (f"{ingen}: Filen har ingen privat nøkkel",)),
    ):
        ord_ = ("restore", str(kopi), "--noekkel", str(fil))
        kode, tekst = kjoer(sted, *ord_, KOORDINERING_NOEKKELFIL=str(config.noekkelfil))
        assert (kode, [m for m in meldinger if m not in tekst]) == (1, []), tekst
        assert not nytt.exists()


@bare_sqlite
def test_the_database_alone_must_belong_to_the_key_store_that_is_there(
    app: Flask, config: Config, folk: Any, privat: Path, tmp_path: Path
) -> None:
    kopi = tmp_path / "kopi"
    assert kjoer(config, "backup", str(kopi))[0] == 0
    nytt = _nytt_sted(config, tmp_path / "nytt")
    ord_ = ("restore", str(kopi), "--noekkel", str(privat), "--bare-databasen")
    kode, tekst = kjoer(nytt, *ord_)
    assert (kode, "Nøkkellageret mangler" in tekst) == (1, True), tekst
    lager = nytt.data / "noekkellager.sqlite3"
    with closing(sqlite3.connect(config.data / lager.name)) as her, closing(sqlite3.connect(lager)) as der:
        her.backup(der)
        der.execute("UPDATE lager SET merke = 'en annens'")
        der.commit()
    kode, tekst = kjoer(nytt, *ord_)
    assert (kode, "nøkkellageret hører ikke til" in tekst) == (1, True), tekst
    assert not (nytt.data / "koordinering.sqlite3").exists()


@bare_sqlite
@pytest.mark.egen_app
def test_one_from_an_older_program_is_brought_up_to_todays(
    app: Flask, config: Config, folk: Any, privat: Path, tmp_path: Path
) -> None:
    sak_id = fabrikk.sak(folk.nav1, egen_referanse="NAV 1").id
    db.session.remove()
    migrering.nedgrader(db.engine, "0020", lager=noekkellager.engine())
    noekkellager.lukk()
    kilde = Kilde(config.database_url, config.noekkellager_url, {}, {})
    mottakere = crypto.les_mottakere((config.data / "kopinoekkel.pub").read_text())
    kopi = tmp_path / "kopi"
    ta_kopi(kilde, dict.fromkeys(Del, kopi), mottakere, arbeid=config.data, tatt=now())
    nytt = _nytt_sted(config, tmp_path / "nytt")
    kode, tekst = kjoer(nytt, "restore", str(kopi), "--noekkel", str(privat))
    assert (kode, "skjema 0020" in tekst) == (0, True), tekst
    assert _saker(nytt) == {sak_id: "NAV 1"}


def test_what_would_stop_it_is_told_before_anything_is_written(
    app: Flask, config: Config, privat: Path, tmp_path: Path
) -> None:
    """A demo's keys in production, a receiver or keys that are none, and a folder that nobody can write in."""
    kopi = tmp_path / "kopi"
    skadet = {"KOORDINERING_NOEKLER": config.noekkelfil.read_text()[:-9]}
    produksjon = replace(config, miljoe=Miljoe.PRODUKSJON)
    verter = {"KOORDINERING_VERTER": "localhost"}
    for sted, melding, ekstra, ord_ in (
        (produksjon, "er laget for demo og kan ikke brukes i produksjon", verter, ()),
        (config, "er skadet", skadet, ()),
        (config, "må være som age1", {}, ("--mottaker", "age1hvem")),
        (config, "/proc/self", {}, ("--noekkellager", "/proc/self")),
    ):
        kode, tekst = kjoer(sted, "backup", str(kopi), *ord_, **ekstra)
        assert (kode > 0, melding in tekst) == (True, True), tekst
        assert "lest igjen" not in tekst
        assert [p for p in kopi.rglob("*") if p.is_file()] == []
        assert list(config.data.glob(".kopi-*")) == []


@bare_sqlite
def test_a_backup_beside_what_it_saves_is_refused(app: Flask, config: Config, privat: Path, tmp_path: Path) -> None:
    lenke, hoder = tmp_path / "lenke", tmp_path / "hoder"
    lenke.symlink_to(config.data)
    foer = _filer(config.data)
    for ord_, mappe in (
        ((str(config.data),), config.data),
        ((str(config.data / "under" / "kopi"),), config.data),
        ((str(lenke / "kopi"),), config.data),
        ((str(tmp_path / "kopi"), "--noekkellager", str(config.data / "kopi")), config.data),
        ((str(hoder / "kopi"),), hoder),
    ):
        kode, tekst = kjoer(config, "backup", *ord_, KOORDINERING_LOGGHODER=str(hoder))
        assert (kode, f"Kopier kan ikke ligge i {mappe}" in tekst) == (1, True), tekst
        assert (_filer(config.data), list(tmp_path.rglob("*.age"))) == (foer, [])


@bare_sqlite
def test_a_copy_that_the_disk_changed_gets_no_name(
    app: Flask, config: Config, privat: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ekte = os.fsync

    def glemsk(nummer: int) -> None:
        ekte(nummer)
        sti = Path(os.readlink(f"/proc/self/fd/{nummer}"))
        if sti.suffix == ".age":
            os.truncate(sti, sti.stat().st_size - 10)

    monkeypatch.setattr(os, "fsync", glemsk)
    kode, tekst = kjoer(config, "backup", str(tmp_path / "kopi"))
    assert (kode, "skadet" in tekst) == (1, True), tekst
    assert [p for p in (tmp_path / "kopi").rglob("*") if p.is_file()] == []


def test_old_backups_go_and_the_newest_stays_however_old(tmp_path: Path) -> None:
    naa = now()
    for dager in (200, 91, 89, 1):
        (tmp_path / filnavn(Del.DATA, naa - timedelta(days=dager))).write_bytes(b"x")
    (tmp_path / filnavn(Del.LAGER, naa - timedelta(days=200))).write_bytes(b"x")
    (tmp_path / "annet.txt").write_bytes(b"x")
    assert len(rydd(tmp_path, Del.DATA, dager=90, antall=None, naa=naa)) == 2
    assert len(rydd(tmp_path, Del.DATA, dager=90, antall=1, naa=naa)) == 1
    assert len(rydd(tmp_path, Del.DATA, dager=90, antall=1, naa=naa + timedelta(days=900))) == 0
    assert rydd(tmp_path, Del.LAGER, dager=30, antall=None, naa=naa) == []
    assert len(list(tmp_path.iterdir())) == 3


@pytest.mark.bare_postgresql
@pytest.mark.egen_app
def test_postgresql_comes_back_in_an_empty_database(
    app: Flask, config: Config, folk: Any, privat: Path, tmp_path: Path, pg_server: str
) -> None:
    sak_id = fabrikk.sak(folk.nav1, egen_referanse="NAV 1").id
    db.session.remove()
    assert kjoer(config, "backup", str(tmp_path / "kopi"))[0] == 0
    with psycopg.connect(pg_server, autocommit=True) as server:
        server.execute("CREATE DATABASE hentet")
    url = med_database(pg_server, "hentet").replace("postgresql://", "postgresql+psycopg://")
    nytt = replace(_nytt_sted(config, tmp_path / "nytt"), database_url=url)
    for venter in ((0, "Nøklene passer"), (1, "ikke tomt")):
        kode, tekst = kjoer(nytt, "restore", str(tmp_path / "kopi"), "--noekkel", str(privat))
        assert (kode, venter[1] in tekst) == (venter[0], True), tekst
    assert _saker(nytt) == {sak_id: "NAV 1"}


@dataclass(frozen=True)
class Halvt:
    """A place of PostgreSQL's where the second half of a backup cannot come."""

    config: Config
    base: psycopg.Connection[Any]
    hent: tuple[str, ...]
    sak_id: int


@pytest.fixture
def halvt(app: Flask, config: Config, folk: Any, privat: Path, tmp_path: Path, pg_server: str) -> Iterator[Halvt]:
    sak_id = fabrikk.sak(folk.nav1, egen_referanse="NAV 1").id
    (config.data / "lapper").mkdir()
    (config.data / "lapper" / "so.txt").write_text("tekst")
    db.session.remove()
    assert kjoer(config, "backup", str(tmp_path / "kopi"))[0] == 0
    with psycopg.connect(pg_server, autocommit=True) as server:
        server.execute("CREATE DATABASE halvt")
        url = med_database(pg_server, "halvt")
        sted = _nytt_sted(config, tmp_path / "nytt")
        with psycopg.connect(url, autocommit=True) as base:
            base.execute("CREATE VIEW sak AS SELECT 1 AS id")  # no table: the place is empty, and the name is taken
            hent = ("restore", str(tmp_path / "kopi"), "--noekkel", str(privat))
            url = url.replace("postgresql://", "postgresql+psycopg://")
            yield Halvt(replace(sted, database_url=url), base, hent, sak_id)
        server.execute("DROP DATABASE halvt WITH (FORCE)")


@pytest.mark.bare_postgresql
@pytest.mark.egen_app
def test_a_second_half_that_cannot_come_takes_the_first_away_again(halvt: Halvt) -> None:
    kode, tekst = kjoer(halvt.config, *halvt.hent)
    assert (kode, "pg_restore stanset" in tekst) == (1, True), tekst
    assert tekst.endswith(" Ingenting er lagt på plass.\n")
    assert _lageret(halvt.base) == 0
    assert _filer(halvt.config.data).keys() == {"noekler.json"}
    halvt.base.execute("DROP VIEW sak")
    assert kjoer(halvt.config, *halvt.hent)[0] == 0
    assert _saker(halvt.config) == {halvt.sak_id: "NAV 1"}
    assert (halvt.config.data / "lapper" / "so.txt").read_text() == "tekst"


@pytest.mark.bare_postgresql
@pytest.mark.egen_app
def test_a_first_half_that_cannot_be_taken_away_is_told_of_and_taken_up(halvt: Halvt) -> None:
    halvt.base.execute(
        "CREATE FUNCTION nei() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'nei'; END $$;"
        "CREATE EVENT TRIGGER nei ON sql_drop EXECUTE FUNCTION nei()"
    )
    kode, tekst = kjoer(halvt.config, *halvt.hent)
    assert (kode, "Nøkkellageret er lagt på plass, og databasen er ikke det." in tekst) == (1, True), tekst
    assert "kjør det samme med --bare-databasen" in tekst
    assert _lageret(halvt.base) > 0
    halvt.base.execute("DROP EVENT TRIGGER nei; DROP FUNCTION nei; DROP VIEW sak")
    kode, tekst = kjoer(halvt.config, *halvt.hent)
    assert (kode, "gjenoppretting stanset, kjør det samme med --bare-databasen" in tekst) == (1, True), tekst
    assert kjoer(halvt.config, *halvt.hent, "--bare-databasen")[0] == 0
    assert _saker(halvt.config) == {halvt.sak_id: "NAV 1"}


def _lageret(base: psycopg.Connection[Any]) -> int:
    """How many tables of the key store there are."""
    query = "SELECT count(*) FROM pg_tables WHERE schemaname = 'noekkellager'"
    return int(base.execute(query).fetchall()[0][0])


@bare_sqlite
def test_a_database_that_cannot_come_takes_the_key_store_away_again(
    app: Flask, config: Config, folk: Any, privat: Path, tmp_path: Path
) -> None:
    fabrikk.sak(folk.nav1)
    assert kjoer(config, "backup", str(tmp_path / "kopi"))[0] == 0
    nytt = _nytt_sted(config, tmp_path / "nytt")
    fil = tmp_path / "ingen-mappe"
    fil.write_text("a file where the folder should be")
    lager = nytt.data / "noekkellager.sqlite3"
    steder = replace(nytt, database_url=f"sqlite:///{fil / 'koordinering.sqlite3'}", lager_url=f"sqlite:///{lager}")
    kode, tekst = kjoer(steder, "restore", str(tmp_path / "kopi"), "--noekkel", str(privat))
    assert (kode, "Ingenting er lagt på plass." in tekst) == (1, True), tekst
    assert _filer(nytt.data).keys() == {"noekler.json"}


@bare_sqlite
def test_a_drill_that_fails_says_so_in_its_report(
    app: Flask, config: Config, folk: Any, privat: Path, tmp_path: Path
) -> None:
    fabrikk.sak(folk.nav1, egen_referanse="NAV 1")
    kopi = tmp_path / "kopi"
    assert kjoer(config, "backup", str(kopi))[0] == 0
    andre = tmp_path / "andre.json"
    crypto.lag_noekler(andre, demo=True)
    kode, tekst = kjoer(config, "backup", "øvelse", str(kopi), "--noekkel", str(privat), "--noekkelfil", str(andre))
    rapport = json.loads((kopi / "oevelse.json").read_text())
    assert (kode, rapport["ok"], rapport["noekler"]) == (1, False, "kopien"), tekst
    assert f"Nøkkelfilen {andre} passer ikke til kopien" in rapport["feil"]
    assert json.loads(tekst.splitlines()[-1]) == rapport
    andre.write_text("{}")
    for ord_, ekstra, hva in (
        (("--noekkelfil", str(andre)), {}, f"Nøkkelfilen {andre} er skadet"),
        (("--noekkelfil", str(tmp_path / "borte")), {}, f"{tmp_path / 'borte'} finnes ikke"),
        ((), {"KOORDINERING_NOEKKELFIL": str(andre)}, f"Nøkkelfilen {andre} er skadet"),
        ((), {"KOORDINERING_NOEKLER": "{}"}, "Innholdet i KOORDINERING_NOEKLER er skadet"),
    ):
        kjoer(config, "backup", "øvelse", str(kopi), "--noekkel", str(privat), *ord_, **ekstra)
        feil = json.loads((kopi / "oevelse.json").read_text())["feil"]
        assert (hva in feil, "koordinering-oevelse-" in feil) == (True, False), feil


@bare_sqlite
def test_a_drill_that_is_stopped_leaves_nothing_in_the_clear(
    app: Flask, config: Config, folk: Any, privat: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kopi, kladd = tmp_path / "kopi", tmp_path / "kladd"
    assert kjoer(config, "backup", str(kopi))[0] == 0
    kladd.mkdir()
    hentet: list[str] = []

    def stanses(_sted: object) -> dict[str, object]:
        hentet.extend(fil.name for fil in kladd.rglob("*.sqlite3"))
        os.kill(os.getpid(), signal.SIGTERM)
        return {}

    monkeypatch.setattr(tempfile, "tempdir", str(kladd))
    monkeypatch.setattr("koordinering.cli.kopier.oevelse._oev", stanses)
    foer = signal.getsignal(signal.SIGTERM)
    kode, tekst = kjoer(
        config, "backup", "øvelse", str(kopi), "--noekkel", str(privat), "--noekkelfil", str(config.noekkelfil)
    )
    assert kode == 1, tekst
    assert "koordinering.sqlite3" in hentet
    assert list(kladd.iterdir()) == []
    assert json.loads((kopi / "oevelse.json").read_text())["feil"] == "Øvelsen ble stanset før den var ferdig."
    assert signal.getsignal(signal.SIGTERM) is foer


@pytest.mark.bare_postgresql
def test_a_drill_from_postgresql_says_which_database_it_needs(
    app: Flask, config: Config, privat: Path, tmp_path: Path, pg_server: str
) -> None:
    db.session.remove()
    kopi = tmp_path / "kopi"
    assert kjoer(config, "backup", str(kopi))[0] == 0
    with psycopg.connect(pg_server, autocommit=True) as server:
        server.execute("CREATE DATABASE oevelse_for_andre")
        server.execute("CREATE ROLE oever LOGIN PASSWORD 'oever'")
    andres = make_url(med_database(pg_server, "oevelse_for_andre")).set(username="oever", password="oever")
    ord_ = ("backup", "oevelse", str(kopi), "--noekkel", str(privat))
    for ekstra, hva in (
        ((), "oppgi den med --database"),
        (("--database", andres.render_as_string(hide_password=False)), "må eie databasen"),
    ):
        assert kjoer(config, *ord_, *ekstra)[0] == 1
        rapport = json.loads((kopi / "oevelse.json").read_text())
        assert hva in rapport["feil"], rapport


@pytest.mark.lang
def test_the_drill_takes_the_three_journeys_in_the_copy(
    app: Flask, config: Config, folk: Any, privat: Path, tmp_path: Path, pg_server: str, database: str
) -> None:
    fabrikk.sak(folk.nav1, egen_referanse="NAV 1")
    fabrikk.utlaan(folk.fretex1, *fabrikk.utstyr(folk.fretex1))
    db.session.remove()
    kopi, foer = tmp_path / "kopi", len(_saker(config))
    assert kjoer(config, "backup", str(kopi))[0] == 0
    ekstra: list[str] = []
    if database == "postgresql":
        with psycopg.connect(pg_server, autocommit=True) as server:
            server.execute("CREATE DATABASE oevelse")
        ekstra = ["--database", med_database(pg_server, "oevelse")]
    ord_ = ("backup", "oevelse", str(kopi), "--noekkel", str(privat), "--noekkelfil", str(config.noekkelfil))
    kode, tekst = kjoer(config, *ord_, *ekstra)
    rapport = json.loads((kopi / "oevelse.json").read_text())
    assert (kode, rapport["ok"]) == (0, True), tekst
    assert rapport["aapnet"] == {"noekler": 2, "egne_referanser": 1, "telefonnumre": 1, "glemt": 0}
    assert set(rapport["reiser"]) == {"registrere", "fordele", "telle"}
    assert len(_saker(config)) == foer, "the installation itself is as it was"
