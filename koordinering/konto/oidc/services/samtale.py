"""The calls to an issuer. Each has a limit of time and size, and none follows where it is sent."""

import time
from typing import Any

import requests
from authlib.integrations.base_client import OAuthError
from authlib.integrations.requests_client import OAuth2Session
from requests.adapters import HTTPAdapter
from urllib3.exceptions import HTTPError

from koordinering.konto.oidc.rules import Avvik, Utsteder
from koordinering.konto.oidc.services import noekler
from koordinering.konto.oidc.services.feil import SsoFeil

TIDSGRENSE = (3.0, 5.0)
"""Seconds to connect, and seconds without a byte."""

_I_ALT = 8.0
"""Seconds for a whole answer."""

_STOERST = 512 * 1024
"""Bytes of an answer."""

_KLIENTFEIL = frozenset({"invalid_client", "unauthorized_client"})


class SvarerIkke(Exception):
    """The issuer did not answer, or not in time."""


class _Grense(HTTPAdapter):
    """Ends an answer that comes too slowly or is too large."""

    def send(self, request: requests.PreparedRequest, *args: Any, **kw: Any) -> requests.Response:
        """Send with a limit, and read the whole answer within it."""
        slutt = time.monotonic() + _I_ALT
        svar = super().send(request, *args, **{**kw, "timeout": TIDSGRENSE, "stream": True})
        try:
            svar._content = _les(svar, slutt)
        except (HTTPError, requests.RequestException) as feil:
            # urllib3's own errors are renamed where requests reads, and here we do
            svar.close()
            raise requests.exceptions.ReadTimeout(type(feil).__name__, request=request) from None
        return svar


def _les(svar: requests.Response, slutt: float) -> bytes:
    """All of the answer before `slutt` by the monotonic clock. Raises ReadTimeout, and what urllib3 raises of a cut."""
    deler, lengde = [], 0
    while del_ := svar.raw.read1(65536, decode_content=True):
        deler.append(del_)
        lengde += len(del_)
        if lengde > _STOERST or time.monotonic() > slutt:
            raise requests.exceptions.ReadTimeout("too slow or too large")
    return b"".join(deler)


def _med_grense(oekt: requests.Session) -> None:
    for slag in ("https://", "http://"):
        oekt.mount(slag, _Grense())


def hent(adresse: str) -> dict[str, Any]:
    """A JSON object. Raises SvarerIkke, and SsoFeil: NEDE for another status than 200, TILBYDER for anything else."""
    with requests.Session() as oekt:
        _med_grense(oekt)
        try:
            svar = oekt.get(adresse, allow_redirects=False, headers={"Accept": "application/json"})
        except (requests.RequestException, OSError):
            raise SvarerIkke from None
    if svar.status_code != requests.codes.ok:
        raise SsoFeil(Avvik.NEDE)
    try:
        innhold = svar.json()
    except ValueError:
        innhold = None
    if not isinstance(innhold, dict):
        raise SsoFeil(Avvik.TILBYDER)
    return innhold


def veksle(utsteder: Utsteder, maate: str, adresse: str, *, code: str, verifier: str, retur: str) -> str:
    """The ID token for a code, from the token address; `maate` is how we prove who we are. Raises SsoFeil."""
    with _klient(utsteder, maate, adresse) as klient:
        try:
            svar = klient.fetch_token(
                adresse,
                grant_type="authorization_code",
                code=code,
                code_verifier=verifier,
                redirect_uri=retur,
                allow_redirects=False,
            )
        except OAuthError as feil:
            raise SsoFeil(Avvik.OPPSETT if feil.error in _KLIENTFEIL else Avvik.KODE) from None
        except (requests.RequestException, OSError):
            raise SsoFeil(Avvik.NEDE) from None
        except (ValueError, TypeError, AttributeError, KeyError):
            raise SsoFeil(Avvik.TILBYDER) from None
    token = svar.get("id_token")
    if not isinstance(token, str):
        raise SsoFeil(Avvik.TILBYDER)
    return token


def _klient(utsteder: Utsteder, maate: str, adresse: str) -> Any:
    klient = OAuth2Session(
        utsteder.client_id, utsteder.hemmelighet or utsteder.privat_noekkel, token_endpoint_auth_method=maate
    )
    if maate == "private_key_jwt":
        mottaker = utsteder.issuer if utsteder.noekkelmottaker == "issuer" else adresse
        klient.register_client_auth_method(noekler.KortPaastand(utsteder, mottaker))
    klient.register_compliance_hook("access_token_response", _krev_kjent)
    _med_grense(klient)
    return klient


def _krev_kjent(svar: requests.Response) -> requests.Response:
    """401 is of the client alone (RFC 6749, 5.2), also where something before the issuer answers without its words."""
    if svar.status_code == requests.codes.unauthorized:
        raise OAuthError("invalid_client")
    return svar
