"""`koordinering sjekk`: each thing that can be wrong with an installation is told, with what to do and a code."""

import json
import os
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, redirect_stdout
from dataclasses import replace
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any
from unittest import mock
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

import psycopg
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from flask import Flask
from sqlalchemy import insert, text, update
from werkzeug.serving import make_server

from koordinering import migrering, rettigheter, signatur
from koordinering.app import create_app
from koordinering.audit import Hva, Innslag
from koordinering.cli.hoved import main
from koordinering.cli.sjekk import adressen
from koordinering.cli.sjekk.adressen import les_adresse
from koordinering.config import Config, les_config
from koordinering.db import db, now, own_transaction
from koordinering.jobb.models import Jobb
from koordinering.personvern.segl import services as segl
from koordinering.tekst import telt
from koordinering.users import User
from tests.conftest import inne_i
from tests.fabrikk import bruker
from tests.personvern.gamle import gammel_sak
from tests.tjener import miljo

pytestmark = pytest.mark.usefixtures("config")

Dommer = dict[str, str]


def sjekk(config: Config, *ord_: str, **ekstra: str) -> tuple[int, Dommer]:
    """The exit code, and each check's judgement by its name."""
    ut = StringIO()
    with (
        mock.patch.dict(os.environ, miljo(config, 8000, **ekstra), clear=True),
        redirect_stdout(ut),
        pytest.raises(SystemExit) as slutt,
    ):
        main(["sjekk", "--json", *ord_])
    svar = json.loads(ut.getvalue())
    assert all(en["funnet"] and (en["gjoer"] or en["dom"] == "ok") for en in svar), "every fault says what to do"
    assert isinstance(slutt.value.code, int)
    return slutt.value.code, {en["kontroll"]: en["dom"] for en in svar}


@pytest.fixture
def i_orden(config: Config, app: Flask, tmp_path: Path) -> dict[str, str]:
    """What it takes for nothing to be an error: the log sealed and verified, a backup, no other place for the heads."""
    config.data.chmod(0o700)
    signatur.lag_noekkel(config.loggnoekkel)
    sted = segl.Loggsted(tmp_path / "hoder", config.loggnoekkel)
    segl.forsegl(sted)
    segl.skriv_ned(segl.kontroller(db.session(), sted), av=None)
    (tmp_path / "kopi").mkdir()
    (tmp_path / "kopi" / "natt.sqlite3").write_bytes(b"x")
    _oevd(tmp_path / "kopi", 0)
    db.session.rollback()
    return {"KOORDINERING_LOGGHODER": str(tmp_path / "hoder"), "KOORDINERING_KOPIER": str(tmp_path / "kopi")}


def _oevd(mappe: Path, dager: int, *, gikk: bool = True) -> None:
    """The report of a drill so many days ago."""
    rapport = {"tid": (now() - timedelta(days=dager)).isoformat(), "ok": gikk}
    (mappe / "oevelse.json").write_text(json.dumps(rapport))


def test_nothing_to_mend(config: Config, i_orden: dict[str, str], database: str) -> None:
    _, dommer = sjekk(config, **i_orden)
    venter = {"miljø", "databaserettigheter", "nøkkellager", "systemforvaltere"}
    assert {navn for navn, dom in dommer.items() if dom != "ok"} <= venter
    assert dommer["miljø"] == "advarsel"
    # The tests' PostgreSQL is signed in to as the one who owns everything.
    assert dommer["databaserettigheter"] == ("ok" if database == "sqlite" else "feil")


@pytest.mark.bare_sqlite
def test_what_the_environment_gets_wrong(config: Config, i_orden: dict[str, str], tmp_path: Path) -> None:
    def dom(kontroll: str, **ekstra: str) -> str:
        return sjekk(config, **{**i_orden, **ekstra})[1][kontroll]

    assert dom("feilsøking", FLASK_DEBUG="1") == "feil"
    assert dom("feilsøking", FLASK_DEBUG="0") == "ok"
    assert dom("vertsnavn", KOORDINERING_VERTER=".kommunen.example") == "feil"
    assert dom("sikkerhetskopi", KOORDINERING_KOPIER="") == "advarsel"
    assert dom("sikkerhetskopi", KOORDINERING_KOPIER=f"{tmp_path / 'kopi'},{tmp_path / 'borte'}") == "feil"
    kopi = tmp_path / "kopi" / "natt.sqlite3"
    for timer, venter in ((25, "ok"), (30, "advarsel"), (24 * 8, "feil")):
        da = (now() - timedelta(hours=timer)).timestamp()
        os.utime(kopi, (da, da))
        assert dom("sikkerhetskopi") == venter
    kopi.write_bytes(b"")
    assert dom("sikkerhetskopi") == "feil", "neither an empty file nor the report of a drill is a backup"
    assert dom("gjenoppretting", KOORDINERING_KOPIER=str(tmp_path / "kopi" / "data")) == "ok", "beside them"
    for dager, gikk, venter in ((36, True, "advarsel"), (1, False, "feil")):
        _oevd(tmp_path / "kopi", dager, gikk=gikk)
        assert dom("gjenoppretting") == venter
    (tmp_path / "kopi" / "oevelse.json").write_text("ikke json")
    assert dom("gjenoppretting") == "advarsel"
    assert dom("loggens hoder", KOORDINERING_LOGGHODER="") == "advarsel"
    assert dom("proxy", KOORDINERING_HTTPS="1") == "advarsel"
    assert dom("proxy", KOORDINERING_HTTPS="1", KOORDINERING_PROXYER="1") == "ok"
    assert sjekk(config, PORT="ingen") == (2, {"innstillinger": "feil"})


@pytest.mark.bare_sqlite
def test_one_of_something_is_told_as_one(config: Config, i_orden: dict[str, str]) -> None:
    valg = miljo(config, 8000, **i_orden, KOORDINERING_HTTPS="1", KOORDINERING_PROXYER="1")
    ut = StringIO()
    with mock.patch.dict(os.environ, valg, clear=True), redirect_stdout(ut), pytest.raises(SystemExit):
        main(["sjekk"])
    assert " 1 proxy foran." in ut.getvalue()
    advarsler = ut.getvalue().count("advarsel  ")
    assert f", {telt(advarsler, 'advarsel', 'advarsler')}, " in ut.getvalue()
    assert [telt(antall, "advarsel", "advarsler") for antall in (0, 1, 2)] == [
        "0 advarsler",
        "1 advarsel",
        "2 advarsler",
    ]


@pytest.mark.bare_sqlite
def test_production_asks_for_more(config: Config, i_orden: dict[str, str]) -> None:
    kode, dommer = sjekk(config, **i_orden, KOORDINERING_MILJOE="produksjon", KOORDINERING_HTTPS="0")
    assert kode == 2
    assert dommer["miljø"] == "ok"
    assert (dommer["vertsnavn"], dommer["https"], dommer["nøkler"]) == ("feil", "feil", "feil")
    assert dommer["oppstart"] == "feil", "it would not start with the demo's keys"
    assert "jobber" not in dommer
    navn = "koordinering.kommunen.example"
    _, dommer = sjekk(config, **i_orden, KOORDINERING_MILJOE="produksjon", KOORDINERING_VERTER=navn)
    assert (dommer["vertsnavn"], dommer["https"]) == ("ok", "ok")


@pytest.mark.bare_sqlite
def test_files_that_others_reach(config: Config, i_orden: dict[str, str]) -> None:
    config.data.chmod(0o755)
    assert sjekk(config, **i_orden)[1]["datamappe"] == "feil"
    (config.data / "koordinering.sqlite3").chmod(0o644)
    assert sjekk(config, **i_orden)[1]["databaserettigheter"] == "feil"
    config.data.chmod(0o700)
    assert sjekk(config, **i_orden)[1]["databaserettigheter"] == "ok", "the folder closes what is in it"
    config.loggnoekkel.chmod(0o640)
    assert sjekk(config, **i_orden)[1]["loggnøkkel"] == "feil"
    config.noekkelfil.chmod(0o644)
    kode, dommer = sjekk(config, **i_orden)
    assert (kode, dommer["nøkler"], dommer["oppstart"]) == (2, "feil", "feil")


def test_what_has_stopped(config: Config, i_orden: dict[str, str]) -> None:
    gammel_sak(bruker("nav1"))
    with own_transaction() as session:
        session.execute(insert(Jobb).values(id=1, slag="telling", argument={}, bestilt=now() - timedelta(hours=1)))
        session.execute(insert(Innslag).values(tid=now() - timedelta(hours=2), hva=Hva.INN, roller=""))
        session.execute(update(User).where(User.brukernavn.like("system%")).values(laast=True))
    db.session.rollback()
    kode, dommer = sjekk(config, **i_orden)
    stanset = {navn: dommer[navn] for navn in ("jobber", "loggens segl", "sletting", "systemforvaltere")}
    assert stanset == dict.fromkeys(stanset, "feil")
    assert kode == 2


def test_a_log_that_was_found_changed_or_was_never_looked_at(config: Config, i_orden: dict[str, str]) -> None:
    sted = segl.Loggsted(Path(i_orden["KOORDINERING_LOGGHODER"]), config.loggnoekkel)
    (hode,) = (fil for fil in sted.hoder.glob("*.json"))
    hode.write_text("{}")
    segl.skriv_ned(segl.kontroller(db.session(), sted), av=None)
    db.session.rollback()
    assert sjekk(config, **i_orden)[1]["loggkontroll"] == "feil"
    hode.unlink()
    assert sjekk(config, **i_orden)[1]["loggens segl"] == "feil"


def test_a_clock_that_is_wrong_and_a_schema_that_is_old(config: Config, i_orden: dict[str, str]) -> None:
    with own_transaction() as session:
        session.execute(insert(Innslag).values(tid=now() + timedelta(hours=1), hva=Hva.INN, roller=""))
    db.session.rollback()
    assert sjekk(config, **i_orden)[1]["klokke"] == "feil"
    with db.engine.begin() as forbindelse:
        forbindelse.exec_driver_sql("UPDATE alembic_version SET version_num = '0001'")
    try:
        kode, dommer = sjekk(config, **i_orden)
    finally:
        with db.engine.begin() as forbindelse:  # the table outlives the test on PostgreSQL
            forbindelse.execute(text("UPDATE alembic_version SET version_num = :naa"), {"naa": migrering.nyeste()})
    assert (kode, dommer["skjema"]) == (2, "feil")
    assert "jobber" not in dommer, "nothing more is read from a schema that is not ours"


@pytest.mark.bare_postgresql
def test_a_role_that_can_only_add_to_the_log(config: Config, i_orden: dict[str, str], database: str) -> None:
    eier = config.database_url.replace("postgresql+psycopg://", "postgresql://")
    with psycopg.connect(eier, autocommit=True) as forbindelse:
        forbindelse.execute("DROP ROLE IF EXISTS sjekket")
        forbindelse.execute("CREATE ROLE sjekket LOGIN")
        try:
            for setning in rettigheter.setninger("sjekket"):
                forbindelse.execute(setning.encode())
            som = replace(config, database_url=config.database_url.replace("//postgres:", "//sjekket:"))
            assert som != config
            assert sjekk(som, **i_orden)[1]["databaserettigheter"] == "ok"
            forbindelse.execute("GRANT DELETE ON innsynslogg TO sjekket")
            assert sjekk(som, **i_orden)[1]["databaserettigheter"] == "feil"
        finally:
            forbindelse.execute("DROP OWNED BY sjekket")
            forbindelse.execute("DROP ROLE sjekket")


@pytest.mark.bare_sqlite
def test_it_makes_nothing_where_there_is_nothing(config: Config, tmp_path: Path, database: str) -> None:
    tom = replace(config, data=tmp_path / "tom", database_url=f"sqlite:///{tmp_path / 'tom' / 'x.sqlite3'}")
    kode, dommer = sjekk(tom)
    assert (kode, dommer["datamappe"], dommer["database"]) == (2, "feil", "feil")
    assert not (tmp_path / "tom").exists()


@pytest.mark.bare_sqlite
def test_an_address_is_an_address(config: Config, database: str) -> None:
    assert les_adresse("https://koordinering.kommunen.example/") is not None
    for galt in ("kommunen.example", "ftp://x", "https://a:b@x", "https://x/y", "https://x:99999", "http://"):
        assert les_adresse(galt) is None
    assert sjekk(config, "--adresse", "http://127.0.0.1:9")[1]["adresse"] == "feil"


@contextmanager
def _svarer(program: WSGIApplication, sertifikat: tuple[str, str] | None = None) -> Iterator[str]:
    """Serve it in a thread; gives its address."""
    tjener = make_server("127.0.0.1", 0, program, ssl_context=sertifikat)
    traad = threading.Thread(target=tjener.serve_forever)
    traad.start()
    try:
        yield f"{'https' if sertifikat else 'http'}://localhost:{tjener.server_port}"
    finally:
        tjener.shutdown()
        traad.join()
        tjener.server_close()


def _smaa(program: WSGIApplication) -> WSGIApplication:
    """A proxy that sends the names of headers on in small letters, as nginx does with those of our server."""

    def kjoer(environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        def med_smaa(status: str, hoder: list[tuple[str, str]], *resten: Any) -> Any:
            return start(status, [(navn.lower(), verdi) for navn, verdi in hoder], *resten)

        return program(environ, med_smaa)

    return kjoer


def _sertifikat(mappe: Path, dager: int) -> tuple[str, str]:
    """A certificate of our own for localhost, and its key."""
    noekkel = ec.generate_private_key(ec.SECP256R1())
    navn = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    bygg = x509.CertificateBuilder().subject_name(navn).issuer_name(navn).public_key(noekkel.public_key())
    bygg = bygg.serial_number(1).not_valid_before(now()).not_valid_after(now() + timedelta(days=dager))
    bygg = bygg.add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
    bevis = bygg.sign(noekkel, hashes.SHA256())
    (mappe / "bevis.pem").write_bytes(bevis.public_bytes(Encoding.PEM))
    (mappe / "noekkel.pem").write_bytes(noekkel.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return str(mappe / "bevis.pem"), str(mappe / "noekkel.pem")


@pytest.mark.bare_sqlite
@pytest.mark.egen_app
@pytest.mark.parametrize(("dager", "venter"), [(90, "ok"), (5, "advarsel")])
def test_the_address_that_people_use(config: Config, tmp_path: Path, dager: int, venter: str) -> None:
    filer = _sertifikat(tmp_path, dager)
    with inne_i(create_app(replace(config, https=True))) as app, _svarer(_smaa(app), filer) as adresse:
        _, dommer = sjekk(config, "--adresse", adresse, SSL_CERT_FILE=filer[0])
        assert dommer["sertifikat"] == venter
        for kontroll in ("adresse", "hoder", "informasjonskapsel", "fremmed vertsnavn", "filer", "klokke der"):
            assert dommer[kontroll] == "ok", kontroll
        assert sjekk(config, "--adresse", adresse)[1]["adresse"] == "feil", "nobody vouches for the certificate"


@pytest.mark.bare_sqlite
def test_a_proxy_that_spoils_what_passes(app: Flask, config: Config) -> None:
    def proxyen(miljo_: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        miljo_["HTTP_HOST"] = "localhost"  # it never sends the name on

        def uten(status: str, hoder: list[tuple[str, str]], *resten: Any) -> Any:
            borte = {"content-security-policy", "x-content-type-options"}
            hoder = [(n, v.replace("; HttpOnly", "")) for n, v in hoder if n.lower() not in borte]
            return start(status, hoder, *resten)

        return app(miljo_, uten)

    senere = mock.patch.object(adressen, "now", return_value=now() + timedelta(hours=1))
    with _svarer(proxyen) as adresse, senere:
        dommer = sjekk(config, "--adresse", adresse)[1]
    gale = {navn for navn in ("hoder", "fremmed vertsnavn", "filer", "klokke der") if dommer[navn] == "feil"}
    assert gale == {"hoder", "fremmed vertsnavn", "filer", "klokke der"}
    assert dommer["informasjonskapsel"] == "feil"
    assert dommer["sertifikat"] == "advarsel"


@pytest.mark.bare_sqlite
def test_the_settings_tell_where_the_backups_are() -> None:
    assert les_config({"KOORDINERING_KOPIER": " /a , /b,"}).kopier == (Path("/a"), Path("/b"))


def test_in_words(config: Config, i_orden: dict[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    with mock.patch.dict(os.environ, miljo(config, 8000, **i_orden), clear=True), pytest.raises(SystemExit):
        main(["sjekk"])
    linjer = capsys.readouterr().out.splitlines()
    assert linjer[0].split() == ["advarsel", "miljø", "Dette", "er", "en", "demo."]
    assert linjer[1].strip().startswith("→ Registrer bare oppdiktede")
    assert "i orden" in linjer[-1]
