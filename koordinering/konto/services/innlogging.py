"""Signing in with user name and password: the same work and the same answer whoever is asked for."""

from datetime import timedelta
from typing import NamedTuple

from sqlalchemy import func, select

from koordinering import crypto
from koordinering.audit import Hva, Ting, har_skjedd, record
from koordinering.db import db, now, transaction
from koordinering.errors import UgyldigFelt
from koordinering.konto.faktor.queries import har_faktor
from koordinering.konto.rules import LEVETID, MIDLERTIDIG_VARER, Metode, normaliser
from koordinering.konto.services import grenser, halvt
from koordinering.tekst import N_
from koordinering.users import Rolletildeling, User


class FeilInnlogging(UgyldigFelt):
    """Unknown user, wrong password or locked account: the answer does not tell which."""

    def __init__(self) -> None:
        super().__init__("", N_("Feil brukernavn eller passord. Prøv igjen, eller spør systemforvalteren."))


class UtloeptPassord(FeilInnlogging):
    """The password is right, and was given too long ago for somebody else's password; told only to who knows it."""

    def __init__(self) -> None:
        UgyldigFelt.__init__(
            self, "", N_("Det midlertidige passordet er for gammelt. Be systemforvalteren om en ny innlogging.")
        )


class Innlogging(NamedTuple):
    """Somebody whose password was right."""

    user: User
    token: str
    """For the cookie: of a session, or of what waits for the second factor."""
    halvt: bool
    """A second factor is missing; nobody is signed in yet."""


def logg_inn(
    brukernavn: str,
    passord: str,
    *,
    adresse: str | None,
    enhetstype: str,
    kjent: str | None = None,
    levetid: timedelta = LEVETID,
    demo: bool = False,
) -> Innlogging:
    """Check the password and start a session, or, where the account has a second factor, what waits for it.

    Opens its own transactions: the attempt is counted before the password is tried, and hashing must not hold
    the write lock. `kjent` names a browser that this user has signed in from, when the cookie proves it. `demo`
    says that the demo's accounts may sign in here. Raises FeilInnlogging, or VentLitt with the seconds to wait.
    """
    navn = normaliser(brukernavn)
    tellere = grenser.innlogging(navn, adresse, kjent)
    grenser.ta_forsoek(tellere)
    user, enhet_id = _finn(navn)
    if not _stemmer(user, passord) or user is None or (user.demo and not demo):
        record(Hva.INN_NEKTET, av=None, gjelder=Ting("bruker", user.id, enhet_id) if user else None)
        raise FeilInnlogging
    if user.passord_midlertidig and not _nylig_gitt(user):
        record(Hva.INN_NEKTET, av=None, gjelder=Ting("bruker", user.id, enhet_id), detalj="utloept")
        raise UtloeptPassord
    user_id = user.id
    ny_hash = crypto.hash_passord(passord) if crypto.trenger_ny_hash(user.passord_hash or "") else None
    with transaction() as session:
        user = session.get_one(User, user_id)
        if user.laast:  # locked while the password was tried
            raise FeilInnlogging
        # The counts before the account, whether the hash is new or not: two at one moment then wait in one order.
        grenser.gi_tilbake(session, tellere)
        user.passord_hash = ny_hash or user.passord_hash
        if har_faktor(user):
            return Innlogging(user, halvt.begynn(session, user_id), halvt=True)
        return Innlogging(user, halvt.inn(user, Metode.PASSORD, enhetstype=enhetstype, levetid=levetid), halvt=False)


def _nylig_gitt(user: User) -> bool:
    # The trail knows when: a user's own password is never temporary, so the last change is the giving.
    siden = now() - MIDLERTIDIG_VARER
    return any(har_skjedd(hva, user.id, siden=siden) for hva in (Hva.BRUKER_LAGET, Hva.PASSORD_ENDRET))


def _finn(navn: str) -> tuple[User | None, str | None]:
    # The unit comes in the same query: one more for known users only would tell by its time who exists.
    enhet = select(func.min(Rolletildeling.enhet_id)).where(Rolletildeling.user_id == User.id).scalar_subquery()
    funnet = db.session.execute(select(User, enhet).where(User.brukernavn == navn)).one_or_none()
    return (funnet[0], funnet[1]) if funnet else (None, None)


def _stemmer(user: User | None, passord: str) -> bool:
    """One hash is computed on every path."""
    if user is None or user.passord_hash is None:
        return crypto.blindpass(passord)
    return crypto.passord_stemmer(user.passord_hash, passord) and not user.laast
