"""Passkeys (WebAuthn): what the browser is asked, and whether its answer holds. The only importer of webauthn.

It is imported where it is used: thirteen megabytes that a process without such a sign-in does not carry.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from webauthn.helpers.cose import COSEAlgorithmIdentifier

_TIDSFRIST_MS = 120_000
_STOERST = 20_000
"""Characters of an answer; a real one has one to three thousand."""


def _algoritmer() -> "list[COSEAlgorithmIdentifier]":
    from webauthn.helpers.cose import COSEAlgorithmIdentifier

    return [
        COSEAlgorithmIdentifier.EDDSA,
        COSEAlgorithmIdentifier.ECDSA_SHA_256,
        COSEAlgorithmIdentifier.RSASSA_PKCS1_v1_5_SHA_256,
    ]


class UgyldigPasskey(Exception):
    """The answer does not hold: another challenge, place or key, no proof of the person, or nonsense."""


class TellerenStaar(UgyldigPasskey):
    """The answer is signed by the key, but its count has been seen: there may be a copy of the key."""


@dataclass(frozen=True)
class Sted:
    """Where the pages are served: a passkey works at this name and nowhere else."""

    vert: str
    """The name alone, without port."""
    opphav: str
    """Scheme, name and port, as the browser tells it."""


@dataclass(frozen=True)
class NyNoekkel:
    """A passkey that has been made."""

    id: bytes
    offentlig: bytes
    teller: int


@dataclass(frozen=True)
class Svar:
    """What the browser answered, not yet believed."""

    noekkel_id: bytes
    eier: bytes
    """The handle of whose key it is; empty when the key does not tell."""
    utfordring: bytes
    raatt: dict[str, Any]


def be_om_ny(
    sted: Sted, tjeneste: str, *, utfordring: bytes, eier: bytes, brukernavn: str, tittel: str, har: Iterable[bytes]
) -> dict[str, Any]:
    """What to ask the browser to make. It must be found without a user name, and the person must be verified."""
    from webauthn import generate_registration_options, options_to_json
    from webauthn.helpers.structs import (
        AuthenticatorSelectionCriteria,
        PublicKeyCredentialDescriptor,
        ResidentKeyRequirement,
        UserVerificationRequirement,
    )

    valg = generate_registration_options(
        rp_id=sted.vert,
        rp_name=tjeneste,
        user_id=eier,
        user_name=brukernavn,
        user_display_name=tittel,
        challenge=utfordring,
        timeout=_TIDSFRIST_MS,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, user_verification=UserVerificationRequirement.REQUIRED
        ),
        exclude_credentials=[PublicKeyCredentialDescriptor(id=en) for en in har],
        supported_pub_key_algs=_algoritmer(),
    )
    return dict(json.loads(options_to_json(valg)))


def be_om_bevis(sted: Sted, *, utfordring: bytes) -> dict[str, Any]:
    """What to ask the browser to prove: with whichever passkey of this place the person chooses."""
    from webauthn import generate_authentication_options, options_to_json
    from webauthn.helpers.structs import UserVerificationRequirement

    valg = generate_authentication_options(
        rp_id=sted.vert,
        challenge=utfordring,
        timeout=_TIDSFRIST_MS,
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return dict(json.loads(options_to_json(valg)))


def les_svar(tekst: str) -> Svar:
    """Read the browser's answer. Raises UgyldigPasskey where it is nothing of the kind."""
    from webauthn.helpers import base64url_to_bytes

    if len(tekst) > _STOERST:
        raise UgyldigPasskey
    try:
        raatt = json.loads(tekst)
        innhold = raatt["response"]
        klient = json.loads(base64url_to_bytes(innhold["clientDataJSON"]))
        return Svar(
            base64url_to_bytes(raatt["rawId"]),
            base64url_to_bytes(innhold.get("userHandle") or ""),
            base64url_to_bytes(klient["challenge"]),
            raatt,
        )
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise UgyldigPasskey from None


def motta_ny(svar: Svar, sted: Sted) -> NyNoekkel:
    """The passkey that was made for this place. Raises UgyldigPasskey. Its challenge is the caller's to check."""
    from webauthn import verify_registration_response

    try:
        ny = verify_registration_response(
            credential=svar.raatt,
            expected_challenge=svar.utfordring,
            expected_rp_id=sted.vert,
            expected_origin=sted.opphav,
            require_user_verification=True,
            supported_pub_key_algs=_algoritmer(),
        )
    except Exception as feil:  # the library's own, and those of what it reads the answer with
        raise UgyldigPasskey from feil
    return NyNoekkel(ny.credential_id, ny.credential_public_key, ny.sign_count)


def sjekk_bevis(svar: Svar, sted: Sted, *, offentlig: bytes, teller: int) -> int:
    """The key's new count. Raises UgyldigPasskey, TellerenStaar among them. Its challenge is the caller's to check."""
    from webauthn import verify_authentication_response

    try:
        # the signature first, whatever the count says: only then does the count say anything
        bevis = verify_authentication_response(
            credential=svar.raatt,
            expected_challenge=svar.utfordring,
            expected_rp_id=sted.vert,
            expected_origin=sted.opphav,
            credential_public_key=offentlig,
            credential_current_sign_count=0,
            require_user_verification=True,
        )
    except Exception as feil:  # the library's own, and those of what it reads the answer with
        raise UgyldigPasskey from feil
    ny = int(bevis.new_sign_count)
    if (ny or teller) and ny <= teller:
        raise TellerenStaar
    return ny
