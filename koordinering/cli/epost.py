"""The e-mail relay on the command line: whether it takes what we send, in words."""

import smtplib
import ssl
from collections.abc import Callable
from typing import Any

import click

from koordinering.cli.ramme import Gruppe, UgyldigVerdi, config, si
from koordinering.epost import Avvist, Kryptering, Relay, Usikkert, forbindelse
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


_GRUNNER: tuple[tuple[type[BaseException], Callable[[Any, Relay], str]], ...] = (
    (
        ssl.SSLCertVerificationError,
        lambda feil, _: f"Sertifikatet godtas ikke: {feil.verify_message}. Navnet må være det i sertifikatet.",
    ),
    (
        smtplib.SMTPNotSupportedError,
        lambda *_: "Den kan ikke STARTTLS eller innlogging. Prøv KOORDINERING_EPOST_TLS=tls og port 465.",
    ),
    (smtplib.SMTPAuthenticationError, lambda *_: "Brukernavnet eller passordet godtas ikke."),
    (smtplib.SMTPConnectError, lambda *_: _UKJENT),
    (
        smtplib.SMTPRecipientsRefused,
        lambda feil, post: (
            f"Den sender ikke til denne adressen (kode {_koder(feil)}). Be om at {post.avsender} får sende dit."
        ),
    ),
    (
        smtplib.SMTPResponseException,
        lambda feil, post: f"Den svarte med kode {feil.smtp_code}. Er {post.avsender} en avsender den godtar?",
    ),
    (
        ssl.SSLError,
        lambda _, post: (
            "TLS ble ikke til. Prøv KOORDINERING_EPOST_TLS="
            f"{'starttls' if post.kryptering is Kryptering.TLS else 'tls'}, eller en annen port."
        ),
    ),
    (smtplib.SMTPException, lambda *_: _UKJENT),
    (OSError, lambda feil, _: f"Ingen forbindelse: {feil.strerror or feil}. Se på navnet, porten og brannmuren."),
)
"""The kinds of fault, the special before the general, and what to do about each. Of the relay's own answer only the
code is told: its text may name somebody."""


def _koder(feil: smtplib.SMTPRecipientsRefused) -> str:
    return ", ".join(sorted({str(kode) for kode, _ in feil.recipients.values()}))


def _grunn(feil: BaseException | None, post: Relay) -> str:
    return next((si_det(feil, post) for slag, si_det in _GRUNNER if isinstance(feil, slag)), _UKJENT)
