"""Talking with an issuer: its description, its keys, codes for tokens.

The calls (`samtale`) and the keys (`noekler`) are imported where they are used: most installations have no issuer, and
their processes need not carry what it is spoken to with.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from koordinering.konto.oidc.rules import Avvik, Utsteder, avtrykk_s256, avvik_i_token
from koordinering.konto.oidc.services.feil import SsoFeil

if TYPE_CHECKING:
    from koordinering.konto.oidc.services.noekler import Noekkel

_HOLDBAR = 3600.0
"""Seconds that a description and a key set are used before they are fetched again."""

_NY_NOEKKEL = 60.0
"""Seconds between fetches for an unknown key: tokens with made-up keys cannot make us ask without end."""

_NEDE = 10.0
"""Seconds that an issuer which did not answer is left alone: nobody waits for what has just failed."""


@dataclass
class _Lager:
    """What was fetched, and when."""

    verdi: Any = None
    hentet: float = float("-inf")


@dataclass
class Tilbyder:
    """One issuer as this process knows it. What is fetched is kept for an hour; any process can fetch its own."""

    utsteder: Utsteder
    _beskrivelse: _Lager = field(default_factory=_Lager)
    _noekler: _Lager = field(default_factory=_Lager)
    _falt: float = float("-inf")
    """When the issuer last did not answer."""

    # --- What the issuer says of itself -------------------------------------------------------------------

    def beskrivelse(self) -> Mapping[str, Any]:
        """The issuer's description. Raises SsoFeil: NEDE, UTSTEDER when it is another's, OPPSETT when it lacks."""
        if time.monotonic() - self._beskrivelse.hentet > _HOLDBAR:
            funnet = self.hent(self.utsteder.oppdagelse)
            if funnet.get("issuer") != self.utsteder.issuer:
                raise SsoFeil(Avvik.UTSTEDER)
            if not all(self.utsteder.trygg(funnet.get(f"{n}")) for n in ADRESSER):
                raise SsoFeil(Avvik.OPPSETT)
            self._beskrivelse = _Lager(funnet, time.monotonic())
        beskrivelsen: Mapping[str, Any] = self._beskrivelse.verdi
        return beskrivelsen

    def hent(self, adresse: str) -> dict[str, Any]:
        """A JSON object from the issuer. Raises SsoFeil: NEDE, or TILBYDER when it answers something else."""
        if time.monotonic() - self._falt < _NEDE:
            raise SsoFeil(Avvik.NEDE)
        from koordinering.konto.oidc.services import samtale

        try:
            return samtale.hent(adresse)
        except samtale.SvarerIkke:
            self._falt = time.monotonic()
            raise SsoFeil(Avvik.NEDE) from None

    def _noekkel(self, kid: str | None, alg: str) -> "Noekkel":
        """The key of a signature; the key set is fetched again for one that is unknown, but not all the time."""
        from koordinering.konto.oidc.services import noekler

        alder = time.monotonic() - self._noekler.hentet
        if alder > _HOLDBAR:
            self._hent_noekler()
        funnet = noekler.finn(self._noekler.verdi, kid, alg)
        if funnet is None and _NY_NOEKKEL < alder <= _HOLDBAR:
            self._hent_noekler()
            funnet = noekler.finn(self._noekler.verdi, kid, alg)
        if funnet is None:
            raise SsoFeil(Avvik.NOEKKEL)
        return funnet

    def _hent_noekler(self) -> None:
        from koordinering.konto.oidc.services import noekler

        sett = self.hent(str(self.beskrivelse()["jwks_uri"]))
        self._noekler = _Lager(noekler.brukbare(sett), time.monotonic())

    # --- The way there and back ---------------------------------------------------------------------------

    def adresse(self, *, state: str, nonce: str, verifier: str, retur: str, paa_nytt: bool = False) -> str:
        """Where the browser goes to sign in; `paa_nytt` asks the issuer not to rest on an earlier time."""
        ekstra = {"acr_values": " ".join(self.utsteder.krev_acr)} if self.utsteder.krev_acr else {}
        if paa_nytt:
            ekstra |= {"prompt": "login", "max_age": "0"}
        sporsmaal = {
            "response_type": "code",
            "client_id": self.utsteder.client_id,
            "redirect_uri": retur,
            "scope": self.utsteder.scope,
            "state": state,
            "nonce": nonce,
            "code_challenge": avtrykk_s256(verifier),
            "code_challenge_method": "S256",
            **ekstra,
        }
        return _med_spoersmaal(str(self.beskrivelse()["authorization_endpoint"]), sporsmaal)

    def krever_iss(self) -> bool:
        """Whether the issuer says in each answer who it is (RFC 9207): one that does not is then somebody else's."""
        return self.beskrivelse().get("authorization_response_iss_parameter_supported") is True

    def veksle(self, code: str, *, verifier: str, retur: str) -> str:
        """The ID token for a code. Raises SsoFeil."""
        from koordinering.konto.oidc.services import samtale

        adresse = str(self.beskrivelse()["token_endpoint"])
        return samtale.veksle(self.utsteder, self.klientmaate(), adresse, code=code, verifier=verifier, retur=retur)

    def klientmaate(self) -> str:
        """How we prove at the token address who we are."""
        if self.utsteder.privat_noekkel is not None:
            return "private_key_jwt"
        kan = self.beskrivelse().get("token_endpoint_auth_methods_supported")
        bare_i_skjema = isinstance(kan, list) and "client_secret_basic" not in kan and "client_secret_post" in kan
        return "client_secret_post" if bare_i_skjema else "client_secret_basic"

    def les_token(self, token: str, *, nonce: str) -> dict[str, Any]:
        """The claims of an ID token that holds in every way. Raises SsoFeil with the first thing that does not."""
        from koordinering.konto.oidc.services import noekler

        kid, alg = noekler.les_hode(token, self.utsteder)
        krav = noekler.les_krav(token, self._noekkel(kid, alg), alg)
        avvik = avvik_i_token(krav, self.utsteder, nonce=nonce, naa=time.time())
        if avvik is not None:
            raise SsoFeil(avvik)
        return krav

    def utlogging(self, id_token: str | None, *, retur: str) -> str | None:
        """Where the browser goes to sign out there too; None when the issuer has no such place or does not answer."""
        try:
            adresse = self.beskrivelse().get("end_session_endpoint")
        except SsoFeil:
            return None
        if not self.utsteder.trygg(adresse):
            return None
        hint = {"id_token_hint": id_token} if id_token else {}
        return _med_spoersmaal(
            str(adresse), {**hint, "client_id": self.utsteder.client_id, "post_logout_redirect_uri": retur}
        )


ADRESSER = ("authorization_endpoint", "token_endpoint", "jwks_uri")
"""What an issuer's description cannot be without."""


def _med_spoersmaal(adresse: str, felt: Mapping[str, str]) -> str:
    return f"{adresse}{'&' if '?' in adresse else '?'}{urlencode(felt)}"
