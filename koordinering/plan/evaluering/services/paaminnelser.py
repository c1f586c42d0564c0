"""Reminders by e-mail: each of them once, whatever process sends it, and never a word of what it is about."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import selectinload

from koordinering import audit, epost
from koordinering.access import enheter
from koordinering.audit import Hva
from koordinering.db import db, i_dag, now, tilfeldig_id, transaction
from koordinering.plan.evaluering import queries
from koordinering.plan.evaluering.models import Paaminnelse
from koordinering.plan.evaluering.queries import Tiltaksstand
from koordinering.plan.evaluering.rules import KAN_SKRIVES, Paaminnelsesslag
from koordinering.roles import Rettighet
from koordinering.tekst import N_
from koordinering.users import User

EMNE = N_("Du har noe å gjøre i Koordinering")
TEKST = N_(
    "En vurdering du skal skrive, nærmer seg fristen eller er over den.\n\n"
    "Logg inn for å se hva det gjelder:\n{adresse}\n\n"
    "Du får denne e-posten fordi adressen din står på kontoen din i Koordinering. Du kan ta den bort der.\n"
)

Noekkel = tuple[str, int, Paaminnelsesslag]
"""Measure, year and what is told."""


@dataclass(frozen=True)
class Postvei:
    """How a reminder leaves the house."""

    relay: epost.Relay
    lenke: Callable[[int], str]
    """The address that the e-mail with this number leads to."""


@dataclass(frozen=True)
class Utsending:
    """What a round came to."""

    sendt: int = 0
    """E-mails that the relay took."""
    avvist: int = 0
    """Those that it did not take: tried again the next time."""
    usikre: int = 0
    """Those that nobody knows of; not tried again, since they may have gone out."""


_vei: list[Postvei] = []


def ta_i_bruk(vei: Postvei | None) -> None:
    """Say how e-mail is sent; None turns it off."""
    _vei[:] = [vei] if vei is not None else []


def i_bruk() -> bool:
    """Whether reminders go out by e-mail here."""
    return bool(_vei)


def _slag(stand: Tiltaksstand, varsle_dager: int) -> Paaminnelsesslag | None:
    """What is to be told of a measure today: nothing where the unit has sent it."""
    skrevet = stand.vurdering
    if stand.forfall is None:
        return None
    if skrevet is not None and skrevet.aar == stand.forfall.aar and skrevet.status not in KAN_SKRIVES:
        return None
    if stand.forfalt:
        return Paaminnelsesslag.FORFALT
    naer = stand.i_dag >= stand.forfall.dato - timedelta(days=varsle_dager)
    return Paaminnelsesslag.SNART if naer else None


def som_venter(dag: date | None = None) -> Mapping[User, frozenset[Noekkel]]:
    """Who is to be reminded today of what, and has not been. Those without an address are left out."""
    stander = queries.alle(dag or i_dag())
    dager = queries.valg().varsle_dager
    hos: dict[str, set[Noekkel]] = {}
    for stand in stander:
        slag = _slag(stand, dager)
        if slag is None or stand.forfall is None:
            continue
        for ansvar in stand.tiltak.ansvar:
            if ansvar.hovedansvar:
                hos.setdefault(ansvar.enhet_id, set()).add((stand.tiltak.id, stand.forfall.aar, slag))
    brukere = select(User).where(User.epost.is_not(None), ~User.laast).options(selectinload(User.rolletildelinger))
    har = _har_faatt()
    venter: dict[User, frozenset[Noekkel]] = {}
    for user in db.session.scalars(brukere.order_by(User.id)):
        egne = enheter(user, Rettighet.VURDERING_SKRIV)
        nye = frozenset().union(*(hos.get(enhet, set()) for enhet in egne)) - har.get(user.id, set())
        if nye:
            venter[user] = nye
    return venter


def _har_faatt() -> dict[int, set[Noekkel]]:
    funnet: dict[int, set[Noekkel]] = {}
    for rad in db.session.scalars(select(Paaminnelse)):
        funnet.setdefault(rad.user_id, set()).add((rad.tiltak_id, rad.aar, rad.slag))
    return funnet


def send_paaminnelser(*, av: User | None = None, dag: date | None = None) -> Utsending:
    """Send what is to be sent. Nothing where no relay is set. Opens its own transactions.

    The right to send is a row, taken and written before the relay is spoken to: a second process finds it there.
    `av` is None: the machine itself.
    """
    if not _vei:
        return Utsending()
    (vei,) = _vei
    mottakere = [(user.id, user.epost or "") for user in som_venter(dag)]
    db.session.rollback()
    if not mottakere:
        return Utsending()
    utfall = {"sendt": 0, "avvist": 0, "usikre": 0}
    with epost.forbindelse(vei.relay) as send:
        for user_id, adresse in mottakere:
            brev = _ta(user_id, dag)
            if brev is not None:
                utfall[_send_ett(send, adresse, brev, vei)] += 1
    if utfall["sendt"]:
        with transaction():
            audit.record(Hva.PAAMINNELSE_SENDT, av=av, detalj=str(utfall["sendt"]))
    return Utsending(**utfall)


def _ta(user_id: int, dag: date | None) -> int | None:
    """Take the right to send one user's e-mail; None where another process has it, or nothing waits any more."""
    brev = tilfeldig_id()
    try:
        with transaction() as session:
            nye = next((n for user, n in som_venter(dag).items() if user.id == user_id), frozenset())
            for tiltak_id, aar, slag in sorted(nye):
                session.add(Paaminnelse(brev=brev, user_id=user_id, tiltak_id=tiltak_id, aar=aar, slag=slag))
    except IntegrityError:  # on PostgreSQL two can come this far; the constraint lets one through
        return None
    return brev if nye else None


def _send_ett(send: epost.Send, adresse: str, brev: int, vei: Postvei) -> str:
    try:
        send(adresse, EMNE, TEKST.format(adresse=vei.lenke(brev)))
    except epost.Avvist:
        with transaction() as session:
            for rad in session.scalars(select(Paaminnelse).where(Paaminnelse.brev == brev)):
                session.delete(rad)
        return "avvist"
    except epost.Usikkert:
        return "usikre"
    with transaction() as session:
        session.execute(update(Paaminnelse).where(Paaminnelse.brev == brev).values(sendt=now()))
    return "sendt"
