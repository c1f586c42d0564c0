"""A day of a municipality's load in ten minutes: nothing grows. And a fault that makes something grow is seen."""

import os
import random
import sys
import threading
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask

from bench import proc
from koordinering.config import Config
from koordinering.db import i_dag, now, transaction
from koordinering.jobb.models import Jobb
from koordinering.jobb.rules import Jobbstatus
from koordinering.konto.models import Grense, Okt
from tests import fabrikk
from tests.conftest import Mal, ferdig_app, inne_i, installasjon
from tests.utholdenhet.anlegg import FORBINDELSER, Anlegg, servert
from tests.utholdenhet.dag import By, spill
from tests.utholdenhet.fort import FART
from tests.utholdenhet.trend import vekst

HVERT = 2.0
"""Seconds between two measurements: five minutes of the day that is played."""

MAKS_VEKST = {"minne (MiB)": 4.0, "filer": 2.0, "tråder": 2.0, "databasefiler": 2.0, "forbindelser": 2.0}
"""What the trend of a day may come to after the warm-up: what the allocator keeps and a pool opens late."""

MAKS_WAL_MIB = 32
"""SQLite begins the log anew at 4 MiB where no reader stands in the way, and keeps the file as large as it once was."""


def _voksende(anlegg: Anlegg) -> dict[str, float]:
    """The series that grow too much, and by how much."""
    vokst = {navn: round(vekst(verdier), 1) for navn, verdier in anlegg.rekker.items()}
    return {
        navn: tall
        for navn, tall in vokst.items()
        if any(navn.endswith(hale) and tall > grense for hale, grense in MAKS_VEKST.items())
    }


def _fortell(anlegg: Anlegg, by: By) -> None:
    sys.stderr.write(f"\n{by.gjort.total()} errands: {dict(by.gjort)}\n")
    for navn, verdier in anlegg.rekker.items():
        tall = f"{verdier[0]:8.1f} {min(verdier):8.1f} {max(verdier):8.1f} {verdier[-1]:8.1f} {vekst(verdier):+8.2f}"
        sys.stderr.write(f"{navn:36}{tall}\n")
    sys.stderr.write(f"told to wait: {sum(en.ventet for en in by.folk.values())} times\n")
    sys.stderr.write(f"rows beyond their time: {anlegg.foreldet}\n")
    sys.stderr.write(f"CPU s: { {n: round(proc.ytelse(pid)) for n, pid in anlegg.prosesser().items()} }\n")


def _fyll(app: Flask) -> None:
    """Offers with many places, and rows of yesterday that the first hour's tidying must take."""
    for nr in range(4):
        fabrikk.tilbud(fabrikk.bruker("inkludering1"), antall=400, navn=f"Fotball {nr}", sted=f"Bane {nr}")
    gammelt = now() - timedelta(days=3)
    with transaction() as session:
        for nr in range(50):
            session.add(Grense(noekkel=bytes([nr]) * 32, aapner=gammelt, antall=1))
            session.add(
                Okt(
                    id=bytes([nr]) * 32,
                    user_id=fabrikk.bruker("nav1").id,
                    opprettet=gammelt,
                    sist_brukt=gammelt,
                    utloeper=gammelt,
                    enhetstype="prøve",
                )
            )
            session.add(Jobb(slag="telling", argument={}, status=Jobbstatus.FERDIG, ferdig=now() - timedelta(days=99)))


def _dag(config: Config, tmp: Path, sekunder: float, **ekstra: str) -> tuple[Anlegg, By]:
    """Play a day, and measure."""
    with inne_i(ferdig_app(config)) as app:
        _fyll(app)
    tmp.mkdir()
    with servert(config, tmp, **ekstra) as anlegg:
        by = By(anlegg.adresse, random.Random(8), anlegg.token, i_dag().year)  # noqa: S311 - which errand comes next
        foer = anlegg.prosesser()
        with anlegg.maales(HVERT):
            spill(by, sekunder, threading.Event())
        _fortell(anlegg, by)
        assert anlegg.prosesser() == foer, "a process has died and been started again"
    return anlegg, by


@pytest.mark.lang
@pytest.mark.timeout(3_600)
def test_nothing_grows_in_a_day(mal: Mal, tmp_path: Path) -> None:
    config = installasjon(mal, tmp_path / "var")
    anlegg, _ = _dag(config, tmp_path / "tmp", 86_400 / FART)
    assert not _voksende(anlegg)
    assert max(anlegg.rekker["wal (MiB)"]) < MAKS_WAL_MIB
    assert max(anlegg.rekker["midlertidige filer"]) < 40
    assert max(anlegg.rekker["filer i datamappen"]) < 20
    assert max(anlegg.rekker.get("forbindelser", [0.0])) <= FORBINDELSER
    assert not any(anlegg.foreldet.values()), anlegg.foreldet


@pytest.mark.lang
@pytest.mark.bare_sqlite
@pytest.mark.timeout(3_600)
@pytest.mark.parametrize("hva", ["minne", "filer"])
def test_a_fault_that_makes_something_grow_is_found(mal: Mal, tmp_path: Path, hva: str) -> None:
    config = installasjon(mal, tmp_path / "var")
    sekunder = float(os.environ.get("UTHOLDENHET_FEILDAG", "200"))
    anlegg, _ = _dag(config, tmp_path / "tmp", sekunder, UTHOLDENHET_LEKK=hva)
    assert any(f": {hva}" in navn for navn in _voksende(anlegg))
