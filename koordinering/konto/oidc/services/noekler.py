"""Keys of single sign-on: the issuer's for checking an ID token, ours for signing a client assertion."""

import secrets
import time
from collections.abc import Mapping
from typing import Any

from authlib.oauth2.rfc7523 import PrivateKeyJWT
from joserfc import jwk, jws, jwt
from joserfc.errors import JoseError

from koordinering.konto.oidc.rules import Avvik, Utsteder
from koordinering.konto.oidc.services.feil import SsoFeil

_PAASTAND_VARER = 60
"""Seconds that a client assertion can be used; Ansattporten takes no more than two minutes."""

MINSTE_RSA = 2048
"""Bits below which an RSA signature proves nothing."""

Noekkel = jwk.Key


def _type(alg: str) -> str:
    return {"R": "RSA", "P": "RSA", "E": "EC"}[alg[0]] if alg != "EdDSA" else "OKP"


def les_privat(utsteder: Utsteder) -> Noekkel:
    """Our own key. Raises JoseError or ValueError when the file holds none for the algorithm."""
    noekkel = jwk.import_key(utsteder.privat_noekkel or "", _type(utsteder.noekkelalgoritme))  # type: ignore[call-overload]
    if not noekkel.is_private:
        raise ValueError("a public key")
    return noekkel  # type: ignore[no-any-return]


class KortPaastand(PrivateKeyJWT):  # type: ignore[misc]
    """A client assertion that lives a minute and has its own number each time (Authlib's lives an hour)."""

    def __init__(self, utsteder: Utsteder, mottaker: str) -> None:
        super().__init__(mottaker, alg=utsteder.noekkelalgoritme)
        self._utsteder, self._mottaker = utsteder, mottaker

    def sign(self, auth: Any, token_endpoint: str) -> str:
        """The signed assertion."""
        naa = int(time.time())
        hode = {"alg": self._utsteder.noekkelalgoritme, "typ": "JWT"}
        if self._utsteder.noekkel_id:
            hode["kid"] = self._utsteder.noekkel_id
        krav = {"iss": self._utsteder.client_id, "sub": self._utsteder.client_id, "aud": self._mottaker}
        krav |= {"iat": naa, "exp": naa + _PAASTAND_VARER, "jti": secrets.token_urlsafe(24)}  # type: ignore[dict-item]
        return jwt.encode(hode, krav, les_privat(self._utsteder), algorithms=[hode["alg"]])


def brukbare(sett: Mapping[str, Any]) -> list[Noekkel]:
    """The keys of a key set that can check a signature; what cannot be read, and what is too short, is left out."""
    noekler = []
    for raa in sett.get("keys", []) if isinstance(sett.get("keys"), list) else []:
        if isinstance(raa, dict) and raa.get("use", "sig") == "sig" and _lang_nok(raa):
            try:
                noekler.append(jwk.import_key(raa))
            except (JoseError, ValueError, TypeError, KeyError):
                continue
    return noekler


def _lang_nok(raa: Mapping[str, Any]) -> bool:
    if raa.get("kty") == "RSA":
        # Four characters of base64 are 24 bits; seen before it is read, which would only warn.
        return isinstance(raa.get("n"), str) and len(raa["n"].rstrip("=")) * 6 >= MINSTE_RSA
    return raa.get("kty") in {"EC", "OKP"}


def finn(noekler: list[Noekkel], kid: str | None, alg: str) -> Noekkel | None:
    """The key that a signature names; without a name, the only one of its kind."""
    passer = [n for n in noekler if n.key_type == _type(alg) and n.get("alg") in {None, alg}]
    if kid is None:
        return passer[0] if len(passer) == 1 else None
    return next((n for n in passer if n.kid == kid), None)


def les_hode(token: str, utsteder: Utsteder) -> tuple[str | None, str]:
    """Which key and algorithm a token says it is signed with. Raises SsoFeil for one that is never believed."""
    try:
        hode = jws.extract_compact(token.encode()).headers()
    except (JoseError, ValueError, TypeError):
        raise SsoFeil(Avvik.SIGNATUR) from None
    kid, alg = hode.get("kid"), hode.get("alg")
    if alg not in utsteder.algoritmer or not (kid is None or isinstance(kid, str)):
        raise SsoFeil(Avvik.SIGNATUR)
    return kid, str(alg)


def les_krav(token: str, noekkel: Noekkel, alg: str) -> dict[str, Any]:
    """The claims of a token whose signature is good. Raises SsoFeil."""
    try:
        krav = jwt.decode(token, noekkel, algorithms=[alg]).claims
    except (JoseError, ValueError, TypeError):
        raise SsoFeil(Avvik.SIGNATUR) from None
    return dict(krav)
