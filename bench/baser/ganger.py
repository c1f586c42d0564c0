"""Multiplies a played town in the database: INSERT … SELECT with turned keys, fresh references and fresh indices.

A copy has its own families, at its own seconds, in the same units: one big municipality, where the lists and the
queues of a unit grow with the whole. What waits for somebody to act (drafts, consents that are awaited, referrals
that are sent and not decided) grows with the square root, as in demo.by: those cases are in so many copies only.
The oldest cases of each unit are in the town alone: the last page of its lists would otherwise be one family of the
year's first morning, ninety times, and cost what that family does.
"""

import hashlib
import math
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, text

from bench.baser.uttrykk import LOEPENDE, TABELLER, Ord, UkjentKolonne, eier, forseglede, glemte, hvem, kolonner, orden
from koordinering import crypto, noekkellager
from koordinering.db import metadata
from koordinering.saker.rules import referanse

FROE = 3405
SEKUNDER = 7
"""Between the same moment in one copy and in the next."""
ALENE = 60
"""One in so many of a unit's cases is among its oldest: more than a page, in a town of five thousand families."""
VENTER = ("utkast", "venter_samtykke", "sendt", "mottatt", "under_behandling", "paa_vent", "paaklaget")
_BUNKE = 20_000

Framdrift = Callable[[str], None]


def gang_opp(engine: Engine, ganger: int, si: Framdrift) -> None:
    """So many copies of the town, itself among them. Nobody else may use the database meanwhile."""
    with _aapnet(engine) as (forbindelse, ord_):
        _krev_uten_innhold(forbindelse)
        _kopiene(forbindelse, ganger)
        si("saker")
        noekler = _nye_saker(forbindelse, ganger)
        with _bare_radene(forbindelse, ord_):
            for tabell in TABELLER:
                si(tabell)
                forbindelse.execute(text(_setning(ord_, tabell)))
            _frigi(forbindelse)
            _uten_utdrag(forbindelse)
            si("indekser")
    noekkellager.skriv(noekler)


def _setning(ord_: Ord, tabell: str) -> str:
    felter = kolonner(ord_, metadata.tables[tabell])
    valgt = ", ".join(f"{uttrykk} AS {navn}" for navn, uttrykk in felter.items())
    fra = f"kilde.{tabell} t CROSS JOIN kopi k"
    if tabell == "sak":
        fra += f" JOIN nysak n ON n.id = {ord_.vri('t.id')}"
    navn = ", ".join(felter)
    indre = f"SELECT {valgt} FROM {fra} WHERE {hvem(tabell)}"
    return f"INSERT INTO {tabell} ({navn}) SELECT {navn} FROM ({indre}) AS kopiene ORDER BY {orden(tabell)}"


# --- The town that is copied -----------------------------------------------------------------------------


@contextmanager
def _aapnet(engine: Engine) -> Iterator[tuple[Connection, Ord]]:
    """One connection in one transaction, with the town's rows in the schema `kilde` and the tables emptied."""
    with engine.connect() as forbindelse:
        if engine.dialect.name == "postgresql":
            with forbindelse.begin():
                _flytt_postgresql(forbindelse)
                yield forbindelse, Ord(postgresql=True)
                forbindelse.execute(text("DROP SCHEMA kilde CASCADE"))
            return
        driver: Any = forbindelse.connection.driver_connection
        _aapne_sqlite(driver, str(engine.url.database))
        forbindelse.exec_driver_sql("BEGIN")
        yield forbindelse, Ord(postgresql=False)
        forbindelse.exec_driver_sql("COMMIT")


def _aapne_sqlite(driver: Any, fil: str) -> None:
    """The file is a copy of the town's, which lies beside it as `by-<name>`. No waiting for the disk."""
    driver.create_function("ny_blind", 2, lambda gammel, maske: hashlib.sha256(b"%s%d" % (gammel, maske)).digest())
    for pragma in ("journal_mode=OFF", "synchronous=OFF", "foreign_keys=OFF", "cache_size=-1000000", "temp_store=FILE"):
        driver.execute(f"PRAGMA {pragma}")
    driver.execute("ATTACH ? AS kilde", (f"{fil}-by",))


def _flytt_postgresql(forbindelse: Connection) -> None:
    for setning in ("SET session_replication_role = replica", "SET maintenance_work_mem = '512MB'",
                    "SET work_mem = '256MB'", "CREATE SCHEMA kilde"):  # fmt: skip
        forbindelse.execute(text(setning))
    for tabell in TABELLER:
        forbindelse.execute(text(f"CREATE TABLE kilde.{tabell} AS SELECT * FROM public.{tabell}"))
        if "id" in metadata.tables[tabell].columns:
            forbindelse.execute(text(f"CREATE INDEX ON kilde.{tabell} (id)"))
        forbindelse.execute(text(f"ANALYZE kilde.{tabell}"))


@contextmanager
def _bare_radene(forbindelse: Connection, ord_: Ord) -> Iterator[None]:
    """Without triggers and indices while the rows come: they are made again when all are there."""
    finn, slipp = _postgresql_indekser if ord_.postgresql else _sqlite_indekser, []
    for navn, slag, lag in finn(forbindelse):
        forbindelse.execute(text(f"DROP {slag} {navn}"))
        slipp.append(lag)
    for tabell in reversed(TABELLER):
        forbindelse.execute(text(f"DELETE FROM {tabell}"))
    yield
    for lag in slipp:
        forbindelse.exec_driver_sql(lag)
    if ord_.postgresql:
        for tabell in (*LOEPENDE, "beholdning", "plass"):
            hoeyest = f"(SELECT max(id) FROM {tabell})"
            forbindelse.execute(text(f"SELECT setval(pg_get_serial_sequence('{tabell}', 'id'), {hoeyest})"))


def _sqlite_indekser(forbindelse: Connection) -> list[tuple[str, str, str]]:
    navn = ", ".join(f"'{tabell}'" for tabell in TABELLER)
    query = f"SELECT name, type, sql FROM main.sqlite_master WHERE sql IS NOT NULL AND tbl_name IN ({navn})"
    query += " AND type IN ('index', 'trigger')"
    return [(f"main.{rad.name}", rad.type, rad.sql) for rad in forbindelse.execute(text(query)).all()]


def _postgresql_indekser(forbindelse: Connection) -> list[tuple[str, str, str]]:
    """Triggers rest meanwhile (session_replication_role); indices that hold a constraint stay."""
    navn = ", ".join(f"'{tabell}'" for tabell in TABELLER)
    query = f"""SELECT indexname, indexdef FROM pg_indexes i WHERE schemaname = 'public' AND tablename IN ({navn})
        AND NOT EXISTS (SELECT 1 FROM pg_constraint c WHERE c.conname = i.indexname)"""
    return [(rad.indexname, "INDEX", rad.indexdef) for rad in forbindelse.execute(text(query)).all()]


def _krev_uten_innhold(forbindelse: Connection) -> None:
    if mangler := glemte():
        raise UkjentKolonne(", ".join(sorted(mangler)))
    for tabell, kolonne in forseglede():
        if forbindelse.scalar(text(f"SELECT 1 FROM kilde.{tabell} WHERE {kolonne} IS NOT NULL LIMIT 1")):
            raise UkjentKolonne(f"{tabell}.{kolonne}")


# --- The copies ------------------------------------------------------------------------------------------


def _kopiene(forbindelse: Connection, ganger: int) -> None:
    """`kopi`: number, mask, seconds, and whether it has the backlog too; `ute`: what only those have; `alene`: the
    oldest, that no copy has.
    """
    rng = random.Random(FROE)  # noqa: S311 - made-up data that must come out the same each time
    rot = max(1, round(math.sqrt(ganger)))
    heltall = "bigint" if forbindelse.dialect.name == "postgresql" else "integer"
    forbindelse.execute(text(f"CREATE TEMP TABLE kopi (nr {heltall}, maske {heltall}, sek {heltall}, alt {heltall})"))
    rader = [
        {"nr": nr, "maske": rng.getrandbits(61) << 1 if nr else 0, "sek": nr * SEKUNDER, "alt": int(nr < rot)}
        for nr in range(ganger)
    ]
    forbindelse.execute(text("INSERT INTO kopi VALUES (:nr, :maske, :sek, :alt)"), rader)
    venter = ", ".join(f"'{status}'" for status in VENTER)
    eldst = (
        "SELECT id FROM (SELECT id, row_number() OVER (PARTITION BY enhet_id ORDER BY opprettet, id) AS nr,"
        " count(*) OVER (PARTITION BY enhet_id) AS av FROM kilde.sak) AS sakene"
        f" WHERE (nr - 1) * {ALENE} < av"
    )
    _utvalget(forbindelse, "ute", f"SELECT DISTINCT sak_id FROM kilde.henvisning WHERE status IN ({venter})")
    _utvalget(forbindelse, "alene", eldst)


def _utvalget(forbindelse: Connection, navn: str, sakene: str) -> None:
    """These cases, and what is theirs."""
    heltall = "bigint" if forbindelse.dialect.name == "postgresql" else "integer"
    forbindelse.execute(text(f"CREATE TEMP TABLE {navn} (id {heltall} PRIMARY KEY)"))
    forbindelse.execute(text(f"INSERT INTO {navn} {sakene}"))
    for tabell in ("barn", "henvisning", "tildeling"):
        hos = f"{eier(tabell)} IN (SELECT id FROM {navn})"
        forbindelse.execute(text(f"INSERT INTO {navn} SELECT id FROM kilde.{tabell} WHERE {hos}"))


def _nye_saker(forbindelse: Connection, ganger: int) -> list[noekkellager.Rad]:
    """`nysak`: a reference of its own and the sealed one for each copied case; the keys that these were sealed with."""
    rng = random.Random(FROE + ganger)  # noqa: S311 - made-up references
    blob = "bytea" if forbindelse.dialect.name == "postgresql" else "blob"
    forbindelse.execute(text(f"CREATE TEMP TABLE nysak (id bigint PRIMARY KEY, referanse text, egen_referanse {blob})"))
    saker = forbindelse.execute(text("SELECT id, referanse, egen_referanse FROM kilde.sak ORDER BY id")).all()
    apnede = _aapne([(sak.id, sak.egen_referanse) for sak in saker if sak.egen_referanse is not None])
    brukte = {sak.referanse for sak in saker}
    noekler: list[noekkellager.Rad] = []
    inn = text("INSERT INTO nysak VALUES (:id, :referanse, :egen)")
    for nr, maske in forbindelse.execute(text("SELECT nr, maske FROM kopi ORDER BY nr")).all():
        rader = []
        for sak in saker:
            ny, egen = sak.id ^ maske, sak.egen_referanse
            if nr and egen is not None:
                noekkel = crypto.ny_datanoekkel(crypto.gjeldende(), crypto.SAK, ny)
                noekler.append((crypto.SAK, ny, noekkel))
                egen = _forsegl(noekkel, apnede[sak.id], ny)
            rader.append({"id": ny, "referanse": _ny(rng, brukte) if nr else sak.referanse, "egen": egen})
        for bunke in _bunker(rader):
            forbindelse.execute(inn, bunke)
    return noekler


def _bunker(rader: list[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    for start in range(0, len(rader), _BUNKE):
        yield rader[start : start + _BUNKE]


def _ny(rng: random.Random, brukte: set[str]) -> str:
    while (ny := referanse.ny(rng)) in brukte:
        pass
    brukte.add(ny)
    return ny


def _aapne(forseglet: list[tuple[int, bytes]]) -> dict[int, str]:
    noekler = noekkellager.hent(crypto.SAK, [sak for sak, _ in forseglet])
    return {
        sak: crypto.dekrypter(
            crypto.gjeldende(), noekler[sak], verdi, sak_id=sak, tabell="sak", kolonne="egen_referanse", rad=sak
        )
        for sak, verdi in forseglet
    }


def _forsegl(noekkel: bytes, klartekst: str, sak: int) -> bytes:
    return crypto.krypter(
        crypto.gjeldende(), noekkel, klartekst, sak_id=sak, tabell="sak", kolonne="egen_referanse", rad=sak
    )


def _uten_utdrag(forbindelse: Connection) -> None:
    """Every case waits for its extract for counting: the triggers that say so rested."""
    for setning in ("DELETE FROM telleutdrag", "DELETE FROM telleventer", "INSERT INTO telleventer SELECT id FROM sak"):
        forbindelse.execute(text(setning))


def _frigi(forbindelse: Connection) -> None:
    """A place that was in use by a case which the copy has not is free there."""
    forbindelse.execute(
        text("""UPDATE plass SET tilstand = 'ledig' WHERE tilstand IN ('opptatt', 'tilbudt')
            AND id NOT IN (SELECT plass_id FROM tildeling WHERE slutt IS NULL AND plass_id IS NOT NULL)
            AND id NOT IN (SELECT plass_id FROM plasstilbud WHERE svar = 'venter')""")
    )
