"""The state of the installation as numbers, asked for when they are read: the same whichever process answers."""

import os
import platform
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version
from time import perf_counter

from prometheus_client import CollectorRegistry, Metric, generate_latest
from prometheus_client.core import GaugeMetricFamily
from sqlalchemy.exc import SQLAlchemyError

from koordinering import crypto, migrering, noekkellager
from koordinering.borte import impatient
from koordinering.config import Config, sqlitefil
from koordinering.db import db, now
from koordinering.drift import queries
from koordinering.drift.rules import METRIKKMAPPE, VENTER
from koordinering.drift.services import disken, maalere
from koordinering.drift.services.oppsettet import kopialder
from koordinering.personvern.segl import queries as segl
from koordinering.statistikk.services import skjult_i_siste


@dataclass(frozen=True)
class Helse:
    """Whether what the service rests on answers."""

    database: bool
    noekkellager: bool
    skjema: migrering.Skjema | None

    @property
    def klar(self) -> bool:
        """Requests can be answered."""
        return self.database and self.noekkellager and self.skjema is not None and self.skjema.gjeldende


def helse() -> Helse:
    """Ask the database, and then the key store; who asks wants to know now, and waits for neither."""
    with impatient():
        return _helse()


def _helse() -> Helse:
    try:
        skjema = migrering.status(db.engine)
    except SQLAlchemyError:
        return Helse(database=False, noekkellager=False, skjema=None)
    try:
        noekkellager.hent(crypto.SAK, [0])
    except SQLAlchemyError:
        return Helse(database=True, noekkellager=False, skjema=skjema)
    return Helse(database=True, noekkellager=True, skjema=skjema)


def _en(navn: str, hjelp: str, verdi: float) -> Metric:
    return GaugeMetricFamily(f"koordinering_{navn}", hjelp, value=verdi)


def _siden(tid: datetime | None) -> float:
    return max(0.0, (now() - tid).total_seconds()) if tid else 0.0


class Tilstand:
    """Collects them. A database that is away is a number too, and the rest is left out."""

    def __init__(self, config: Config, startet: float) -> None:
        self._config = config
        self._startet = startet

    def collect(self) -> Iterable[Metric]:
        """Everything, in one go."""
        naa = helse()
        yield self._om(naa.skjema)
        yield _en("database_up", "1 når databasen svarer", naa.database)
        yield _en("key_store_up", "1 når nøkkellageret svarer", naa.noekkellager)
        yield _en("schema_current", "1 når skjemaet er det nyeste", naa.skjema is not None and naa.skjema.gjeldende)
        yield from self._kopier()
        yield from self._diskene()
        if naa.klar:
            try:
                yield from [*_jobber(), *self._loggen(), *_publisert(), self._oekter()]
            except SQLAlchemyError:
                yield _en("scrape_failed", "1 når databasen sluttet å svare underveis", 1)
        yield _en("scrape_duration_seconds", "Hvor lenge det tok å lage denne siden", perf_counter() - self._startet)

    def _om(self, skjema: migrering.Skjema | None) -> Metric:
        om = GaugeMetricFamily(
            "koordinering_build_info", "Versjonene", labels=("version", "schema", "python", "database")
        )
        slag = "sqlite" if self._config.sqlite else "postgresql"
        naa = (skjema.naa if skjema else None) or ""
        om.add_metric((version("koordinering"), naa, platform.python_version(), slag), 1)
        return om

    def _kopier(self) -> Iterator[Metric]:
        """A place without a backup has an age that no alarm misses."""
        alder = GaugeMetricFamily(
            "koordinering_backup_age_seconds", "Alderen til den nyeste kopien i hvert sted", labels=("place",)
        )
        for sted in self._config.kopier:
            try:
                funnet = kopialder(sted)
            except OSError:
                funnet = None
            alder.add_metric((str(sted),), funnet.total_seconds() if funnet else float("inf"))
        if self._config.kopier:
            yield alder

    def _diskene(self) -> Iterator[Metric]:
        """PostgreSQL's own disk is another machine's to tell of."""
        tar, brukt, ledig = (
            GaugeMetricFamily(f"koordinering_disk_{navn}", hjelp, labels=("place",))
            for navn, hjelp in (
                ("writable", "1 når disken til databasen (SQLite) tar imot det som skrives"),
                ("used_ratio", "Hvor full disken er: av plassen eller av filene, det som er fullest"),
                ("free_bytes", "Plass som er igjen på disken"),
            )
        )
        if self._config.sqlite:
            tar.add_metric((str(sqlitefil(self._config.database_url).parent),), disken.kan_skrives(self._config))
            yield tar
        for en in disken.disker(self._config):
            brukt.add_metric((str(en.sted),), en.brukt)
            ledig.add_metric((str(en.sted),), en.ledig)
        yield brukt
        yield ledig

    def _loggen(self) -> Iterator[Metric]:
        status = segl.status(db.session())
        venter = segl.venter_siden(db.session())
        yield _en("log_unsealed_age_seconds", "Hvor lenge det eldste innslaget har ventet på segl", _siden(venter))
        if mottaker := self._config.drift.mottaker:
            usendt = segl.usendt_siden(db.session(), mottaker.navn)
            yield _en("log_unsent_age_seconds", "Hvor lenge det eldste innslaget har ventet på sending", _siden(usendt))
        if status.kontrollert is not None:
            yield _en("log_verified_age_seconds", "Siden innsynsloggen ble kontrollert", _siden(status.kontrollert))
            yield _en("log_verified_ok", "1 når den siste kontrollen var i orden", status.i_orden)

    def _oekter(self) -> Metric:
        return _en("sessions", "Økter som er åpne", queries.oekter(self._config.tomgang))


def _jobber() -> Iterator[Metric]:
    tall = queries.jobber()
    antall = GaugeMetricFamily("koordinering_jobs", "Jobber etter status; feilet: siste døgn", labels=("state",))
    alder = GaugeMetricFamily(
        "koordinering_job_oldest_age_seconds", "Siden den eldste uferdige jobben ble bestilt", labels=("state",)
    )
    for en in tall:
        antall.add_metric((en.status.value,), en.antall)
        if en.antall and en.eldst is not None:
            alder.add_metric((en.status.value,), _siden(en.eldst))
    yield antall
    yield alder
    yield _en("jobs_abandoned", "Jobber som ingen har hørt fra", queries.forlatte_jobber(VENTER))


def _publisert() -> Iterator[Metric]:
    """Of what everybody may read; nothing about what is not released."""
    siste = skjult_i_siste()
    if siste is not None:
        yield _en("release_number", "Nummeret til den nyeste publiseringen", siste.nummer)
        yield _en("release_cells", "Celler i den nyeste publiseringen som kan ha et tall", siste.celler)
        yield _en("release_suppressed_cells", "Celler i den nyeste publiseringen som er skjult", siste.skjulte)


def skriv(config: Config) -> bytes:
    """All the numbers in Prometheus' text format: what the processes have counted, and the state."""
    startet = perf_counter()
    naa = CollectorRegistry()
    naa.register(Tilstand(config, startet))
    return generate_latest(maalere.samling(os.environ.get(METRIKKMAPPE))) + generate_latest(naa)
