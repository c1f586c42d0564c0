"""E-mail through a relay of the municipality's own: plain text, and an honest answer of what went out."""

import smtplib
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email import policy
from email.message import EmailMessage
from email.utils import formatdate, make_msgid

from koordinering.errors import KoordineringError
from koordinering.tekst import N_, Kode

_FARVEL = 421
FRIST_S = 20
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
    """The relay had the text and did not answer: it may have gone out."""

    melding = N_("E-posttjenesten svarte ikke.")


class MottakerAvvist(smtplib.SMTPResponseException):
    """It takes nothing for this address."""


Send = Callable[[str, str, str], None]
"""To whom, subject and text. Raises Avvist or Usikkert."""


@contextmanager
def forbindelse(relay: Relay) -> Iterator[Send]:
    """Something to send with, connected at the first e-mail and again when the relay has ended the conversation.

    A relay that cannot be reached, or does not answer, is left alone after that: the rest is refused at once, so that
    many do not wait for it one by one.
    """
    aapen: list[smtplib.SMTP] = []
    gitt_opp: list[BaseException | None] = []

    def send(til: str, emne: str, tekst: str) -> None:
        if gitt_opp:
            raise Avvist from gitt_opp[0]
        try:
            if not aapen:
                aapen.append(_koble(relay))
            _lever(aapen[0], relay.avsender, til, _melding(relay, til, emne, tekst).as_bytes(policy=policy.SMTP))
        except (Avvist, Usikkert) as feil:
            if not isinstance(feil.__cause__, smtplib.SMTPResponseException) or not aapen:
                gitt_opp.append(feil.__cause__)
            if aapen and (gitt_opp or aapen[0].sock is None):
                _lukk(aapen.pop())
            raise

    try:
        yield send
    finally:
        for en in aapen:
            _lukk(en)


def _lever(smtp: smtplib.SMTP, avsender: str, til: str, brev: bytes) -> None:
    """Hand one over. Before DATA it is certain that nothing has gone out; after it, only an answer tells."""
    try:
        _godtatt(*smtp.mail(avsender))
        _godtatt(*smtp.rcpt(til), mottaker=til)
    except (smtplib.SMTPException, OSError) as feil:
        _glem(smtp, feil)
        raise Avvist from feil
    try:
        _godtatt(*smtp.data(brev))
    except smtplib.SMTPResponseException as feil:
        _glem(smtp, feil)
        raise Avvist from feil
    except (smtplib.SMTPException, OSError) as feil:
        raise Usikkert from feil


def _godtatt(kode: int, svar: bytes, mottaker: str | None = None) -> None:
    if kode in {250, 251}:
        return
    if mottaker is not None:
        raise MottakerAvvist(kode, svar)
    raise smtplib.SMTPResponseException(kode, svar)


def _glem(smtp: smtplib.SMTP, feil: Exception) -> None:
    """Make ready for the next one. With 421 the relay has ended the conversation."""
    if not isinstance(feil, smtplib.SMTPResponseException):
        return
    with suppress(smtplib.SMTPException, OSError):
        if feil.smtp_code == _FARVEL:
            smtp.close()
        else:
            smtp.rset()


def _koble(relay: Relay) -> smtplib.SMTP:
    """Raises Avvist: nothing has been sent yet."""
    try:
        if relay.kryptering is Kryptering.TLS:
            smtp: smtplib.SMTP = smtplib.SMTP_SSL(
                relay.vert, relay.port, timeout=FRIST_S, context=ssl.create_default_context()
            )
        else:
            smtp = smtplib.SMTP(relay.vert, relay.port, timeout=FRIST_S)
    except (smtplib.SMTPException, OSError) as feil:
        raise Avvist from feil
    try:
        if relay.kryptering is Kryptering.STARTTLS:
            smtp.starttls(context=ssl.create_default_context())
        if relay.bruker is not None:
            smtp.login(relay.bruker, relay.passord or "")
        smtp.ehlo_or_helo_if_needed()
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
    melding.set_content(tekst, cte="quoted-printable")  # seven bits: taken by every relay
    return melding
