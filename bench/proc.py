"""What a running installation holds: memory, files and threads of each process, and what lies on the disk.

Read from Linux's /proc. Memory is the anonymous part («Anonymous» of smaps_rollup): what the program has taken for
itself, whether it shares it with the process it was forked from or not. The set size alone also grows when files are
read, and the private set when a forked page is touched for the first time; neither is a leak.
"""

import os
import re
from collections.abc import Iterator
from pathlib import Path

_FELT = re.compile(r"^(Rss|Pss|Anonymous|Private_Clean|Private_Dirty): +(\d+) kB", re.MULTILINE)


def minne(pid: int) -> dict[str, float]:
    """MiB of the process: `rss`, `pss`, `uss` (its alone) and `egen` (anonymous)."""
    kb = {navn: int(tall) for navn, tall in _FELT.findall(Path(f"/proc/{pid}/smaps_rollup").read_text("ascii"))}
    uss = kb["Private_Clean"] + kb["Private_Dirty"]
    alle = {"rss": kb["Rss"], "pss": kb["Pss"], "uss": uss, "egen": kb["Anonymous"]}
    return {navn: antall / 1024 for navn, antall in alle.items()}


def aapne(pid: int) -> list[str]:
    """What the process holds open."""
    return list(_lenker(Path(f"/proc/{pid}/fd")))


def _lenker(mappe: Path) -> Iterator[str]:
    for lenke in mappe.iterdir():
        try:
            yield os.readlink(lenke)
        except FileNotFoundError:
            continue  # closed meanwhile


def traader(pid: int) -> int:
    """Threads of the process."""
    return sum(1 for _ in Path(f"/proc/{pid}/task").iterdir())


def barn(pid: int) -> list[int]:
    """The processes that it has started, the oldest first."""
    ider = [int(en) for oppgave in Path(f"/proc/{pid}/task").iterdir() for en in _tekst(oppgave / "children").split()]
    return sorted(ider)


def _tekst(fil: Path) -> str:
    return fil.read_text("ascii")


def kommandolinje(pid: int) -> str:
    """How the process was started."""
    return _tekst(Path(f"/proc/{pid}/cmdline")).replace("\0", " ")


def ytelse(pid: int) -> float:
    """Seconds of processor that it has used."""
    felt = _tekst(Path(f"/proc/{pid}/stat")).rsplit(")", 1)[1].split()
    return (int(felt[11]) + int(felt[12])) / os.sysconf("SC_CLK_TCK")


def cpu_ms(pid: int) -> float:
    """The same in milliseconds, to the microsecond, of the threads that it has now."""
    return sum(int(_tekst(en / "schedstat").split()[0]) for en in Path(f"/proc/{pid}/task").iterdir()) / 1e6


def arbeidere(pid: int) -> list[int]:
    """The worker processes of a server: not the one that takes the jobs, nor Python's own helper."""
    return [en for en in barn(pid) if not re.search(r"koordinering\.cli jobb|resource_tracker", kommandolinje(en))]


def filer(mappe: Path) -> dict[str, int]:
    """Every file in the folder, with its bytes."""
    svar = {}
    for fil in sorted(mappe.rglob("*")):
        try:
            if fil.is_file():
                svar[str(fil.relative_to(mappe))] = fil.stat().st_size
        except FileNotFoundError:
            continue  # gone meanwhile
    return svar
