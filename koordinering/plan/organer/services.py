"""Keeping the list of bodies, and filling it from the plan's own words."""

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from koordinering import audit
from koordinering.access import require
from koordinering.audit import Hva, Ting
from koordinering.db import db
from koordinering.errors import Endret, UgyldigFelt
from koordinering.plan.organer import queries
from koordinering.plan.organer.models import Organ, OrganTiltak
from koordinering.plan.organer.rules import organer_i, sjekk_navn
from koordinering.roles import Rettighet
from koordinering.tekst import N_
from koordinering.tiltak.models import Tiltak
from koordinering.users import User


def lagre(organ: Organ | None, navn: str, tiltak: Collection[str], *, versjon: int, av: User) -> Organ:
    """Add a body, or change one; `tiltak` are the measures that it hears of. Raises UgyldigFelt, Endret."""
    require(av, Rettighet.EVALUERING_STYR)
    if organ is not None and organ.versjon != versjon:
        raise Endret
    rent = sjekk_navn(navn)
    ny = organ if organ is not None else Organ()
    with db.session.no_autoflush:
        _krev_ledig(rent, ny)
        kjente = {en.id for en in queries.tiltak(av)}
        har = {rad.tiltak_id for rad in ny.tiltak}
    gamle = har - kjente
    """Measures that are no longer in the plan stay: what was reported stays reported."""
    ny.navn = rent
    onsket = (set(tiltak) & kjente) | gamle
    ny.tiltak = [rad for rad in ny.tiltak if rad.tiltak_id in onsket]
    ny.tiltak += [OrganTiltak(tiltak_id=en) for en in sorted(onsket - har)]
    if organ is None:
        db.session.add(ny)
    else:
        organ.versjon = versjon + 1  # the links alone change no column of the row
    try:
        db.session.flush()
    except IntegrityError:
        raise UgyldigFelt("navn", N_("Organet står i listen fra før.")) from None
    audit.record(Hva.ORGAN_ENDRET, av=av, gjelder=Ting("organ", ny.id))
    return ny


def _krev_ledig(navn: str, organ: Organ) -> None:
    for annet in db.session.scalars(select(Organ)):
        if annet is not organ and annet.navn.casefold() == navn.casefold():
            raise UgyldigFelt("navn", N_("Organet står i listen fra før."))


def slett(organ: Organ, *, av: User) -> None:
    """Take a body off the list; its calendar addresses go with it, its activities stay without it."""
    require(av, Rettighet.EVALUERING_STYR)
    audit.record(Hva.ORGAN_ENDRET, av=av, gjelder=Ting("organ", organ.id), detalj="slettet")
    db.session.delete(organ)
    db.session.flush()


def hent_fra_planen(*, av: User) -> int:
    """Put in every body that the plan's words name and the list has not; how many links that was."""
    require(av, Rettighet.EVALUERING_STYR)
    par = queries.mangler(av)
    _legg_inn(par)
    if par:
        audit.record(Hva.ORGAN_ENDRET, av=av, detalj="fra_planen")
    return len(par)


def fyll(*, av: User | None) -> None:
    """After a plan is loaded: bodies for the measures that have none. `av` is None: whoever owns the installation."""
    if av is not None:
        require(av, Rettighet.EVALUERING_STYR)
    har = set(db.session.scalars(select(OrganTiltak.tiltak_id)))
    rader = db.session.scalars(select(Tiltak).where(~Tiltak.utgaatt).order_by(Tiltak.orden))
    _legg_inn([(en.id, navn) for en in rader if en.id not in har for navn in organer_i(en.rapporteres_til)])


def _legg_inn(par: Collection[tuple[str, str]]) -> None:
    finnes = {organ.navn.casefold(): organ for organ in db.session.scalars(select(Organ))}
    for tiltak_id, navn in par:
        organ = finnes.get(navn.casefold())
        if organ is None:
            organ = finnes[navn.casefold()] = Organ(navn=navn)
            db.session.add(organ)
        organ.tiltak.append(OrganTiltak(tiltak_id=tiltak_id))
    db.session.flush()
