"""E-mail through a relay of the municipality's own: plain text, and an honest answer of what went out."""

import smtplib
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.utils import formatdate, make_msgid

from koordinering.errors import KoordineringError
from koordinering.tekst import N_, Kode

_FRIST_S = 20
"""How long the relay may think about one answer."""


class Kryptering(Kode):
    """How the connection is protected."""

    STARTTLS = "starttls", N_("STARTTLS")
    TLS = "tls", N_("TLS fra første tegn")
    INGEN = "ingen", N_("ingen")


@dataclass(frozen=True)
class Relay:
    """Where e-mail is handed over."""

    vert: str
    avsender: str
    port: int = 587
    kryptering: Kryptering = Kryptering.STARTTLS
    bruker: str | None = None
    passord: str | None = field(default=None, repr=False)


class Avvist(KoordineringError):
    """The relay did not take it: it has not gone out, and can be tried again."""

    melding = N_("E-posttjenesten tok ikke imot.")


class Usikkert(KoordineringError):
    """The connection broke while the relay had the text: it may have gone out."""

    melding = N_("E-posttjenesten svarte ikke.")


Send = Callable[[str, str, str], None]
"""To whom, subject and text. Raises Avvist or Usikkert."""


@contextmanager
def forbindelse(relay: Relay) -> Iterator[Send]:
    """Something to send with, connected at the first e-mail and again after a break."""
    aapen: list[smtplib.SMTP] = []

    def send(til: str, emne: str, tekst: str) -> None:
        if not aapen:
            aapen.append(_koble(relay))
        try:
            aapen[0].send_message(_melding(relay, til, emne, tekst))
        except (smtplib.SMTPRecipientsRefused, smtplib.SMTPResponseException) as feil:
            raise Avvist from feil
        except (smtplib.SMTPException, OSError) as feil:
            _lukk(aapen.pop())
            raise Usikkert from feil

    try:
        yield send
    finally:
        for en in aapen:
            _lukk(en)


def _koble(relay: Relay) -> smtplib.SMTP:
    """Raises Avvist: nothing has been sent yet."""
    try:
        if relay.kryptering is Kryptering.TLS:
            smtp: smtplib.SMTP = smtplib.SMTP_SSL(
                relay.vert, relay.port, timeout=_FRIST_S, context=ssl.create_default_context()
            )
        else:
            smtp = smtplib.SMTP(relay.vert, relay.port, timeout=_FRIST_S)
    except (smtplib.SMTPException, OSError) as feil:
        raise Avvist from feil
    try:
        if relay.kryptering is Kryptering.STARTTLS:
            smtp.starttls(context=ssl.create_default_context())
        if relay.bruker is not None:
            smtp.login(relay.bruker, relay.passord or "")
    except (smtplib.SMTPException, OSError) as feil:
        _lukk(smtp)
        raise Avvist from feil
    return smtp


def _lukk(smtp: smtplib.SMTP) -> None:
    with suppress(smtplib.SMTPException, OSError):
        smtp.quit()
    smtp.close()


def _melding(relay: Relay, til: str, emne: str, tekst: str) -> EmailMessage:
    melding = EmailMessage()
    melding["From"], melding["To"], melding["Subject"] = relay.avsender, til, emne
    melding["Date"] = formatdate(localtime=False)
    melding["Message-ID"] = make_msgid(domain=relay.avsender.rpartition("@")[2])
    melding["Auto-Submitted"] = "auto-generated"  # RFC 3834: no answer from a machine
    melding.set_content(tekst)
    return melding
