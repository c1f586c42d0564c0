"""CPU of other processes: the database server's, and those of the servers that the bench starts."""

from collections.abc import Callable
from pathlib import Path

import psutil  # type: ignore[import-untyped]  # comes with the tests' PostgreSQL

from bench.baser.steder import Anlegg


def brukt(pid: int) -> float:
    """Milliseconds that a process and those below it have used, to the microsecond (/proc/<pid>/schedstat)."""
    forelder = psutil.Process(pid)
    ms = 0.0
    for en in (forelder, *forelder.children(recursive=True)):
        try:
            # each thread has its own
            for traad in Path(f"/proc/{en.pid}/task").iterdir():
                ms += int((traad / "schedstat").read_text().split()[0]) / 1e6
        except (OSError, psutil.NoSuchProcess):
            continue
    return ms


def basetid(anlegg: Anlegg) -> Callable[[], float] | None:
    """What the database server has used so far; None where the database is a file that the product opens itself."""
    if anlegg.config.sqlite:
        return None
    pid = int((anlegg.config.data / "pg" / "postmaster.pid").read_text().split()[0])
    return lambda: brukt(pid)


def stoerste(pid: int) -> float:
    """MiB of the largest process below this one."""
    alle = psutil.Process(pid).children(recursive=True)
    return float(max(en.memory_info().rss for en in alle)) / 2**20
