"""The bench runs as `make bench` does, and what it writes has the shape that it promises."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from bench import historie
from bench.django_maaling import sammenlign
from bench.maaling import Maaling, Tider, maaling
from bench.vekst import OPPVARMING, Anlegg, vekst

pytestmark = pytest.mark.bare_sqlite

FELT = {"job", "referrals", "database", "clients", "cpu_ms", "p50_ms", "p95_ms", "floor_cpu_ms", "ratio"}
JOBBER = {
    "registrere", "liste enheten, første side", "liste aapne, neste side", "liste avsluttede, siste side",
    "søke, referanse", "søke, nummer", "åpne sak", "kø, venter", "lage forslag til fordeling", "prikke, hele katalogen",
    "telle året, hele katalogen", "tabell", "eksport, csv", "eksport, xlsx", "logge inn, med passordet",
    "logge inn, uten passordets hash", "oppstart av en arbeider", "minne under last, største arbeider",
}  # fmt: skip


@pytest.mark.lang
def test_fifty_families_twice_with_one_client_and_with_two(tmp_path: Path) -> None:
    """In a folder of its own, so that the results of the developer are left alone."""
    kilde = Path(__file__).parents[2]
    miljoe = {
        **os.environ, "PYTHONPATH": str(kilde), "BENCH_LAGER": str(tmp_path / "lager"), "BENCH_HENVISNINGER": "116",
        "BENCH_RUNDER": "2", "BENCH_KLIENTER": "1,2", "BENCH_HISTORIE": "0",
    }  # fmt: skip
    ut = subprocess.run([sys.executable, "-m", "bench"], env=miljoe, cwd=tmp_path, check=True, capture_output=True)
    linjer = json.loads((tmp_path / "var" / "bench.json").read_text(encoding="utf-8"))
    assert all(set(linje) >= FELT for linje in linjer)
    assert {linje["job"] for linje in linjer} >= JOBBER
    assert {linje["clients"] for linje in linjer} == {1, 2}
    med_gulv = [linje for linje in linjer if linje["ratio"] is not None]
    assert len(med_gulv) >= 22
    assert all(linje["cpu_ms"] > 0 and linje["floor_cpu_ms"] > 0 for linje in med_gulv)
    assert "forhold" in ut.stdout.decode()


def test_the_middle_counts_and_the_floor_is_beside_it() -> None:
    en = maaling("liste", 1000, "sqlite", Tider([4.0, 90.0, 6.0], [5.0, 99.0, 7.0]), Tider([2.0, 3.0, 70.0], []))
    assert en == Maaling("liste", 1000, "sqlite", 1, 6.0, 7.0, 99.0, floor_cpu_ms=3.0, ratio=2.0)


def test_django_is_told_in_times_of_the_page_that_shows_the_same() -> None:
    en = [Maaling(navn, 1052, "sqlite", 1, cpu, 1.0, 1.0) for navn, cpu in (("åpne sak", 5.0), ("liste", 1.0))]
    assert sammenlign(en) is None
    django = Maaling("django-admin: åpne sak", 1052, "sqlite", 1, 40.0, 1.0, 1.0, floor_cpu_ms=5.0, ratio=8.0)
    assert sammenlign([*en, django]) == "django-admin koster så mange ganger produktet: åpne sak 8.0"


def test_a_job_that_has_become_dearer_than_its_floor_is_told_of(tmp_path: Path) -> None:
    fil = tmp_path / "historie.json"
    assert historie.drift(fil) == []
    for cpu, gulv in ((4.0, 2.0), (8.2, 4.0), (3.9, 2.0)):  # a slower machine is no drift
        historie.legg_til([Maaling("liste", 1052, "sqlite", 1, cpu, 5.0, 9.0, gulv, cpu / gulv)], fil)
        assert historie.drift(fil) == []
    historie.legg_til([Maaling("liste", 1060, "sqlite", 1, 5.0, 6.0, 9.0, 2.0, 2.5)], fil)
    assert historie.drift(fil) == ["liste, 1000, sqlite, 1: 2.50 mot 2.00 før (+25%)"]
    historie.legg_til([Maaling("innboks", 1052, "sqlite", 1, 4.0, 5.0, 9.0)], fil)
    assert len(fil.read_text(encoding="utf-8").splitlines()) == 4, "a run without any floor says nothing of drift"


def test_the_large_and_the_small_take_turns_and_the_warming_up_is_not_counted() -> None:
    rekkefoelge: list[str] = []

    class Roer:
        """What is written here is answered: dearer and dearer, and very dear before anything counts."""

        def __init__(self, navn: str, ganger: int) -> None:
            self.navn, self.ganger, self.spurt = navn, ganger, 0
            self.svar: str | float = "registrere|søke"

        def write(self, linje: str) -> int:
            if linje != "rydd\n":
                rekkefoelge.append(self.navn)
                self.spurt += 1
            self.svar = 1000.0 if self.spurt <= OPPVARMING else float(self.ganger * self.spurt)
            return len(linje)

        def flush(self) -> None:
            pass

        def readline(self) -> str:
            return f"{self.svar}\n"

    roer: list[Any] = [Roer("liten", 1), Roer("stor", 3)]
    liten, stor = (Anlegg(en, en) for en in roer)
    assert liten.jobber == ["registrere", "søke"]
    smaa, store, ganger = vekst(liten, stor, "søke", 5)
    assert (smaa, store, ganger) == (OPPVARMING + 3, 3 * (OPPVARMING + 3), 3)
    runder = list(zip(rekkefoelge[::2], rekkefoelge[1::2], strict=True))
    assert runder[:4] == [("liten", "stor"), ("stor", "liten")] * 2
    assert len(runder) == OPPVARMING + 5
