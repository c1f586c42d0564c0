"""Rules of single sign-on: what an issuer is told to be, and what an ID token must say to be believed."""

import base64
import hashlib
import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from koordinering.tekst import N_, Kode

FORSOEK_VARER = timedelta(minutes=10)
"""Whoever has not come back from the issuer by then begins again."""

FORESPOERSEL_VARER = timedelta(days=30)
"""A waiting request that nobody has signed in to for this long is deleted."""

KLOKKESLINGRING = 60
"""Seconds that the issuer's clock and ours may differ."""

ELDSTE_TOKEN = 600
"""Seconds since an ID token was made; it comes straight from the issuer, so an older one is somebody's copy."""

ALGORITMER = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
"""Signatures that can be believed: never «none», and never one whose key both sides have."""

MAKS_SUBJEKT = 255
"""Characters of a subject, by the standard."""

_KODETEGN = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base32: no character that is taken for another when it is read aloud."""


class Subjekt(Kode):
    """Which claim names the person, for as long as the account lives."""

    SUB = "sub", N_("sub")
    OID_TID = "oid+tid", N_("oid og tid (Entra)")


class Avvik(Kode):
    """Why a sign-in did not succeed. The text is for the person; the code is what the log holds."""

    NEDE = "nede", N_("Innloggingstjenesten svarer ikke nå. Prøv igjen om litt.")
    OPPSETT = "oppsett", N_("Innloggingstjenesten er ikke satt opp riktig. Si fra til systemforvalteren.")
    FORSOEK = "forsoek", N_("Innloggingen tok for lang tid, eller er brukt før. Begynn på nytt.")
    AVBRUTT = "avbrutt", N_("Innloggingen ble avbrutt. Du er ikke logget inn.")
    TILBYDER = "tilbyder", N_("Innloggingstjenesten sa nei. Du er ikke logget inn.")
    KODE = "kode", N_("Innloggingstjenesten godtok ikke svaret. Begynn på nytt.")
    SIGNATUR = "signatur", N_("Svaret fra innloggingstjenesten kunne ikke kontrolleres. Du er ikke logget inn.")
    NOEKKEL = "noekkel", N_("Svaret fra innloggingstjenesten er signert med en ukjent nøkkel. Du er ikke logget inn.")
    UTSTEDER = "utsteder", N_("Svaret kom fra en annen innloggingstjeneste enn ventet. Du er ikke logget inn.")
    MOTTAKER = "mottaker", N_("Svaret fra innloggingstjenesten var til en annen. Du er ikke logget inn.")
    GAMMELT = "gammelt", N_("Svaret fra innloggingstjenesten var for gammelt. Begynn på nytt.")
    NONCE = "nonce", N_("Svaret hører ikke til denne innloggingen. Begynn på nytt.")
    SUBJEKT = "subjekt", N_("Innloggingstjenesten sa ikke hvem du er. Si fra til systemforvalteren.")
    TENANT = "tenant", N_("Du er logget inn hos en annen virksomhet enn den som slipper inn her.")
    FAKTOR = "faktor", N_("Du må logge inn sikrere hos innloggingstjenesten for å slippe inn her.")
    IKKE_NAA = "ikke_naa", N_("Innloggingstjenesten sa ikke at du logget inn nå. Prøv igjen, eller logg ut og inn.")
    EN_ANNEN = "en_annen", N_("Du logget inn som en annen enn den som er logget inn her. Ingenting er endret.")
    LAAST = "laast", N_("Brukeren din er låst. Snakk med systemforvalteren.")


@dataclass(frozen=True)
class Utsteder:
    """One issuer, as the municipality's file tells of it."""

    kode: str
    """Its name in addresses."""
    navn: str
    """What stands on the button."""
    issuer: str
    client_id: str
    hemmelighet: str | None = field(default=None, repr=False)
    privat_noekkel: str | None = field(default=None, repr=False)
    """PEM, where the client signs instead of sending a secret."""
    noekkel_id: str | None = None
    noekkelalgoritme: str = "RS256"
    noekkelmottaker: str = "issuer"
    """Whom a signed client assertion is made out to: the issuer, or its «token» address."""
    scope: str = "openid"
    subjekt: Subjekt = Subjekt.SUB
    tenant: str | None = None
    krev_acr: tuple[str, ...] = ()
    """Levels of which the token must name one; asked for, too."""
    krev_amr: tuple[str, ...] = ()
    """Methods that the token must all name, such as «mfa»."""
    algoritmer: tuple[str, ...] = ("RS256", "PS256", "ES256")

    @property
    def oppdagelse(self) -> str:
        """The address of the issuer's description of itself."""
        return f"{self.issuer.rstrip('/')}/.well-known/openid-configuration"

    def trygg(self, adresse: object) -> bool:
        """Whether an address of the issuer's can be used: TLS, unless the issuer itself is a demo's without."""
        if not isinstance(adresse, str):
            return False
        deler = urlsplit(adresse)
        return bool(deler.hostname) and deler.scheme in {"https", urlsplit(self.issuer).scheme}


def avledet(nettleser: str, state: str, hva: str) -> str:
    """A value that only this browser's secret and this attempt's state give together: 43 characters.

    OpenID Connect Core 15.5.2 proposes it for the nonce; the same serves the verifier of PKCE, so that the
    database holds neither.
    """
    sum_ = hmac.digest(nettleser.encode(), f"{hva}\x1f{state}".encode(), hashlib.sha256)
    return base64.urlsafe_b64encode(sum_).decode().rstrip("=")


def avtrykk_s256(verifier: str) -> str:
    """The challenge that PKCE sends ahead of a verifier."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")


def kort_kode(tilfeldig: bytes) -> str:
    """A reference to read aloud, «7K3M-Q2XD», from five random bytes."""
    tall = int.from_bytes(tilfeldig[:5], "big")
    tegn = "".join(_KODETEGN[(tall >> (5 * nr)) & 31] for nr in range(8))
    return f"{tegn[:4]}-{tegn[4:]}"


def logget_inn_naa(krav: Mapping[str, Any], naa: float, innen: timedelta) -> bool:
    """Whether the issuer says that the person showed who she is just now (OpenID Connect Core 2, auth_time)."""
    tid = _tall(krav.get("auth_time"))
    return tid is not None and -KLOKKESLINGRING <= naa - tid < innen.total_seconds()


def subjektet(krav: Mapping[str, Any], utsteder: Utsteder) -> str | None:
    """What names the person at this issuer; None when the token does not say it."""
    navn = ("oid", "tid") if utsteder.subjekt is Subjekt.OID_TID else ("sub",)
    deler = [krav.get(n) for n in navn]
    if not all(isinstance(del_, str) and 0 < len(del_) <= MAKS_SUBJEKT and del_.isprintable() for del_ in deler):
        return None
    return "+".join(str(del_) for del_ in deler)


def _tall(verdi: object) -> float | None:
    return float(verdi) if isinstance(verdi, int | float) and not isinstance(verdi, bool) else None


def _rett_utsteder(krav: Mapping[str, Any], utsteder: Utsteder, _nonce: str, _naa: float) -> bool:
    return krav.get("iss") == utsteder.issuer


def _rett_mottaker(krav: Mapping[str, Any], utsteder: Utsteder, _nonce: str, _naa: float) -> bool:
    aud, azp = krav.get("aud"), krav.get("azp")
    mottakere = aud if isinstance(aud, list) else [aud]
    # Made out to several, the token must say that it was asked for by us (Core 3.1.3.7, 4 and 5).
    return utsteder.client_id in mottakere and (azp == utsteder.client_id or (azp is None and len(mottakere) == 1))


def _i_tide(krav: Mapping[str, Any], _utsteder: Utsteder, _nonce: str, naa: float) -> bool:
    exp, iat, nbf = _tall(krav.get("exp")), _tall(krav.get("iat")), _tall(krav.get("nbf", 0))
    if exp is None or iat is None or nbf is None:
        return False
    framtid = naa + KLOKKESLINGRING
    return exp > naa - KLOKKESLINGRING and naa - ELDSTE_TOKEN - KLOKKESLINGRING <= iat <= framtid and nbf <= framtid


def _rett_nonce(krav: Mapping[str, Any], _utsteder: Utsteder, nonce: str, _naa: float) -> bool:
    funnet = krav.get("nonce")
    return isinstance(funnet, str) and hmac.compare_digest(funnet.encode(), nonce.encode())


def _rett_tenant(krav: Mapping[str, Any], utsteder: Utsteder, _nonce: str, _naa: float) -> bool:
    return utsteder.tenant is None or krav.get("tid") == utsteder.tenant


def _sterk_nok(krav: Mapping[str, Any], utsteder: Utsteder, _nonce: str, _naa: float) -> bool:
    amr = krav.get("amr")
    metoder = set(amr) if isinstance(amr, list) and all(isinstance(m, str) for m in amr) else set()
    return (not utsteder.krev_acr or krav.get("acr") in utsteder.krev_acr) and metoder >= set(utsteder.krev_amr)


def _har_subjekt(krav: Mapping[str, Any], utsteder: Utsteder, _nonce: str, _naa: float) -> bool:
    return subjektet(krav, utsteder) is not None


_PROEVER: tuple[tuple[Avvik, Callable[[Mapping[str, Any], Utsteder, str, float], bool]], ...] = (
    (Avvik.UTSTEDER, _rett_utsteder),
    (Avvik.MOTTAKER, _rett_mottaker),
    (Avvik.GAMMELT, _i_tide),
    (Avvik.NONCE, _rett_nonce),
    (Avvik.TENANT, _rett_tenant),
    (Avvik.SUBJEKT, _har_subjekt),
    (Avvik.FAKTOR, _sterk_nok),
)


def avvik_i_token(krav: Mapping[str, Any], utsteder: Utsteder, *, nonce: str, naa: float) -> Avvik | None:
    """The first thing that is wrong with the claims of a token whose signature is good; `naa` in seconds."""
    return next((avvik for avvik, proeve in _PROEVER if not proeve(krav, utsteder, nonce, naa)), None)
