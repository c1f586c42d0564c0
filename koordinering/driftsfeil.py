"""What a database, a disk and a network say, in words for whoever has to put it right, without what was in it."""

import errno
import socket
import sqlite3
import ssl
from collections.abc import Mapping
from types import MappingProxyType

_SQLITE: Mapping[int, str] = MappingProxyType(
    {
        sqlite3.SQLITE_FULL: "Disken er full. Gjør plass, og prøv igjen.",
        sqlite3.SQLITE_READONLY: (
            "Databasen kan ikke skrives i. Se på rettighetene til filen og mappen, og om disken er skrivebeskyttet."
        ),
        sqlite3.SQLITE_IOERR: "Disken kunne ikke leses eller skrives. Se på disken.",
        sqlite3.SQLITE_CANTOPEN: (
            "Databasefilen kan ikke åpnes. Se på KOORDINERING_DATA, og hvem som eier filen og mappen."
        ),
        sqlite3.SQLITE_NOTADB: "Filen er ikke en database.",
        sqlite3.SQLITE_CORRUPT: "Databasefilen er skadet. Hent tilbake en sikkerhetskopi.",
        sqlite3.SQLITE_BUSY: "Noen andre bruker databasen. Prøv igjen om litt.",
        sqlite3.SQLITE_LOCKED: "Noen andre bruker databasen. Prøv igjen om litt.",
    }
)
_HOVEDKODE = 0xFF
"""The last byte of SQLite's longer codes is the short one (https://www.sqlite.org/rescode.html)."""

_POSTGRESQL: Mapping[str, str] = MappingProxyType(
    {
        "28000": "PostgreSQL slipper ikke inn brukeren i adressen.",
        "28P01": "PostgreSQL godtar ikke passordet i adressen.",
        "3D000": "Databasen i adressen finnes ikke på tjeneren. Lag den først.",
        "42501": (
            "Databaserollen mangler en rettighet. Kjør som eieren: koordinering db rettigheter --rolle ROLLE --gi"
        ),
        "53100": "Disken til PostgreSQL er full. Gjør plass, og prøv igjen.",
        "53300": "PostgreSQL har ikke flere ledige forbindelser. Prøv igjen om litt.",
        "55P03": "Noen andre bruker tabellen. Prøv igjen om litt.",
        "57P03": "PostgreSQL starter eller stopper. Prøv igjen om litt.",
        "25006": "Tjeneren er en reserve og tar ikke imot skriving. Se: koordinering sjekk",
    }
)
_VED_DOEREN = (
    ("password authentication failed", "28P01"),
    ("does not exist", "3D000"),
    ("no pg_hba.conf entry", "28000"),
    ("too many clients", "53300"),
    ("remaining connection slots", "53300"),
    ("starting up", "57P03"),
)
"""A server that has not let us in gives no code to the driver: what it says in English, and the code of that."""

_FORBINDELSEN = frozenset({"ConnectionTimeout", "OperationalError"})
"""What psycopg calls a connection that was never made, or was lost."""

_STILLE = "PostgreSQL svarer ikke på adressen, eller slipper oss ikke inn. Se på adressen, og om tjeneren går."

_FILER: Mapping[int, str] = MappingProxyType(
    {
        errno.EACCES: "{} kan ikke åpnes: tilgang nektet. Se på hvem som eier filen og mappen.",
        errno.EPERM: "{} kan ikke endres: tilgang nektet. Se på hvem som eier filen og mappen.",
        errno.ENOENT: "{} finnes ikke.",
        errno.EEXIST: "{} finnes fra før.",
        errno.EISDIR: "{} er en mappe, ikke en fil.",
        errno.ENOTDIR: "{} ligger ikke i en mappe.",
        errno.EROFS: "{} ligger på en skrivebeskyttet disk.",
        errno.ENOSPC: "Disken er full: {}.",
        errno.EDQUOT: "Kvoten på disken er brukt opp: {}.",
    }
)

_NETTET: Mapping[int, str] = MappingProxyType(
    {
        errno.ECONNREFUSED: "ingen lytter på porten",
        errno.ECONNRESET: "forbindelsen ble brutt",
        errno.EPIPE: "forbindelsen ble brutt",
        errno.EHOSTUNREACH: "ingen vei dit",
        errno.ENETUNREACH: "ingen vei dit",
        errno.ETIMEDOUT: "ikke noe svar",
        errno.EACCES: "tilgang nektet",
        errno.ENOENT: "finnes ikke",
        errno.ENOSPC: "disken er full",
        errno.EROFS: "disken er skrivebeskyttet",
    }
)
"""Also what a file that stands in for a receiver says."""


def er_basens(feil: BaseException) -> bool:
    """Whether a database's driver raised it, or SQLAlchemy for it."""
    rot = {klasse.__module__.partition(".")[0] for klasse in type(feil).__mro__ if klasse.__name__.endswith("Error")}
    return bool(rot & {"sqlite3", "psycopg", "sqlalchemy"})


def om_basen(feil: BaseException) -> str:
    """What is wrong with the database. The driver's own text can hold values and an address, and is never shown."""
    fra: BaseException = getattr(feil, "orig", None) or feil
    nummer, kode = getattr(fra, "sqlite_errorcode", None), getattr(fra, "sqlstate", None)
    if isinstance(nummer, int):
        kjent = _SQLITE.get(nummer & _HOVEDKODE)
    elif kode is None and type(fra).__name__ in _FORBINDELSEN:
        kjent = _ved_doeren(str(fra))
    else:
        kjent = _POSTGRESQL.get(kode or "")
    return kjent or f"Databasen kan ikke brukes ({type(fra).__name__}). Se: koordinering sjekk"


def _ved_doeren(sagt: str) -> str:
    return next((_POSTGRESQL[kode] for ord_, kode in _VED_DOEREN if ord_ in sagt), _STILLE)


def om_filen(feil: OSError) -> str:
    """What is wrong with a file, and which."""
    sted = str(feil.filename2 or feil.filename or "den som skrives til")
    mal = _FILER.get(feil.errno or 0)
    return mal.format(sted) if mal else f"{sted}: {feil.strerror or type(feil).__name__}."


def om_forbindelsen(feil: OSError) -> str:
    """Why a receiver could not be reached, in a few words to stand in a sentence: no name, no address."""
    if isinstance(feil, ssl.SSLCertVerificationError):
        return "sertifikatet godtas ikke"
    if isinstance(feil, ssl.SSLError):
        return "TLS ble ikke til"
    if isinstance(feil, socket.gaierror):
        return "navnet er ukjent"
    if isinstance(feil, TimeoutError):
        return _NETTET[errno.ETIMEDOUT]
    return _NETTET.get(feil.errno or 0) or feil.strerror or type(feil).__name__
