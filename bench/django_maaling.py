"""An ordinary Django admin of the same tables on the same copy, as a line beside the product's."""

import json
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path

from bench.baser.steder import Anlegg
from bench.maaling import Maaling, Tider, maaling

_FORAN = "django-admin: "
_SAMME = {"registrere": "registrere", "liste": "liste enheten, første side", "åpne sak": "åpne sak"}
"""Django's page, and the product's that shows the same."""
_SKRIPT = Path(__file__).parent / "django" / "maal.py"


def maal_django(python: str, anlegg: Anlegg, runder: int, saker: Sequence[tuple[int, str]]) -> Iterator[Maaling]:
    """Registering, list and case; Django's test client is inside the CPU, less than a millisecond of it."""
    fil = anlegg.config.database_url.removeprefix("sqlite:///")
    kommando = [python, str(_SKRIPT), fil, str(runder), ",".join(str(id_) for id_, _ in saker)]
    ut = subprocess.run(kommando, check=True, capture_output=True, text=True)  # noqa: S603 - our own
    for navn, cpu in json.loads(ut.stdout.splitlines()[-1]).items():
        yield maaling(f"{_FORAN}{navn}", anlegg.referrals, anlegg.database, Tider(cpu, cpu))


def sammenlign(maalinger: Sequence[Maaling]) -> str | None:
    """How many times dearer Django's pages are than the product's, at one size; None where Django was not measured."""
    cpu = {m.job: m.cpu_ms for m in maalinger if m.clients == 1}
    deler = [
        f"{navn} {cpu[_FORAN + navn] / cpu[vaar]:.1f}"
        for navn, vaar in _SAMME.items()
        if _FORAN + navn in cpu and vaar in cpu
    ]
    return f"django-admin koster så mange ganger produktet: {', '.join(deler)}" if deler else None
