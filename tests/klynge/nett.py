"""A network of the test's own: namespaces with a cable each to the one in the middle, and to nothing else."""

import ctypes
import os
import subprocess
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

_CLONE_NEWNET = 0x40000000
_MIDTEN = "10.99.0.254"


def _ip(*ord_: str) -> None:
    subprocess.run(["ip", *ord_], check=True, capture_output=True, timeout=20)  # noqa: S603, S607 - iproute2


def finnes() -> bool:
    """Whether this machine lets us make one."""
    proeve = f"klp{os.getpid()}"
    try:
        _ip("netns", "add", proeve)
        _ip("netns", "delete", proeve)
    except (OSError, subprocess.SubprocessError):
        return False
    return True


class Nett:
    """A machine for each address (10.99.0.x). This thread, and those that it starts, stand in the middle meanwhile."""

    def __init__(self, adresser: Sequence[str]) -> None:
        self._foran = f"kl{os.getpid()}"
        self._midt = f"{self._foran}-m"
        self._adresser = list(adresser)
        self._hjemme = os.open("/proc/thread-self/ns/net", os.O_RDONLY)

    def paa(self, adresse: str) -> tuple[str, ...]:
        """What a command begins with to run on this machine."""
        return ("ip", "netns", "exec", self._navn(adresse))

    def _navn(self, adresse: str) -> str:
        return f"{self._foran}-{adresse.rpartition('.')[2]}"

    def __enter__(self) -> Self:
        _ip("netns", "add", self._midt)
        _ip("-n", self._midt, "link", "set", "lo", "up")
        _ip("netns", "exec", self._midt, "sysctl", "-qw", "net.ipv4.ip_forward=1")
        for nr, adresse in enumerate(self._adresser):
            navn = self._navn(adresse)
            _ip("netns", "add", navn)
            _ip("-n", self._midt, "link", "add", f"v{nr}", "type", "veth", "peer", "name", "eth0", "netns", navn)
            for sted, kort, egen in ((self._midt, f"v{nr}", _MIDTEN), (navn, "eth0", adresse)):
                _ip("-n", sted, "addr", "add", f"{egen}/32", "dev", kort)
                _ip("-n", sted, "link", "set", kort, "up")
            _ip("-n", navn, "link", "set", "lo", "up")
            _ip("-n", self._midt, "route", "add", adresse, "dev", f"v{nr}")
            _ip("-n", navn, "route", "add", _MIDTEN, "dev", "eth0")
            _ip("-n", navn, "route", "add", "10.99.0.0/24", "via", _MIDTEN)
        midt = os.open(Path("/run/netns") / self._midt, os.O_RDONLY)
        self._inn(midt)
        os.close(midt)
        return self

    def kutt(self, adresse: str) -> None:
        """Pull its cable: from now on it says nothing, not even no."""
        _ip("-n", self._midt, "link", "set", f"v{self._adresser.index(adresse)}", "down")

    def __exit__(
        self, _slag: type[BaseException] | None, _feil: BaseException | None, _spor: TracebackType | None
    ) -> None:
        self._inn(self._hjemme)
        os.close(self._hjemme)
        for navn in (*map(self._navn, self._adresser), self._midt):
            subprocess.run(["ip", "netns", "delete", navn], check=False, capture_output=True)  # noqa: S603, S607

    def _inn(self, nummer: int) -> None:
        libc = ctypes.CDLL(None, use_errno=True)
        if libc.setns(nummer, _CLONE_NEWNET) != 0:
            raise OSError(ctypes.get_errno(), "setns")
