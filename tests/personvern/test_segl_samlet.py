"""One log tampered with in over twenty ways at once, and a sealing and an expiry that are stopped at each moment."""

import os
import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from koordinering import signatur
from koordinering.audit import Innslag
from koordinering.db import db, i_dag
from koordinering.personvern.segl import queries
from koordinering.personvern.segl.rules import Funn, Funnslag
from koordinering.personvern.segl.services import Loggsted, forsegl, hoder, utloep
from tests.conftest import installasjonens
from tests.loggen import LAASER
from tests.personvern import test_segl as segl
from tests.personvern import test_segl_drift as drift
from tests.personvern.test_segl import LINJER, Logg

F = Funnslag
pytestmark = pytest.mark.bare_sqlite  # as for the chain itself
original = segl.original
_KOPI = f"INSERT INTO innsynslogg (id, {segl._KOLONNER}) SELECT ?, {segl._KOLONNER} FROM innsynslogg WHERE id = ?"  # noqa: S608 - ours
_SEGL = "INSERT INTO loggsegl SELECT ?, ?, ?, forseglet, hash FROM loggsegl WHERE dag = ? AND nr = 1"
FELT = {
    "hva": "sak_soekt", "user_id": 99, "roller": "", "enhet_id": "x", "gjelder": "barn", "gjelder_id": 9, "detalj": "y"
}  # fmt: skip
KOPI, FRAMTID, PAA_SLUTTEN, NY_DAG, NY_ID = range(9_000_000, 9_000_005)


def _foerste_dag(o: Logg) -> dict[str, Funn]:
    """Each column of a line of its own, and the end cut away."""
    dag, ventet = o.dager[0], {}
    for nr, (kolonne, verdi) in enumerate(FELT.items(), start=1):
        ventet[f"{kolonne} changed"] = Funn(F.ENDRET, dag, nr, o.innslag(0, nr))
        o.sql(f"UPDATE innsynslogg SET {kolonne} = ? WHERE id = ?", verdi, o.innslag(0, nr))  # noqa: S608 - ours
    o.sql("DELETE FROM innsynslogg WHERE id = ?", o.innslag(0, LINJER))
    o.sql("DELETE FROM loggsegl WHERE dag = ? AND nr = ?", dag, LINJER)
    return ventet | {"tail cut": Funn(F.HALE, dag, LINJER)}


def _annen_dag(o: Logg) -> dict[str, Funn]:
    """Something else with each line and its seal."""
    dag, linje = o.dager[1], {nr: o.innslag(1, nr) for nr in range(1, LINJER + 1)}
    o.sql("UPDATE innsynslogg SET tid = substr(tid, 1, 25) || '9' WHERE id = ?", linje[1])
    o.sql("UPDATE loggsegl SET hash = ? WHERE dag = ? AND nr = 2", b"x" * 32, dag)
    for fra, til in ((linje[3], -1), (linje[5], linje[3]), (-1, linje[5])):
        o.sql("UPDATE innsynslogg SET id = ? WHERE id = ?", til, fra)
    o.sql("UPDATE loggsegl SET forseglet = '2026-01-01 12:00:00.000000' WHERE dag = ? AND nr = 4", dag)
    o.sql("UPDATE innsynslogg SET id = ? WHERE id = ?", NY_ID, linje[6])
    o.sql("DELETE FROM innsynslogg WHERE id IN (?, ?)", linje[7], linje[8])
    o.sql("DELETE FROM loggsegl WHERE dag = ? AND nr = 7", dag)
    return {
        "time moved": Funn(F.ENDRET, dag, 1, linje[1]),
        "seal changed": Funn(F.ENDRET, dag, 2, linje[2]),
        "swapped with another": Funn(F.ENDRET, dag, 3, linje[3]),
        "the other of them": Funn(F.ENDRET, dag, 5, linje[5]),
        "time of a seal changed": Funn(F.ENDRET, dag, 4, linje[4]),
        "id changed": Funn(F.FJERNET, dag, 6, linje[6]),
        "the id it was given": Funn(F.INNSATT, dag, innslag=NY_ID),
        "line and seal removed": Funn(F.SEGL_MANGLER, dag, 7),
        "line removed": Funn(F.FJERNET, dag, 8, linje[8]),
    }


def _tredje_dag(o: Logg) -> dict[str, Funn]:
    """A seal taken away and a sealed line put in, and the day given valid hashes; a day that never was."""
    dag, linje = o.dager[2], {nr: o.innslag(2, nr) for nr in (1, 3, LINJER)}
    o.sql("DELETE FROM loggsegl WHERE dag = ? AND nr = 3", dag)
    for nr, ny in ((LINJER + 1, PAA_SLUTTEN), (1, NY_DAG)):
        o.sql(_KOPI, ny, linje[1])
        o.sql(_SEGL, dag if nr > 1 else "2020-01-01", nr, ny, dag)
    o.regn_om(2)
    o.dager.append("2020-01-01")
    o.regn_om(len(o.dager) - 1)
    return {
        "seal removed": Funn(F.SEGL_MANGLER, dag, 3),
        "the line it was of": Funn(F.INNSATT, dag, innslag=linje[3]),
        "day rewritten with valid hashes": Funn(F.OMSKREVET, dag, LINJER, linje[LINJER]),
        "sealed line put in at the end": Funn(F.IKKE_SIGNERT, dag, LINJER + 1, PAA_SLUTTEN),
        "day invented": Funn(F.IKKE_SIGNERT, "2020-01-01", 1, NY_DAG),
    }


def _utenfor(o: Logg) -> dict[str, Funn]:
    """Lines without seals, and the folder of the heads."""
    for ny in (KOPI, FRAMTID):
        o.sql(_KOPI, ny, o.innslag(0, 1))
    o.sql("UPDATE innsynslogg SET tid = '2999-01-01 00:00:00.000000' WHERE id = ?", FRAMTID)
    shutil.copy(o.hode(0), o.sted.hoder / "2020-01-02.json")
    hoder.skriv_utloept(o.sted.hoder, signatur.lag_noekkel(o.sted.hoder.parent / "tyvens.json"), "2020-01-01")
    return {
        "line put in": Funn(F.INNSATT, o.dager[0], innslag=KOPI),
        "line of the future": Funn(F.FRAMTID, "2999-01-01", innslag=FRAMTID),
        "head put in": Funn(F.HODE_ENDRET, "2020-01-02"),
        "the head after it": Funn(F.HODE_MANGLER, o.dager[0]),
        "expiry forged": Funn(F.HODE_ENDRET, "utløp"),
    }


FOELGER = {"the other of them", "the id it was given", "the line it was of", "the head after it"}
"""What is found as well, of an act that is counted already."""


def test_the_command_finds_twenty_kinds_of_tampering_in_one_log(original: Logg, tmp_path: Path) -> None:
    data = tmp_path / "var"
    shutil.copytree(original.db.parent, data)
    config = installasjonens(data, f"sqlite:///{data / original.db.name}")
    logg = Logg(data / original.db.name, Loggsted(config.hodemappe, config.loggnoekkel), list(original.dager), b"")
    db.session.remove()
    kode, skrevet = drift.kjoer(config, "audit", "verify")
    assert (kode, "Alt er i orden." in skrevet) == (0, True), skrevet
    for laas in LAASER:
        logg.sql(f"DROP TRIGGER {laas}")
    ventet = _utenfor(logg) | _foerste_dag(logg) | _annen_dag(logg) | _tredje_dag(logg)
    assert len(ventet.keys() - FOELGER) >= 20
    kode, skrevet = drift.kjoer(config, "audit", "verify")
    funnet = {linje for linje in skrevet.splitlines() if linje.startswith(tuple(slag.tekst for slag in F))}
    assert (kode, funnet) == (1, {str(funn) for funn in ventet.values()})
    assert f"{len(ventet)} funn." in skrevet


class _StoppError(BaseException):
    """The process is gone."""


def _stoppet(moment: int, arbeid: Callable[[], Any], monkeypatch: pytest.MonkeyPatch) -> bool:
    """Stop before the nth commit, or before or after a file has its name, counted together; whether it came so far."""
    igjen, replace = moment, os.replace

    def tell(*_: object) -> None:
        nonlocal igjen
        igjen -= 1
        if igjen == 0:
            raise _StoppError

    def gi_navn(*stier: Any) -> None:
        tell()
        replace(*stier)
        tell()

    event.listen(db.engine, "commit", tell)
    try:
        with monkeypatch.context() as mens:
            mens.setattr(os, "replace", gi_navn)
            arbeid()
    except _StoppError:
        return True
    finally:
        event.remove(db.engine, "commit", tell)
        db.session.rollback()
    return False


def test_a_sealing_stopped_at_each_moment_goes_on(sted: Loggsted, monkeypatch: pytest.MonkeyPatch) -> None:
    """On the rests of the moment before; nobody is ever accused of what was only stopped."""
    monkeypatch.setattr(queries, "BLOKK", 40)
    moment = 0
    drift.linje(130)
    while _stoppet(moment := moment + 1, lambda: forsegl(sted), monkeypatch):
        assert set(drift.funn(sted)) <= {F.UTEN_SEGL}
        drift.linje(130)
        assert moment < 60
    assert moment > 15
    forsegl(sted)
    assert drift.funn(sted) == []


def test_an_expiry_stopped_at_each_moment_goes_on(sted: Loggsted, monkeypatch: pytest.MonkeyPatch) -> None:
    for uker in range(30):
        drift.linje(2, siden=timedelta(days=365 * 6 + 7 * uker))
    resten = drift.antall(Innslag) - 60
    forsegl(sted)
    moment = 0
    while _stoppet(moment := moment + 1, lambda: utloep(sted, i_dag(), 5, av=None), monkeypatch):
        assert drift.funn(sted) == []
    assert moment > 6
    utloep(sted, i_dag(), 5, av=None)
    assert drift.funn(sted) == []
    assert resten <= drift.antall(Innslag) <= resten + 2  # that it was done
