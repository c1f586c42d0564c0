"""A way back for somebody who has lost the password or the telephone: a link, made by another, used once."""

import logging
from datetime import datetime, timedelta

from sqlalchemy import delete, select

from koordinering import crypto
from koordinering.access import require
from koordinering.audit import Hva, Ting, record
from koordinering.db import db, now, transaction
from koordinering.errors import DomainError, FinnesIkke
from koordinering.konto.faktor.models import Gjenopprettingskode, Gjenopprettingslenke, Passkey, Totp
from koordinering.konto.faktor.rules import krev_fersk
from koordinering.konto.rules import LEVETID, Metode, sjekk_passord
from koordinering.konto.services import grenser, halvt
from koordinering.konto.services.okter import avslutt_alle
from koordinering.roles import Rettighet
from koordinering.tekst import N_
from koordinering.users import User

log = logging.getLogger(__name__)


def lag_lenke(user: User, varer: timedelta, *, av: User | None, bevist: datetime | None = None) -> str:
    """Make the link's token, instead of one from before. Shown once. Inside the caller's transaction.

    `av` is None for the command line alone. Raises IkkeFersk, and DomainError for oneself and a locked account.
    """
    if av is not None:
        require(av, Rettighet.BRUKER_ENDRE)
        if av.id == user.id:
            raise DomainError(N_("Du kan ikke lage en lenke til deg selv. En annen systemforvalter må gjøre det."))
        krev_fersk(bevist or user.opprettet, now())
    if user.laast:
        raise DomainError(N_("Brukeren er låst. Lås opp først."))
    _slett_lenke(user.id)
    token = crypto.nytt_token()
    db.session.add(Gjenopprettingslenke(id=crypto.token_hash(token), user_id=user.id, utloeper=now() + varer))
    db.session.flush()
    record(Hva.GJENOPPRETTING_LAGET, av=av, gjelder=Ting("bruker", user.id))
    return token


def _slett_lenke(user_id: int) -> None:
    db.session.execute(delete(Gjenopprettingslenke).where(Gjenopprettingslenke.user_id == user_id))


def lenkens_eier(token: str, *, adresse: str | None) -> User:
    """Whose link it is. Raises FinnesIkke for one that is used, old or made up, and VentLitt for who keeps guessing."""
    user = db.session.scalar(
        select(User)
        .join(Gjenopprettingslenke, Gjenopprettingslenke.user_id == User.id)
        .where(Gjenopprettingslenke.id == crypto.token_hash(token), Gjenopprettingslenke.utloeper > now())
    )
    if user is None or user.laast:
        log.warning("a link to a new sign-in was tried that opens nothing")
        grenser.ta_forsoek(grenser.gjenoppretting(adresse))
        raise FinnesIkke
    return user


def bruk_lenke(
    token: str, passord: str, *, adresse: str | None, enhetstype: str, levetid: timedelta = LEVETID
) -> tuple[User, str]:
    """Choose a new password: what the account had besides is gone, all its sessions end, and one begins.

    Opens its own transactions. Raises FinnesIkke, VentLitt, and UgyldigFelt at `passord_nytt`.
    """
    eier = lenkens_eier(token, adresse=adresse)
    sjekk_passord(passord, brukernavn=eier.brukernavn, felt="passord_nytt")
    user_id, hash_ = eier.id, crypto.hash_passord(passord)
    with transaction() as session:
        brukt = (
            delete(Gjenopprettingslenke)
            .where(Gjenopprettingslenke.id == crypto.token_hash(token), Gjenopprettingslenke.utloeper > now())
            .returning(Gjenopprettingslenke.id)
        )
        user = session.get_one(User, user_id)
        if session.execute(brukt).one_or_none() is None or user.laast:
            raise FinnesIkke
        user.passord_hash, user.passord_midlertidig = hash_, False
        _fjern_faktorer(user_id)
        avslutt_alle(user, av=user)
        record(Hva.GJENOPPRETTING_BRUKT, av=user, gjelder=Ting("bruker", user_id))
        return user, halvt.inn(user, Metode.PASSORD, enhetstype=enhetstype, levetid=levetid)


def _fjern_faktorer(user_id: int) -> None:
    db.session.execute(delete(Totp).where(Totp.user_id == user_id))
    db.session.execute(delete(Passkey).where(Passkey.user_id == user_id))
    db.session.execute(delete(Gjenopprettingskode).where(Gjenopprettingskode.user_id == user_id))
