"""Three application processes behind a proxy, on addresses of their own, and a database with a standby.

One of the three is killed, and so is the database, in the middle of the load: what was acknowledged is there, nothing
twice, and nobody is asked to try again more than once.
"""

import logging
import multiprocessing
import random
import shutil
import socket
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import func, select
from werkzeug.serving import make_server

from koordinering import noekkellager, rettigheter, signatur
from koordinering.app import create_app
from koordinering.config import Config
from koordinering.databasevalg import Databasevalg, les_url
from koordinering.db import db, transaction
from koordinering.personvern.segl.services import Loggsted, forsegl, kontroller
from koordinering.saker.models import Henvisning, Sak
from koordinering.saker.rules.overganger import Status
from koordinering.tildeling import services as tildeling
from koordinering.tildeling.models import Tildeling
from koordinering.tiltak.kapasitet.queries import oppgjoer
from koordinering.tiltak.models import Plass
from tests import fabrikk
from tests.conftest import inne_i
from tests.klynge.last import Last, Person, felt
from tests.klynge.postgres import RESERVE, Postgres
from tests.klynge.proxy import Proxy, vent_paa

VERTER = ("127.0.0.2", "127.0.0.3", "127.0.0.4")
ROLLE = "klynge_app"
PLASSER = 5

_fork = multiprocessing.get_context("fork")


def ledig_port(vert: str) -> int:
    """A port that nobody listens on at this address."""
    with socket.socket() as sokkel:
        sokkel.bind((vert, 0))
        port: int = sokkel.getsockname()[1]
        return port


pytestmark = pytest.mark.bare_postgresql


@contextmanager
def to_tjenere(
    uri: str,
    vertene: tuple[str, str] = ("127.0.0.5", "127.0.0.6"),
    paa: Callable[[str], tuple[str, ...]] = lambda _: (),
) -> Iterator[tuple[Postgres, Postgres]]:
    """A database with the template's rows, and a standby that has all that is acknowledged."""
    mappe = Path(tempfile.mkdtemp(prefix="klynge-"))
    mappe.chmod(0o755)
    foerste, andre = tjenere = tuple(
        Postgres(mappe / f"d{nr}", vert, 5432 if paa(vert) else ledig_port(vert), paa(vert))
        for nr, vert in enumerate(vertene)
    )
    try:
        foerste.kopier(uri)
        foerste.start()
        foerste.si(f"CREATE ROLE {ROLLE} LOGIN")
        andre.foelg(foerste)
        foerste.si(f"ALTER SYSTEM SET synchronous_standby_names = '{RESERVE}'")
        foerste.si("SELECT pg_reload_conf()")
        foerste.krev_reserve()
        yield foerste, andre
    finally:
        for en in tjenere:
            en.drep()
        shutil.rmtree(mappe)


def adressen(tjenere: tuple[Postgres, Postgres], rolle: str) -> str:
    """Both, with this role."""
    steder = ",".join(f"{en.vert}:{en.port}" for en in tjenere)
    return les_url(f"postgresql://{rolle}@{steder}/mal", "test")


def maskinens(config: Config, mappe: Path, url: str) -> Config:
    """The settings of one machine: of the installation it has the key file, and nothing else."""
    mappe.mkdir(mode=0o700)
    shutil.copy(config.noekkelfil, mappe / "noekler.json")
    return replace(config, data=mappe, database_url=url, verter=("127.0.0.1", *VERTER), database=Databasevalg(vent=10))


def _tjen(config: Config, vert: str, port: int) -> None:
    logging.basicConfig(filename=f"{config.data}.logg", force=True)
    make_server(vert, port, create_app(config), threaded=True).serve_forever()


@contextmanager
def tre_maskiner(config: Config, mappe: Path, url: str) -> Iterator[dict[tuple[str, int], multiprocessing.Process]]:
    """A process on an address of its own for each of three machines."""
    maskiner = {}
    for vert in VERTER:
        port, egen = ledig_port(vert), maskinens(config, mappe / vert, url)
        prosess = _fork.Process(target=_tjen, args=(egen, vert, port), daemon=True)
        prosess.start()
        maskiner[vert, port] = prosess
    try:
        for sted in maskiner:
            vent_paa(sted)
        yield maskiner  # type: ignore[misc]  # a process of the fork context
    finally:
        for prosess in maskiner.values():
            prosess.kill()
            prosess.join(10)


def forbered(antall: int) -> tuple[int, list[int]]:
    """An offer with fewer places than the children who are referred to it: the offer, and their referrals."""
    tilbud = fabrikk.tilbud(fabrikk.bruker("inkludering1"), antall=PLASSER)
    ider = []
    for _ in range(antall):
        sak = fabrikk.sak(fabrikk.bruker("nav1"))
        with transaction():
            henvisning = db.session.scalars(select(Henvisning).where(Henvisning.sak_id == sak.id)).one()
            tildeling.ta_imot(henvisning, av=fabrikk.bruker("inkludering1"))
            ider.append(henvisning.id)
    return tilbud.id, ider


def klargjoer(config: Config, henvisninger: int) -> tuple[int, list[int], int]:
    """As the one who owns the tables: rights for the service's role, an offer, its referrals, and how many cases."""
    with inne_i(create_app(config)):
        rettigheter.gi(db.engine, noekkellager.engine(), ROLLE)
        return *forbered(henvisninger), antall_saker()


def antall_saker() -> int:
    """Cases in the database."""
    db.session.rollback()
    return db.session.scalar(select(func.count(Sak.id))) or 0


def gjoer_opp(config: Config, url: str, last: Last, foer: int) -> None:
    """What the database that is left holds, against what people were told."""
    regnskap, egen = last.regnskap, replace(config, database_url=url)
    with inne_i(create_app(egen)):
        funnet = set(db.session.scalars(select(Sak.id).where(Sak.id.in_(regnskap.saker))))
        assert set(regnskap.saker) - funnet == set(), "acknowledged, and not there"
        assert antall_saker() - foer == len(regnskap.saker) == regnskap.sendt, "nothing twice"
        gitt = set(db.session.scalars(select(Tildeling.henvisning_id)))
        innvilget = select(func.count()).where(Henvisning.status == Status.INNVILGET)
        assert set(regnskap.gitt) <= gitt
        # how many were tried before the load ended is the machine's matter; more than there are is nobody's
        assert 0 < len(gitt) == (db.session.scalar(innvilget) or 0) <= PLASSER
        tall = oppgjoer(Plass)
        assert all(en.gaar_opp for en in tall.values())
        db.session.rollback()
        sted = Loggsted(egen.hodemappe, egen.loggnoekkel)
        assert forsegl(sted) > len(regnskap.saker)
        assert kontroller(db.session(), sted).funn == []
        db.session.rollback()


@pytest.mark.timeout(300)
def test_one_of_three_dies_and_then_the_database(config: Config, pg_server: str, tmp_path: Path) -> None:
    config = maskinens(config, tmp_path / "eier", config.database_url)
    signatur.lag_noekkel(config.loggnoekkel)
    with ExitStack() as alt:
        foerste, andre = tjenere = alt.enter_context(to_tjenere(pg_server))
        eier = adressen(tjenere, "postgres")
        tilbud, henvisninger, foer = klargjoer(replace(config, database_url=eier), PLASSER + 2)
        maskiner = alt.enter_context(tre_maskiner(config, tmp_path, adressen(tjenere, ROLLE)))
        proxy = Proxy(list(maskiner))
        alt.callback(proxy.server_close)
        en_oekt_paa_alle(list(maskiner))
        with Last(proxy.adresse, 3, tilbud, henvisninger) as last:
            last.vent_til(4)
            last.doede += 1
            random.choice(list(maskiner.values())).kill()  # noqa: S311 - no secret
            last.vent_til(4)
            last.doede += 1
            foerste.drep()
            andre.ta_over()
            last.vent_til(6)
        assert last.regnskap.feil == [], [fil.read_text()[-3000:] for fil in tmp_path.glob("*.logg")]
        assert last.regnskap.paa_rad <= 1, last.regnskap
        assert last.regnskap.uten_grunn == 0, last.regnskap
        assert min(sorted(proxy.svarte.values())[1:]) > 1, "the load was spread"
        gjoer_opp(config, eier, last, foer)
    for vert in VERTER:
        assert [en.name for en in (tmp_path / vert).iterdir()] == ["noekler.json"], "nothing else on the local disk"


def en_oekt_paa_alle(steder: list[tuple[str, int]]) -> None:
    """Signed in on the first, at home on all; signed out on the last, out everywhere."""
    adresser = [f"http://{vert}:{port}" for vert, port in steder]
    person = Person("nav1")
    person.inn(adresser[0])
    token = felt(person.hent(f"{adresser[0]}/konto")[1], "csrf_token")
    kake = person.kake()
    for adresse in adresser:
        assert person.hent(f"{adresse}/konto", kake=kake)[0] == 200
    assert person.hent(f"{adresser[2]}/logg-ut", {"csrf_token": token}, kake=kake)[0] in {302, 303}
    assert person.hent(f"{adresser[0]}/konto", kake=kake)[0] in {302, 303}
