"""Accounts: made, locked, opened, and their passwords."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from koordinering import crypto
from koordinering.access import require
from koordinering.audit import Hva, Ting, record
from koordinering.db import db, i_dag, transaction
from koordinering.errors import DomainError, UgyldigFelt
from koordinering.konto.rules import Periode, sjekk_brukernavn, sjekk_epost, sjekk_passord, sjekk_periode, sjekk_tittel
from koordinering.konto.services import grenser
from koordinering.konto.services import roller as rettene
from koordinering.konto.services.okter import avslutt_alle, forny_okt
from koordinering.roles import Rettighet, Rolle
from koordinering.tekst import N_
from koordinering.users import Enhet, Rolletildeling, User

_OPPTATT = N_("Brukernavnet er i bruk.")


def _krev(av: User | None) -> None:
    """`av` is None for the command line alone, which whoever runs the machine uses."""
    if av is not None:
        require(av, Rettighet.BRUKER_ENDRE)


def lag_bruker(
    brukernavn: str,
    visningsnavn: str,
    passord: str,
    roller: Sequence[tuple[Rolle, str]],
    *,
    av: User | None,
    demo: bool = False,
    periode: Periode | None = None,
) -> User:
    """Make an account with its roles, (role, unit id), from today unless told. Inside the caller's transaction.

    Raises UgyldigFelt for a taken or wrong user name, a weak password, an unknown unit, no role, roles that one
    person cannot hold together, and dates that make no sense. The demo's password is whatever its owner chose;
    every other one has been seen by whoever made the account, and is changed at the first sign-in.
    """
    _krev(av)
    navn = sjekk_brukernavn(brukernavn)
    if not demo:
        sjekk_passord(passord, brukernavn=navn, felt="passord")
    _sjekk_roller(roller)
    tid = periode or Periode(i_dag())
    if not demo:
        sjekk_periode(tid, dag=i_dag())
    if db.session.scalar(select(User.id).where(User.brukernavn == navn)) is not None:
        raise UgyldigFelt("brukernavn", _OPPTATT)
    user = User(
        brukernavn=navn,
        visningsnavn=sjekk_tittel(visningsnavn.strip() or navn),
        passord_hash=crypto.hash_passord(passord),
        passord_midlertidig=not demo,
        demo=demo,
        rolletildelinger=[
            Rolletildeling(rolle=rolle, enhet_id=enhet_id, fra=tid.fra, til=tid.til, bekreftet=min(tid.fra, i_dag()))
            for rolle, enhet_id in dict.fromkeys(roller)
        ],
    )
    db.session.add(user)
    try:
        db.session.flush()
    except IntegrityError:  # somebody made the same name at the same moment; transaction() rolls back
        raise UgyldigFelt("brukernavn", _OPPTATT) from None
    record(Hva.BRUKER_LAGET, av=av, gjelder=Ting("bruker", user.id))
    for rolle, enhet_id in dict.fromkeys(roller):
        record(Hva.ROLLE_GITT, av=av, gjelder=Ting("bruker", user.id, enhet_id), detalj=rolle.value)
    return user


def _sjekk_roller(roller: Sequence[tuple[Rolle, str]]) -> None:
    if not roller:
        raise UgyldigFelt("roller", N_("Velg minst én rolle."))
    rettene.sjekk_roller((rolle for rolle, _ in roller), felt="roller")
    enheter = {enhet_id for _, enhet_id in roller}
    kjente = set(db.session.scalars(select(Enhet.id).where(Enhet.id.in_(enheter))))
    if kjente != enheter:
        raise UgyldigFelt("roller", N_("Enheten finnes ikke."))


def laas(user: User, *, av: User | None) -> None:
    """Lock an account and end its sessions at once. Inside the caller's transaction.

    Raises DomainError for one's own account and for the last system administrator.
    """
    _krev(av)
    if av is not None and av.id == user.id:
        raise DomainError(N_("Du kan ikke låse din egen bruker."))
    rettene.laas_rader(user, av=av)
    if user.laast:
        return
    user.laast = True
    db.session.flush()
    if any(r.rolle is Rolle.SYSTEMFORVALTER and (r.til is None or r.til >= i_dag()) for r in user.rolletildelinger):
        rettene.krev_forvalter()
    avslutt_alle(user, av=av)
    record(Hva.BRUKER_LAAST, av=av, gjelder=Ting("bruker", user.id))


def endre_tittel(user: User, tittel: str, *, av: User | None) -> None:
    """Give an account another title that the workplace knows. Inside the caller's transaction.

    Raises UgyldigFelt at `tittel`.
    """
    _krev(av)
    ny = sjekk_tittel(tittel)
    if ny != user.visningsnavn:
        user.visningsnavn = ny
        record(Hva.TITTEL_ENDRET, av=av, gjelder=Ting("bruker", user.id))


def endre_epost(user: User, epost: str, *, av: User) -> None:
    """Set where reminders go, or nowhere when empty: one's own, or anybody's for those who keep users.

    Inside the caller's transaction. Raises UgyldigFelt at `epost`.
    """
    if av.id != user.id:
        require(av, Rettighet.BRUKER_ENDRE)
    ny = sjekk_epost(epost)
    if ny != user.epost:
        user.epost = ny
        record(Hva.EPOST_ENDRET, av=av, gjelder=Ting("bruker", user.id))


def laas_opp(user: User, *, av: User | None) -> None:
    """Let a locked account sign in again. Inside the caller's transaction."""
    _krev(av)
    if not user.laast:
        return
    user.laast = False
    record(Hva.BRUKER_LAAST_OPP, av=av, gjelder=Ting("bruker", user.id))


def bekreft_passord(passord: str, *, av: User) -> None:
    """Check one's own password again. Opens its own transactions. Raises UgyldigFelt at `passord_naa`, or VentLitt."""
    user_id, lagret = av.id, av.passord_hash
    tellere = grenser.passordbytte(user_id)
    grenser.ta_forsoek(tellere)
    if lagret is None or not crypto.passord_stemmer(lagret, passord):
        raise UgyldigFelt("passord_naa", N_("Passordet du har nå, stemmer ikke."))
    with transaction() as session:
        grenser.gi_tilbake(session, tellere)


def bytt_passord(gammelt: str, nytt: str, *, av: User, okt_id: bytes | None = None) -> str | None:
    """Change one's own password and end all one's sessions; `okt_id` goes on under a new id, whose token is given.

    Opens its own transactions: hashing must not hold the write lock. Raises UgyldigFelt at `passord_naa` or
    `passord_nytt`, or VentLitt after several wrong attempts.
    """
    user_id = av.id
    sjekk_passord(nytt, brukernavn=av.brukernavn, felt="passord_nytt")
    bekreft_passord(gammelt, av=av)
    if gammelt == nytt:
        raise UgyldigFelt("passord_nytt", N_("Velg et annet passord enn det du har."))
    ny_hash = crypto.hash_passord(nytt)
    with transaction() as session:
        user = session.get_one(User, user_id)
        user.passord_hash = ny_hash
        user.passord_midlertidig = False
        record(Hva.PASSORD_ENDRET, av=user, gjelder=Ting("bruker", user_id))
        if okt_id is not None:
            return forny_okt(okt_id, av=user, alle=True)
        avslutt_alle(user, av=user)
        return None


def sett_passord(user: User, nytt: str, *, av: User | None) -> None:
    """Give an account a temporary password and end its sessions. Inside the caller's transaction."""
    _krev(av)
    sjekk_passord(nytt, brukernavn=user.brukernavn, felt="passord")
    user.passord_hash = crypto.hash_passord(nytt)
    user.passord_midlertidig = not user.demo
    avslutt_alle(user, av=av)
    record(Hva.PASSORD_ENDRET, av=av, gjelder=Ting("bruker", user.id))
