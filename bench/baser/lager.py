"""Keeps prepared installations in a folder (BENCH_LAGER), makes those that are missing, and hands out copies."""

import json
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from unittest.mock import patch

from sqlalchemy import create_engine, delete

from bench.baser import steder
from bench.baser.ganger import gang_opp
from koordinering import migrering, noekkellager, signatur
from koordinering.config import Config
from koordinering.db import i_dag, transaction
from koordinering.demo.by import lag_by, tell_aarene
from koordinering.flytting import Sted, flytt
from koordinering.personvern.segl import queries
from koordinering.personvern.segl import services as segl
from koordinering.statistikk.models import Oeyeblikksbilde
from koordinering.statistikk.services import hold_utdrag

FROE = 3405
STOERRELSER = {1_000: (440, 1), 100_000: (4580, 10), 1_000_000: (4580, 102)}
"""Families in the town that is played, and copies of it. With the backlog growing as the square root of the copies
these come within a few per cent of the size; what is counted stands in the results. Any other size is played as it is,
or, with BENCH_GANGER, multiplied."""


@dataclass
class Base:
    """A prepared installation: its folder, what is in it, and what it took to make."""

    mappe: Path
    database: str
    referrals: int = 0
    revisjon: str = ""
    """The schema that it has."""
    aar: int = 0
    sekunder: dict[str, float] = field(default_factory=dict)

    @property
    def _fil(self) -> Path:
        return self.mappe / "base.json"

    def les(self) -> bool:
        """What is in it; whether it is whole, and of this year."""
        if not self._fil.exists():
            return False
        om = json.loads(self._fil.read_text(encoding="utf-8"))
        self.referrals, self.revisjon, self.aar = om["referrals"], om["revisjon"], om["aar"]
        self.sekunder = om["sekunder"]
        return self.aar == i_dag().year

    def skriv(self) -> None:
        """Says that it is whole."""
        om = {k: getattr(self, k) for k in ("database", "referrals", "revisjon", "aar", "sekunder")}
        self._fil.write_text(json.dumps(om, indent=1) + "\n", encoding="utf-8")


def lager() -> Path:
    """The folder that they are kept in."""
    return Path(os.environ.get("BENCH_LAGER", "var/bench-baser")).absolute()


def hent(database: str, antall: int) -> Base:
    """The prepared one of about so many referrals, made where there is none: minutes for a million.

    One that was made with an older schema is upgraded where it lies, once.
    """
    base = Base(lager() / f"{database}-{antall}", database)
    if not base.les():
        _lag(base, antall)
    elif base.revisjon != migrering.nyeste():
        _oppgrader(base)
    return base


@contextmanager
def kopi(base: Base) -> Iterator[steder.Anlegg]:
    """A copy of it to work on, in BENCH_ARBEID, removed afterwards."""
    mappe = Path(tempfile.mkdtemp(prefix="koordinering-bench-", dir=os.environ.get("BENCH_ARBEID")))
    try:
        steder.kopier(base.mappe, mappe)
        with steder.server(mappe, base.database) as url, steder.aapne(steder.config(mappe, url)) as anlegg:
            yield anlegg
    finally:
        shutil.rmtree(mappe, ignore_errors=True)


# --- Making them -----------------------------------------------------------------------------------------


@contextmanager
def _tid(base: Base, steg: str) -> Iterator[None]:
    sys.stderr.write(f"  {base.mappe.name}: {steg} …\n")
    start = time.perf_counter()
    yield
    base.sekunder[steg] = round(time.perf_counter() - start, 1)


def _lag(base: Base, antall: int) -> None:
    familier, ganger = STOERRELSER.get(antall) or (
        max(5, round(antall / 2.33)),
        int(os.environ.get("BENCH_GANGER", "1")),
    )
    ferdig, base.mappe = base.mappe, base.mappe.with_name(f"{base.mappe.name}.halv")
    for mappe in (ferdig, base.mappe):
        shutil.rmtree(mappe, ignore_errors=True)
    base.mappe.mkdir(parents=True)
    by = _byen(base, familier)
    with steder.server(base.mappe, base.database) as url:
        om = steder.config(base.mappe, url)
        _flytt_inn(base, by, om)
        with steder.aapne(om):
            if ganger > 1:
                _gang_opp(base, om, ganger)
            with _tid(base, "utdrag"):
                hold_utdrag()
            if ganger > 1:
                _tell(base)
            _forsegl(base, om)
        _rydd(om)
        with steder.aapne(om) as anlegg:
            base.referrals = anlegg.referrals
    base.revisjon, base.aar = migrering.nyeste(), i_dag().year
    base.skriv()
    base.mappe.rename(ferdig)
    base.mappe = ferdig


def _oppgrader(base: Base) -> None:
    with _tid(base, "oppgradere"), steder.server(base.mappe, base.database) as url:
        om = steder.config(base.mappe, url)
        steder.oppgrader(om)
        with steder.aapne(om):
            hold_utdrag()
        _rydd(om)
    base.revisjon = migrering.nyeste()
    base.skriv()


def _byen(base: Base, familier: int) -> Path:
    """The town that is played, on SQLite, kept for the next size."""
    mappe = lager() / f"by-{familier}"
    om = steder.config(mappe, f"sqlite:///{mappe / 'koordinering.sqlite3'}")
    if (mappe / "ferdig").exists():
        steder.oppgrader(om)
        return mappe
    shutil.rmtree(mappe, ignore_errors=True)
    mappe.mkdir(parents=True)
    with _tid(base, "spille byen"):
        steder.sett_opp(om)
        aar = i_dag().year
        with steder.aapne(om):
            lag_by(familier, (aar, aar), FROE, lambda *_: None)
    (mappe / "ferdig").touch()
    return mappe


def _flytt_inn(base: Base, by: Path, om: Config) -> None:
    """The town into the base's own database, with its keys."""
    if om.sqlite:
        steder.kopier(by, om.data)
        return
    shutil.copy2(by / "noekler.json", om.noekkelfil)
    with _tid(base, "flytte byen"):
        fra = f"sqlite:///{by / 'koordinering.sqlite3'}"
        flytt(
            Sted(fra, steder.config(by, fra).noekkellager_url),
            Sted(om.database_url, om.noekkellager_url),
            lambda *_: None,
        )


def _gang_opp(base: Base, om: Config, ganger: int) -> None:
    fil = om.data / "koordinering.sqlite3"
    if om.sqlite:
        shutil.copy2(fil, f"{fil}-by")
    noekkellager.lukk()  # the file to itself
    engine = create_engine(om.database_url)
    try:
        with _tid(base, "gange opp"):
            gang_opp(engine, ganger, _si)
    finally:
        engine.dispose()
        for rest in fil.parent.glob(f"{fil.name}-by*"):
            rest.unlink()


def _tell(base: Base) -> None:
    with _tid(base, "telle året"):
        with transaction() as session:
            session.execute(delete(Oeyeblikksbilde))
        tell_aarene(lambda *_: None)


def _forsegl(base: Base, om: Config) -> None:
    """A year of the log at once: in larger blocks than by the minute, so that it is signed fewer times."""
    with _tid(base, "segl"), patch.object(queries, "BLOKK", 200_000):
        signatur.lag_noekkel(om.loggnoekkel)
        segl.forsegl(segl.Loggsted(om.hodemappe, om.loggnoekkel))


def _si(hva: str) -> None:
    sys.stderr.write(f"    {hva}\n")


def _rydd(om: Config) -> None:
    """What the database's own housekeeping would have done by now."""
    engine = create_engine(om.database_url, isolation_level="AUTOCOMMIT")
    with engine.connect() as forbindelse:
        forbindelse.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)" if om.sqlite else "VACUUM ANALYZE")
    engine.dispose()
