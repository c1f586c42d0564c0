"""Stock-taking: start, scan what is there, end with what is missing marked."""

from sqlalchemy import select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError

from koordinering import audit
from koordinering.access import require
from koordinering.audit import Hva, Ting
from koordinering.db import db, now
from koordinering.errors import Endret, UgyldigFelt
from koordinering.roles import Rettighet
from koordinering.tekst import N_
from koordinering.tiltak.kapasitet.services import flytt
from koordinering.tiltak.utstyr import queries
from koordinering.tiltak.utstyr.models import Utstyrsenhet, Varelinje, Varetelling
from koordinering.tiltak.utstyr.queries.varetelling import savnede
from koordinering.tiltak.utstyr.rules import strekkode
from koordinering.tiltak.utstyr.rules.tilstander import FRA, Handling, Status
from koordinering.tiltak.utstyr.services.felles import noter
from koordinering.users import User


def start_telling(*, av: User) -> Varetelling:
    """Start one, or go on with the one that is open."""
    require(av, Rettighet.UTSTYR_ENDRE)
    aapen = queries.aapen_telling(av)
    if aapen is not None:
        return aapen
    ny = Varetelling(enhet_id=queries.min_enhet(av))
    try:
        with db.session.begin_nested():
            db.session.add(ny)
    except IntegrityError:
        aapen = queries.aapen_telling(av)  # somebody else started it at the same moment
        if aapen is None:
            raise
        return aapen
    audit.record(Hva.UTSTYR_TELLING, av=av, gjelder=Ting("varetelling", ny.id, ny.enhet_id), detalj="startet")
    return ny


def les_vare(varetelling: Varetelling, lest: str, *, av: User) -> Utstyrsenhet | None:
    """Note what was scanned; the item, None for a barcode that no item has. Twice is once. Raises UgyldigFelt."""
    require(av, Rettighet.UTSTYR_ENDRE, varetelling)
    enhet = queries.finn(av, lest)
    kode = strekkode.normaliser(lest)
    if enhet is None and strekkode.som_nummer(kode) is not None:
        raise UgyldigFelt("kode", N_("Ingen enhet har dette nummeret."))
    if enhet is None:
        _sjekk_ukjent(kode)
    insert = postgresql.insert if db.session.get_bind().dialect.name == "postgresql" else sqlite.insert
    rad = {
        "varetelling_id": varetelling.id,
        "strekkode": enhet.strekkode if enhet else kode,
        "utstyrsenhet_id": enhet.id if enhet else None,
        "lest": now(),
    }
    db.session.execute(insert(Varelinje).values(rad).on_conflict_do_nothing())
    return enhet


def _sjekk_ukjent(kode: str) -> None:
    try:
        strekkode.sjekk_strekkode(kode)
    except UgyldigFelt:
        raise UgyldigFelt("kode", N_("Dette er ingen strekkode på utstyr.")) from None


def avslutt_telling(varetelling: Varetelling, *, merk_savnet: bool, ved: int | None, av: User) -> None:
    """End it. With `merk_savnet`, what should be free and was not seen is missing, and what was missing is found.

    Raises Endret when somebody has ended it meanwhile.
    """
    require(av, Rettighet.UTSTYR_ENDRE, varetelling)
    lukket = update(Varetelling).where(Varetelling.id == varetelling.id, Varetelling.slutt.is_(None))
    if db.session.execute(lukket.values(slutt=now()).returning(Varetelling.id)).one_or_none() is None:
        raise Endret
    status = queries.varestatus(varetelling)
    varetelling.funnet, varetelling.mangler, varetelling.uventet = status.funnet, status.mangler, status.uventet
    if merk_savnet:
        _merk(varetelling, ved, av)
    ting = Ting("varetelling", varetelling.id, varetelling.enhet_id)
    audit.record(Hva.UTSTYR_TELLING, av=av, gjelder=ting, detalj="avsluttet")


def _merk(varetelling: Varetelling, ved: int | None, av: User) -> None:
    borte = savnede(varetelling).where(Utstyrsenhet.status == Status.LEDIG).with_only_columns(Utstyrsenhet.id)
    lest = select(Varelinje.utstyrsenhet_id).where(Varelinje.varetelling_id == varetelling.id)
    tilbake = select(Utstyrsenhet.id).where(Utstyrsenhet.id.in_(lest), Utstyrsenhet.status == Status.SAVNET)
    for query, handling, til in (
        (borte, Handling.SAVNET, Status.SAVNET),
        (tilbake, Handling.FUNNET, Status.LEDIG),
    ):
        ider = list(db.session.scalars(query.order_by(Utstyrsenhet.id).with_for_update()))
        flytt(Utstyrsenhet, ider, FRA[handling], til)
        noter(ider, handling, ved=ved, av=av)
