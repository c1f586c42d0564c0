"""An ordinary Django admin of the same tables on the same copy, by turns with the product's pages."""

import json
import subprocess
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import IO, cast

from bench.jobber import Sted, saksarbeid
from bench.maaling import Jobb, Kostet, Maaling, vekselvis
from bench.stubber import uten_minnehardt

FORAN = "django-admin: "
_SAMME = {"registrere": "registrere", "liste enheten, første side": "liste", "åpne sak": "åpne sak"}
"""The product's page, and Django's that shows the same."""
_SKRIPT = Path(__file__).parent / "django" / "maal.py"


_AV_GANGEN = 10
"""Requests of each before it is the other's turn."""


class _Django:
    """Django in a process of its own: what its last request cost, as a Klokke tells it."""

    def __init__(self, python: str, fil: str, saker: Sequence[tuple[int, str]]) -> None:
        kommando = [python, str(_SKRIPT), fil, ",".join(str(id_) for id_, _ in saker)]
        self._prosess = subprocess.Popen(kommando, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)  # noqa: S603 - our own
        self._inn, self._ut = cast(IO[str], self._prosess.stdin), cast(IO[str], self._prosess.stdout)
        self.cpu = self.klokke = 0.0

    def gjoer(self, navn: str) -> None:
        """One request. Raises RuntimeError where the process has ended, which has said why."""
        self._inn.write(f"{navn}\n")
        self._inn.flush()
        svar = self._ut.readline()
        if not svar:
            raise RuntimeError(f"Django ended at «{navn}»")
        self.cpu, self.klokke = json.loads(svar)

    def slutt(self) -> None:
        """End it."""
        self._prosess.terminate()
        self._prosess.wait(30)


def maal_django(python: str, sted: Sted) -> Iterator[Maaling]:
    """Registering, list and case. Each line's floor is the product, and its ratio how many times dearer Django is.

    Django's test client is inside the CPU, less than a millisecond of it.
    """
    django = _Django(python, sted.anlegg.config.database_url.removeprefix("sqlite:///"), sted.saker)
    try:
        with uten_minnehardt():
            for navn, jobb in saksarbeid(sted):
                if navn in _SAMME:
                    hos_django = _SAMME[navn]
                    sider: list[tuple[Jobb, Kostet]] = [
                        (partial(jobb, sted.nav), sted.klokke),
                        (partial(django.gjoer, hos_django), django),
                    ]
                    vaart, djangos = vekselvis(sider, sted.runder, sted.rydd, av_gangen=_AV_GANGEN)
                    yield sted.maal(f"{FORAN}{hos_django}", djangos, vaart)
    finally:
        django.slutt()


def sammenlign(maalinger: Sequence[Maaling]) -> str | None:
    """How many times dearer Django's pages are than the product's, at one size; None where Django was not measured."""
    deler = [f"{m.job.removeprefix(FORAN)} {m.ratio:.1f}" for m in maalinger if m.job.startswith(FORAN) and m.ratio]
    return f"django-admin koster så mange ganger produktet: {', '.join(deler)}" if deler else None
