"""kill -9, at random moments, of a worker, the server, all of it, and the database; and the power, as far as it goes.

Every acknowledged write is there, once; the ledger, the stock and the log's chain are whole; and it starts again by
itself. `make chaos` is the long one: KOORDINERING_KAOS is the number of writes, KOORDINERING_KAOS_FROE the seed.
"""

import os
import random
import shutil
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from koordinering import crypto, signatur
from koordinering.app import create_app
from koordinering.config import Config
from koordinering.db import db, transaction
from koordinering.saker.models import Henvisning
from koordinering.tildeling import services as tildeling
from tests import fabrikk, penger
from tests.conftest import grunnlegg, inne_i, installasjonens
from tests.kaos import stroem
from tests.kaos.klienter import Folk, Plan, Regnskap, gi_kort, gi_midler, laan_ut_og_inn, registrer, se_listen
from tests.kaos.kontroll import kontroller
from tests.kaos.postgres import Egen, server
from tests.kaos.utvalg import Utvalg
from tests.kaos.vokter import Vokter

SKRIVES = int(os.environ.get("KOORDINERING_KAOS", "24"))
FROE = int(os.environ.get("KOORDINERING_KAOS_FROE", "2026"))


def klare(tiltak_id: str, avsender: str, mottaker: str, antall: int) -> list[int]:
    """So many families with a referral each that its receiver has taken up."""
    ider = []
    for _ in range(antall):
        sak = fabrikk.sak(fabrikk.bruker(avsender), tiltak=[(tiltak_id, 0 if tiltak_id != "4b-2" else None)])
        with transaction():
            henvisning = db.session.scalars(select(Henvisning).where(Henvisning.sak_id == sak.id)).one()
            tildeling.ta_imot(henvisning, av=fabrikk.bruker(mottaker))
            ider.append(henvisning.id)
    return ider


def planer(skrives: int, rng: random.Random) -> list[Plan]:
    """People who write so many things in all; half of them give of what is scarce.

    In a long run several do the same, each with things of their own: one who waits for each answer would decide how
    long it takes.
    """
    gis, flere = max(2, skrives // 10), max(1, min(4, skrives // 100))
    fabrikk.kortaar(gis)
    konsulent = fabrikk.bruker("inkludering1")
    budsjett = penger.budsjett(konsulent, ramme_oere=gis * 100_000).id
    laget = penger.lag(konsulent).id
    kort = klare("4b-2", "helse1", "nav1", gis)
    midler = klare("4a-3", "nav1", "inkludering1", gis)
    skis = [enhet.id for enhet in fabrikk.utstyr(fabrikk.bruker("fretex1"), antall=2 * flere)]
    db.session.rollback()
    registreres = [registrer(f"K-{nr}") for nr in range(skrives * 4 // 10)]
    laan = [laan_ut_og_inn(skis[nr % len(skis)]) for nr in range(skrives * 2 // 10)]  # two writes each
    gitt = [gi_kort(i) for i in kort] + [se_listen] * gis
    bevilget = [gi_midler(i, budsjett, laget, 1000) for i in midler]
    alle: list[Plan] = []
    for nr in range(flere):
        alle += [
            ("nav1", registreres[2 * nr :: 2 * flere]),
            ("nav2", registreres[2 * nr + 1 :: 2 * flere]),
            ("nav1", gitt[nr::flere]),
            ("inkludering1", bevilget[nr::flere]),
        ]
        # an item is one person's, or two would find it lent
        alle.append(("fretex1", [en for ski in (2 * nr, 2 * nr + 1) for en in laan[ski :: len(skis)]]))
    for _, stegene in alle:
        rng.shuffle(stegene)
    return alle


class Pauser:
    """Between one harm and the next people get something done, however busy the machine is: some writes, by chance."""

    def __init__(self, regnskap: Regnskap, rng: random.Random) -> None:
        self._regnskap, self._rng = regnskap, rng
        self._hoeyst = min(200, max(2, SKRIVES // 3))

    def __call__(self, slutt: threading.Event) -> bool:
        """Wait for them, or until it is over: whether it is."""
        maal = self._regnskap.skrevet + self._rng.randint(0, self._hoeyst)
        while self._regnskap.skrevet < maal and not slutt.wait(0.01):
            continue
        return slutt.wait(self._rng.uniform(0, 0.3))  # anywhere in what is under way


@contextmanager
def mens(skader: Sequence[Callable[[], object]], pause: Pauser) -> Iterator[None]:
    """Do one harm after another, each after a pause, until the block is left; every one at least once."""
    slutt, feil = threading.Event(), list[BaseException]()

    def skad() -> None:
        try:
            nr = 0
            while not pause(slutt) or nr < len(skader):
                skader[nr % len(skader)]()
                nr += 1
        except BaseException as en:
            feil.append(en)

    traad = threading.Thread(target=skad)
    traad.start()
    try:
        yield
    finally:
        slutt.set()
        traad.join()
    if feil:
        raise feil[0]


@pytest.mark.begrenset
@pytest.mark.bare_sqlite  # PostgreSQL is a server of its own: below
@pytest.mark.timeout(7_200)
def test_whoever_is_killed_nothing_acknowledged_is_lost(app: Flask, config: Config) -> None:
    rng = random.Random(FROE)  # noqa: S311 - which harm, and when
    planene = planer(SKRIVES, rng)
    regnskap = Regnskap()
    signatur.lag_noekkel(config.loggnoekkel)
    with Vokter(config) as vokter:
        folk = Folk(vokter.adresse, regnskap, planene)
        skader = [lambda: vokter.drep_en(rng), vokter.drep_tjeneren, vokter.drep_alt]
        with mens([_og_vent(skade, vokter) for skade in skader], Pauser(regnskap, rng)):
            folk.arbeid()
        vokter.vent_til_den_svarer()
        assert vokter.starter >= 3, "it was killed, and started again"
    assert regnskap.skrevet >= SKRIVES * 9 // 10
    kontroller(config, regnskap)
    _si(config, regnskap, vokter)


@pytest.mark.begrenset
@pytest.mark.bare_sqlite
@pytest.mark.timeout(7_200)
def test_the_power_goes_at_any_moment(app: Flask, config: Config, tmp_path: Path) -> None:
    rng = random.Random(FROE + 1)  # noqa: S311 - the same
    planene = planer(SKRIVES // 2, rng)
    regnskap, kopier = Regnskap(), Utvalg[tuple[Config, Regnskap]](max(2, SKRIVES // 500), rng)
    signatur.lag_noekkel(config.loggnoekkel)

    def stroemmen_gaar() -> None:
        fortalt = regnskap.kopi()  # before everything stands still: what is told after it may be missing
        with stroem.stille(vokter.prosesser()):
            kopi = stroem.kopier(config, tmp_path / str(kopier.sett), rng)
        if ut := kopier.legg_til((kopi, fortalt)):
            shutil.rmtree(ut[0].data)

    with Vokter(config) as vokter:
        folk = Folk(vokter.adresse, regnskap, planene)
        with mens([stroemmen_gaar] * 2, Pauser(regnskap, rng)):
            folk.arbeid()
    for kopi, fortalt in kopier:
        kontroller(kopi, fortalt, ferdig=False)
    assert len(kopier) >= 2
    sys.stdout.write(f"\n{regnskap.skrevet} writes, the power went {kopier.sett} times, {len(kopier)} looked at\n")


@pytest.fixture
def egen_pg(tmp_path: Path) -> Iterator[tuple[Config, Egen]]:
    """An installation on a PostgreSQL that is as durable as a municipality's."""
    mappe = Path(tempfile.mkdtemp(prefix="kaos-"))  # a socket's path must be short
    data = tmp_path / "var"
    data.mkdir()
    crypto.lag_noekler(data / "noekler.json", demo=True)
    signatur.lag_noekkel(data / "loggnoekkel.json")
    try:
        with server(mappe / "pg") as egen:
            egen.lag_database()
            config = installasjonens(data, egen.url)
            grunnlegg(config)
            yield config, egen
    finally:
        shutil.rmtree(mappe, ignore_errors=True)


@pytest.mark.lang
@pytest.mark.timeout(7_200)
def test_postgresql_is_killed_and_loses_its_power(egen_pg: tuple[Config, Egen], tmp_path: Path) -> None:
    config, egen = egen_pg
    rng = random.Random(FROE + 2)  # noqa: S311 - the same
    regnskap, kopier = Regnskap(), Utvalg[tuple[Path, Path, Regnskap]](5, rng)
    with inne_i(create_app(config)):
        planene = planer(SKRIVES, rng)

    def stroemmen_gaar() -> None:
        fortalt = regnskap.kopi()
        kopi = egen.mappe.parent / f"kopi{kopier.sett}"
        with stroem.stille(vokter.prosesser()):
            data = stroem.kopier(config, tmp_path / kopi.name, rng).data
            egen.kopier(kopi)
        if ut := kopier.legg_til((kopi, data, fortalt)):
            shutil.rmtree(ut[0])
            shutil.rmtree(ut[1])

    with Vokter(config) as vokter:
        folk = Folk(vokter.adresse, regnskap, planene)
        skader = [egen.drep, stroemmen_gaar, lambda: vokter.drep_en(rng), vokter.drep_alt]
        with mens([_og_vent(skade, vokter) for skade in skader], Pauser(regnskap, rng)):
            folk.arbeid()
    kontroller(config, regnskap)
    for mappe, data, fortalt in kopier:
        with server(mappe) as kopi:
            kontroller(replace(config, data=data, database_url=kopi.url), fortalt, ferdig=False)
    assert kopier
    _si(config, regnskap, vokter)
    sys.stdout.write(f"the power went {kopier.sett} times, {len(kopier)} looked at\n")


def _og_vent(skade: Callable[[], None], vokter: Vokter) -> Callable[[], None]:
    def gjoer() -> None:
        skade()
        vokter.vent_til_den_svarer()

    return gjoer


def _si(config: Config, regnskap: Regnskap, vokter: Vokter) -> None:
    """For whoever runs it with -s: how much of what there was."""
    slag = config.database_url.partition(":")[0]
    sys.stdout.write(
        f"\n{slag}: {regnskap.skrevet} writes, {vokter.starter - 1} restarts of the server, "
        f"met {dict(regnskap.svikt)} (0: nobody answered)\n"
    )
