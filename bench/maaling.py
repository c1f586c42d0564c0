"""What one job cost, and how it is timed: CPU by the process's own clock, product and floor by turns."""

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, field
from statistics import median
from typing import Any, Protocol

from flask import Flask

Jobb = Callable[[], object]


@dataclass(frozen=True)
class Maaling:
    """Milliseconds for one request, the middle one of the rounds. The fields of var/bench.json."""

    job: str
    referrals: int
    database: str
    clients: int
    cpu_ms: float
    """The server's own processes; PostgreSQL's stand in `database_cpu_ms`."""
    p50_ms: float
    p95_ms: float
    floor_cpu_ms: float | None = None
    ratio: float | None = None
    database_cpu_ms: float | None = None
    mib: float | None = None
    """Memory, for the jobs that measure it."""

    def som_json(self) -> dict[str, object]:
        """As it stands in var/bench.json."""
        return asdict(self)


@dataclass
class Tider:
    """Each request's CPU and clock, in milliseconds."""

    cpu: list[float]
    klokke: list[float]
    database: list[float] = field(default_factory=list)
    """The database server's CPU, where there is one."""


class Kostet(Protocol):
    """What the last request cost, in milliseconds."""

    cpu: float
    klokke: float


class Klokke:
    """Around the application: the CPU and the time from the request's coming until its last byte is made."""

    def __init__(self, app: Flask) -> None:
        self._wsgi = app.wsgi_app
        self.cpu = self.klokke = 0.0
        app.wsgi_app = self  # type: ignore[method-assign]

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        klokke, cpu = time.perf_counter(), time.process_time()
        svar = self._wsgi(environ, start_response)
        try:
            return [b"".join(svar)]
        finally:
            lukk = getattr(svar, "close", None)
            if lukk is not None:
                lukk()
            self.cpu = (time.process_time() - cpu) * 1000
            self.klokke = (time.perf_counter() - klokke) * 1000


def ta_tiden(jobb: Jobb, runder: int) -> Tider:
    """A job outside the web, so many times."""
    tider = Tider([], [])
    for _ in range(runder):
        klokke, cpu = time.perf_counter(), time.process_time()
        jobb()
        tider.cpu.append((time.process_time() - cpu) * 1000)
        tider.klokke.append((time.perf_counter() - klokke) * 1000)
    return tider


def vekselvis(
    sider: Sequence[tuple[Jobb, Kostet]],
    runder: int,
    rydd: Jobb,
    basetid: Callable[[], float] | None = None,
    *,
    av_gangen: int = 1,
) -> list[Tider]:
    """Requests by turns, so that what the machine is doing meets all sides alike. The first of each warms up.

    `rydd` sets the limits back every tenth round, and before the first; `basetid` tells what the database server has
    used so far. `av_gangen` requests of a side before the next one's turn: sides in processes of their own throw each
    other out of the processor's caches, which no server that is asked for one thing after another meets.
    """
    alle = [Tider([], []) for _ in sider]
    for nr in range(-av_gangen, runder, av_gangen):
        if nr % 10 == 0 or nr < 0:
            rydd()
            for jobb, _ in sider:
                jobb()
        if nr < 0:
            continue
        for tider, (jobb, klokke) in zip(alle, sider, strict=True):
            for _ in range(av_gangen):
                foer = basetid() if basetid else 0.0
                jobb()
                tider.cpu.append(klokke.cpu)
                tider.klokke.append(klokke.klokke)
                if basetid:
                    tider.database.append(basetid() - foer)
    return alle


def maaling(
    jobb: str, referrals: int, database: str, tider: Tider, gulv: Tider | None = None, *, clients: int = 1
) -> Maaling:
    """The middle of it, with the floor's where there is one."""
    cpu, ordnet = median(tider.cpu), sorted(tider.klokke)
    gulvet = median(gulv.cpu) if gulv else None
    return Maaling(
        jobb, referrals, database, clients, round(cpu, 2), round(median(ordnet), 2),
        round(ordnet[min(len(ordnet) - 1, int(len(ordnet) * 0.95))], 2),
        floor_cpu_ms=round(gulvet, 2) if gulvet else None, ratio=round(cpu / gulvet, 2) if gulvet else None,
        database_cpu_ms=round(median(tider.database), 2) if tider.database else None,
    )  # fmt: skip
