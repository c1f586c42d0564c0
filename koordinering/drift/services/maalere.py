"""Numbers for Prometheus that each process counts for itself, added up when somebody reads them.

Each process counts in a file of its own in the folder that `serve` makes (prometheus-client's multiprocess mode, by
PROMETHEUS_MULTIPROC_DIR, which must be set before this module is imported).
"""

from pathlib import Path
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead
from sqlalchemy import Engine, event
from sqlalchemy.pool import QueuePool

_TRINN = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)

_egne = CollectorRegistry()
_foresporsler = Histogram(
    "koordinering_http_request_duration_seconds",
    "Forespørsler: antall og hvor lenge de tok. Sider for hver av dem, men det som sendes inn, og alt om familier, for "
    "hver del av programmet",
    ("endpoint", "method", "status"),
    buckets=_TRINN,
    registry=_egne,
)
_trege = Counter("koordinering_slow_statements", "Spørringer over grensen i KOORDINERING_TREG_SQL_MS", registry=_egne)
_i_bruk = Gauge(
    "koordinering_db_connections_in_use",
    "Databaseforbindelser som er i bruk",
    ("database",),
    registry=_egne,
    multiprocess_mode="livesum",
)
_plass = Gauge(
    "koordinering_db_connections_max",
    "Databaseforbindelser det er plass til",
    ("database",),
    registry=_egne,
    multiprocess_mode="livesum",
)


_LESER = frozenset({"GET", "HEAD", "OPTIONS"})

_OM_FAMILIER = frozenset({"krav", "saker", "samordning", "sletting", "tildeling"})
"""Parts whose pages are about families: the receipt is looked at once for each registration, and so are its like."""


def metode(sendt: str) -> str:
    """The method as it is counted: it is typed by whoever asks, and a name of its own would be a number of its own."""
    return sendt if sendt in _LESER or sendt == "POST" else "annet"


def merke(endpoint: str | None, sendt: str) -> str:
    """What a request is counted under: a page by its name, what is sent in by its part of the program alone.

    So are the pages that are about families, since every act leads to one of them. The number of registrations,
    refusals or restricted cases as they happen would be a live count of families, which nobody may have (DESIGN.md
    section 7).
    """
    if endpoint is None:
        return "ukjent"
    del_ = endpoint.rpartition(".")[0]
    return endpoint if sendt in _LESER and del_ not in _OM_FAMILIER else del_


def tell(endpoint: str | None, sendt: str, status: int, sekunder: float) -> None:
    """Count one request."""
    _foresporsler.labels(merke(endpoint, sendt), metode(sendt), str(status)).observe(sekunder)


def tell_treg() -> None:
    """Count one slow statement."""
    _trege.inc()


def foelg_pool(engine: Engine, navn: str) -> None:
    """Count the connections of an engine's pool as they are taken and given back."""
    pool = engine.pool
    if isinstance(pool, QueuePool):
        _plass.labels(navn).set(pool.size() + pool._max_overflow)

    i_bruk = _i_bruk.labels(navn)

    @event.listens_for(engine, "checkout")
    def _tatt(*_: Any) -> None:
        i_bruk.inc()

    @event.listens_for(engine, "checkin")
    def _gitt(*_: Any) -> None:
        i_bruk.dec()


def samling(mappe: str | None) -> CollectorRegistry:
    """What has been counted: by all the processes that count in the folder, or by this one where there is none."""
    if mappe is None:
        return _egne
    _glem_doede(Path(mappe))
    alles = CollectorRegistry()
    MultiProcessCollector(alles, mappe)  # type: ignore[no-untyped-call]  # the library types it in part
    return alles


def _glem_doede(mappe: Path) -> None:
    """What a process that is gone has in use is not in use; what it has counted stays."""
    for fil in mappe.glob("gauge_live*_*.db"):
        pid = fil.stem.rpartition("_")[2]
        if pid.isdigit() and not Path(f"/proc/{pid}").exists():
            mark_process_dead(int(pid), str(mappe))  # type: ignore[no-untyped-call]  # the same
