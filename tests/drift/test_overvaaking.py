"""What those who watch see: numbers behind a token, a request's number in and out, what is slow, and the page."""

import contextvars
import errno
import json
import logging
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest
from flask import Flask
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import insert
from werkzeug.test import TestResponse

from koordinering.app import create_app
from koordinering.cli.linjer import Linje
from koordinering.config import Config
from koordinering.db import db, now, own_transaction
from koordinering.drift.rules import METRIKKMAPPE
from koordinering.drift.services import disken, maalere
from koordinering.drift.services.status import status
from koordinering.drift.services.treghet import uten_verdier
from koordinering.driftsvalg import Driftsvalg, les_driftsvalg
from koordinering.errors import ConfigError
from koordinering.jobb.models import Jobb
from koordinering.jobb.rules import Jobbstatus
from tests import fabrikk
from tests.conftest import inne_i
from tests.fabrikk import bruker
from tests.nettleser import Nettleser

_OM_FAMILIER = {"saker", "samordning", "tildeling", "krav", "sletting"}
TOKEN = "et-token-som-er-langt-nok-til-dette"
ETIKETTER = {"endpoint", "method", "status", "le", "database", "state", "place", "version", "schema", "python"}
"""Every label that a number may have: none of them names a person, a unit, a measure or a case."""


@pytest.fixture
def overvaaket(config: Config, tmp_path: Path) -> Iterator[Flask]:
    """An installation that is watched, behind a proxy, where everything is slow."""
    (tmp_path / "kopi").mkdir()
    (tmp_path / "kopi" / "natt").write_bytes(b"x")
    valg = Driftsvalg(metrikk_token=TOKEN, treg_sql_ms=1, logg_alle=True)
    kopier = (tmp_path / "kopi", tmp_path / "borte")
    with inne_i(create_app(replace(config, proxyer=1, kopier=kopier, drift=valg))) as app:
        yield app
    logging.getLogger("koordinering.foresporsel").setLevel(logging.NOTSET)


def _hent(app: Flask, sti: str, **hoder: str) -> TestResponse:
    klient = app.test_client()
    svar: TestResponse = contextvars.Context().run(
        lambda: klient.get(sti, base_url="http://localhost", headers={k.replace("_", "-"): v for k, v in hoder.items()})
    )
    return svar


def _tall(app: Flask) -> dict[tuple[str, str], float]:
    """Each number by its name and its labels."""
    svar = _hent(app, "/metrics", Authorization=f"Bearer {TOKEN}")
    assert svar.status_code == 200
    return {
        (rad.name.removeprefix("koordinering_"), ",".join(f"{k}={v}" for k, v in sorted(rad.labels.items()))): rad.value
        for familie in text_string_to_metric_families(svar.get_data(as_text=True))
        for rad in familie.samples
    }


@pytest.mark.bare_sqlite
def test_a_place_that_cannot_be_looked_at_takes_neither_the_numbers_nor_the_status_with_it(
    config: Config, tmp_path: Path
) -> None:
    """To root nothing is closed; a name that is too long can no more be looked at than what is behind a closed door."""
    stengt = tmp_path / ("x" * 300)
    with pytest.raises(OSError, match="too long"):
        stengt.exists()
    paa = replace(config, kopier=(stengt,), drift=Driftsvalg(metrikk_token=TOKEN))
    with inne_i(create_app(paa)) as app:
        tallene = _tall(app)
        assert status(paa, av=bruker("system1")).disker
    assert ("disk_free_bytes", f"place={config.data}") in tallene
    assert ("disk_free_bytes", f"place={stengt}") not in tallene
    assert tallene["backup_age_seconds", f"place={stengt}"] == float("inf")


def test_alive_asks_no_database_and_ready_does(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    assert _hent(app, "/helse/klar").get_json() == _hent(app, "/helse").get_json()
    monkeypatch.setattr("koordinering.drift.routes.helse", lambda: pytest.fail("asked the database"))
    assert _hent(app, "/helse/lever").get_json() == {"status": "ok"}


def test_the_numbers_are_closed_to_all_but_the_token(app: Flask, overvaaket: Flask) -> None:
    for hos, vist in ((app, f"Bearer {TOKEN}"), (overvaaket, ""), (overvaaket, "Bearer "), (overvaaket, TOKEN)):
        svar = _hent(hos, "/metrics", Authorization=vist)
        assert svar.status_code == 404
        assert "koordinering_" not in svar.get_data(as_text=True)


def test_the_numbers_tell_of_the_installation_and_of_nobody(overvaaket: Flask, folk: Any, tmp_path: Path) -> None:
    with own_transaction() as session:
        naa = now()
        session.execute(insert(Jobb).values(id=1, slag="telling", argument={}, bestilt=naa - timedelta(hours=1)))
        feilet = {"status": Jobbstatus.FEILET, "slag": "telling", "argument": {}}
        session.execute(insert(Jobb).values(id=2, ferdig=naa, **feilet))
        session.execute(insert(Jobb).values(id=3, ferdig=naa - timedelta(days=2), **feilet))
    db.session.rollback()
    nav = Nettleser(overvaaket).som(folk.nav1)
    for side in ("/saker", "/tilbud"):
        nav.se(side)
    nav.send("/saker/finn", {"referanse": "F-7K3M-Q2"})
    tall = _tall(overvaaket)
    assert any(navn.startswith("endpoint=tiltak.") and "status=200" in navn for _, navn in tall), "a page by its name"
    assert any("endpoint=saker,method=POST" in merker for _, merker in tall), "what is sent in by its part alone"
    assert not any("endpoint=saker.finn" in merker or "endpoint=saker.liste" in merker for _, merker in tall)
    assert {del_.partition("=")[0] for _, merker in tall for del_ in merker.split(",") if del_} <= ETIKETTER
    assert (tall["database_up", ""], tall["key_store_up", ""], tall["schema_current", ""]) == (1, 1, 1)
    assert (tall["jobs", "state=venter"], tall["jobs", "state=feilet"]) == (1, 1)
    assert 3600 <= tall["job_oldest_age_seconds", "state=venter"] < 3700
    assert tall["sessions", ""] == 1
    assert tall["backup_age_seconds", f"place={tmp_path / 'kopi'}"] < 60
    assert tall["backup_age_seconds", f"place={tmp_path / 'borte'}"] == float("inf")
    assert tall["log_unsealed_age_seconds", ""] > 0
    assert tall["db_connections_in_use", "database=data"] >= 0
    assert tall["slow_statements_total", ""] >= 0


@pytest.mark.bare_sqlite
def test_a_disk_that_fills_is_told_of_before_it_is_full(
    overvaaket: Flask, folk: Any, config: Config, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    side = Nettleser(overvaaket).som(folk.system1)
    steder = {f"place={sted}" for sted in (config.data, tmp_path / "kopi")}
    for ledig, sagt, filer in (
        (50, "er i orden", 0),
        (14, "Bør ses på", 0),
        (4, "Må rettes", 0),
        (50, "Må rettes", 96),
    ):
        felter = (4096, 4096, 120, 20 + ledig, ledig, filer and 100, filer and 4, filer and 4, 0, 255)
        monkeypatch.setattr(os, "statvfs", lambda _, felter=felter: os.statvfs_result(felter))
        tall = _tall(overvaaket)
        assert {merke for navn, merke in tall if navn == "disk_used_ratio"} == steder
        assert tall["disk_writable", f"place={config.data}"] == 1
        for sted in steder:
            assert tall["disk_used_ratio", sted] == pytest.approx(0.96 if filer else (100 - ledig) / 100)
            assert tall["disk_free_bytes", sted] == ledig * 4096
        tekst = side.se("/drift").get_data(as_text=True)
        prosent = 96 if filer else 100 - ledig
        linje = re.search(rf">Disk</span>.*?{prosent} prosent full", tekst, re.DOTALL)
        assert linje
        assert sagt == "er i orden" or sagt in linje[0]
    monkeypatch.setattr(disken, "TemporaryFile", Mock(side_effect=OSError(errno.EROFS, "Read-only file system")))
    assert _tall(overvaaket)["disk_writable", f"place={config.data}"] == 0


@pytest.mark.bare_sqlite
def test_without_a_database_the_numbers_say_so(config: Config, tmp_path: Path) -> None:
    borte = replace(config, database_url=f"sqlite:///{tmp_path / 'ingen' / 'k.sqlite3'}")
    with inne_i(create_app(replace(borte, drift=Driftsvalg(metrikk_token=TOKEN)))) as app:
        tall = _tall(app)
        assert (tall["database_up", ""], tall["schema_current", ""]) == (0, 0)
        assert ("sessions", "") not in tall
        assert _hent(app, "/helse/lever").status_code == 200


@pytest.mark.bare_sqlite
def test_what_several_processes_count_is_added_up(tmp_path: Path) -> None:
    program = (
        "import os, sys\n"
        "from prometheus_client import generate_latest\n"
        "from koordinering.drift.services import maalere\n"
        "barn = os.fork() and os.fork()\n"
        "maalere.tell('tiltak.tilbud', 'GET', 200, 0.02)\n"
        "maalere._i_bruk.labels('data').inc()\n"
        "if not barn: os._exit(0)\n"
        "os.wait(), os.wait()\n"
        "print(generate_latest(maalere.samling(sys.argv[1])).decode())\n"
    )
    svar = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-c", program, str(tmp_path)],
        env={**os.environ, METRIKKMAPPE: str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    linjer = dict(linje.rsplit(" ", 1) for linje in svar.stdout.splitlines() if linje[:1] not in {"", "#"})
    merker = 'endpoint="tiltak.tilbud",method="GET",status="200"'
    assert float(linjer[f"koordinering_http_request_duration_seconds_count{{{merker}}}"]) == 3
    assert float(linjer['koordinering_db_connections_in_use{database="data"}']) == 1, "the dead use nothing"


def test_no_page_that_an_act_leads_to_is_counted_by_its_name(app: Flask) -> None:
    sider = [regel.endpoint for regel in app.url_map.iter_rules() if "GET" in (regel.methods or ())]
    om_familier = {navn: navn.rpartition(".")[0] for navn in sider if navn.split(".")[0] in _OM_FAMILIER}
    assert {"tildeling.kvittering", "saker.vis", "krav.vis"} <= set(om_familier)
    assert {navn: maalere.merke(navn, "GET") for navn in om_familier} == om_familier
    assert maalere.merke("drift.helse", "GET") == "drift.helse"


def test_what_a_registration_leads_to_is_not_a_number(overvaaket: Flask, folk: Any) -> None:
    sak_id = fabrikk.sak(folk.nav1).id
    Nettleser(overvaaket).som(folk.nav1).se(f"/saker/{sak_id}/kvittering")
    tall = _tall(overvaaket)
    assert not any("kvittering" in merker for _, merker in tall)
    assert any("endpoint=tildeling,method=GET" in merker for _, merker in tall)


@pytest.mark.bare_sqlite
def test_a_request_has_a_number_in_and_out(app: Flask, overvaaket: Flask, caplog: pytest.LogCaptureFixture) -> None:
    fra_proxyen = "0123456789abcdef0123456789abcdef"
    uuid = "01234567-89ab-cdef-0123-456789abcdef"
    for sendt in (fra_proxyen, uuid):
        assert _hent(overvaaket, "/helse", X_Request_ID=sendt).headers["X-Request-ID"] == sendt
    for sendt in ("", "14019012345", "Ola Nordmann", f"{fra_proxyen}0", "x" * 5000):
        eget = _hent(overvaaket, "/helse", X_Request_ID=sendt).headers["X-Request-ID"]
        assert eget != sendt
        assert len(eget) == 32
    assert _hent(app, "/helse", X_Request_ID=fra_proxyen).headers["X-Request-ID"] != fra_proxyen, "nobody's word for it"
    assert _hent(app, "/static/finnes-ikke.css").headers["X-Request-ID"]
    fremmed = overvaaket.test_client().get("/", headers={"Host": "et-annet-sted.example"})
    assert (fremmed.status_code, len(fremmed.headers["X-Request-ID"])) == (400, 32)


@pytest.mark.bare_sqlite
def test_a_line_in_the_log_has_the_requests_number_and_no_address(overvaaket: Flask, folk: Any) -> None:
    linjer: list[dict[str, Any]] = []

    class Samler(logging.Handler):
        """Reads each line as it would have been written, while the request lasts."""

        def emit(self, record: logging.LogRecord) -> None:
            linjer.append(json.loads(Linje().format(record)))

    samler = Samler()
    logging.getLogger().addHandler(samler)
    try:
        side = Nettleser(overvaaket).som(folk.nav1)
        nummer = "f" * 32
        side.klient.get("/saker?filter=hemmelig", headers={"X-Request-ID": nummer})
    finally:
        logging.getLogger().removeHandler(samler)
    (linje,) = [en for en in linjer if en["fra"] == "koordinering.foresporsel"]
    assert (linje["foresporsel"], linje["endepunkt"], linje["metode"]) == (nummer, "saker.liste", "GET")
    assert linje["ms"] >= 0
    assert {"tid", "nivaa", "fra", "prosess", "melding", "foresporsel", "endepunkt", "metode", "status", "ms"} == set(
        linje
    )
    assert "hemmelig" not in json.dumps(linjer)
    assert "nav1" not in json.dumps(linjer)


@pytest.mark.bare_sqlite
def test_the_page_of_a_fault_has_the_number_to_read_out(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    def _galt() -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("koordinering.drift.routes.helse", _galt)
    svar = _hent(app, "/helse/klar")
    assert svar.status_code == 500
    assert f"oppgi nummeret {svar.headers['X-Request-ID'][:8]}." in svar.get_data(as_text=True)
    assert "oppgi nummeret" not in _hent(app, "/finnes-ikke").get_data(as_text=True)


def test_a_slow_statement_is_told_without_its_values(overvaaket: Flask, caplog: pytest.LogCaptureFixture) -> None:
    setning = (
        "WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n+1 FROM t WHERE n < 300000)"
        " SELECT count(*) FROM t WHERE 'Ola Nordmann' <> '01019012345'"
    )
    with db.engine.connect() as forbindelse:
        forbindelse.exec_driver_sql(setning)
    (linje,) = [en for en in caplog.records if en.getMessage() == "slow statement"][-1:]
    felter = linje.__dict__["felter"]
    assert felter["ms"] >= 1
    assert felter["setning"].endswith("SELECT count(*) FROM t WHERE ? <> ?")
    assert "Ola" not in json.dumps(felter)


@pytest.mark.parametrize(
    ("setning", "venter"),
    [
        (
            "SELECT a.id\n  FROM a\n WHERE a.navn = 'O''Neill' AND n1 = 12.5",
            "SELECT a.id FROM a WHERE a.navn = ? AND n1 = ?",
        ),
        ("SELECT 1 WHERE id IN (?, ?, ?, ?, ?)", "SELECT ? WHERE id IN (…)"),
        ("x IN (%(id_1_1)s::BIGINT, %(id_1_2)s::BIGINT, %(id_1_3)s::BIGINT, %(id_1_4)s::BIGINT)", "x IN (…)"),
        ("x IN (%s::BIGINT, %s::BIGINT, %s::BIGINT, %s::BIGINT) AND y", "x IN (…) AND y"),
        ("VALUES (%s, %s::VARCHAR, %s::TIMESTAMP WITH TIME ZONE, %s::BIGINT, ?)", "VALUES (…)"),
        ("x IN (%s::BIGINT, %s::BIGINT, %s::BIGINT)", "x IN (%s::BIGINT, %s::BIGINT, %s::BIGINT)"),
        ("UPDATE t SET x=%(x_1)s WHERE t2.y = ?", "UPDATE t SET x=%(x_1)s WHERE t2.y = ?"),
    ],
)
@pytest.mark.bare_sqlite
def test_a_statement_without_its_values(setning: str, venter: str) -> None:
    assert uten_verdier(setning) == venter


@pytest.mark.parametrize(
    ("miljo", "grunn"),
    [
        ({"KOORDINERING_METRIKK_TOKEN": "kort"}, "minst 24 tegn"),
        ({"KOORDINERING_LYTT": "192.0.2.1"}, "KOORDINERING_PROXYER"),
        ({"KOORDINERING_LYTT": "localhost", "KOORDINERING_PROXYER": "1"}, "IP-adresse"),
        ({"KOORDINERING_LOGG": "alt"}, "feil eller alle"),
        ({"KOORDINERING_TREG_SQL_MS": "-1"}, "helt tall"),
        ({"KOORDINERING_SIEM": "tcp://siem.kommunen.example:514"}, "samme maskin"),
        ({"KOORDINERING_SIEM": "udp://localhost:514"}, "tls://"),
        ({"KOORDINERING_SIEM": "tls://siem"}, "tls://"),
        ({"KOORDINERING_SIEM": "tls://siem:port"}, "tls://"),
        ({"KOORDINERING_SIEM": "tls://siem:6514", "KOORDINERING_SIEM_CA": "/finnes/ikke"}, "en fil som finnes"),
    ],
)
@pytest.mark.bare_sqlite
def test_a_setting_that_cannot_be_used_stops_the_start(miljo: dict[str, str], grunn: str) -> None:
    with pytest.raises(ConfigError, match=grunn):
        les_driftsvalg(miljo)


def test_the_page_says_what_to_do(app: Flask, folk: Any, nettleser: Nettleser) -> None:
    with own_transaction() as session:
        session.execute(insert(Jobb).values(id=1, slag="telling", argument={}, bestilt=now() - timedelta(hours=1)))
    db.session.rollback()
    tekst = nettleser.som(folk.system1).se("/drift").get_data(as_text=True)
    assert "må rettes" in tekst
    assert "Jobber venter, og ingen tar dem." in tekst
    assert tekst.index("Jobber venter") < tekst.index("Feilsøking er av.")
    assert "Ingen steder er oppgitt" in tekst
    assert nettleser.som(folk.koordinator1).se("/drift").status_code == 404
