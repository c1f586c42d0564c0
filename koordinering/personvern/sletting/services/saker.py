"""Deleting cases: their rows, their forms, their keys, and what SQLite keeps of them in its logs."""

from collections.abc import Callable, Collection, Sequence

from sqlalchemy import ColumnElement, delete, select

from koordinering import audit, crypto, noekkellager
from koordinering.audit import Hva, Ting
from koordinering.db import db, transaction
from koordinering.motor import toem_logg
from koordinering.personvern.sletting import queries
from koordinering.saker.models import Sak
from koordinering.saker.services import glem_skjemaer
from koordinering.users import User

OM_GANGEN = 50
"""Cases in one transaction: the write lock is held for some hundredths of a second."""

Framdrift = Callable[[int, int], None]
"""Told how many are looked at, of how many."""


def slett_forfalte(*, av: User | None = None, fortell: Framdrift = lambda *_: None) -> int:
    """Delete every case that has had its time, is not held back, and has no decision the archive lacks; how many.

    `av` None is the installation itself. Each transaction asks again, under the cases' locks, whether they may go:
    two at once share the work, one that was stopped anywhere goes on the next time, and a case that somebody is
    working with, also when the others are done, waits until the next night.
    """
    noekkellager.fullfoer_slettinger()  # what a run that was stopped has left
    slettet = _slett_om_gangen(av, fortell) + _slett_om_gangen(av, fortell)
    _toem_logger()
    return slettet


def _slett_om_gangen(av: User | None, fortell: Framdrift) -> int:
    """Those that nobody has at that moment."""
    ider = queries.ider(queries.forfalte())
    db.session.rollback()
    slettet = 0
    for fra in range(0, len(ider), OM_GANGEN):
        with transaction():
            slettet += _slett(ider[fra : fra + OM_GANGEN], queries.forfalte(), None, av=av)
        noekkellager.fullfoer_slettinger()
        fortell(min(fra + OM_GANGEN, len(ider)), len(ider))
    return slettet


def gjenta_slettinger(*, av: User | None = None) -> int:
    """Delete again what a restored database has and the key store knows is deleted; how many cases.

    Done before anything is served, and once an hour.
    """
    slettet, etter = 0, -1
    while ider := noekkellager.slettede_etter(crypto.SAK, etter):
        etter = max(ider)
        finnes = list(db.session.scalars(select(Sak.id).where(Sak.id.in_(ider))))
        db.session.rollback()
        if finnes:
            with transaction():
                slettet += _slett(finnes, (), "gjenoppretting", av=av)
    if slettet:
        noekkellager.fullfoer_slettinger()
        _toem_logger()
    return slettet


def _slett(
    ider: Collection[int], vilkaar: Sequence[ColumnElement[bool]], detalj: str | None, *, av: User | None
) -> int:
    """Delete those of the cases that still meet the conditions; what hangs on them goes by the foreign keys."""
    # locked first: nobody can add to a case between the look and the deletion
    laas = select(Sak.id).where(Sak.id.in_(ider)).order_by(Sak.id).with_for_update(skip_locked=bool(vilkaar))
    laaste = db.session.scalars(laas).all()
    query = select(Sak.id, Sak.enhet_id).where(Sak.id.in_(laaste), *vilkaar).order_by(Sak.id)
    saker = db.session.execute(query).all()
    slettes = [sak_id for sak_id, _ in saker]
    for sak_id, enhet_id in saker:
        audit.record(Hva.SAK_UTLOEPT, av=av, gjelder=Ting("sak", sak_id, enhet_id), detalj=detalj)
    glem_skjemaer(slettes)
    db.session.execute(delete(Sak).where(Sak.id.in_(slettes)).execution_options(synchronize_session=False))
    noekkellager.slett(crypto.SAK, slettes)
    return len(slettes)


def _toem_logger() -> None:
    for engine in (db.engine, noekkellager.engine()):
        toem_logg(engine)
