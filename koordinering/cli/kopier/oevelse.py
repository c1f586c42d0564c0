"""`koordinering backup oevelse`: fetches the newest backup, serves from it and works in it, and throws it away."""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from types import FrameType

import click
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from koordinering import noekkellager
from koordinering.cli.kopier.felles import nyeste
from koordinering.cli.kopier.hente import FOR_GAMMELT, for_gammelt, hent_tilbake, sted_for
from koordinering.cli.kopier.innhold import aapne_alt, lag_folk
from koordinering.cli.ramme import AVVIST, OK, Kommando, Valg, config, i_programmet, program, si
from koordinering.cli.tjener import ADRESSE, ledig_port
from koordinering.config import Config
from koordinering.crypto import Kilde
from koordinering.databasevalg import les_url
from koordinering.db import now
from koordinering.driftsfeil import om_basen, om_filen
from koordinering.errors import KoordineringError
from koordinering.filer import skriv_hel
from koordinering.sikkerhetskopi import RAPPORT, AnnetSlag, Del, krev_tomt

_KREVER_DATABASE = (
    "Kopien er fra PostgreSQL. Lag en tom database, og oppgi den med --database, med rollen som eier den."
)
_IKKE_EIER = "Rollen i --database må eie databasen. Oppgi den som eier."
_NEKTET = "42501"
"""PostgreSQL: no right to it."""
_START_S = 60


class _Stanset(BaseException):
    """Somebody stops the drill: what it fetched is in the clear, and must not be left behind."""


@dataclass(frozen=True)
class Proevested:
    """A scratch installation."""

    config: Config
    kilde: Kilde
    """The keys in it, called what whoever reads of them knows them by."""

    @property
    def adresse(self) -> str:
        """Where it is served, on this machine alone."""
        return f"http://{ADRESSE}:{self.config.port}"


@click.command(cls=Kommando)
@click.argument("mappe", type=click.Path(path_type=Path, file_okay=False), metavar="MAPPE")
@click.option("--noekkel", cls=Valg, required=True, type=click.Path(path_type=Path, dir_okay=False), metavar="FIL",
              help="Den private nøkkelen til kopiene.")  # fmt: skip
@click.option("--noekkellager", cls=Valg, type=click.Path(path_type=Path), metavar="STED",
              help="Kopien av nøkkellageret, når den ikke er den nyeste i MAPPE.")  # fmt: skip
@click.option("--noekkelfil", cls=Valg, type=click.Path(path_type=Path, dir_okay=False), metavar="FIL",
              help="Kopien av noekler.json. Uten: nøklene på denne maskinen, og det står i rapporten.")  # fmt: skip
@click.option("--database", cls=Valg, metavar="ADRESSE",
              help="En tom PostgreSQL-database til øvelsen, når kopien er fra PostgreSQL.")  # fmt: skip
def oevelse(
    mappe: Path, noekkel: Path, noekkellager: Path | None, noekkelfil: Path | None, database: str | None
) -> int:
    """Hent den nyeste kopien til et tomt sted, start tjenesten der, registrer, fordel og tell, og slett det igjen.

    Kode 0 når alt gikk. Rapporten legges i MAPPE, én linje JSON. Installasjonen her røres ikke.
    """
    begynt = time.monotonic()
    filer = {Del.DATA: nyeste(mappe, Del.DATA), Del.LAGER: nyeste(noekkellager or mappe, Del.LAGER)}
    rapport: dict[str, object] = {"tid": now().isoformat(timespec="seconds"), "kopi": filer[Del.DATA].name}
    rapport["noekler"] = "kopien" if noekkelfil else "maskinens egne"
    try:
        with _kan_stanses(), _proevested(config(), noekkelfil, database) as sted:
            om = hent_tilbake(sted.config, filer, noekkel, sted.kilde)
            rapport["skjema"] = om[Del.DATA].skjema
            if for_gammelt(om):
                raise KoordineringError(FOR_GAMMELT)
            rapport |= _oev(sted)
        rapport["ok"] = True
    except (KoordineringError, OSError, SQLAlchemyError) as feil:
        rapport |= {"ok": False, "feil": _grunn(feil, med_database=database is not None)}
    except _Stanset:
        rapport |= {"ok": False, "feil": "Øvelsen ble stanset før den var ferdig."}
    rapport["sekunder"] = round(time.monotonic() - begynt, 1)
    _meld(mappe, rapport)
    return OK if rapport["ok"] else AVVIST


def _grunn(feil: KoordineringError | OSError | SQLAlchemyError, *, med_database: bool) -> str:
    if isinstance(feil, OSError):
        return om_filen(feil)
    if isinstance(feil, SQLAlchemyError):
        nektet = getattr(getattr(feil, "orig", None), "sqlstate", None) == _NEKTET
        return _IKKE_EIER if nektet and med_database else om_basen(feil)
    return _KREVER_DATABASE if isinstance(feil, AnnetSlag) and not med_database else str(feil)


def _meld(mappe: Path, rapport: dict[str, object]) -> None:
    linje = json.dumps(rapport, ensure_ascii=False)
    skriv_hel(mappe / RAPPORT, f"{linje}\n".encode())
    si(linje)


def _oev(sted: Proevested) -> dict[str, object]:
    with i_programmet(program(sted.config)):
        aapnet = aapne_alt()
        folk = lag_folk()
    with _servert(sted):
        from koordinering.cli.kopier.reiser import reis  # requests, for this command alone

        reiser = reis(sted.adresse, folk)
    return {"aapnet": aapnet, "reiser": reiser}


@contextmanager
def _kan_stanses() -> Iterator[None]:
    """SIGTERM ends what is inside as a fault does, once: what is thrown away then is thrown away whole."""

    def stans(_nummer: int, _hvor: FrameType | None) -> None:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        raise _Stanset

    foer = signal.signal(signal.SIGTERM, stans)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, foer)


@contextmanager
def _proevested(innstillinger: Config, noekkelfil: Path | None, database: str | None) -> Iterator[Proevested]:
    """An empty place with the keys and nothing else of this installation; gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="koordinering-oevelse-") as mappe:
        data = Path(mappe)
        _legg_noekler(innstillinger, noekkelfil, data / "noekler.json")
        kalt = f"Nøkkelfilen {noekkelfil}" if noekkelfil else innstillinger.kilde.sted
        url = les_url(database, "--database") if database else f"sqlite:///{data / 'koordinering.sqlite3'}"
        proeve = Config(
            miljoe=innstillinger.miljoe,
            data=data,
            database_url=url,
            port=ledig_port(),
            faktor=innstillinger.faktor,
            verter=(ADRESSE,),
            arbeidere=1,
        )
        sted = Proevested(replace(proeve, lager_url=proeve.noekkellager_ved_siden), replace(proeve.kilde, kalt=kalt))
        krev_tomt(sted_for(sted.config), list(Del))  # what is emptied afterwards held nothing before
        try:
            yield sted
        finally:
            if database:
                _toem(url)


def _legg_noekler(innstillinger: Config, kopi: Path | None, til: Path) -> None:
    if kopi is None and innstillinger.noekler is not None:
        skriv_hel(til, innstillinger.noekler.encode("ascii"))
        return
    fra = kopi or innstillinger.noekkelfil
    shutil.copyfile(fra, til)
    til.chmod(0o600)


def _toem(url: str) -> None:
    """Throw away what was fetched: the database was empty when this began."""
    engine = noekkellager.lag_engine(url)
    try:
        with engine.begin() as connection:
            for skjema in (noekkellager.SKJEMA, "public"):
                connection.execute(text(f"DROP SCHEMA IF EXISTS {skjema} CASCADE"))
            connection.execute(text("CREATE SCHEMA public"))
    finally:
        engine.dispose()


@contextmanager
def _servert(sted: Proevested) -> Iterator[None]:
    """The service, from the copy, on a free port. Raises KoordineringError where it does not come up."""
    prosess = subprocess.Popen(
        [sys.executable, "-m", "koordinering.cli", "serve"],
        env=_miljo(sted.config),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        frist = time.monotonic() + _START_S
        while not _svarer(sted.adresse):
            if prosess.poll() is not None or time.monotonic() > frist:
                raise KoordineringError("Tjenesten startet ikke fra kopien.")
            time.sleep(0.1)
        yield
    finally:
        prosess.terminate()
        try:
            prosess.wait(30)
        except subprocess.TimeoutExpired:
            prosess.kill()
            prosess.wait()


def _svarer(adresse: str) -> bool:
    try:
        with urllib.request.urlopen(f"{adresse}/helse", timeout=5) as svar:  # noqa: S310 - our own loopback address
            return bool(svar.status == 200)
    except OSError:
        return False


def _miljo(innstillinger: Config) -> dict[str, str]:
    """What the served copy is told: nothing of the installation that it is a copy of."""
    return {
        **{navn: verdi for navn, verdi in os.environ.items() if not navn.startswith("KOORDINERING_")},
        "KOORDINERING_MILJOE": innstillinger.miljoe.value,
        "KOORDINERING_DATA": str(innstillinger.data),
        "KOORDINERING_DATABASE_URL": innstillinger.database_url,
        "KOORDINERING_NOEKKELLAGER_URL": innstillinger.noekkellager_url,
        "KOORDINERING_FAKTOR": innstillinger.faktor.value,
        "KOORDINERING_VERTER": ADRESSE,
        "KOORDINERING_HTTPS": "0",
        "KOORDINERING_ARBEIDERE": "1",
        "PORT": str(innstillinger.port),
    }
