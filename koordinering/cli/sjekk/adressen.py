"""Checks of the address that people use: asked over the network, as a browser asks."""

import re
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.message import Message
from email.utils import parsedate_to_datetime
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from urllib.parse import urlsplit

from koordinering.db import now
from koordinering.drift.rules import Dom, Funn, Kontroller, Svar, advarsel, feil, ok
from koordinering.drift.services.kjoering import kjoer
from koordinering.driftsfeil import om_forbindelsen

_FRIST_S = 10
_SKJEVT = timedelta(seconds=30)
_SERTIFIKAT = timedelta(days=14)
_STATISK = re.compile(r'="(/static/[^"]+)"')
_HALVT_AAR_S = 15_768_000

_HODER: Mapping[str, Callable[[str], bool]] = {
    "Content-Security-Policy": lambda v: "require-trusted-types-for 'script'" in v and "unsafe" not in v,
    "Cross-Origin-Opener-Policy": lambda v: v == "same-origin",
    "Cross-Origin-Resource-Policy": lambda v: v == "same-origin",
    "Referrer-Policy": lambda v: v in {"same-origin", "no-referrer"},
    "Permissions-Policy": lambda v: "camera=()" in v,
    "X-Content-Type-Options": lambda v: v == "nosniff",
    "Cache-Control": lambda v: "no-store" in v,
}
"""What each page must carry when it has come through the proxy: one that adds or removes headers is common."""


@dataclass(frozen=True)
class Adresse:
    """Where the service answers."""

    skjema: str
    vert: str
    port: int | None

    @property
    def tekst(self) -> str:
        """As it is written."""
        return f"{self.skjema}://{self.vert}{f':{self.port}' if self.port else ''}"


@dataclass(frozen=True)
class _Svaret:
    status: int
    hoder: Message
    """Found by name however it is written: a proxy may send them on in small letters."""
    tekst: str
    utloeper: datetime | None
    """When the certificate ends."""


def les_adresse(tekst: str) -> Adresse | None:
    """None where it is no address of a service."""
    try:
        delt = urlsplit(tekst)
        if delt.scheme not in {"http", "https"} or not delt.hostname or delt.username or delt.path.strip("/"):
            return None
        return Adresse(delt.scheme, delt.hostname, delt.port)
    except ValueError:
        return None


def _hent(adresse: Adresse, sti: str, vert: str | None = None) -> _Svaret:
    """One answer. Raises OSError, also where what answered does not speak HTTP."""
    forbindelse: HTTPConnection
    if adresse.skjema == "https":
        kontekst = ssl.create_default_context()
        kontekst.minimum_version = ssl.TLSVersion.TLSv1_2
        forbindelse = HTTPSConnection(adresse.vert, adresse.port, timeout=_FRIST_S, context=kontekst)
    else:
        forbindelse = HTTPConnection(adresse.vert, adresse.port, timeout=_FRIST_S)
    try:
        forbindelse.request("GET", sti, headers={"Host": vert} if vert else {})
        utloeper = _utloeper(forbindelse.sock)  # before the answer is read: then the socket may be closed
        svar = forbindelse.getresponse()
        return _Svaret(svar.status, svar.headers, svar.read(1_000_000).decode("utf-8", "replace"), utloeper)
    except HTTPException:
        raise OSError(0, "svarte ikke med HTTP", adresse.tekst) from None
    except OSError as en:
        raise OSError(en.errno or 0, om_forbindelsen(en), adresse.tekst) from None
    finally:
        forbindelse.close()


def _utloeper(sokkel: object) -> datetime | None:
    bevis = sokkel.getpeercert() if isinstance(sokkel, ssl.SSLSocket) else None
    return datetime.fromtimestamp(ssl.cert_time_to_seconds(str(bevis["notAfter"])), UTC) if bevis else None


def svarer(adresse: Adresse) -> Svar:
    """The service is up, its database and key store too."""
    try:
        svar = _hent(adresse, "/helse")
    except OSError as en:
        return feil(f"{adresse.tekst} svarer ikke ({en.strerror}).", "Start tjenesten, eller rett adressen.")
    if svar.status != 200:
        return feil(f"{adresse.tekst}/helse svarer {svar.status}.", "Se i loggen til tjenesten og proxyen.")
    return ok(f"{adresse.tekst} svarer.")


def sertifikat(adresse: Adresse) -> Svar:
    """TLS with a certificate that lasts; the old address leads to it."""
    if adresse.skjema != "https":
        return advarsel("Adressen er ikke https.", "Kjør kontrollen med adressen brukerne har.")
    utloeper = _hent(adresse, "/helse").utloeper
    if utloeper is None or utloeper - now() < _SERTIFIKAT:
        naar = f"{utloeper:%d.%m.%Y}" if utloeper else "ukjent"
        return advarsel(f"Sertifikatet går ut {naar}.", "Forny sertifikatet.")
    return ok(f"TLS 1.2 eller nyere. Sertifikatet gjelder til {utloeper:%d.%m.%Y}.")


def hoder(adresse: Adresse) -> Svar:
    """The headers are on the page when it has come through the proxy."""
    svar = _hent(adresse, "/logg-inn")
    gale = [navn for navn, rett in _HODER.items() if not rett(svar.hoder.get(navn, ""))]
    if adresse.skjema == "https":
        alder = re.search(r"max-age=(\d+)", svar.hoder.get("Strict-Transport-Security", ""))
        gale += ["Strict-Transport-Security"] if not alder or int(alder[1]) < _HALVT_AAR_S else []
    if gale:
        return feil(f"Disse hodene mangler eller er endret: {', '.join(gale)}.", "La proxyen sende dem uendret.")
    return ok("Alle sikkerhetshoder er på plass.")


def kapsel(adresse: Adresse) -> Svar:
    """The cookie is bound to the host, and sent over TLS only."""
    kapsler = _hent(adresse, "/logg-inn").hoder.get("Set-Cookie", "")
    mangler = [del_ for del_ in ("HttpOnly", "SameSite=Lax") if del_ not in kapsler]
    if adresse.skjema == "https":
        mangler += [del_ for del_ in ("Secure", "__Host-") if del_ not in kapsler]
    if kapsler and mangler:
        return feil(f"Informasjonskapselen mangler {', '.join(mangler)}.", "Sett KOORDINERING_HTTPS=1.")
    return ok("Informasjonskapselen er låst til verten.")


def fremmed_vert(adresse: Adresse) -> Svar:
    """A name that is not ours is refused: no link in an answer can be made to lead elsewhere."""
    svar = _hent(adresse, "/logg-inn", vert="et-annet-sted.invalid")
    if svar.status == 200 and "csrf_token" in svar.tekst:
        return feil(
            "Tjenesten svarer også på navn som ikke er dens.", "Sett KOORDINERING_VERTER, og la proxyen sende Host."
        )
    return ok(f"Et fremmed vertsnavn får {svar.status}.")


def statisk(adresse: Adresse) -> Svar:
    """Files come with a type that is not guessed at."""
    funnet = _STATISK.search(_hent(adresse, "/logg-inn").tekst)
    if funnet is None:
        return feil("Innloggingssiden viser ikke til noen filer.", "Se om adressen er riktig.")
    fil = _hent(adresse, funnet[1])
    if fil.status != 200 or fil.hoder.get("X-Content-Type-Options") != "nosniff":
        return feil("Stilark og skript svarer ikke som de skal.", "La proxyen sende /static videre uendret.")
    return ok("Stilark og skript har hodene sine.")


def klokke(adresse: Adresse) -> Svar:
    """The clock of the machine that answers."""
    dato = _hent(adresse, "/helse").hoder.get("Date")
    if dato is None:
        return ok("Tjenesten sier ikke hva klokka er.")
    forskjell = round(abs((parsedate_to_datetime(dato) - now()).total_seconds()))
    if forskjell > _SKJEVT.total_seconds():
        return feil(f"Klokka på {adresse.vert} er {forskjell} sekunder unna.", "Slå på NTP på begge maskinene.")
    return ok("Klokka stemmer.")


FOERST: Kontroller[Adresse] = (("adresse", svarer),)
"""Where nobody answers, there is nothing more to ask."""
KONTROLLER: Kontroller[Adresse] = (
    ("sertifikat", sertifikat),
    ("hoder", hoder),
    ("informasjonskapsel", kapsel),
    ("fremmed vertsnavn", fremmed_vert),
    ("filer", statisk),
    ("klokke der", klokke),
)


def spoer(adresse: Adresse) -> list[Funn]:
    """Everything that is asked of the address."""
    foerst = kjoer(FOERST, adresse)
    return foerst if foerst[0].svar.dom is Dom.FEIL else foerst + kjoer(KONTROLLER, adresse)
