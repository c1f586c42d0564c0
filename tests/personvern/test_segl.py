"""A sealed log is tampered with in every way we know, and each is found and named."""

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import create_engine, inspect
from sqlalchemy.orm import Session

from koordinering import signatur
from koordinering.app import create_app
from koordinering.audit import Hva, Innslag
from koordinering.db import OSLO, db, now, own_transaction
from koordinering.personvern.segl import rules
from koordinering.personvern.segl.rules import Funnslag
from koordinering.personvern.segl.services import Kontroll, Loggsted, forsegl, hoder, kontroller
from koordinering.personvern.segl.services.hoder import Hode
from tests.conftest import Mal, installasjon
from tests.loggen import LAASER

F = Funnslag

pytestmark = pytest.mark.bare_sqlite  # the chain is reckoned in Python; test_segl_drift runs on both

LINJER = 8
"""Lines of each of the three whole days."""


@dataclass
class Logg:
    """A sealed log: three whole days and today, and what a thief of the database and the folder would hold."""

    db: Path
    sted: Loggsted
    dager: list[str]
    gammelt_hode: bytes
    """The second day's head as it was in the middle of the day."""

    def sql(self, setning: str, *verdier: object) -> list[tuple[object, ...]]:
        """Change something behind the product's back."""
        with closing(sqlite3.connect(self.db)) as forbindelse, forbindelse:
            forbindelse.execute("PRAGMA synchronous=OFF")
            return forbindelse.execute(setning, verdier).fetchall()

    def hode(self, dag: int) -> Path:
        """The head file of a day of sealing."""
        return self.sted.hoder / f"{self.dager[dag]}.json"

    def innslag(self, dag: int, nr: int) -> int:
        """The id of a line."""
        (rad,) = self.sql("SELECT innslag_id FROM loggsegl WHERE dag = ? AND nr = ?", self.dager[dag], nr)
        assert isinstance(rad[0], int)
        return rad[0]

    def kontroller(self) -> Kontroll:
        """What the verification says."""
        engine = create_engine(f"sqlite:///{self.db}")
        try:
            with Session(engine) as session:
                return kontroller(session, self.sted)
        finally:
            engine.dispose()

    def regn_om(self, dag: int) -> None:
        """Give a day valid hashes, as somebody who knows the program and owns the database can."""
        navn, kolonner = self.dager[dag], ", ".join(f"i.{k}" for k in rules.KOLONNER)
        forrige = rules.foerste(navn)
        rader = self.sql(
            f"SELECT s.nr, s.forseglet, {kolonner} FROM loggsegl s JOIN innsynslogg i ON i.id = s.innslag_id"  # noqa: S608 - ours
            " WHERE s.dag = ? ORDER BY s.nr",
            navn,
        )
        for nr, forseglet, *innslag in rader:
            assert isinstance(nr, int)
            forrige = rules.lenke(forrige, navn, nr, str(forseglet), innslag)
            self.sql("UPDATE loggsegl SET hash = ? WHERE dag = ? AND nr = ?", forrige, navn, nr)


def _kl(dager_siden: int, minutt: int) -> datetime:
    dag = datetime.now(OSLO) - timedelta(days=dager_siden)
    return dag.replace(hour=12, minute=0, second=0, microsecond=minutt).astimezone(UTC) + timedelta(minutes=minutt)


@pytest.fixture(scope="module")
def original(mal: Mal, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Logg]:
    """Made once: each day is sealed twice, at its middle and its end."""
    config = installasjon(mal, tmp_path_factory.mktemp("segl") / "var")
    signatur.lag_noekkel(config.loggnoekkel)
    sted = Loggsted(config.hodemappe, config.loggnoekkel)
    logg = Logg(config.data / "koordinering.sqlite3", sted, [], b"")
    with create_app(config).app_context():
        for siden in (4, 3, 2):
            logg.dager.append(_kl(siden, 0).astimezone(OSLO).date().isoformat())
            for halv in (0, LINJER // 2):
                _linjer(siden, halv)
                forsegl(sted, naa=_kl(siden, halv + LINJER // 2))
                if siden == 3 and not halv:
                    logg.gammelt_hode = logg.hode(1).read_bytes()
        forsegl(sted)
        logg.dager.append(datetime.now(OSLO).date().isoformat())
        with db.engine.connect() as forbindelse:
            forbindelse.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        yield logg
        db.session.remove()
        db.engine.dispose()


def _linjer(siden: int, fra: int) -> None:
    with own_transaction() as session:
        for nr in range(fra, fra + LINJER // 2):
            felt = {"user_id": nr + 1, "roller": "henviser", "enhet_id": "nav", "detalj": "x"}
            session.add(Innslag(tid=_kl(siden, nr), hva=Hva.SAK_LEST, gjelder="sak", gjelder_id=100 + nr, **felt))
            session.flush()


@pytest.fixture
def logg(original: Logg, tmp_path: Path) -> Logg:
    """A copy to tamper with, its triggers taken away as its owner can."""
    shutil.copy(original.db, tmp_path / "db")
    shutil.copytree(original.sted.hoder, tmp_path / "hoder")
    kopi = replace(original, db=tmp_path / "db", sted=replace(original.sted, hoder=tmp_path / "hoder"))
    for laas in LAASER:
        kopi.sql(f"DROP TRIGGER {laas}")
    return kopi


def test_an_untouched_log_is_in_order(logg: Logg) -> None:
    svar = logg.kontroller()
    assert svar.funn == []
    assert svar.antall == logg.sql("SELECT count(*) FROM innsynslogg")[0][0]
    assert (svar.dager, svar.hodefiler, svar.ikke_forseglet) == (4, 4, 0)


def test_all_columns_of_a_line_are_hashed() -> None:
    assert set(rules.KOLONNER) == {kolonne.key for kolonne in inspect(Innslag).column_attrs}


Sted = tuple[F, int | None, int | None]
"""What must be found: kind, which day, which number in it (whose line is then named)."""
Knep = Callable[[Logg], object]


def _sett(kolonne: str, verdi: object) -> Knep:
    return lambda o: o.sql(f"UPDATE innsynslogg SET {kolonne} = ? WHERE id = ?", verdi, o.innslag(1, 4))  # noqa: S608 - ours


def _sett_segl(kolonne: str, verdi: object) -> Knep:
    return lambda o: o.sql(f"UPDATE loggsegl SET {kolonne} = ? WHERE dag = ? AND nr = 4", verdi, o.dager[1])  # noqa: S608 - ours


def _fjern(*numre: int, segl: bool = False) -> Knep:
    def gjoer(o: Logg) -> None:
        for nr in numre:
            o.sql("DELETE FROM innsynslogg WHERE id = ?", o.innslag(1, nr))
            if segl:
                o.sql("DELETE FROM loggsegl WHERE dag = ? AND nr = ?", o.dager[1], nr)

    return gjoer


def _fjern_segl(o: Logg) -> None:
    o.sql("DELETE FROM loggsegl WHERE dag = ? AND nr = 4", o.dager[1])


def _flytt_ned(o: Logg, fra: int) -> None:
    for nr in range(fra, LINJER + 1):
        o.sql("UPDATE loggsegl SET nr = ? WHERE dag = ? AND nr = ?", nr - 1, o.dager[1], nr)


def _fjern_og_flytt(o: Logg) -> None:
    _fjern(1, segl=True)(o)
    _flytt_ned(o, 2)
    o.regn_om(1)


_NY = 9_000_000
_KOLONNER = ", ".join(rules.KOLONNER[1:])


def _kopier(o: Logg) -> None:
    o.sql(
        f"INSERT INTO innsynslogg (id, {_KOLONNER}) SELECT ?, {_KOLONNER} FROM innsynslogg WHERE id = ?",  # noqa: S608 - ours
        _NY,
        o.innslag(1, 4),
    )


def _kopier_med_segl(o: Logg) -> None:
    _kopier(o)
    o.sql(
        "INSERT INTO loggsegl SELECT dag, nr + 1, ?, forseglet, hash FROM loggsegl WHERE dag = ? AND nr = ?",
        _NY,
        o.dager[1],
        LINJER,
    )
    o.regn_om(1)


def _kopier_inn_i_rekken(o: Logg) -> None:
    """A forged line between two, every number and hash after it made right, and the count kept by taking one away."""
    _fjern(LINJER, segl=True)(o)
    for nr in range(LINJER - 1, 4, -1):
        o.sql("UPDATE loggsegl SET nr = ? WHERE dag = ? AND nr = ?", nr + 1, o.dager[1], nr)
    _kopier(o)
    o.sql(
        "INSERT INTO loggsegl SELECT dag, 5, ?, forseglet, hash FROM loggsegl WHERE dag = ? AND nr = 4", _NY, o.dager[1]
    )
    o.regn_om(1)


def _bytt_linjer(o: Logg) -> None:
    en, annen = o.innslag(1, 3), o.innslag(1, 6)
    for fra, til in ((en, -1), (annen, en), (-1, annen)):
        o.sql("UPDATE innsynslogg SET id = ? WHERE id = ?", til, fra)


def _bytt_segl(o: Logg) -> None:
    for fra, til in ((3, 99), (6, 3), (99, 6)):
        o.sql("UPDATE loggsegl SET nr = ? WHERE dag = ? AND nr = ?", til, o.dager[1], fra)


def _fjern_dagen(dag: int) -> Knep:
    def gjoer(o: Logg) -> None:
        o.sql("DELETE FROM innsynslogg WHERE id IN (SELECT innslag_id FROM loggsegl WHERE dag = ?)", o.dager[dag])
        o.sql("DELETE FROM loggsegl WHERE dag = ?", o.dager[dag])

    return gjoer


def _skriv_om(o: Logg) -> None:
    _sett("user_id", 99)(o)
    o.regn_om(1)


def _ny_dag(o: Logg) -> None:
    o.sql("UPDATE loggsegl SET dag = '2020-01-01' WHERE dag = ?", o.dager[1])
    o.dager = [o.dager[0], "2020-01-01", *o.dager[2:]]
    o.regn_om(1)


def _alt_borte(o: Logg) -> None:
    o.sql("DELETE FROM innsynslogg")
    o.sql("DELETE FROM loggsegl")


def _rett_hodet(o: Logg) -> None:
    _skriv_om(o)
    (rad,) = o.sql("SELECT hash FROM loggsegl WHERE dag = ? AND nr = ?", o.dager[1], LINJER)
    assert isinstance(rad[0], bytes)
    gammel = hoder.les(o.sted.hoder, o.sted.noekkel(), o.dager[1]).hoder[o.dager[1]].hash.hex()
    o.hode(1).write_text(o.hode(1).read_text().replace(gammel, rad[0].hex()))


def _annen_noekkel(o: Logg) -> None:
    _skriv_om(o)
    (rad,) = o.sql("SELECT hash FROM loggsegl WHERE dag = ? AND nr = ?", o.dager[1], LINJER)
    fil = hoder.les(o.sted.hoder, o.sted.noekkel(), o.dager[1])
    assert isinstance(rad[0], bytes)
    hoder.skriv(
        o.sted.hoder,
        signatur.lag_noekkel(o.sted.hoder.parent / "tyvens.json"),
        replace(fil, hoder={o.dager[1]: Hode(LINJER, rad[0])}),
    )


def _bytt_signatur(o: Logg) -> None:
    en, annen = (o.hode(dag).read_text() for dag in (0, 1))
    merke = '"signatur": '
    o.hode(1).write_text(annen.split(merke)[0] + merke + en.split(merke)[1])


def _gammelt_hode(o: Logg) -> None:
    """The morning's head put back, and the afternoon cut away."""
    o.hode(1).write_bytes(o.gammelt_hode)
    _fjern(*range(LINJER // 2 + 1, LINJER + 1), segl=True)(o)


def _uten_hoder(o: Logg) -> None:
    for fil in o.sted.hoder.glob("*.json"):
        fil.unlink()


def _falskt_utloep(o: Logg) -> None:
    _fjern_dagen(1)(o)
    hoder.skriv_utloept(o.sted.hoder, signatur.lag_noekkel(o.sted.hoder.parent / "tyvens.json"), o.dager[1])


def _framtid(o: Logg) -> None:
    o.sql(
        f"INSERT INTO innsynslogg (id, {_KOLONNER}) SELECT ?, '2999-01-01 00:00:00.000000', hva, user_id, roller,"  # noqa: S608 - ours
        " enhet_id, gjelder, gjelder_id, detalj FROM innsynslogg WHERE id = ?",
        _NY,
        o.innslag(1, 4),
    )


KNEP: dict[str, tuple[Knep, Sted]] = {
    "id changed": (_sett("id", _NY), (F.FJERNET, 1, 4)),
    "time moved within the day": (
        lambda o: o.sql("UPDATE innsynslogg SET tid = substr(tid, 1, 25) || '9' WHERE id = ?", o.innslag(1, 4)),
        (F.ENDRET, 1, 4),
    ),
    "time moved to another day": (_sett("tid", "2026-01-01 12:00:00.000000"), (F.ENDRET, 1, 4)),
    "time made nonsense": (_sett("tid", "i går"), (F.ENDRET, 1, 4)),
    "act changed": (_sett("hva", "sak_soekt"), (F.ENDRET, 1, 4)),
    "act made a code that does not exist": (_sett("hva", "tull"), (F.ENDRET, 1, 4)),
    "user changed": (_sett("user_id", 99), (F.ENDRET, 1, 4)),
    "user taken away": (_sett("user_id", None), (F.ENDRET, 1, 4)),
    "roles changed": (_sett("roller", ""), (F.ENDRET, 1, 4)),
    "unit changed": (_sett("enhet_id", "to_helsestasjon"), (F.ENDRET, 1, 4)),
    "kind changed": (_sett("gjelder", "barn"), (F.ENDRET, 1, 4)),
    "case changed": (_sett("gjelder_id", 999), (F.ENDRET, 1, 4)),
    "case as text": (_sett("gjelder_id", "103x"), (F.ENDRET, 1, 4)),
    "detail changed": (_sett("detalj", "y"), (F.ENDRET, 1, 4)),
    "first removed": (_fjern(1), (F.FJERNET, 1, 1)),
    "middle removed": (_fjern(4), (F.FJERNET, 1, 4)),
    "last removed": (_fjern(LINJER), (F.FJERNET, 1, LINJER)),
    "middle removed with its seal": (_fjern(4, segl=True), (F.SEGL_MANGLER, 1, 4)),
    "first removed, the rest made right": (_fjern_og_flytt, (F.HALE, 1, LINJER)),
    "seal removed": (_fjern_segl, (F.SEGL_MANGLER, 1, 4)),
    "seal changed": (_sett_segl("hash", b"x" * 32), (F.ENDRET, 1, 4)),
    "time of the seal changed": (_sett_segl("forseglet", "2026-01-01 12:00:00.000000"), (F.ENDRET, 1, 4)),
    "inserted (a copy of another)": (_kopier, (F.INNSATT, 1, None)),
    "inserted with a seal at the end": (_kopier_med_segl, (F.IKKE_SIGNERT, 1, LINJER + 1)),
    "inserted in the middle, the rest made right": (_kopier_inn_i_rekken, (F.OMSKREVET, 1, LINJER)),
    "inserted in the future": (_framtid, (F.FRAMTID, None, None)),
    "two lines swapped": (_bytt_linjer, (F.ENDRET, 1, 3)),
    "two seals swapped": (_bytt_segl, (F.ENDRET, 1, 3)),
    "tail cut": (_fjern(LINJER - 1, LINJER, segl=True), (F.HALE, 1, LINJER - 1)),
    "first day removed": (_fjern_dagen(0), (F.DAG_MANGLER, 0, None)),
    "middle day removed": (_fjern_dagen(1), (F.DAG_MANGLER, 1, None)),
    "last day removed": (_fjern_dagen(3), (F.DAG_MANGLER, 3, None)),
    "day rewritten with valid hashes": (_skriv_om, (F.OMSKREVET, 1, LINJER)),
    "day renamed with valid hashes": (_ny_dag, (F.DAG_MANGLER, 1, None)),
    "everything removed": (_alt_borte, (F.DAG_MANGLER, 0, None)),
    "day rewritten and its head edited": (_rett_hodet, (F.HODE_ENDRET, 1, None)),
    "day rewritten and its head signed with another key": (_annen_noekkel, (F.HODE_ENDRET, 1, None)),
    "signature swapped": (_bytt_signatur, (F.HODE_ENDRET, 1, None)),
    "head of another day put in": (lambda o: shutil.copy(o.hode(0), o.hode(1)), (F.HODE_ENDRET, 1, None)),
    "older head put back, the tail cut": (_gammelt_hode, (F.HODE_MANGLER, 2, None)),
    "head made nonsense": (lambda o: o.hode(1).write_text("{]"), (F.HODE_ENDRET, 1, None)),
    "first head removed": (lambda o: o.hode(0).unlink(), (F.HODE_MANGLER, 1, None)),
    "middle head removed": (lambda o: o.hode(1).unlink(), (F.HODE_MANGLER, 2, None)),
    "newest head removed": (lambda o: o.hode(3).unlink(), (F.IKKE_SIGNERT, 3, 1)),
    "all heads removed": (_uten_hoder, (F.IKKE_SIGNERT, 0, 1)),
    "day removed and its expiry forged": (_falskt_utloep, (F.HODE_ENDRET, None, None)),
}  # fmt: skip


@pytest.mark.parametrize("navn", KNEP)
def test_tampering_is_found_and_named(logg: Logg, navn: str) -> None:
    knep, (slag, dag, nr) = KNEP[navn]
    dager = list(logg.dager)
    innslag = logg.innslag(dag, nr) if dag is not None and nr is not None and nr <= LINJER else None
    knep(logg)
    if navn == "newest head removed":  # a moment later it would have been signed; an hour later it is missed
        logg.sql("UPDATE loggsegl SET forseglet = '2026-01-01 12:00:00.000000' WHERE dag = ?", logg.dager[3])
    svar = logg.kontroller()
    assert not svar.i_orden
    funn = [f for f in svar.funn if f.slag is slag]
    assert funn, [str(f) for f in svar.funn]
    if dag is not None:
        assert funn[0].dag == dager[dag]
        assert nr in {None, funn[0].nr}
    if slag in {F.ENDRET, F.FJERNET}:
        assert innslag in {f.innslag for f in funn}
    if slag in {F.INNSATT, F.FRAMTID}:
        assert [f.innslag for f in funn] == [_NY]
    assert str(funn[0]).startswith(slag.tekst)


@pytest.mark.parametrize("navn", [n for n, (_, s) in KNEP.items() if s[0] is F.ENDRET and "changed" in n])
def test_one_changed_line_accuses_no_other(logg: Logg, navn: str) -> None:
    KNEP[navn][0](logg)
    assert {f.innslag for f in logg.kontroller().funn} == {logg.innslag(1, 4)}


def test_a_young_line_is_not_sealed_yet_and_an_old_one_is_an_error(logg: Logg) -> None:
    _kopier(logg)
    for tid, ventet in ((now(), []), (now() - timedelta(hours=2), [F.INNSATT])):
        logg.sql("UPDATE innsynslogg SET tid = ? WHERE id = ?", rules.tidstekst(tid), _NY)
        svar = logg.kontroller()
        assert [f.slag for f in svar.funn] == ventet
        assert svar.ikke_forseglet == (not ventet)
