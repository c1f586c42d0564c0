"""Settings of those who run an installation: the names it answers to, the slow things, and where the log is sent."""

import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from koordinering.errors import ConfigError
from koordinering.tekst import Kode

_KORTESTE_TOKEN = 24


class Mottakerslag(Kode):
    """How the access log is sent on."""

    TLS = "tls", "syslog over TLS"
    TCP = "tcp", "syslog over TCP på samme maskin"
    FIL = "fil", "fil med JSON-linjer"


@dataclass(frozen=True)
class Loggmottaker:
    """Where `koordinering audit videresend` sends the access log."""

    slag: Mottakerslag
    vert: str = ""
    port: int = 0
    fil: Path | None = None
    ca: Path | None = None
    """Certificates that the receiver's must be issued by; the machine's own where none is told."""
    sertifikat: Path | None = None
    """Ours, with its key, where the receiver asks for one."""

    @property
    def navn(self) -> str:
        """What the receiver is known by: how far it has come is kept for each of them."""
        return f"fil:{self.fil}" if self.fil else f"{self.slag.value}://{self.vert}:{self.port}"


@dataclass(frozen=True)
class Driftsvalg:
    """What those who run it have chosen."""

    lytt: str = "127.0.0.1"
    """The address that `serve` listens on: this machine only, unless a proxy elsewhere stands before it."""
    metrikk_token: str | None = field(default=None, repr=False)
    """What Prometheus must show to read /metrics; None, and there is no such page."""
    treg_sql_ms: int = 500
    """A statement that takes longer is told of in the log; 0 tells of none."""
    treg_ms: int = 2000
    """A request that takes longer is told of in the log; 0 tells of none."""
    logg_alle: bool = False
    """Every request is a line in the log, not only those that fail or are slow."""
    mottaker: Loggmottaker | None = None


def heltall(miljo: Mapping[str, str], navn: str, standard: int, minst: int, hoyst: int) -> int:
    """A whole number from the environment. Raises ConfigError."""
    tekst = miljo.get(navn, "").strip() or str(standard)
    if not tekst.isascii() or not tekst.isdigit() or not minst <= int(tekst) <= hoyst:
        raise ConfigError(f"{navn} må være et helt tall fra {minst} til {hoyst}.")
    return int(tekst)


_LEDD = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)")


def vertsnavn(tekst: str) -> str | None:
    """A host's name or address as a browser sends it, in lower case; None of anything else."""
    if tekst.startswith("[") and tekst.endswith("]"):
        return tekst.lower() if _er_adresse(tekst[1:-1]) else None
    try:
        navn = tekst.encode("idna").decode("ascii").lower()
    except UnicodeError:
        return None
    ledd = navn.split(".")
    if not all(_LEDD.fullmatch(en) for en in ledd):
        return None
    return navn if not ledd[-1].isdigit() or _er_adresse(navn) else None


def _er_adresse(tekst: str) -> bool:
    try:
        ipaddress.ip_address(tekst)
    except ValueError:
        return False
    return True


def les_verter(miljo: Mapping[str, str]) -> tuple[str, ...]:
    """The host names that are answered; none where none is told. Raises ConfigError, which says which is wrong.

    One that no browser sends would never be answered, and those behind it in the list perhaps not either.
    """
    skrevet = miljo.get("KOORDINERING_VERTER", "").strip()
    verter = []
    for en in [en.strip() for en in skrevet.split(",") if en.strip()] or ([skrevet] if skrevet else []):
        under = en.startswith(".")  # every name below it: taken, and told of by koordinering sjekk
        navn = vertsnavn(en.removeprefix("."))
        if navn is None:
            raise ConfigError(
                f"KOORDINERING_VERTER kan ikke ha «{en[:80]}». Skriv vertsnavn uten https://, sti og port, med komma "
                "mellom, som koordinering.kommunen.no,localhost."
            )
        verter.append(f".{navn}" if under else navn)
    return tuple(verter)


def les_adresse(miljo: Mapping[str, str], *, https: bool) -> str | None:
    """The service's own address, which links in e-mail begin with; None where none is told. Raises ConfigError."""
    adresse = miljo.get("KOORDINERING_ADRESSE", "").strip().rstrip("/")
    if not adresse:
        if miljo.get("KOORDINERING_EPOST_VERT", "").strip():
            raise ConfigError("KOORDINERING_ADRESSE må være satt når KOORDINERING_EPOST_VERT er det.")
        return None
    som = "Skriv den slik brukerne skriver den, uten sti, som https://koordinering.kommunen.no."
    funnet = re.fullmatch(r"(?i:(https?)://)([^/:?#@\s]+|\[[^]]*\])(?::([0-9]{1,5}))?", adresse)
    vert = vertsnavn(funnet[2]) if funnet else None
    if funnet is None or vert is None or not 1 <= int(funnet[3] or 1) <= 65535:
        raise ConfigError(f"KOORDINERING_ADRESSE kan ikke være «{adresse[:80]}». {som}")
    if https and funnet[1].lower() != "https":
        raise ConfigError(f"KOORDINERING_ADRESSE må begynne med https:// når innlogging krever det. {som}")
    return f"{funnet[1].lower()}://{vert}{':' + funnet[3] if funnet[3] else ''}"


def les_driftsvalg(miljo: Mapping[str, str]) -> Driftsvalg:
    """Read them from environment variables. Raises ConfigError."""
    token = miljo.get("KOORDINERING_METRIKK_TOKEN", "").strip() or None
    if token is not None and (len(token) < _KORTESTE_TOKEN or not token.isascii()):
        raise ConfigError(f"KOORDINERING_METRIKK_TOKEN må ha minst {_KORTESTE_TOKEN} tegn: openssl rand -hex 24")
    logg = miljo.get("KOORDINERING_LOGG", "").strip() or "feil"
    if logg not in {"feil", "alle"}:
        raise ConfigError("KOORDINERING_LOGG må være feil eller alle.")
    return Driftsvalg(
        lytt=_lytt(miljo),
        metrikk_token=token,
        treg_sql_ms=heltall(miljo, "KOORDINERING_TREG_SQL_MS", Driftsvalg.treg_sql_ms, 0, 600_000),
        treg_ms=heltall(miljo, "KOORDINERING_TREG_MS", Driftsvalg.treg_ms, 0, 600_000),
        logg_alle=logg == "alle",
        mottaker=_mottaker(miljo),
    )


def _lytt(miljo: Mapping[str, str]) -> str:
    """An address of this machine. Beyond the loopback nobody may be able to say who they are without a proxy."""
    adresse = miljo.get("KOORDINERING_LYTT", "").strip() or Driftsvalg.lytt
    try:
        lokal = ipaddress.ip_address(adresse).is_loopback
    except ValueError:
        raise ConfigError("KOORDINERING_LYTT må være en IP-adresse, som 127.0.0.1 eller 0.0.0.0.") from None
    if not lokal and miljo.get("KOORDINERING_PROXYER", "").strip() in {"", "0"}:
        raise ConfigError("KOORDINERING_LYTT utenfor 127.0.0.1 krever KOORDINERING_PROXYER: en proxy med TLS foran.")
    return adresse


def _fil(miljo: Mapping[str, str], navn: str) -> Path | None:
    sti = miljo.get(navn, "").strip()
    if sti and not Path(sti).is_file():
        raise ConfigError(f"{navn} må være en fil som finnes.")
    return Path(sti).absolute() if sti else None


def _mottaker(miljo: Mapping[str, str]) -> Loggmottaker | None:
    sted = miljo.get("KOORDINERING_SIEM", "").strip()
    if not sted:
        return None
    ca, sertifikat = _fil(miljo, "KOORDINERING_SIEM_CA"), _fil(miljo, "KOORDINERING_SIEM_SERTIFIKAT")
    try:
        delt = urlsplit(sted)
        slag, vert, port = delt.scheme, delt.hostname or "", delt.port or 0
    except ValueError:
        slag, vert, port = "", "", 0
    if slag == "fil" and sted.startswith("fil:/"):
        return Loggmottaker(Mottakerslag.FIL, fil=Path(sted.removeprefix("fil:").replace("//", "/")))
    if slag not in {"tls", "tcp"} or not vert or not port:
        raise ConfigError("KOORDINERING_SIEM må være som tls://siem.kommunen.example:6514 eller fil:/sti/innsyn.jsonl.")
    if slag == "tcp" and not _egen_maskin(vert):
        raise ConfigError("KOORDINERING_SIEM kan bare være tcp:// til samme maskin. Bruk tls:// over nettet.")
    return Loggmottaker(Mottakerslag(slag), vert=vert, port=port, ca=ca, sertifikat=sertifikat)


def _egen_maskin(vert: str) -> bool:
    try:
        return vert == "localhost" or ipaddress.ip_address(vert).is_loopback
    except ValueError:
        return False
