"""What a disk, a network and a database say, on the command line: a line in plain words of the right file."""

import errno
import socket
import sqlite3
import ssl
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import SQLAlchemyError

from koordinering import driftsfeil, signatur
from koordinering.cli import hoved
from koordinering.cli.tjener import krev_ledig_port
from koordinering.config import Config
from koordinering.databasevalg import les_url
from koordinering.errors import KoordineringError, UgyldigFelt
from koordinering.filer import ny_fil, skriv_hel
from koordinering.konto.rules import sjekk_passord
from koordinering.personvern.segl.rules import Funnslag
from koordinering.personvern.segl.services import Loggsted, forsegl
from tests.conftest import med_database
from tests.kommando import kjoer
from tests.personvern.test_segl_drift import funn, linje


def _sagt(url: str, setning: str = "SELECT 1") -> str:
    engine = create_engine(url)
    try:
        with engine.connect() as forbindelse:
            forbindelse.execute(text(setning))
    except SQLAlchemyError as feil:
        return driftsfeil.om_basen(feil)
    finally:
        engine.dispose()
    raise AssertionError("it went well")


def test_of_sqlite(tmp_path: Path) -> None:
    (tmp_path / "tekst").write_text("dette er ikke en database, og lengre enn hodet til en\n" * 50, encoding="ascii")
    assert _sagt(f"sqlite:///{tmp_path / 'tekst'}", "SELECT * FROM sqlite_master") == "Filen er ikke en database."
    assert "kan ikke åpnes" in _sagt(f"sqlite:///{tmp_path / 'ingen' / 'base'}")


def test_of_a_full_disk() -> None:
    full = sqlite3.connect(":memory:")
    full.execute("PRAGMA max_page_count=2")
    with pytest.raises(sqlite3.OperationalError) as feil:
        full.executescript("CREATE TABLE a(b); INSERT INTO a VALUES (zeroblob(100000))")
    full.close()
    assert driftsfeil.er_basens(feil.value)
    assert driftsfeil.om_basen(feil.value) == "Disken er full. Gjør plass, og prøv igjen."


def test_of_postgresql(pg_server: str) -> None:
    url = pg_server.replace("postgresql://", "postgresql+psycopg://")
    assert "finnes ikke på tjeneren" in _sagt(
        med_database(pg_server, "ingen_slik").replace("postgresql:", "postgresql+psycopg:")
    )
    with socket.socket() as ledig:
        ledig.bind(("127.0.0.1", 0))
        port = ledig.getsockname()[1]
    assert "svarer ikke på adressen" in _sagt(f"postgresql+psycopg://a:b@127.0.0.1:{port}/c")
    with psycopg.connect(pg_server, autocommit=True) as server:
        server.execute("CREATE ROLE uten_rett")
    try:
        assert "mangler en rettighet" in _sagt(url, "SET ROLE uten_rett; CREATE TABLE x (a int)")
    finally:
        with psycopg.connect(pg_server, autocommit=True) as server:
            server.execute("DROP ROLE uten_rett")


def test_what_has_no_words_of_its_own_names_its_kind_and_nothing_that_was_in_it() -> None:
    sagt = driftsfeil.om_basen(psycopg.errors.DivisionByZero("hemmelig"))
    assert ("DivisionByZero" in sagt, "hemmelig" in sagt) == (True, False)


@pytest.mark.parametrize(
    ("nummer", "ord_"),
    [
        (errno.EACCES, "tilgang nektet"),
        (errno.ENOENT, "finnes ikke"),
        (errno.ENOSPC, "Disken er full"),
        (errno.EIO, "/a/b: "),
    ],
)
def test_of_a_file(nummer: int, ord_: str) -> None:
    sagt = driftsfeil.om_filen(OSError(nummer, "in English", "/a/b"))
    assert ord_ in sagt
    assert "/a/b" in sagt


def test_the_file_that_is_named_is_the_one_that_was_asked_for(tmp_path: Path) -> None:
    (tmp_path / "fil").write_bytes(b"")
    for skriv in (lambda sti: skriv_hel(sti, b"x"), lambda sti: ny_fil(sti).__enter__()):
        with pytest.raises(OSError, match="under") as feil:
            skriv(tmp_path / "fil" / "under")
        assert feil.value.filename == str(tmp_path / "fil" / "under")
    with pytest.raises(OSError, match="borte") as feil:
        ny_fil(tmp_path / "borte" / "fil").__enter__()
    assert feil.value.filename == str(tmp_path / "borte"), "the folder is what is not there"


def test_a_fault_of_ours_is_no_fault_of_the_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    def feil(**_om: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(hoved.koordinering, "main", feil)
    with pytest.raises(ZeroDivisionError):
        hoved._kjoer(["db", "status"])


def test_the_log_is_taken_out_to_a_file_of_its_owners_alone(tmp_path: Path) -> None:
    fil = tmp_path / "logg.jsonl"
    fil.write_text("gammel", encoding="ascii")
    fil.chmod(0o644)
    halv = ny_fil(fil)
    halv.__enter__().write("halvt")
    assert not halv.__exit__(RuntimeError, RuntimeError(), None)
    assert fil.read_text(encoding="ascii") == "gammel"
    with ny_fil(fil) as ut:
        ut.write("helt")
    assert (fil.read_text(encoding="ascii"), fil.stat().st_mode & 0o777) == ("helt", 0o600)
    assert list(tmp_path.iterdir()) == [fil]


def test_an_address_of_a_file_means_the_same_file_to_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert les_url("sqlite:///rel/a.sqlite3", "X") == f"sqlite:///{tmp_path}/rel/a.sqlite3"
    assert les_url("sqlite:////abs/a.sqlite3", "X") == "sqlite:////abs/a.sqlite3"


def test_why_a_port_cannot_be_had() -> None:
    with pytest.raises(KoordineringError, match="finnes ikke på denne maskinen"):
        krev_ledig_port(8000, "192.0.2.1")
    with socket.socket() as opptatt:
        opptatt.bind(("127.0.0.1", 0))
        opptatt.listen()
        with pytest.raises(KoordineringError, match="er i bruk"):
            krev_ledig_port(opptatt.getsockname()[1])


@pytest.mark.parametrize("passord", ["prove1prove1", "Prove1-Prove1!", "2026prove12026", "prove1.prove1.prove1"])
def test_a_password_of_nothing_but_the_user_name_is_refused(passord: str) -> None:
    with pytest.raises(UgyldigFelt):
        sjekk_passord(passord, brukernavn="prove1", felt="passord")
    sjekk_passord(f"{passord}-hest-lampe", brukernavn="prove1", felt="passord")


def test_a_log_whose_heads_are_all_gone_is_not_well(config: Config, app: object) -> None:
    signatur.lag_noekkel(config.loggnoekkel)
    sted = Loggsted(config.hodemappe, config.loggnoekkel)
    linje()
    forsegl(sted)
    for hode in sted.hoder.glob("*.json"):
        hode.unlink()
    assert Funnslag.HODE_MANGLER in funn(sted)
    assert kjoer(config, "audit", "verify")[0] == 1


@pytest.mark.parametrize(
    ("feil", "ord_"),
    [
        (ConnectionRefusedError(errno.ECONNREFUSED, "Connection refused"), "ingen lytter på porten"),
        (ConnectionResetError(errno.ECONNRESET, "Connection reset by peer"), "forbindelsen ble brutt"),
        (OSError(errno.EHOSTUNREACH, "No route to host"), "ingen vei dit"),
        (socket.gaierror(socket.EAI_NONAME, "Name or service not known"), "navnet er ukjent"),
        (TimeoutError("timed out"), "ikke noe svar"),
        (ssl.SSLCertVerificationError(1, "certificate verify failed"), "sertifikatet godtas ikke"),
        (ssl.SSLError(1, "wrong version number"), "TLS ble ikke til"),
        (OSError(0, "svarte ikke med HTTP"), "svarte ikke med HTTP"),
    ],
    ids=lambda en: repr(en) if isinstance(en, OSError) else None,
)
def test_of_a_receiver_that_cannot_be_reached(feil: OSError, ord_: str) -> None:
    assert driftsfeil.om_forbindelsen(feil) == ord_
