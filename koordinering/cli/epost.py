"""The e-mail relay on the command line: whether it takes what we send, in words."""

import smtplib
import ssl
from collections.abc import Callable
from typing import Any

import click

from koordinering.cli.ramme import Gruppe, UgyldigVerdi, config, si
from koordinering.driftsfeil import om_forbindelsen
from koordinering.epost import FRIST_S, Avvist, Kryptering, MottakerAvvist, Relay, Usikkert, forbindelse
from koordinering.errors import KoordineringError

_UKJENT = "Den svarte ikke slik en e-posttjeneste gjør. Se på navnet og porten."
_EMNE = "Prøve fra Koordinering"
_TEKST = """Dette er en prøve fra Koordinering. Har du fått den, virker e-posten.

Du trenger ikke svare eller gjøre noe.
"""


@click.group("epost", cls=Gruppe)
def epost() -> None:
    """E-posttjenesten som påminnelser sendes gjennom."""


@epost.command()
@click.argument("til", metavar="ADRESSE")
def test(til: str) -> None:
    """Send en prøve til ADRESSE, og si hva e-posttjenesten svarte."""
    if til.count("@") != 1 or any(tegn.isspace() for tegn in til):
        raise UgyldigVerdi("ADRESSE må være en e-postadresse.")
    post = config().post
    if post is None:
        raise KoordineringError("KOORDINERING_EPOST_VERT er ikke satt, så ingen e-post sendes.")
    hvor = f"{post.vert}:{post.port} ({post.kryptering.tekst})"
    try:
        with forbindelse(post) as send:
            send(til, _EMNE, _TEKST)
    except (Avvist, Usikkert) as feil:
        raise KoordineringError(f"{hvor}: {feil} {_grunn(feil.__cause__, post)}") from feil
    si(f"{hvor} tok imot prøven fra {post.avsender}. Se om den kommer fram, også i søppelposten.")


def _svar(feil: smtplib.SMTPResponseException, post: Relay) -> str:
    """Of the relay's own answer only the code is told: its text may name somebody."""
    if feil.smtp_code in _INNLOGGING:
        hva = "KOORDINERING_EPOST_BRUKER og KOORDINERING_EPOST_PASSORD"
        return f"Den krever innlogging (kode {feil.smtp_code}). Sett {hva}."
    if feil.smtp_code < _FOR_GODT:
        return f"Den vil ikke akkurat nå (kode {feil.smtp_code}). Prøv igjen om en stund."
    if isinstance(feil, MottakerAvvist):
        return f"Den sender ikke til denne adressen (kode {feil.smtp_code}). Be om at {post.avsender} får sende dit."
    return f"Den svarte med kode {feil.smtp_code}. Er {post.avsender} en avsender den godtar?"


def _ingen_svar(post: Relay) -> str:
    andre = Kryptering.STARTTLS if post.kryptering is Kryptering.TLS else Kryptering.TLS
    return (
        f"Den svarte ikke på {FRIST_S} sekunder. Se på navnet, porten og brannmuren, eller prøv "
        f"KOORDINERING_EPOST_TLS={andre.value}: den kan vente på at vi begynner på en annen måte."
    )


def _sertifikat(feil: ssl.SSLCertVerificationError) -> str:
    hva = (
        "Navnet i KOORDINERING_EPOST_VERT må være det i sertifikatet."
        if feil.verify_code in _FEIL_NAVN
        else "Maskinen må stole på den som har utstedt det (update-ca-certificates), og det må ikke være gått ut."
    )
    return f"Sertifikatet godtas ikke: {feil.verify_message.rstrip('.')}. {hva}"


_INNLOGGING = {530, 538}
"""RFC 4954: sign in first."""
_FOR_GODT = 500
"""From here on an answer is for good (RFC 5321, 4.2.1)."""
_FEIL_NAVN = {62, 64}
"""OpenSSL's X509_V_ERR_HOSTNAME_MISMATCH and X509_V_ERR_IP_ADDRESS_MISMATCH."""
_GRUNNER: tuple[tuple[type[BaseException], Callable[[Any, Relay], str]], ...] = (
    (ssl.SSLCertVerificationError, lambda feil, _: _sertifikat(feil)),
    (
        smtplib.SMTPNotSupportedError,
        lambda feil, _: (
            "Den kan ikke STARTTLS. Prøv KOORDINERING_EPOST_TLS=tls og port 465."
            if "STARTTLS" in str(feil)
            else "Den tar ikke imot innlogging. Ta bort KOORDINERING_EPOST_BRUKER og KOORDINERING_EPOST_PASSORD."
        ),
    ),
    (smtplib.SMTPAuthenticationError, lambda *_: "Brukernavnet eller passordet godtas ikke."),
    (smtplib.SMTPConnectError, lambda *_: _UKJENT),
    (smtplib.SMTPResponseException, _svar),
    (TimeoutError, lambda _, post: _ingen_svar(post)),
    (
        ssl.SSLError,
        lambda _, post: (
            "TLS ble ikke til. Prøv KOORDINERING_EPOST_TLS="
            f"{'starttls' if post.kryptering is Kryptering.TLS else 'tls'}, eller en annen port."
        ),
    ),
    (smtplib.SMTPException, lambda *_: _UKJENT),
    (OSError, lambda feil, _: f"Ingen forbindelse: {om_forbindelsen(feil)}. Se på navnet, porten og brannmuren."),
)
"""The kinds of fault, the special before the general, and what to do about each."""


def _grunn(feil: BaseException | None, post: Relay) -> str:
    if isinstance(feil, smtplib.SMTPServerDisconnected) and isinstance(feil.__context__, TimeoutError):
        feil = feil.__context__  # smtplib tells of a silence as of a break
    return next((si_det(feil, post) for slag, si_det in _GRUNNER if isinstance(feil, slag)), _UKJENT)
