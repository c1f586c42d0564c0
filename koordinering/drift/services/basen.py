"""Checks of the database and the key store: their schema, whose they are, and their clock."""

import stat
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Engine, create_engine, func, select, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import NullPool

from koordinering import migrering
from koordinering.audit import Innslag
from koordinering.config import Config, sqlitefil
from koordinering.databasevalg import verter
from koordinering.db import now
from koordinering.drift.rules import Kontroller, Svar, advarsel, feil, ok
from koordinering.rettigheter import KUN_TILLEGG

_SKJEVT = timedelta(seconds=30)
"""More than this apart, and a session or a code of six digits ends at the wrong time."""

_ROLLEN = text(
    "SELECT r.rolsuper OR r.rolcreaterole OR r.rolcreatedb AS mektig,"
    " (SELECT bool_or(pg_has_role(t.tableowner, 'MEMBER')) FROM pg_tables t WHERE t.schemaname = 'public') AS eier,"
    " has_schema_privilege('public', 'CREATE') AS lager, r.rolname AS rolle"
    " FROM pg_roles r WHERE r.rolname = current_user"
)
_RETTER = text("SELECT has_table_privilege(:tabell, 'UPDATE') OR has_table_privilege(:tabell, 'DELETE')")


_STENGT = text(
    "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
    " WHERE n.nspname = 'public' AND c.relkind = 'r' AND NOT (has_table_privilege(c.oid, 'SELECT')"
    " AND (c.relname = :versjon OR has_table_privilege(c.oid, 'INSERT'))) ORDER BY c.relname"
)
"""Tables that the role cannot read, or cannot add to."""
_VISER = 3


@dataclass(frozen=True)
class Basen:
    """The two databases, outside the application."""

    config: Config
    engine: Engine
    lager: Engine


def skjema(paa: Basen) -> Svar:
    """No migration is waiting."""
    naa = migrering.status(paa.engine)
    if naa.gjeldende:
        return ok(f"Skjemaet er {naa.nyeste}.")
    if naa.naa is None:
        return feil("Databasen er tom.", "Kjør: koordinering init")
    return feil(f"Skjemaet er {naa.naa}, og {naa.nyeste} er det nyeste.", "Kjør: koordinering db upgrade")


def rettigheter(paa: Basen) -> Svar:
    """On PostgreSQL the service can add to the log and change nothing of it; on SQLite the file is its owner's."""
    if paa.engine.dialect.name != "postgresql":
        return _filene(paa.config)
    with paa.engine.connect() as forbindelse:
        rad = forbindelse.execute(_ROLLEN).one()
        retter = [tabell for tabell in KUN_TILLEGG if forbindelse.scalar(_RETTER, {"tabell": tabell})]
        stengt = forbindelse.scalars(_STENGT, {"versjon": migrering.VERSJONSTABELL}).all()
    gjoer = "Logg inn med en egen rolle, og kjør som eieren: koordinering db rettigheter --rolle ROLLE --gi"
    if rad.mektig or rad.eier:
        hva = "eier tabellene" if rad.eier else "er superbruker eller kan lage roller og databaser"
        return feil(f"Rollen {rad.rolle} {hva}, og kan endre innsynsloggen.", gjoer)
    if retter or rad.lager:
        return feil(f"Rollen {rad.rolle} kan endre {' og '.join(retter) or 'skjemaet'}.", gjoer)
    if stengt:
        noen = f"{', '.join(stengt[:_VISER])}{' …' if len(stengt) > _VISER else ''}"
        return feil(
            f"Rollen {rad.rolle} kommer ikke til {len(stengt)} av tabellene ({noen}).",
            f"Kjør som eieren: koordinering db rettigheter --rolle {rad.rolle} --gi",
        )
    if paa.config.database.eier or paa.config.database.lager_eier:
        return advarsel(
            f"Rollen {rad.rolle} kan bare legge til i loggen, men eierens adresse er i miljøet.",
            "La bare den som oppgraderer, ha KOORDINERING_DATABASE_EIER_URL.",
        )
    return ok(f"Rollen {rad.rolle} kan bare legge til i {' og '.join(KUN_TILLEGG)}.")


def _filene(config: Config) -> Svar:
    """A file is closed by its own mode or by that of its folder."""
    aapne = []
    for url in (config.database_url, config.noekkellager_url):
        fil = sqlitefil(url)
        if all(stat.S_IMODE(en.stat().st_mode) & 0o077 for en in (fil, fil.parent)):
            aapne.append(fil)
    if aapne:
        return feil(
            f"Andre på maskinen kommer til {' og '.join(fil.name for fil in aapne)}.",
            f"Kjør: chmod 600 {' '.join(map(str, aapne))}",
        )
    return ok("SQLite: bare eieren kommer til filene. Endringer i loggen synes i koordinering audit verify.")


def noekkellageret(paa: Basen) -> Svar:
    """The key store answers."""
    if paa.config.sqlite and not sqlitefil(paa.config.noekkellager_url).exists():
        return feil("Nøkkellageret finnes ikke.", "Kjør: koordinering init, eller hent det tilbake fra kopien.")
    with paa.lager.connect() as forbindelse:
        forbindelse.execute(text("SELECT 1"))
    if paa.config.sqlite or paa.config.noekkellager_url != paa.config.database_url:
        return ok("Nøkkellageret svarer.")
    return ok("Nøkkellageret svarer, i samme database som sakene. koordinering backup legger det i en kopi for seg.")


def klokke(paa: Basen) -> Svar:
    """The machine's clock and the database's agree, and nothing has been written in the future."""
    with paa.engine.connect() as forbindelse:
        siste: datetime | None = forbindelse.scalar(select(func.max(Innslag.tid)))
        basens = forbindelse.scalar(text("SELECT now()")) if forbindelse.dialect.name == "postgresql" else None
    naa = now()
    if basens is not None and abs(basens - naa) > _SKJEVT:
        return feil(f"Databasens klokke er {_sekunder(basens - naa)} sekunder unna.", "Slå på NTP på begge maskinene.")
    if siste is not None and siste - naa > _SKJEVT:
        return feil("Innsynsloggen har innslag som er nyere enn klokka her.", "Slå på NTP, og se på klokka.")
    return ok("Klokka stemmer med databasen.")


def _sekunder(tid: timedelta) -> int:
    return round(abs(tid.total_seconds()))


def tjenere(paa: Basen) -> Svar:
    """Of several hosts one takes writes, the others follow it, and what is acknowledged is on more than one."""
    adresser = verter(paa.config.database_url)
    if not adresser:
        return ok("Databasen er på én tjener.")
    svar = {vert: _tilstand(adresse) for vert, adresse in adresser.items()}
    borte = [vert for vert, en in svar.items() if en is None]
    tar_imot = [(vert, en) for vert, en in svar.items() if en is not None and not en.foelger]
    if len(tar_imot) > 1:
        navn = " og ".join(vert for vert, _ in tar_imot)
        return feil(f"Både {navn} tar imot skriving.", "Stopp den gamle nå, og gjør den til reserve på nytt.")
    if not tar_imot:
        return feil("Ingen av tjenerne tar imot skriving.", "Se på den som skal gjøre det, eller la reserven ta over.")
    return _reserven(*tar_imot[0], borte, foelger=any(en is not None and en.foelger for en in svar.values()))


def _reserven(vert: str, tilstand: "_Tilstand", borte: list[str], *, foelger: bool) -> Svar:
    if tilstand.venter and not foelger:
        return feil(
            f"{' og '.join(borte)} svarer ikke, og {vert} venter på reserven: ingen kan lagre noe.",
            "Start den. Tar det tid, kjør på den som tar imot: "
            "ALTER SYSTEM SET synchronous_standby_names = ''; SELECT pg_reload_conf();",
        )
    if borte:
        return advarsel(f"{' og '.join(borte)} svarer ikke.", "Start den, eller sett opp en ny reserve.")
    if not tilstand.venter:
        return advarsel(
            f"{vert} venter ikke på reserven: det siste kan gå tapt når den tar over.",
            "Sett synchronous_standby_names, og ikke synchronous_commit til local eller off.",
        )
    return ok(f"{vert} tar imot, og venter på reserven.")


@dataclass(frozen=True)
class _Tilstand:
    foelger: bool
    venter: bool


_TJENEREN = text(
    "SELECT pg_is_in_recovery(), current_setting('synchronous_standby_names') <> ''"
    " AND current_setting('synchronous_commit') NOT IN ('off', 'local')"
)


def _tilstand(adresse: str) -> _Tilstand | None:
    engine = create_engine(adresse, poolclass=NullPool)
    try:
        with engine.connect() as forbindelse:
            return _Tilstand(*forbindelse.execute(_TJENEREN).one())
    except OperationalError:
        return None


PAA_NETTET: Kontroller[Basen] = (("databasetjenere", tjenere),)
"""What asks other machines, and may take seconds: not for a page."""

KONTROLLER: Kontroller[Basen] = (
    ("skjema", skjema),
    ("databaserettigheter", rettigheter),
    ("nøkkellager", noekkellageret),
    ("klokke", klokke),
)
