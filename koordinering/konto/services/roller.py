"""Roles of a user: given, dated, ended and confirmed once a year, each with a line in the log of its unit."""

from collections.abc import Iterable
from datetime import date, timedelta

from sqlalchemy import or_, select

from koordinering.access import can, require
from koordinering.audit import Hva, Ting, record
from koordinering.db import db, i_dag
from koordinering.errors import DomainError, Endret, IngenTilgang, UgyldigFelt
from koordinering.konto import queries
from koordinering.konto.rules import Periode, dekker_alltid, sjekk_periode
from koordinering.konto.services.okter import avslutt_alle
from koordinering.roles import Rettighet, Rolle, forenes
from koordinering.tekst import N_
from koordinering.users import Enhet, Rolletildeling, User

SISTE = N_("Den siste systemforvalteren kan ikke låses eller miste rollen. Gi en annen rollen først, uten siste dag.")
_EGNE = N_("Du kan ikke endre dine egne roller. En annen systemforvalter må gjøre det.")


def gi_rolle(user: User, rolle: Rolle, enhet_id: str, periode: Periode, *, av: User | None) -> Rolletildeling:
    """Give a role in a unit from a day on; from today means that the user signs in anew. In the caller's transaction.

    `av` is None for the command line. Raises UgyldigFelt at `fra`, `til`, `enhet` or `rolle`, and DomainError for
    oneself.
    """
    _krev_over(user, av)
    laas_rader(user, av=av)
    sjekk_periode(periode, dag=i_dag())
    if db.session.get(Enhet, enhet_id) is None:
        raise UgyldigFelt("enhet", N_("Enheten finnes ikke."))
    _sjekk_sammen(user, rolle, enhet_id, periode, felt="rolle")
    ny = Rolletildeling(rolle=rolle, enhet_id=enhet_id, fra=periode.fra, til=periode.til)
    user.rolletildelinger.append(ny)
    db.session.flush()
    _noter(Hva.ROLLE_GITT, ny, av=av)
    if periode.fra <= i_dag():  # more rights, another session: whoever had the old one does not get them
        avslutt_alle(user, av=av)
    return ny


def endre_rolle(tildeling: Rolletildeling, ny: Periode, *, av: User | None) -> None:
    """Give a right other dates; where any day is lost, the user is signed out everywhere. In the caller's transaction.

    Raises UgyldigFelt at `fra` or `til`; Endret for one that has ended; DomainError for oneself and for the last
    system administrator.
    """
    user, gammel = tildeling.user, _periode(tildeling)
    _krev_over(user, av)
    laas_rader(user, av=av)
    _krev_ikke_slutt(tildeling, user)
    sjekk_periode(ny, dag=i_dag(), gammel=gammel)
    if ny == gammel:
        return
    _sjekk_sammen(user, tildeling.rolle, tildeling.enhet_id, ny, felt="fra", unntatt=tildeling.id)
    tildeling.fra, tildeling.til = ny.fra, ny.til
    db.session.flush()
    _noter(Hva.ROLLE_ENDRET, tildeling, av=av)
    if not ny.rommer(gammel):
        _etter_tap(tildeling, user, av=av)


def avslutt_rolle(tildeling: Rolletildeling, siste_dag: date | None = None, *, av: User | None) -> None:
    """End a right, at once or after a day; the user is signed out everywhere. Inside the caller's transaction.

    Who gives rights may do it, and who confirms those of the unit: nobody to oneself. One that is ended on the day
    it began, or before, leaves no row: the log tells of it. Raises UgyldigFelt at `siste_dag`, Endret and
    DomainError.
    """
    user = tildeling.user
    if av is not None and not can(av, Rettighet.BRUKER_ENDRE):
        require(av, Rettighet.RETTIGHET_BEKREFT, tildeling)
    _ikke_seg_selv(user, av)
    laas_rader(user, av=av)
    _krev_ikke_slutt(tildeling, user)
    dag = i_dag()
    if siste_dag is not None and (siste_dag < max(dag, tildeling.fra) or siste_dag > (tildeling.til or siste_dag)):
        raise UgyldigFelt("siste_dag", N_("Velg en dag fra i dag til den siste dagen rollen har nå."))
    _noter(Hva.ROLLE_AVSLUTTET, tildeling, av=av, til=siste_dag or dag)
    if siste_dag is None and tildeling.fra >= dag:
        user.rolletildelinger.remove(tildeling)
    else:
        tildeling.til = siste_dag or dag - timedelta(days=1)
    db.session.flush()
    _etter_tap(tildeling, user, av=av)


def bekreft_rolle(tildeling: Rolletildeling, *, av: User | None) -> None:
    """Say that a right is still needed: it holds for another year. Inside the caller's transaction.

    Raises DomainError for one's own right and where it is another's to say, Endret for one that does not hold now.
    """
    if av is not None:
        require(av, Rettighet.RETTIGHET_BEKREFT, tildeling)
        hinder = queries.hinder(av, tildeling, queries.ledere([tildeling]))
        if hinder is not None:
            raise DomainError(hinder.tekst)
    user = tildeling.user
    laas_rader(user, av=av)
    _krev_ikke_slutt(tildeling, user)
    dag = i_dag()
    if tildeling.fra > dag:
        raise Endret
    hvem = av.id if av is not None else None
    if (tildeling.bekreftet, tildeling.bekreftet_av_id) == (dag, hvem):
        return
    tildeling.bekreftet, tildeling.bekreftet_av_id = dag, hvem
    _noter(Hva.ROLLE_BEKREFTET, tildeling, av=av)


def sjekk_roller(roller: Iterable[Rolle], *, felt: str) -> None:
    """Refuse roles that one person cannot hold on the same day. Raises UgyldigFelt at `felt`."""
    if not forenes(frozenset(roller)):
        raise UgyldigFelt(felt, N_("Disse rollene kan ikke holdes av samme person."))


def laas_rader(user: User, *, av: User | None) -> None:
    """Let one change at a time touch this user's rights and those of the administrators, and read them anew.

    All rows are locked in one order, before anything is written: two who take the role from each other cannot both
    win, and neither waits for ever.
    """
    forvaltere = select(Rolletildeling.user_id).where(Rolletildeling.rolle == Rolle.SYSTEMFORVALTER)
    rader = select(User.id).where(or_(User.id == user.id, User.id.in_(forvaltere))).order_by(User.id)
    db.session.scalars(rader.with_for_update(key_share=True)).all()
    for en in {user, av} - {None}:
        db.session.expire(en)
    for tildeling in user.rolletildelinger:
        db.session.refresh(tildeling, ["fra", "til", "bekreftet", "bekreftet_av_id"])
    if av is not None and not (can(av, Rettighet.BRUKER_ENDRE) or can(av, Rettighet.RETTIGHET_BEKREFT)):
        raise IngenTilgang  # the right was lost while the lock was waited for


def krev_forvalter() -> None:
    """Stop where some day from today on would have no administrator who can sign in. Raises DomainError."""
    rader = db.session.execute(
        select(Rolletildeling.fra, Rolletildeling.til)
        .join(User, User.id == Rolletildeling.user_id)
        .where(Rolletildeling.rolle == Rolle.SYSTEMFORVALTER, User.laast.is_(False))
    )
    if not dekker_alltid([Periode(fra, til) for fra, til in rader], i_dag()):
        raise DomainError(SISTE)


def _krev_over(user: User, av: User | None) -> None:
    if av is not None:
        require(av, Rettighet.BRUKER_ENDRE)
    _ikke_seg_selv(user, av)


def _ikke_seg_selv(user: User, av: User | None) -> None:
    if av is not None and av.id == user.id:
        raise DomainError(_EGNE)


def _periode(tildeling: Rolletildeling) -> Periode:
    return Periode(tildeling.fra, tildeling.til)


def _krev_ikke_slutt(tildeling: Rolletildeling, user: User) -> None:
    # Somebody else may have taken it away while the lock was waited for.
    if tildeling not in user.rolletildelinger or (tildeling.til is not None and tildeling.til < i_dag()):
        raise Endret


def _sjekk_sammen(
    user: User, rolle: Rolle, enhet_id: str, periode: Periode, *, felt: str, unntatt: int | None = None
) -> None:
    samtidige = [r for r in user.rolletildelinger if r.id != unntatt and _periode(r).moeter(periode)]
    if any((r.rolle, r.enhet_id) == (rolle, enhet_id) for r in samtidige):
        raise UgyldigFelt(felt, N_("Brukeren har denne rollen i enheten i hele eller deler av tiden."))
    for annen in samtidige:
        sjekk_roller({rolle, annen.rolle}, felt=felt)


def _etter_tap(tildeling: Rolletildeling, user: User, *, av: User | None) -> None:
    if tildeling.rolle is Rolle.SYSTEMFORVALTER:
        krev_forvalter()
    avslutt_alle(user, av=av)


def _noter(hva: Hva, tildeling: Rolletildeling, *, av: User | None, til: date | None = None) -> None:
    slutt = til or tildeling.til
    detalj = f"{tildeling.rolle.value}:{tildeling.fra.isoformat()}:{slutt.isoformat() if slutt else ''}"
    record(hva, av=av, gjelder=Ting("bruker", tildeling.user_id, tildeling.enhet_id), detalj=detalj)
