"""Asking an issuer everything that sign-in rests on, and saying in words what is wrong."""

import time
from collections.abc import Generator, Iterator, Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from koordinering.konto.oidc.rules import KLOKKESLINGRING, Avvik, Utsteder
from koordinering.konto.oidc.services.feil import SsoFeil
from koordinering.konto.oidc.services.tilbyder import ADRESSER, Tilbyder
from koordinering.tekst import Kode

if TYPE_CHECKING:
    from requests import Response

_Lest = tuple[Mapping[str, Any] | None, str | None]
"""The description, and what the issuer says the time is; None where it does not."""


class Alvor(Kode):
    """How much a finding matters."""

    OK = "ok", "ok"
    ADVARSEL = "advarsel", "advarsel"
    FEIL = "feil", "feil"


@dataclass(frozen=True)
class Funn:
    """One thing that was looked at, and what to do about it."""

    alvor: Alvor
    tekst: str


def sjekk(utsteder: Utsteder, retur: str, etter: str) -> Iterator[Funn]:
    """Everything about an issuer, in the order in which it is used. Nothing is stored and nobody is signed in."""
    beskrivelse, klokke = yield from _oppdagelse(utsteder)
    if beskrivelse is None:
        return
    yield from _klokken(klokke)
    if beskrivelse.get("issuer") != utsteder.issuer:
        yield _feil(
            f"Utstederen kaller seg {beskrivelse.get('issuer')!r}, men filen sier {utsteder.issuer!r}. Rett issuer."
        )
        return
    yield _ok("Utstederen kaller seg det samme som i filen.")
    mangler = [navn for navn in ADRESSER if not utsteder.trygg(beskrivelse.get(navn))]
    if mangler:
        yield _feil(f"Beskrivelsen mangler {', '.join(mangler)}, eller adressen begynner ikke med https://.")
        return
    yield from _evner(utsteder, beskrivelse)
    tilbyder = Tilbyder(utsteder)
    yield from _noeklene(tilbyder, str(beskrivelse["jwks_uri"]))
    yield from _legitimasjonen(tilbyder, retur)
    yield Funn(Alvor.OK, f"Adressen som skal registreres for innlogging (redirect URI): {retur}")
    yield Funn(Alvor.OK, f"Adressen som skal registreres for utlogging (post logout redirect URI): {etter}")


def _ok(tekst: str) -> Funn:
    return Funn(Alvor.OK, tekst)


def _advarsel(tekst: str) -> Funn:
    return Funn(Alvor.ADVARSEL, tekst)


def _feil(tekst: str) -> Funn:
    return Funn(Alvor.FEIL, tekst)


def _oppdagelse(utsteder: Utsteder) -> Generator[Funn, None, _Lest]:
    """The description and the issuer's clock; None where there is no description."""
    import requests  # only where somebody asks for the check

    from koordinering.konto.oidc.services.samtale import TIDSGRENSE

    vert, adresse = urlsplit(utsteder.issuer).hostname, utsteder.oppdagelse
    try:
        svar = requests.get(adresse, timeout=TIDSGRENSE, allow_redirects=False)
    except requests.exceptions.SSLError:
        yield _feil(
            f"Sertifikatet til {vert} kan ikke kontrolleres. Se etter om klokken går feil, eller en mellomtjener."
        )
    except requests.Timeout:
        yield _feil(f"{vert} svarte ikke innen {TIDSGRENSE[1]:.0f} sekunder. Se etter brannmur og mellomtjener.")
    except (requests.RequestException, OSError):
        yield _feil(f"Får ikke kontakt med {vert}. Se etter navnet i issuer, navneoppslag (DNS) og brannmur.")
    else:
        return (yield from _lest(adresse, svar))
    return None, None


def _lest(adresse: str, svar: "Response") -> Generator[Funn, None, _Lest]:
    if svar.status_code != 200:
        yield _feil(
            f"{adresse} svarer {svar.status_code}. Se etter om issuer er skrevet riktig, helt til siste skråstrek."
        )
        return None, None
    try:
        innhold = svar.json()
    except ValueError:
        innhold = None
    if not isinstance(innhold, dict):
        yield _feil(f"{adresse} svarer med noe annet enn en beskrivelse (JSON).")
        return None, None
    yield _ok(f"Fant beskrivelsen på {adresse}.")
    return innhold, svar.headers.get("Date")


def _klokken(deres: str | None) -> Iterator[Funn]:
    try:
        forskjell = abs(parsedate_to_datetime(deres or "").timestamp() - time.time())
    except (ValueError, TypeError):
        yield _advarsel("Utstederen sier ikke hva klokken er, så klokken er ikke sammenliknet.")
        return
    if forskjell > KLOKKESLINGRING:
        yield _feil(f"Klokken her og hos utstederen er {forskjell:.0f} sekunder fra hverandre. Still klokken (NTP).")
    elif forskjell > KLOKKESLINGRING / 6:
        yield _advarsel(f"Klokken her og hos utstederen er {forskjell:.0f} sekunder fra hverandre.")
    else:
        yield _ok("Klokken stemmer.")


def _liste(beskrivelse: Mapping[str, Any], navn: str) -> list[str] | None:
    verdi = beskrivelse.get(navn)
    return [str(en) for en in verdi] if isinstance(verdi, list) else None


def _evner(utsteder: Utsteder, beskrivelse: Mapping[str, Any]) -> Iterator[Funn]:
    yield _pkce(_liste(beskrivelse, "code_challenge_methods_supported"))
    yield _algoritmer(utsteder, _liste(beskrivelse, "id_token_signing_alg_values_supported"))
    if "code" not in (_liste(beskrivelse, "response_types_supported") or ["code"]):
        yield _feil("Utstederen kan ikke innlogging med kode (response_type code).")
    if not utsteder.trygg(beskrivelse.get("end_session_endpoint")):
        yield _advarsel("Utstederen har ingen adresse for utlogging. Brukeren blir bare logget ut av Koordinering.")
    acr = _liste(beskrivelse, "acr_values_supported")
    if acr is not None and not set(utsteder.krev_acr) <= set(acr):
        yield _feil(f"krev_acr har nivåer som utstederen ikke kjenner. Den kjenner {', '.join(acr)}.")
    if urlsplit(utsteder.issuer).hostname == "login.microsoftonline.com" and utsteder.tenant is None:
        yield _advarsel("Sett tenant til virksomhetens tenant-ID, så slipper ingen fra en annen virksomhet inn.")


def _pkce(kan: list[str] | None) -> Funn:
    if kan is None:
        return _advarsel("Utstederen sier ikke om den kan PKCE (det gjør ikke Entra). Koordinering bruker det likevel.")
    return _ok("Utstederen kan PKCE med S256.") if "S256" in kan else _feil("Utstederen kan ikke PKCE med S256.")


def _algoritmer(utsteder: Utsteder, deres: list[str] | None) -> Funn:
    if deres is not None and not set(deres) & set(utsteder.algoritmer):
        godtar = ", ".join(utsteder.algoritmer)
        return _feil(f"Utstederen signerer med {', '.join(deres)}, men filen godtar {godtar}.")
    if deres is not None and "none" in deres:
        return _advarsel("Utstederen kan gi usignerte svar («none»). Koordinering godtar dem ikke.")
    return _ok("Utstederen signerer med en algoritme som godtas.")


def _noeklene(tilbyder: Tilbyder, adresse: str) -> Iterator[Funn]:
    from koordinering.konto.oidc.services import noekler  # as above

    try:
        sett = tilbyder.hent(adresse)
    except SsoFeil:
        yield _feil(f"Får ikke hentet nøklene fra {adresse}.")
        return
    alle, gode = sett.get("keys"), noekler.brukbare(sett)
    if not gode:
        yield _feil(f"Utstederen har ingen nøkkel som kan brukes (RSA fra {noekler.MINSTE_RSA} bit, EC eller Ed25519).")
        return
    yield _ok(f"Fant {len(gode)} nøkkel{'' if len(gode) == 1 else 'er'}.".replace("nøkkeler", "nøkler"))
    if isinstance(alle, list) and len(gode) > 1 and any(n.kid is None for n in gode):
        yield _feil("Utstederen har flere nøkler, og en av dem har ikke noe navn (kid).")


def _legitimasjonen(tilbyder: Tilbyder, retur: str) -> Iterator[Funn]:
    """A made-up code: the issuer says no to the code when it knows the client, and to the client when it does not."""
    try:
        tilbyder.veksle("koordinering-oidc-check", verifier="k" * 43, retur=retur)
    except SsoFeil as feil:
        if feil.avvik is Avvik.OPPSETT:
            yield _feil(
                "Utstederen kjenner ikke igjen client_id, eller hemmeligheten eller nøkkelen er feil eller utløpt."
            )
        elif feil.avvik is Avvik.KODE:
            yield _ok(f"Utstederen kjenner igjen klienten ({tilbyder.klientmaate()}).")
        else:
            yield _advarsel("Fikk ikke prøvd om client_id og hemmeligheten eller nøkkelen er riktig.")
    else:
        yield _feil("Utstederen godtok en oppdiktet kode. Den kan ikke brukes.")
