"""How the databases are reached: hosts, the owner's address, and how many connections there are and how long to wait.

On PostgreSQL alone; SQLite is one file, and waits by its own busy_timeout.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any
from urllib.parse import SplitResult, parse_qsl, quote, unquote, urlencode, urlsplit

from koordinering.driftsvalg import heltall
from koordinering.errors import ConfigError

_POSTGRESQL = "postgresql+psycopg://"
_SQLITE = "sqlite:///"

_STANDARD: Mapping[str, str] = MappingProxyType(
    {
        "connect_timeout": "3",
        "keepalives_idle": "10",
        "keepalives_interval": "3",
        "keepalives_count": "3",
        "tcp_user_timeout": "10000",
    }
)
"""A host whose power is gone says nothing: seconds to wait for each host, and milliseconds for what was sent to it.

Without them a request waits for many minutes, and the standby that has taken over is not looked for.
"""

_GJENBRUK_S = 1800
"""A connection is made anew after this long, so that an address that has moved is found also where nothing broke."""


@dataclass(frozen=True)
class Databasevalg:
    """What is chosen about the databases besides where they are."""

    eier: str | None = field(default=None, repr=False)
    """The address of the role that owns the tables: for the commands that change the schema, never for the service."""
    lager_eier: str | None = field(default=None, repr=False)
    """The same for a key store on a server of its own."""
    forbindelser: int = 10
    """Connections that one process has to the database at the most. A request holds two for a moment."""
    vent: int = 5
    """Seconds that a request waits for a free connection, and for a database that has just gone away."""

    def pool(self, url: str) -> dict[str, Any]:
        """How an engine of the service is made: no more connections than told, each looked at before it is used.

        The one that was given back last is lent first: what it has in memory is still worth something. On SQLite the
        others' pages are, once somebody has written.
        """
        sist_foerst: dict[str, Any] = {"pool_use_lifo": True}
        if url.startswith("sqlite"):
            return sist_foerst
        return {
            **sist_foerst,
            "pool_pre_ping": True,
            "pool_size": self.forbindelser,
            "max_overflow": 0,
            "pool_timeout": self.vent,
            "pool_recycle": _GJENBRUK_S,
        }


def les_url(url: str, navn: str) -> str:
    """An address of a database with the driver that is used. Raises ConfigError, which calls it `navn`.

    PostgreSQL may have several hosts, as libpq writes them (`postgresql://bruker@a:5432,b:5432/navn`): the one that
    takes writes is used, unless target_session_attrs says otherwise.
    """
    if url.startswith(_SQLITE):
        # absolute, as written where the command is run: else each who opens it has a folder of its own in mind
        return _SQLITE + str(Path(url.removeprefix(_SQLITE)).absolute())
    ordning, skille, resten = url.partition("://")
    if not skille or ordning not in {"postgres", "postgresql", _POSTGRESQL.removesuffix("://")}:
        raise ConfigError(f"{navn} må begynne med sqlite:/// eller postgresql://.")
    try:
        return _med_standard(_POSTGRESQL + resten)
    except ValueError:
        raise ConfigError(f"{navn} er ikke en adresse som kan leses. Tegn i passordet skrives som %XX.") from None


def _med_standard(url: str) -> str:
    """Hosts in the query where there are several: so both SQLAlchemy and PostgreSQL's own tools understand them."""
    deler = urlsplit(url)
    valg = dict(parse_qsl(deler.query, keep_blank_values=True, strict_parsing=bool(deler.query)))
    bruker, skille, steder = deler.netloc.rpartition("@")
    if "," in steder:
        par = [_vert(sted) for sted in steder.split(",")]
        valg = {"host": ",".join(vert for vert, _ in par), "port": ",".join(port for _, port in par)} | valg
        deler = deler._replace(netloc=f"{bruker}{skille}")
    if "," in valg.get("host", ""):
        valg.setdefault("target_session_attrs", "read-write")
    for navn, verdi in _STANDARD.items():
        valg.setdefault(navn, verdi)
    return _skriv(deler, valg)


def _skriv(deler: SplitResult, valg: Mapping[str, str]) -> str:
    deler.port  # noqa: B018 - raises ValueError where it is no number
    return f"{deler.scheme}://{deler.netloc}{deler.path}?{urlencode(valg, quote_via=quote, safe='/,:')}"


def _vert(sted: str) -> tuple[str, str]:
    """Host and port; an address of IPv6 is in brackets."""
    vert, skille, port = sted.rpartition(":")
    if not skille or port.endswith("]"):
        vert, port = sted, "5432"
    if not vert or not port.isascii() or not port.isdigit():
        raise ValueError(sted)
    return vert.strip("[]"), port


def verter(url: str) -> Mapping[str, str]:
    """Each host and port by itself, and its address, where there are several. With no demand on which of them it is."""
    deler = urlsplit(url)
    valg = dict(parse_qsl(deler.query))
    vertene = valg.pop("host", "").split(",")
    if not url.startswith(_POSTGRESQL) or len(vertene) < 2:
        return {}
    porter = valg.pop("port", "").split(",")
    valg.pop("target_session_attrs", None)
    hver = porter * len(vertene) if len(porter) == 1 else porter
    return {
        f"{vert}:{port or '5432'}": _skriv(deler, valg | {"host": vert, "port": port or "5432"})
        for vert, port in zip(vertene, hver, strict=True)
    }


def rollen(url: str) -> str | None:
    """The role that signs in with this address, where it is told."""
    deler = urlsplit(url)
    navn = deler.username or dict(parse_qsl(deler.query)).get("user")
    return unquote(navn) if navn else None


def les_databasevalg(miljo: Mapping[str, str], database_url: str, lager_url: str | None) -> Databasevalg:
    """Read them from environment variables. Raises ConfigError."""
    eier, lager_eier = (
        les_url(verdi, navn) if (verdi := miljo.get(navn, "").strip()) else None
        for navn in ("KOORDINERING_DATABASE_EIER_URL", "KOORDINERING_NOEKKELLAGER_EIER_URL")
    )
    if any(
        en and not (en.startswith(_POSTGRESQL) and database_url.startswith(_POSTGRESQL)) for en in (eier, lager_eier)
    ):
        raise ConfigError("En adresse til eieren hører bare til PostgreSQL. På SQLite er det eieren av filen.")
    if lager_eier and not lager_url:
        raise ConfigError("KOORDINERING_NOEKKELLAGER_EIER_URL krever KOORDINERING_NOEKKELLAGER_URL.")
    return Databasevalg(
        eier=eier,
        lager_eier=lager_eier,
        forbindelser=heltall(miljo, "KOORDINERING_DATABASE_FORBINDELSER", Databasevalg.forbindelser, 2, 100),
        vent=heltall(miljo, "KOORDINERING_DATABASE_VENT", Databasevalg.vent, 1, 60),
    )
