"""An installation served as the product serves it, on a clock that runs faster, and what it holds at intervals."""

import os
import secrets
import threading
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import Engine, create_engine, text

from bench import proc
from koordinering import signatur
from koordinering.config import Config
from koordinering.db import metadata
from koordinering.jobb.rules import OPPBEVARES
from tests.tjener import kjoerende, ledig_port, miljo
from tests.utholdenhet.fort import spilt

_ROT = Path(__file__).parents[2]

FRISTER: Mapping[str, tuple[str, timedelta]] = {
    "okt": ("utloeper", timedelta(days=1)),
    "halvokt": ("utloeper", timedelta(0)),
    "grense": ("aapner", timedelta(hours=1)),
    "utfordring": ("utloeper", timedelta(0)),
    "gjenopprettingslenke": ("utloeper", timedelta(0)),
    "bevart_arbeid": ("lagret", timedelta(days=1)),
    "jobb": ("ferdig", OPPBEVARES),
}
"""Tables that must not grow with the years: the moment of a row, and how long it may lie after it."""

_VENTER = timedelta(hours=2)
"""They are tidied once an hour, and the worker may be busy."""

PROSESSER = 3
"""Two workers, and the one that takes the jobs."""


@dataclass
class Anlegg:
    """What is served, and what has been measured of it."""

    adresse: str
    config: Config
    token: str
    tmp: Path
    naa: Callable[[], datetime]
    """The clock of the day that is played."""
    engine: Engine
    pid: int = 0
    rekker: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    """A series of values by name."""
    foreldet: dict[str, int] = field(default_factory=dict)
    """Rows that should have been gone, by table: the most at any time."""

    def prosesser(self) -> dict[str, int]:
        """The server, its workers and the one that takes the jobs, by name."""
        arbeidere = proc.arbeidere(self.pid)
        alle = {"tjener": self.pid, **{f"arbeider {nr}": pid for nr, pid in enumerate(arbeidere, 1)}}
        for pid in set(proc.barn(self.pid)) - set(arbeidere):
            if "koordinering.cli jobb" in proc.kommandolinje(pid):
                alle["jobbprosess"] = pid
        return alle

    def maal(self) -> None:
        """One value more for each series."""
        for navn, pid in self.prosesser().items():
            aapne = proc.aapne(pid)
            self.rekker[f"{navn}: minne (MiB)"].append(proc.minne(pid)["egen"])
            self.rekker[f"{navn}: filer"].append(len(aapne))
            self.rekker[f"{navn}: tråder"].append(proc.traader(pid))
            self.rekker[f"{navn}: databasefiler"].append(sum(".sqlite3" in en for en in aapne))
        self.rekker["midlertidige filer"].append(len(proc.filer(self.tmp)))
        data = proc.filer(self.config.data)
        self.rekker["wal (MiB)"].append(sum(b for navn, b in data.items() if navn.endswith("-wal")) / 2**20)
        uten_hoder = [navn for navn in data if not (self.config.data / navn).is_relative_to(self.config.hodemappe)]
        self.rekker["filer i datamappen"].append(len(uten_hoder))
        self._basen()

    def _basen(self) -> None:
        naa = self.naa()
        with self.engine.connect() as forbindelse:
            if self.engine.dialect.name == "postgresql":
                tell = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                self.rekker["forbindelser"].append(forbindelse.scalar(text(tell)) or 0)
            for navn, (kolonne, varer) in FRISTER.items():
                tabell = metadata.tables[navn]
                tid = tabell.columns[kolonne]
                antall = forbindelse.execute(tabell.select().where(tid < naa - varer - _VENTER)).all()
                self.foreldet[navn] = max(self.foreldet.get(navn, 0), len(antall))
                self.rekker[f"rader i {navn}"].append(len(forbindelse.execute(tabell.select()).all()))

    @contextmanager
    def maales(self, hvert: float) -> Iterator[None]:
        """Measure at this interval (seconds) until the block ends."""
        slutt = threading.Event()

        def gaa() -> None:
            while not slutt.wait(hvert):
                self.maal()

        maaler = threading.Thread(target=gaa)
        maaler.start()
        try:
            yield
        finally:
            slutt.set()
            maaler.join()


@contextmanager
def servert(config: Config, tmp: Path, fart: float, **ekstra: str) -> Iterator[Anlegg]:
    """Serve with two workers and the job worker as `koordinering serve` does, with the fast clock in each of them."""
    if not config.loggnoekkel.exists():
        signatur.lag_noekkel(config.loggnoekkel)
    port = ledig_port()
    anlegg = Anlegg(
        adresse=f"http://127.0.0.1:{port}",
        config=config,
        token=secrets.token_hex(16),
        tmp=tmp,
        naa=spilt(datetime.now(UTC), fart),
        engine=create_engine(config.database_url),
    )
    miljoet = miljo(config, port) | {
        "PYTHONPATH": os.pathsep.join((str(Path(__file__).with_name("klokke")), str(_ROT))),
        "TMPDIR": str(tmp),
        "UTHOLDENHET_START": datetime.now(UTC).isoformat(),
        "UTHOLDENHET_FART": str(fart),
        "KOORDINERING_METRIKK_TOKEN": anlegg.token,
        "KOORDINERING_ARBEIDERE": "2",
        **ekstra,
    }
    try:
        with kjoerende(miljoet, config.data.parent / "server.log", slutt_s=60) as prosess:
            anlegg.pid = prosess.pid
            yield anlegg
    finally:
        anlegg.engine.dispose()
