"""Frozen settings from the environment; refuses to start when something is missing or unsafe."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Self

from koordinering.crypto import Kilde
from koordinering.databasevalg import Databasevalg, les_databasevalg, les_url
from koordinering.driftsvalg import Driftsvalg, les_adresse, les_driftsvalg, les_verter, vertsnavn
from koordinering.driftsvalg import heltall as _heltall
from koordinering.epost import Kryptering, Relay
from koordinering.errors import ConfigError
from koordinering.tekst import Kode


class Miljoe(Kode):
    """Where the product runs: with made-up data, or with real families."""

    DEMO = "demo", "demo"
    PRODUKSJON = "produksjon", "produksjon"


class Faktorkrav(Kode):
    """Who must sign in with more than a password."""

    AV = "0", "ingen"
    SAKER = "1", "de som leser saker, og de som holder brukere"
    ALLE = "alle", "alle"


def sqlitefil(url: str) -> Path:
    """The file of a SQLite database, from its address."""
    return Path(url.removeprefix("sqlite:///"))


@dataclass(frozen=True)
class Config:
    """Everything the program is told from outside. Read once at start."""

    miljoe: Miljoe
    data: Path
    """Directory of the database file, the keys and the demo password."""
    database_url: str = field(repr=False)
    lager_url: str | None = field(default=None, repr=False)
    """Where the key store is, when not where it is by itself."""
    fil: Path | None = None
    """The key file, when it lies outside the data directory."""
    noekler: str | None = field(default=None, repr=False)
    """The keys themselves, as the key file has them; there is no file then."""
    port: int = 8000
    verter: tuple[str, ...] = ("localhost", "127.0.0.1", "[::1]")
    """Host names the service answers to; anything else is refused with 400."""
    https: bool = False
    """Served over TLS (directly or behind a proxy): Secure cookies and HSTS."""
    demo_passord: str | None = field(default=None, repr=False)
    tomgang: timedelta = timedelta(minutes=30)
    """A session that nobody has used for this long ends."""
    lengste_okt: timedelta = timedelta(hours=10)
    """A session ends after this however much it is used."""
    faktor: Faktorkrav = Faktorkrav.AV
    """Who must have a second factor; in production never nobody."""
    lenke_timer: timedelta = timedelta(hours=24)
    """A link to a new sign-in works this long."""
    proxyer: int = 0
    """Reverse proxies in front whose X-Forwarded-For and -Proto are believed; 0 believes none."""
    arbeidere: int = 2
    """Number of worker processes that `serve` starts."""
    egne_tekster: Path | None = None
    """Directory of the municipality's own texts; the data directory where none is told."""

    oidc: Path | None = None
    """The file of issuers for single sign-on; None where there is none."""

    logghoder: Path | None = None
    """Where the signed heads of the access log lie, when not in the data directory."""
    logg_aar: int = 5
    """Years that the access log is kept."""
    kopier: tuple[Path, ...] = ()
    """Where backups are put, for `koordinering sjekk` to see that they are new; the program itself makes none."""

    drift: Driftsvalg = field(default_factory=Driftsvalg)
    """What those who watch over it have chosen."""

    database: Databasevalg = field(default_factory=Databasevalg)
    """Its owner's address, its connections, and how long they are waited for."""

    post: Relay | None = None
    """Where e-mail is handed over; None sends none."""
    adresse: str | None = None
    """The service's own address as users write it, for links in e-mail."""

    @property
    def demo(self) -> bool:
        """True when synthetic numbers are demanded and demo users exist."""
        return self.miljoe is Miljoe.DEMO

    @property
    def tekster(self) -> Path:
        """Directory of `lapper/`, `samtykketekster/` and the list of protected words."""
        return self.egne_tekster or self.data

    @property
    def noekkelfil(self) -> Path:
        """The file with the keys; mode 0600, never in the database."""
        return self.fil or self.data / "noekler.json"

    @property
    def kilde(self) -> Kilde:
        """Where the keys are read from."""
        return Kilde(self.noekkelfil, self.noekler, demo=self.demo)

    @property
    def noekkellager_url(self) -> str:
        """The database of the wrapped data keys: a file beside SQLite's, a schema in PostgreSQL's, or elsewhere."""
        if self.lager_url:
            return self.lager_url
        return f"sqlite:///{self.data / 'noekkellager.sqlite3'}" if self.sqlite else self.database_url

    @property
    def noekkellager_ved_siden(self) -> str:
        """Where it is beside a database that is moved or fetched: in the file's folder, or in the same database."""
        fil = sqlitefil(self.database_url)
        return f"sqlite:///{fil.with_name('noekkellager.sqlite3')}" if self.sqlite else self.database_url

    @property
    def som_eier(self) -> Self:
        """The same installation for what only the owner of the tables may do; as it is where no owner is told."""
        valg = self.database
        return replace(self, database_url=valg.eier or self.database_url, lager_url=valg.lager_eier or self.lager_url)

    @property
    def hodemappe(self) -> Path:
        """The folder of the access log's signed heads; outside the database."""
        return self.logghoder or self.data / "logghoder"

    @property
    def loggnoekkel(self) -> Path:
        """The file with the key that signs them: on the one machine that seals."""
        return self.data / "loggnoekkel.json"

    @property
    def sqlite(self) -> bool:
        """True when the database is one file."""
        return self.database_url.startswith("sqlite")


def _url(miljo: Mapping[str, str], navn: str) -> str | None:
    url = miljo.get(navn, "").strip()
    return les_url(url, navn) if url else None


def _faktor(miljo: Mapping[str, str], miljoe: Miljoe) -> Faktorkrav:
    standard = Faktorkrav.SAKER if miljoe is Miljoe.PRODUKSJON else Faktorkrav.AV
    try:
        valgt = Faktorkrav(miljo.get("KOORDINERING_FAKTOR", "").strip() or standard)
    except ValueError:
        raise ConfigError("KOORDINERING_FAKTOR må være 1 eller alle, i demo også 0.") from None
    if valgt is Faktorkrav.AV and miljoe is Miljoe.PRODUKSJON:
        raise ConfigError("KOORDINERING_FAKTOR kan ikke være 0 i produksjon.")
    return valgt


def _noekler(miljo: Mapping[str, str]) -> tuple[Path | None, str | None]:
    fil, innhold = (miljo.get(navn, "").strip() for navn in ("KOORDINERING_NOEKKELFIL", "KOORDINERING_NOEKLER"))
    if fil and innhold:
        raise ConfigError("Sett KOORDINERING_NOEKKELFIL eller KOORDINERING_NOEKLER, ikke begge.")
    return (Path(fil).absolute() if fil else None), innhold or None


def _oidc(miljo: Mapping[str, str], data: Path) -> Path | None:
    sti = miljo.get("KOORDINERING_OIDC", "").strip()
    if sti and not Path(sti).is_file():
        raise ConfigError("KOORDINERING_OIDC må være en fil som finnes.")
    standard = data / "oidc.toml"
    return Path(sti).absolute() if sti else (standard if standard.is_file() else None)


def _post(miljo: Mapping[str, str], miljoe: Miljoe) -> Relay | None:
    vert, avsender, slag, bruker, passord = (
        miljo.get(navn, "").strip()
        for navn in (
            "KOORDINERING_EPOST_VERT",
            "KOORDINERING_EPOST_AVSENDER",
            "KOORDINERING_EPOST_TLS",
            "KOORDINERING_EPOST_BRUKER",
            "KOORDINERING_EPOST_PASSORD",
        )
    )
    if not vert:
        return None
    if vertsnavn(vert) is None:
        raise ConfigError(f"KOORDINERING_EPOST_VERT kan ikke være «{vert}». Skriv et vertsnavn, som post.kommunen.no.")
    if avsender.count("@") != 1 or not avsender.isascii() or any(tegn.isspace() for tegn in avsender):
        raise ConfigError("KOORDINERING_EPOST_AVSENDER må være en e-postadresse, uten æ, ø og å.")
    try:
        kryptering = Kryptering(slag or Kryptering.STARTTLS)
    except ValueError:
        raise ConfigError("KOORDINERING_EPOST_TLS må være starttls, tls eller ingen.") from None
    if kryptering is Kryptering.INGEN and (bruker or miljoe is Miljoe.PRODUKSJON):
        raise ConfigError("KOORDINERING_EPOST_TLS kan ikke være ingen i produksjon eller sammen med et passord.")
    port = _heltall(miljo, "KOORDINERING_EPOST_PORT", 465 if kryptering is Kryptering.TLS else 587, 1, 65535)
    return Relay(vert, avsender, port, kryptering, bruker or None, passord or None)


def les_config(miljo: Mapping[str, str]) -> Config:
    """Read the settings from environment variables.

    Raises ConfigError, in one line that says which variable and what it must be.
    """
    navn = miljo.get("KOORDINERING_MILJOE", "").strip() or Miljoe.PRODUKSJON
    try:
        miljoe = Miljoe(navn)
    except ValueError:
        raise ConfigError("KOORDINERING_MILJOE må være demo eller produksjon.") from None
    if miljoe is Miljoe.PRODUKSJON and miljo.get("KOORDINERING_DEMO_PASSWORD"):
        raise ConfigError("KOORDINERING_DEMO_PASSWORD hører bare hjemme i demo. Fjern den.")
    data = Path(miljo.get("KOORDINERING_DATA", "").strip() or "var").absolute()
    tekster = miljo.get("KOORDINERING_TEKSTER", "").strip()
    if tekster and not Path(tekster).is_dir():
        raise ConfigError("KOORDINERING_TEKSTER må være en mappe som finnes.")
    https = miljo.get("KOORDINERING_HTTPS", "").strip() or ("1" if miljoe is Miljoe.PRODUKSJON else "0")
    if https not in {"0", "1"}:
        raise ConfigError("KOORDINERING_HTTPS må være 0 eller 1.")
    database_url = _url(miljo, "KOORDINERING_DATABASE_URL") or f"sqlite:///{data / 'koordinering.sqlite3'}"
    lager_url = _url(miljo, "KOORDINERING_NOEKKELLAGER_URL")
    if lager_url and lager_url.startswith("sqlite") != database_url.startswith("sqlite"):
        raise ConfigError("KOORDINERING_NOEKKELLAGER_URL må være samme slag database som KOORDINERING_DATABASE_URL.")
    if lager_url and lager_url == database_url and lager_url.startswith("sqlite"):
        raise ConfigError("KOORDINERING_NOEKKELLAGER_URL må være en annen fil enn databasen.")
    fil, noekler = _noekler(miljo)
    hoder = miljo.get("KOORDINERING_LOGGHODER", "").strip()
    return Config(
        miljoe=miljoe,
        data=data,
        database_url=database_url,
        lager_url=lager_url,
        fil=fil,
        noekler=noekler,
        port=_heltall(miljo, "PORT", 8000, 1, 65535),
        verter=les_verter(miljo) or Config.verter,
        https=https == "1",
        demo_passord=miljo.get("KOORDINERING_DEMO_PASSWORD") or None,
        tomgang=timedelta(minutes=_heltall(miljo, "KOORDINERING_TOMGANG_MINUTTER", 30, 1, 480)),
        lengste_okt=timedelta(hours=_heltall(miljo, "KOORDINERING_OKT_TIMER", 10, 1, 24)),
        faktor=_faktor(miljo, miljoe),
        lenke_timer=timedelta(hours=_heltall(miljo, "KOORDINERING_LENKE_TIMER", 24, 1, 72)),
        proxyer=_heltall(miljo, "KOORDINERING_PROXYER", 0, 0, 5),
        oidc=_oidc(miljo, data),
        post=_post(miljo, miljoe),
        adresse=les_adresse(miljo, https=https == "1"),
        egne_tekster=Path(tekster).absolute() if tekster else None,
        arbeidere=_heltall(miljo, "KOORDINERING_ARBEIDERE", 2, 1, 64),
        logghoder=Path(hoder).absolute() if hoder else None,
        logg_aar=_heltall(miljo, "KOORDINERING_LOGG_AAR", 5, 1, 20),
        kopier=tuple(Path(s.strip()).absolute() for s in miljo.get("KOORDINERING_KOPIER", "").split(",") if s.strip()),
        drift=les_driftsvalg(miljo),
        database=les_databasevalg(miljo, database_url, lager_url),
    )
