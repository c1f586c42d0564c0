"""What SYSTEMFORVALTER does with a request: a new account, an account that is there, or no; and undoing it."""

import secrets
from datetime import timedelta

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError

from koordinering.access import require
from koordinering.audit import Hva, Ting, record
from koordinering.db import db, now, own_transaction
from koordinering.errors import UgyldigFelt
from koordinering.konto.oidc.models import OidcForespoersel, OidcForsoek, OidcIdentitet
from koordinering.konto.oidc.rules import FORESPOERSEL_VARER
from koordinering.konto.rules import Periode, normaliser
from koordinering.konto.services import brukere
from koordinering.konto.services.okter import avslutt_alle
from koordinering.roles import Rettighet, Rolle
from koordinering.tekst import N_
from koordinering.users import User

STRAKS = timedelta(0)
"""An attempt that is out of date is good for nothing."""


def ny_bruker(
    forespoersel: OidcForespoersel,
    brukernavn: str,
    tittel: str,
    rolle: tuple[Rolle, str],
    *,
    av: User,
    periode: Periode | None = None,
) -> User:
    """Make an account with a role in a unit for whoever waits. Inside the caller's transaction. Raises UgyldigFelt.

    The account has no password: it opens by the issuer alone.
    """
    require(av, Rettighet.BRUKER_ENDRE)
    user = brukere.lag_bruker(brukernavn, tittel, secrets.token_urlsafe(32), [rolle], av=av, periode=periode)
    user.passord_hash = None
    user.passord_midlertidig = False
    _koble(forespoersel, user, av)
    return user


def koble(forespoersel: OidcForespoersel, brukernavn: str, *, av: User | None) -> User:
    """Let whoever waits sign in as an account that is there; its sessions end. Inside the caller's transaction.

    `av` is None for the command line alone. Raises UgyldigFelt at `konto`: also for one's own account, whose
    rights nobody should give to a stranger by a slip.
    """
    if av is not None:
        require(av, Rettighet.BRUKER_ENDRE)
    user = db.session.scalar(select(User).where(User.brukernavn == normaliser(brukernavn)))
    if user is None:
        raise UgyldigFelt("konto", N_("Brukeren finnes ikke."))
    if user.laast:
        raise UgyldigFelt("konto", N_("Brukeren er låst. Lås den opp først."))
    if av is not None and user.id == av.id:
        raise UgyldigFelt("konto", N_("Du kan ikke koble til din egen bruker. Be en annen systemforvalter."))
    if user.passord_midlertidig:  # somebody else has seen it, and she will not need it
        user.passord_hash, user.passord_midlertidig = None, False
    avslutt_alle(user, av=av)
    _koble(forespoersel, user, av)
    return user


def _koble(forespoersel: OidcForespoersel, user: User, av: User | None) -> None:
    db.session.add(OidcIdentitet(issuer=forespoersel.issuer, subjekt=forespoersel.subjekt, user_id=user.id))
    db.session.delete(forespoersel)
    try:
        db.session.flush()
    except IntegrityError:  # two administrators at the same moment; transaction() rolls back
        raise UgyldigFelt("", N_("Noen andre har nettopp behandlet denne forespørselen.")) from None
    record(Hva.INNLOGGING_KOBLET, av=av, gjelder=Ting("bruker", user.id))


def avvis(forespoersel: OidcForespoersel, *, av: User) -> None:
    """Say no. The person is told so at the next try; the request stays until it is out of date, and can be accepted."""
    require(av, Rettighet.BRUKER_ENDRE)
    if forespoersel.avvist is None:
        forespoersel.avvist = now()
        record(Hva.INNLOGGING_AVVIST, av=av, gjelder=Ting("oidc_forespoersel", forespoersel.id))


def koble_fra(identitet: OidcIdentitet, *, av: User) -> None:
    """The account no longer opens by the issuer; its sessions end. Inside the caller's transaction."""
    require(av, Rettighet.BRUKER_ENDRE)
    user = db.session.get_one(User, identitet.user_id)
    db.session.delete(identitet)
    avslutt_alle(user, av=av)
    record(Hva.INNLOGGING_FRAKOBLET, av=av, gjelder=Ting("bruker", user.id))


def avvist(kode: str) -> bool:
    """Whether the request with this reference was refused."""
    return db.session.scalar(select(OidcForespoersel.avvist).where(OidcForespoersel.kode == kode)) is not None


def rydd_innlogginger() -> None:
    """Forget attempts that were never finished and requests out of date. In a transaction of its own."""
    with own_transaction() as session:
        session.execute(delete(OidcForsoek).where(OidcForsoek.utloeper < now() - STRAKS))
        session.execute(delete(OidcForespoersel).where(OidcForespoersel.sist < now() - FORESPOERSEL_VARER))
